import { afterAll, beforeAll, expect, it } from 'vitest';
import { jsonBody } from '../../src/reading/body-bytes.ts';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { FEEDBACK_TABLE, FLEET_TABLE, RUNS_TABLE } from '../../src/store/names.ts';
import { FaultyInstance, PATIENT } from '../support/faults/instance.ts';
import { Ledger } from '../support/faults/ledger.ts';
import { OPERATIONS } from '../support/faults/operations.ts';
import { ownAccount } from '../support/own-account.ts';

// Rows that cannot be read any more: each is named with what it is about, and nothing else stops for it.

let storage: string;
let instance: FaultyInstance;
let ledger: Ledger;
beforeAll(async () => {
  storage = ownAccount();
  ledger = new Ledger(storage);
  instance = await FaultyInstance.start(storage, PATIENT);
  for (const name of ['first start', 'retrain'] as const)
    await (await OPERATIONS[name](instance, ledger)).ask(instance);
});
afterAll(async () => {
  await instance.stop();
});

const table = (name: string) => createStorageClients({ connectionString: storage }).table(name);

/** Damages the first row of a range, and gives back how to repair it. */
async function damage(name: string, prefix: string, property: string): Promise<() => Promise<unknown>> {
  const rows = table(name).listEntities<Record<string, unknown>>({
    queryOptions: { filter: `RowKey ge '${prefix}' and RowKey lt '${prefix}~'` },
  });
  for await (const row of rows) {
    const { partitionKey, rowKey } = row as { partitionKey: string; rowKey: string };
    const before = String(row[property]);
    await table(name).updateEntity({ partitionKey, rowKey, [property]: '{' }, 'Merge');
    return () => table(name).updateEntity({ partitionKey, rowKey, [property]: before }, 'Merge');
  }
  throw new Error(`Expected a row ${prefix} in ${name}.`);
}

const reasons = async (): Promise<readonly string[]> => (await instance.app.health.details()).reasons;

it('a run is left out of the list of runs', async () => {
  const { operations } = instance.app;
  const before = (await operations.runs()).runs.length;
  const repair = await damage(RUNS_TABLE, 't|', 'json0');
  expect((await operations.runs()).runs).toHaveLength(before - 1);
  expect(await reasons()).toEqual([
    expect.stringMatching(/^1 of the retrain log set aside: run .* holds no JSON/),
  ]);
  const found = await instance.app.doctor({ fix: false });
  expect(found.find(({ what }) => what === 'rows')?.state).toBe('wrong');
  await repair();
  await operations.runs();
  expect(await reasons()).toEqual([]);
});

it('an instance is left out of the fleet, and an activation goes on', async () => {
  const other = await FaultyInstance.start(storage, PATIENT);
  await other.app.warmUp();
  await other.stop();
  const silent = { partitionKey: 'fleet', rowKey: 'e'.repeat(32), instanceId: 'damaged' };
  await table(FLEET_TABLE).createEntity(silent);
  await (await OPERATIONS.activate(instance, ledger)).ask(instance);
  expect(await reasons()).toEqual([expect.stringContaining('the fleet set aside: instance damaged')]);
  await table(FLEET_TABLE).deleteEntity(silent.partitionKey, silent.rowKey);
  expect(await reasons()).toEqual([]);
});

it('the doctor makes a judgement again from its history, and removes what is left of runs and instances', async () => {
  await (await OPERATIONS.feedback(instance, ledger)).ask(instance);
  await damage(FEEDBACK_TABLE, `s|${ledger.lastJudged}`, 'votes0');
  await damage(RUNS_TABLE, 't|', 'json0');
  await table(FLEET_TABLE).createEntity({
    ...{ partitionKey: 'fleet', rowKey: 'e'.repeat(32), instanceId: 'damaged' },
  });
  const rows = async (fix: boolean) =>
    (await instance.app.doctor({ fix })).find(({ what }) => what === 'rows');
  expect(await rows(false)).toMatchObject({ state: 'wrong', fix: expect.stringContaining('history') });
  expect(await rows(true)).toMatchObject({
    state: 'fixed',
    fix: '1 judgements were made again from their history, 3 rows removed',
  });
  expect(await rows(false)).toMatchObject({ state: 'ok' });
  expect(await reasons()).toEqual([]);
  await (await OPERATIONS.retrain(instance, ledger)).ask(instance);
  expect(await ledger.broken()).toEqual([]);
});

it('a judgement waits with its marker while the others are learned', async () => {
  await (await OPERATIONS.feedback(instance, ledger)).ask(instance);
  const alertKey = ledger.lastJudged as string;
  const repair = await damage(FEEDBACK_TABLE, `s|${alertKey}`, 'votes0');
  await expect(instance.app.judging.standingFeedback({ alertKey } as never)).rejects.toMatchObject({
    code: 'STORE_CORRUPT',
    message: expect.stringContaining(alertKey),
  });
  const retrain = async () => {
    await (await OPERATIONS.retrain(instance, ledger)).ask(instance);
    return (await instance.app.operations.runs()).runs[0];
  };
  expect((await retrain())?.reasons.join()).toContain(`1 judged alerts cannot be read and wait: ${alertKey}`);
  expect(await reasons()).toEqual([
    expect.stringMatching(new RegExp(`1 of the judgements set aside: alert ${alertKey} \\(.*holds no JSON`)),
  ]);
  // another alert is judged all the same, and names nothing of it
  await expect(
    instance.app.judging.feedback(
      jsonBody({ alert_key: alertKey, disposition: 'benign', analyst: 'ann' }),
      { name: undefined, verified: false },
      { requestId: 'test', debugMapping: false },
    ),
  ).rejects.toMatchObject({ code: 'STORE_CORRUPT', message: expect.stringContaining(alertKey) });
  await repair();
  await retrain();
  expect(await reasons()).toEqual([]);
  expect(await ledger.broken()).toEqual([]);
});
