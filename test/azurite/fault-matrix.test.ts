import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { Cell, callsOf, FAULTS, type Outcome, tryFault, tryKill } from '../support/faults/cells.ts';
import { PATIENT } from '../support/faults/instance.ts';
import { fullDisk, SKEWS, tryClock, tryFullDisk } from '../support/faults/machine.ts';
import { OPERATIONS, type OperationName } from '../support/faults/operations.ts';
import { ownAccount } from '../support/own-account.ts';
import { drawSeed } from '../support/seed.ts';

// A few of what `npm run test:faults -- --long` tries. One after the other on one storage: what is
// broken by one is found by all that follow.

const N_FAULTS = 8;
const N_KILLS = 4;
/** What takes longest is tried in the long form alone: retrains, and waiting for an answer that never comes. */
const DRAWN = Object.keys(OPERATIONS).filter(
  (name) => name !== 'retrain' && name !== 'first start',
) as OperationName[];
const KINDS = Object.keys(FAULTS).filter((name) => name !== 'no answer');

const { uniform } = drawSeed('fault-matrix', 3);
const drawn = <T>(from: readonly T[]): T => from[Math.floor(uniform() * from.length)] as T;

let cell: Cell;
beforeAll(async () => {
  cell = new Cell(ownAccount(), PATIENT);
  await cell.begin();
});
afterAll(async () => {
  await cell.stop();
});

/** Nothing that was promised is lost, double or out of order, and nobody was told of a mistake of ours. */
function expectWhole({ operation, tried, told, broken }: Outcome): void {
  // how long it took is no matter of a test on a busy machine
  expect({ operation, tried, broken: broken.filter(({ kind }) => kind !== 'slow') }).toEqual({
    ...{ operation, tried, broken: [] },
  });
  expect({ operation, tried, code: told?.code }).not.toMatchObject({ code: 'INTERNAL' });
}

it('loses nothing that was promised when calls of storage fail, once or for as long as it takes', async () => {
  for (let n = 0; n < N_FAULTS; n++) {
    const operation = drawn(DRAWN);
    const call = drawn(await callsOf(cell, operation));
    const times = drawn([1, Number.POSITIVE_INFINITY]);
    expectWhole(await tryFault(cell, operation, { call, name: drawn(KINDS), times }));
  }
});

it('loses nothing that was promised when the process is killed at any call', async () => {
  for (let n = 0; n < N_KILLS; n++) {
    const operation = drawn(DRAWN);
    const calls = await callsOf(cell, operation);
    const nth = 1 + Math.floor(uniform() * calls.length);
    const outcome = await tryKill(cell, operation, { nth, when: drawn(['before', 'after']) });
    if (outcome !== undefined) expectWhole(outcome);
  }
});

it.each(Object.keys(SKEWS))('loses nothing, and says so, under %s', async (name) => {
  expectWhole(await tryClock(cell, drawn(DRAWN), name));
});

it('loses nothing, and says so, on a full disk', async () => {
  const disk = fullDisk();
  const full = new Cell(ownAccount(), { env: { ALERTFOREST_CACHE_DIR: disk.folder } });
  onTestFinished(async () => {
    await full.stop();
    disk.stop();
  });
  await full.begin();
  expectWhole(await tryFullDisk(full, disk, 'activate'));
});
