import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { type Accounts, startAccounts } from './faults/accounts.ts';

/** Some 60 are used by a run of everything; one that is used is not used again. */
const N_ACCOUNTS = 1_000;

interface Shared {
  readonly started: Promise<Accounts>;
  /** Folder in which files leave the number of each account that they take. */
  readonly taken: string;
  nProjects: number;
}

/** Each project loads this file for itself: they meet here. */
const MEETING_POINT = Symbol.for('alertforest.test-azurite');
const run = globalThis as { [MEETING_POINT]?: Shared | undefined };

/**
 * Starts one in-memory Azurite on free ports for all files of a run, whatever their project, which costs each of them
 * neither its start nor the time in which it is slow, and provides `storage`, its first account, and `accounts`.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  run[MEETING_POINT] ??= {
    started: startAccounts(N_ACCOUNTS),
    taken: mkdtempSync(join(tmpdir(), 'alertforest-accounts-')),
    nProjects: 0,
  };
  const shared = run[MEETING_POINT];
  shared.nProjects++;
  const { first, stop } = await shared.started;
  project.provide('storage', first);
  project.provide('accounts', { n: N_ACCOUNTS, taken: shared.taken });
  return async () => {
    if (--shared.nProjects > 0) return;
    run[MEETING_POINT] = undefined;
    await stop();
    rmSync(shared.taken, { recursive: true, force: true });
  };
}
