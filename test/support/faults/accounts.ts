import { randomBytes } from 'node:crypto';
import { type Azurite, startAzurite } from '../../../src/local/azurite.ts';

const NAME = 'devstoreaccount1';

export interface Accounts {
  /** Connection string of a storage account that nothing has used yet. @throws RangeError when none is left */
  next(): string;
  /** How many are left. */
  readonly nLeft: number;
  stop(): Promise<void>;
}

/** One Azurite with many accounts: names of tables and containers are fixed, so each service needs its own. */
export async function startAccounts(n: number): Promise<Accounts> {
  const accounts = Array.from({ length: n }, (_, i) => ({
    name: `account${String(i).padStart(6, '0')}`,
    key: randomBytes(32).toString('base64'),
  }));
  const azurite = await withAccounts(accounts.map(({ name, key }) => `${name}:${key}`).join(';'));
  let nTaken = 0;
  return {
    get nLeft() {
      return n - nTaken;
    },
    next() {
      const account = accounts[nTaken++];
      if (account === undefined) throw new RangeError(`Expected at most ${n} accounts to be asked for.`);
      return azurite.connectionString
        .replaceAll(NAME, account.name)
        .replace(/AccountKey=[^;]*/, `AccountKey=${account.key}`);
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
