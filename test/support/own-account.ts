import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { nthAccount } from './faults/accounts.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of the account that all files of this run share; use names of your own. */
    readonly storage: string;
    /** The same for the accounts that files have to themselves: `ownAccount` takes one. */
    readonly accounts: {
      readonly n: number;
      /** Folder in which each account that is taken leaves its number. */
      readonly taken: string;
    };
  }
}

/**
 * Connection string of an account of the shared Azurite that nothing has used: for whatever uses the product's fixed
 * names, like a service or a command. @throws RangeError when all are taken
 */
export function ownAccount(): string {
  const { n, taken } = inject('accounts');
  // Files run in processes of their own: whoever makes the file has the account. The account 0 is the shared one.
  for (let nth = 1; nth < n; nth++) {
    try {
      closeSync(openSync(join(taken, String(nth)), 'wx'));
      return nthAccount(inject('storage'), nth);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
  throw new RangeError(`Expected a run to take less than ${n} accounts.`);
}
