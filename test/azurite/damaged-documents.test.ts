import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { jsonBody } from '../../src/reading/body-bytes.ts';
import { BlobModelStore } from '../../src/store/azure/blob-model-store.ts';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import {
  CRITICAL_CASES_BLOB,
  HEAD_BLOB,
  MODEL_CONTAINER,
  POLICY_POINTER_BLOB,
  RULE_SETTINGS_BLOB,
  releasePath,
} from '../../src/store/names.ts';
import { Lineage } from '../../src/training/releases/lineage.ts';
import { FaultyInstance, PATIENT } from '../support/faults/instance.ts';
import { Ledger } from '../support/faults/ledger.ts';
import { newAlert, OPERATIONS } from '../support/faults/operations.ts';
import { ownAccount } from '../support/own-account.ts';

// Documents that are missing, cut short, have a flipped byte or come from a build of another time: the hourly check finds
// them before anything stumbles over them, every instance names them, and all are well once they are back.

/** A little, so that nothing of what is stored is on its way to its place any more. */
const clockAheadMs = 45_000;
let running: FaultyInstance;
let other: FaultyInstance;
let ledger: Ledger;
let models: BlobModelStore;
let storage: string;

beforeAll(async () => {
  storage = ownAccount();
  ledger = new Ledger(storage);
  models = new BlobModelStore(createStorageClients({ connectionString: storage }).container(MODEL_CONTAINER));
  running = await FaultyInstance.start(storage, { ...PATIENT, instanceId: 'running', clockAheadMs });
  for (const name of ['first start', 'retrain', 'policy', 'cases'] as const)
    await (await OPERATIONS[name](running, ledger)).ask(running);
  other = await FaultyInstance.start(storage, { ...PATIENT, instanceId: 'other', clockAheadMs });
  await other.app.warmUp();
});
afterAll(async () => {
  await Promise.all([running, other].map((instance) => instance?.stop()));
});

const half = (bytes: Uint8Array): number => bytes.length >> 1;
const DAMAGES: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array | undefined>> = {
  missing: () => undefined,
  'cut short': (bytes) => bytes.subarray(0, half(bytes)),
  'with a flipped byte': (bytes) => bytes.map((byte, i) => (i === half(bytes) ? byte ^ 0x80 : byte)),
  'of another build': () => Buffer.from('{"format":99,"version":"99.0.0"}'),
};

/** Kind of document -> where one of it lies, and how it is named. */
const KINDS: Readonly<Record<string, () => Promise<{ readonly path: string; readonly named: string }>>> = {
  'the pointer': async () => ({ path: HEAD_BLOB, named: 'serving pointer' }),
  'the newest release record': async () => {
    const path = releasePath((await new Lineage(models).requireHead()).head.release);
    return { path, named: path };
  },
  'the first release record': async () => {
    const lineage = new Lineage(models);
    let path = '';
    for await (const { id } of lineage.walk((await lineage.requireHead()).head.release))
      path = releasePath(id);
    return { path, named: path };
  },
  'a model that serves': async () => {
    const { path } = (await new Lineage(models).requireHead()).head.serving['scorer']!;
    return { path, named: path };
  },
  'the training set': async () => {
    const lineage = new Lineage(models);
    const { path } = (await lineage.tip((await lineage.requireHead()).head.release)).record.dataset;
    return { path, named: path };
  },
  'the policy': async () => ({ path: POLICY_POINTER_BLOB, named: 'policy' }),
  'the critical cases': async () => ({ path: CRITICAL_CASES_BLOB, named: 'critical cases' }),
};

async function store(path: string, bytes: Uint8Array | undefined): Promise<void> {
  if (bytes === undefined) await models.remove(path);
  else await models.replace(path, bytes, (await models.read(path))?.etag);
}
const healthOf = async ({ app }: FaultyInstance): Promise<string> => {
  const { status, reasons } = await app.health.details();
  return `${status}: ${reasons.join('; ')}`;
};

const predict = (app: FaultyInstance['app']): Promise<unknown> =>
  app.predicting.predict(jsonBody(newAlert()), {
    ...{ requestId: 'test', debugMapping: false, explain: 0, similar: 0, debugTiming: false },
    ...{ observe: true, whatIf: undefined, progress: undefined, sent: {} },
  } as never);

// each kind in one way; with FAULTS=all in every way
const ways = Object.keys(DAMAGES);
const tried = Object.keys(KINDS).flatMap((kind, i) =>
  (process.env['FAULTS'] === 'all' ? ways : [ways[i % ways.length]!]).map((way) => [kind, way] as const),
);

it.each(tried)('%s, %s', async (kind, damage) => {
  const { path, named } = await KINDS[kind]!();
  const { bytes } = (await models.read(path))!;
  let isBack = false;
  const putBack = async (): Promise<void> => {
    if (!isBack) await store(path, bytes);
    isBack = true;
  };
  onTestFinished(putBack);
  await store(path, DAMAGES[damage]!(bytes));
  // a check that cannot learn fails, and has looked all the same
  await running.app.hourly(false).catch(() => {});
  for (const instance of [running, other]) {
    const health = await healthOf(instance);
    expect(health).toMatch(/^degraded: /);
    expect(health).toContain(named);
    // what was judged is kept meanwhile
    await (await OPERATIONS.feedback(instance, ledger)).ask(instance);
  }
  // one that starts now, on a machine that keeps nothing, scores all the same
  const fresh = await FaultyInstance.start(storage, { ...PATIENT, clockAheadMs });
  onTestFinished(() => fresh.stop());
  await fresh.app.warmUp();
  expect(await predict(fresh.app)).toMatchObject({
    body: { disposition: expect.any(String) },
  });
  expect(await healthOf(fresh)).toContain(named);
  await putBack();
  // the next check learns again
  await running.app.hourly(false);
  expect((await running.app.doctor({ fix: false })).filter(({ state }) => state !== 'ok')).toEqual([]);
  const all = [running, other, fresh];
  for (const { app } of all) await app.warmUp();
  for (const instance of all) {
    await instance.app.warmUp();
    expect(await healthOf(instance)).toBe('ok: ');
  }
  expect(await ledger.broken()).toEqual([]);
});

it.each(['missing', 'cut short', 'with a flipped byte', 'of another build'] as const)(
  'what operators have decided, %s, is put back by the doctor from the versions that are kept',
  async (damage) => {
    const { app } = running;
    const [rule] = (await app.rules.list('all')).rules;
    const setting = { enabled: false, weight: 1, why: `noise, ${damage}` };
    await app.rules.put(rule!.id, setting as never, 'op');
    const before = await app.policy.document();
    for (const path of [POLICY_POINTER_BLOB, CRITICAL_CASES_BLOB, RULE_SETTINGS_BLOB])
      await store(path, DAMAGES[damage]!((await models.read(path))!.bytes));
    const names = ['policy', 'critical cases', 'settings of rules'];
    const found = await app.doctor({ fix: false });
    for (const what of names) {
      const finding = found.find((one) => one.what === what);
      expect(finding).toMatchObject({
        state: 'wrong',
        fix: expect.stringMatching(/^puts .*\.json in its place$/),
      });
    }
    const fixed = await app.doctor({ fix: true });
    for (const what of names)
      expect(fixed.find((one) => one.what === what)).toMatchObject({
        state: 'fixed',
        fix: expect.stringMatching(/^version \d+ is in force$/),
      });
    expect((await app.doctor({ fix: false })).filter(({ state }) => state !== 'ok')).toEqual([]);
    // one that remembers nothing
    const fresh = await FaultyInstance.start(storage, { ...PATIENT, clockAheadMs });
    onTestFinished(() => fresh.stop());
    await fresh.app.warmUp();
    const after = await fresh.app.policy.document();
    expect(after.document).toEqual(before.document);
    expect(after.critical_cases).toEqual(before.critical_cases);
    expect((await fresh.app.rules.one(rule!.id)).setting).toMatchObject(setting);
    expect(await ledger.broken()).toEqual([]);
  },
);
