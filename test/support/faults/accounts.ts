import { randomBytes } from 'node:crypto';
import { type Azurite, startAzurite } from '../../../src/local/azurite.ts';

const NAME = 'devstoreaccount1';

export interface Accounts {
  /** Connection string of the first account; that of another is {@link nthAccount} of it. */
  readonly first: string;
  /** Connection string of a storage account that nothing has used yet. @throws RangeError when none is left */
  next(): string;
  /** How many are left. */
  readonly nLeft: number;
  stop(): Promise<void>;
}

const nameOf = (nth: number): string => `account${String(nth).padStart(6, '0')}`;

/** Connection string of the account `nth` of an Azurite with many accounts, from that of its first. */
export const nthAccount = (first: string, nth: number): string => first.replaceAll(nameOf(0), nameOf(nth));

/**
 * One Azurite with `n` accounts, all with the same key: names of tables and containers are fixed, so each service needs
 * its own.
 */
export async function startAccounts(n: number): Promise<Accounts> {
  const key = randomBytes(32).toString('base64');
  const azurite = await withAccounts(
    Array.from({ length: n }, (_, nth) => `${nameOf(nth)}:${key}`).join(';'),
  );
  const first = azurite.connectionString
    .replaceAll(NAME, nameOf(0))
    .replace(/AccountKey=[^;]*/, `AccountKey=${key}`);
  let nTaken = 0;
  return {
    first,
    get nLeft() {
      return n - nTaken;
    },
    next() {
      if (nTaken >= n) throw new RangeError(`Expected at most ${n} accounts to be asked for.`);
      return nthAccount(first, nTaken++);
    },
    stop: () => azurite.stop(),
  };
}

/** Azurite reads its accounts from the environment alone. */
async function withAccounts(accounts: string): Promise<Azurite> {
  const before = process.env['AZURITE_ACCOUNTS'];
  process.env['AZURITE_ACCOUNTS'] = accounts;
  try {
    return await startAzurite({ inMemory: true, startTimeoutMs: 300_000 });
  } finally {
    if (before === undefined) delete process.env['AZURITE_ACCOUNTS'];
    else process.env['AZURITE_ACCOUNTS'] = before;
  }
}
