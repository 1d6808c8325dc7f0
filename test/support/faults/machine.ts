import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Cell, NOTHING, type Outcome } from './cells.ts';
import type { FaultyInstance } from './instance.ts';
import type { Broken } from './ledger.ts';
import { OPERATIONS, type OperationName, tell } from './operations.ts';

// What goes wrong with the machine an instance runs on: its clock, its disk.

/** What a clock is set to, as ms from the right time. */
export const SKEWS: Readonly<Record<string, number>> = {
  'a clock ten minutes ahead': 600_000,
  'a clock ten minutes behind': -600_000,
  'a clock a day ahead': 86_400_000,
  'a clock a day behind': -86_400_000,
};

/** An instance is heard of at least once in so long: the settings of a {@link FaultyInstance} let it look once an hour. */
const BEAT_MS = 3_601_000;

/** How long a disk that was full is left alone before it is tried again, and a little more. */
const DISK_AGAIN_MS = 301_000;

const reasonsOf = async ({ app }: FaultyInstance): Promise<readonly string[]> => {
  await app.warmUp();
  return (await app.health.details()).reasons;
};

const silent = (reasons: readonly string[], named: string): Broken[] =>
  reasons.some((reason) => reason.includes(named))
    ? []
    : [{ kind: 'silent', says: `health names no ${named}: ${reasons.join('; ')}` }];

/** Sets the clock of one of two instances in the middle of its work, asks it for the operation, and sets it right again. */
export async function tryClock(cell: Cell, operation: OperationName, name: string): Promise<Outcome> {
  const [wrong, right] = [await cell.instance(0), await cell.instance(1)];
  const request = await OPERATIONS[operation](right, cell.ledger);
  await Promise.all([wrong, right].map(({ app }) => app.warmUp()));
  wrong.setClock(SKEWS[name] as number);
  const told = await tell(request, wrong);
  // until the next beats of both
  for (const instance of [wrong, right]) instance.passTime(BEAT_MS);
  await wrong.app.warmUp();
  const unnamed = silent(await reasonsOf(right), `the clock of instance ${wrong.instanceId}`);
  wrong.setClock(0);
  for (const instance of [wrong, right]) instance.passTime(BEAT_MS);
  const { recoveredMs, broken } = await cell.recover(told.status === 200 ? NOTHING : request);
  return { operation, tried: name, told, recoveredMs, broken: [...unnamed, ...broken] };
}

/** A folder on a disk without room. */
export interface FullDisk {
  readonly folder: string;
  /** Makes room. */
  free(): void;
  stop(): void;
}

/** A disk in memory that is full, where it may be mounted; else a place that refuses every write, as a full disk does. */
export function fullDisk(): FullDisk {
  const place = mkdtempSync(join(tmpdir(), 'full-disk-'));
  const folder = join(place, 'copies');
  const filler = join(place, 'filler');
  const isMounted =
    process.getuid?.() === 0 &&
    spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=32m', 'tmpfs', place]).status === 0;
  if (isMounted) mkdirSync(folder);
  // a file where the folder should be: whatever is written there is refused
  else writeFileSync(folder, '');
  const fill = (bytes: number): void => {
    try {
      for (;;) writeFileSync(filler, Buffer.alloc(bytes), { flag: 'a' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    }
  };
  if (isMounted) for (const bytes of [1 << 20, 1 << 12]) fill(bytes);
  return {
    folder,
    free: () => {
      rmSync(isMounted ? filler : folder);
      mkdirSync(folder, { recursive: true });
    },
    stop: () => {
      if (isMounted) spawnSync('umount', [place]);
      rmSync(place, { recursive: true, force: true });
    },
  };
}

/** Asks an instance whose disk is full for the operation, and makes room again. */
export async function tryFullDisk(cell: Cell, disk: FullDisk, operation: OperationName): Promise<Outcome> {
  const instance = await cell.instance();
  const request = await OPERATIONS[operation](instance, cell.ledger);
  const told = await tell(request, instance);
  const unnamed = silent(await reasonsOf(instance), disk.folder);
  disk.free();
  instance.passTime(DISK_AGAIN_MS);
  const { recoveredMs, broken } = await cell.recover(told.status === 200 ? NOTHING : request);
  return { operation, tried: 'a full disk', told, recoveredMs, broken: [...unnamed, ...broken] };
}
