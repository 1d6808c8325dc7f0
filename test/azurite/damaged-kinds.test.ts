import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { jsonBody } from '../../src/reading/body-bytes.ts';
import { BlobModelStore } from '../../src/store/azure/blob-model-store.ts';
import { isoWeek } from '../../src/store/azure/iso-week.ts';
import { Refused, StorageCaller } from '../../src/store/azure/storage-call.ts';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { TableFeedbackStore } from '../../src/store/azure/table-feedback-store.ts';
import {
  BEHAVIOR_KEY_BLOB,
  BEHAVIOR_SNAPSHOTS,
  BEHAVIOR_TABLE,
  FEEDBACK_TABLE,
  FLEET_TABLE,
  GARBAGE_BLOB,
  INTEL_CONTAINER,
  INTEL_INDEX_BLOB,
  MODEL_CONTAINER,
  POLICY_ARCHIVE,
  PREDICTION_TABLE_PREFIX,
  RETRAIN_LOCK_BLOB,
  RETRAIN_TURN_BLOB,
  RULE_SETTINGS_BLOB,
  RUNS_TABLE,
} from '../../src/store/names.ts';
import { writeMarks } from '../../src/training/releases/garbage-marks.ts';
import { WaitingTurn } from '../../src/training/runs/waiting-turn.ts';
import { FaultyInstance } from '../support/faults/instance.ts';
import { Ledger } from '../support/faults/ledger.ts';
import { newAlert, OPERATIONS, tell } from '../support/faults/operations.ts';
import { ownAccount } from '../support/own-account.ts';

// Everything that is stored beside what damaged-documents.test.ts damages: missing, cut short, with a flipped byte or of
// another build. Whatever else is asked for goes on or says by name why not; what was promised is there once it is back.

const REQUEST = { requestId: 'test', debugMapping: false };
/** A busy machine is no outage. */
const env = { STORAGE_TIMEOUT_SECONDS: '20' };
let storage: string;
let instance: FaultyInstance;
let ledger: Ledger;

/** One thing that is stored. */
interface Thing {
  read(): Promise<Uint8Array>;
  /** @param bytes undefined removes it */
  write(bytes: Uint8Array | undefined): Promise<void>;
  putBack(): Promise<void>;
}

const clients = () => createStorageClients({ connectionString: storage });

async function blob(container: string, prefix: string, suffix = ''): Promise<Thing> {
  const models = new BlobModelStore(clients().container(container));
  let path: string | undefined;
  for await (const found of models.list(prefix)) if (found.path.endsWith(suffix)) path ??= found.path;
  if (path === undefined) throw new Error(`Expected a blob ${prefix}…${suffix} in ${container}.`);
  const at = path;
  const { bytes } = (await models.read(at))!;
  const write = async (next: Uint8Array | undefined): Promise<void> => {
    if (next === undefined) await models.remove(at);
    else await models.replace(at, next, (await models.read(at))?.etag);
  };
  return { read: async () => bytes, write, putBack: () => write(bytes) };
}

/** A connection that was kept may have ended meanwhile: every call may be made again. */
const caller = new StorageCaller({ timeoutMs: 60_000 });

async function row(name: string, prefix: string, property: string): Promise<Thing> {
  const table = clients().table(name);
  const filter = `RowKey ge '${prefix}' and RowKey lt '${prefix}~'`;
  const found = await caller.call('find a row', async () => {
    const rows = table.listEntities<Record<string, unknown>>({ queryOptions: { filter } });
    for await (const one of rows) return one;
    throw new RangeError(`Expected a row ${prefix} in ${name}.`);
  });
  if (found instanceof Refused) throw new Error(`Expected the table ${name}.`);
  const { partitionKey, rowKey } = found as unknown as { partitionKey: string; rowKey: string };
  const { etag: _, timestamp: __, ...entity } = found;
  const write = async (next: Uint8Array | undefined): Promise<void> => {
    const damaged = { partitionKey, rowKey, [property]: Buffer.from(next ?? []).toString('latin1') };
    const send = () =>
      next === undefined ? table.deleteEntity(partitionKey, rowKey) : table.updateEntity(damaged, 'Merge');
    await caller.call('damage a row', send, next === undefined ? [404] : []);
  };
  return {
    read: async () => Buffer.from(String(entity[property])),
    write,
    putBack: async () => {
      await caller.call('put a row back', () =>
        table.upsertEntity({ ...entity, partitionKey, rowKey }, 'Replace'),
      );
    },
  };
}

const CLASSIFIER = 'models/classifier/';
/** Kind -> one of it. */
const KINDS: Readonly<Record<string, () => Promise<Thing>>> = {
  'the settings of rules': () => blob(MODEL_CONTAINER, RULE_SETTINGS_BLOB),
  'an archived policy': () => blob(MODEL_CONTAINER, POLICY_ARCHIVE),
  'the marks of garbage': () => blob(MODEL_CONTAINER, GARBAGE_BLOB),
  'the lock of training': () => blob(MODEL_CONTAINER, RETRAIN_LOCK_BLOB),
  'the turn of a retrain': () => blob(MODEL_CONTAINER, RETRAIN_TURN_BLOB),
  'the key of behaviour': () => blob(MODEL_CONTAINER, BEHAVIOR_KEY_BLOB),
  'the snapshot of behaviour': () => blob(MODEL_CONTAINER, BEHAVIOR_SNAPSHOTS.snapshot),
  'a catalogue': () => blob(MODEL_CONTAINER, 'catalogs/'),
  'a model card': () => blob(MODEL_CONTAINER, CLASSIFIER, 'card.md'),
  'what folds said': () => blob(MODEL_CONTAINER, CLASSIFIER, 'unseen.bin'),
  'judged neighbours': () => blob(MODEL_CONTAINER, CLASSIFIER, 'neighbours.bin'),
  'the index of indicators': () => blob(INTEL_CONTAINER, INTEL_INDEX_BLOB),
  'a source of indicators': () => blob(INTEL_CONTAINER, 'sources/'),
  'a judged alert': () => row(FEEDBACK_TABLE, 's|', 'votes0'),
  'an entry of a history': () => row(FEEDBACK_TABLE, 'h|', 'vote0'),
  'the way from an id': () => row(FEEDBACK_TABLE, 'i|', 'alertKey'),
  'an incident': () => row(FEEDBACK_TABLE, 'r|', 'members0'),
  'a verdict': () => row(PREDICTION_TABLE_PREFIX + isoWeek(Date.now()), 'k|', 'columns'),
  'the way to a verdict': () => row(PREDICTION_TABLE_PREFIX + isoWeek(Date.now()), 'i|', 'alertKey'),
  'a run by its id': () => row(RUNS_TABLE, 'r|', 'json0'),
  'a run by its time': () => row(RUNS_TABLE, 't|', 'json0'),
  'the last tick': () => row(RUNS_TABLE, 'tick', 'at'),
  'the last inspection': () => row(RUNS_TABLE, 'inspection', 'json0'),
  'an instance': () => row(FLEET_TABLE, '', 'versions0'),
  'a delta of behaviour': () => row(BEHAVIOR_TABLE, '', 'bytes0'),
};

/** What would be lost in silence otherwise: where it is named. */
const NAMED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'the key of behaviour': { 'cut short': 'behavior/key.bin' },
  'the snapshot of behaviour': {
    missing: 'behaviour: ',
    'cut short': 'behaviour: ',
    'with a flipped byte': 'behaviour: ',
    'of another build': 'behaviour: ',
  },
  'the settings of rules': { missing: 'settings of rules', 'cut short': 'settings of rules' },
  'a judged alert': { missing: 'judgements against their history', 'cut short': 'judgements set aside' },
  'the index of indicators': { 'cut short': 'index.json', 'with a flipped byte': 'index.json' },
};

const half = (bytes: Uint8Array): number => bytes.length >> 1;
const WAYS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array | undefined>> = {
  missing: () => undefined,
  'cut short': (bytes) => bytes.subarray(0, half(bytes)),
  'with a flipped byte': (bytes) => bytes.map((byte, i) => (i === half(bytes) ? byte ^ 0x80 : byte)),
  'of another build': () => Buffer.from('{"format":99,"version":"99.0.0"}'),
};

const predict = (app: FaultyInstance['app']) =>
  app.predicting.predict(jsonBody(newAlert()), {
    ...REQUEST,
    ...{
      explain: 0,
      similar: 0,
      debugTiming: false,
      observe: true,
      whatIf: undefined,
      progress: undefined,
      sent: {},
    },
  } as never);

beforeAll(async () => {
  storage = ownAccount();
  ledger = new Ledger(storage);
  instance = await FaultyInstance.start(storage, { instanceId: 'running', env });
  // any judged alert may be held out; of what is not, folds and neighbours are kept
  const judged = Array.from({ length: 8 }, () => 'feedback' as const);
  for (const name of ['first start', ...judged, 'retrain', 'policy', 'cases', 'feedback'] as const)
    await (await OPERATIONS[name](instance, ledger)).ask(instance);
  const { app } = instance;
  for (let n = 0; n < 8; n++) await predict(app);
  await app.flush();
  // long enough for a snapshot of behaviour to be due
  instance.setClock(11 * 60_000);
  await app.warmUp();
  instance.setClock(0);
  const [rule] = (await app.rules.list('all')).rules;
  await app.rules.put(rule!.id, { enabled: true, weight: 1, why: 'test' } as never, 'op');
  await app.intel.put(
    'list',
    (async function* () {
      yield Buffer.from('bad.example\n');
    })(),
    {},
  );
  await app.hourly(false);
  const models = new BlobModelStore(clients().container(MODEL_CONTAINER));
  await writeMarks(models, { unreached: {}, removing: [] }, undefined);
  await new WaitingTurn({ models, now: Date.now }).waits('test');
  const id = 'a'.repeat(32);
  await new TableFeedbackStore(clients().table(FEEDBACK_TABLE)).noteIncident({
    ...{ id, group: id, members: [], absorbed: [], owners: ['ann'] },
    state: {
      ...{ id, of: 'incident', at: '2026-03-01T00:00:00.000Z', isClosed: false, analyst: 'ann' },
      ...{ verified: false, receivedAt: '2026-03-01T00:00:00.000Z' },
    },
  });
});
afterAll(async () => {
  await instance?.stop();
});

/** What everybody asks for, whatever is damaged; each goes on or says by name why not. */
const asks = ({ app }: FaultyInstance): Readonly<Record<string, () => Promise<unknown>>> => ({
  predict: () => predict(app),
  versions: () => app.operations.versions('classifier'),
  runs: () => app.operations.runs(),
  policy: () => app.policy.document(),
  quarantine: () => app.judging.quarantine.list({} as never, 10, 0),
  indicators: () => app.intel.list(),
  rules: () => app.rules.list('all'),
  workload: () => app.workload.report({} as never),
});

// each kind in one way; with FAULTS=all in every way
const ways = Object.keys(WAYS);
const tried = Object.keys(KINDS).flatMap((kind, i) =>
  (process.env['FAULTS'] === 'all' ? ways : [ways[i % ways.length]!]).map((way) => [kind, way] as const),
);

it.each(tried)('%s, %s', async (kind, way) => {
  const thing = await KINDS[kind]!();
  let isBack = false;
  const putBack = async (): Promise<void> => {
    if (!isBack) await thing.putBack();
    isBack = true;
  };
  onTestFinished(putBack);
  await thing.write(WAYS[way]!(await thing.read()));
  // one that remembers nothing
  const fresh = await FaultyInstance.start(storage, {
    instanceId: `fresh ${kind} ${way}`,
    env,
  });
  onTestFinished(() => fresh.stop());
  await fresh.app.warmUp();
  const said: string[] = [];
  for (const [name, ask] of Object.entries(asks(fresh))) {
    const { status, code, detail } = await tell({ ask: async () => void (await ask()) }, fresh);
    if (status !== 200) said.push(`${name}: ${code}: ${detail}`);
    expect({ name, code, detail }).not.toMatchObject({ code: 'INTERNAL' });
  }
  // whatever was damaged, what is judged now is kept
  await (await OPERATIONS.feedback(fresh, ledger)).ask(fresh);
  const findings = await fresh.app.doctor({ fix: false });
  said.push(...findings.filter(({ state }) => state !== 'ok').map(({ what, says }) => `${what}: ${says}`));
  said.push(...(await fresh.app.health.details()).reasons, ...fresh.events);
  const named = NAMED[kind]?.[way];
  if (named !== undefined) expect(said.join('\n')).toContain(named);
  await putBack();
  expect(await ledger.broken()).toEqual([]);
});
