import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startAccounts } from './faults/accounts.ts';

/** Some 60 are used by a run of everything; one that is used is not used again. */
const N_ACCOUNTS = 1_000;

/**
 * Starts one in-memory Azurite on free ports for all files of a run, which costs each of them neither its start nor the
 * time in which it is slow, and provides `storage`, its first account, and `accounts`.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const taken = mkdtempSync(join(tmpdir(), 'alertforest-accounts-'));
  const azurite = await startAccounts(N_ACCOUNTS);
  project.provide('storage', azurite.next());
  project.provide('accounts', { n: N_ACCOUNTS, taken });
  return async () => {
    await azurite.stop();
    rmSync(taken, { recursive: true, force: true });
  };
}
