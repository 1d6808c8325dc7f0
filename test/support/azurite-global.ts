import type { TestProject } from 'vitest/node';
import { startAzurite } from '../../src/local/azurite.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Connection string of the Azurite that all files of this run share; use names of your own. */
    readonly storage: string;
  }
}

/** Starts one in-memory Azurite on free ports for the whole run and provides `storage`, its connection string. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const azurite = await startAzurite({ inMemory: true });
  project.provide('storage', azurite.connectionString);
  return () => azurite.stop();
}
