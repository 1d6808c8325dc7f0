import { describe, expect, it } from 'vitest';
import { DISPOSITIONS } from '../../src/alert/alert.ts';
import { policyDocumentSchema } from '../../src/api/policy/policy.ts';
import { ruleSettingsDocumentSchema } from '../../src/api/rules/rules.ts';
import { policySchema } from '../../src/policy/policy.ts';
import { entryFromRow } from '../../src/store/azure/predictions/prediction-row.ts';
import { predictionTexts } from '../../src/store/azure/predictions/prediction-text.ts';
import { TableBehaviorLog } from '../../src/store/azure/table-behavior-log.ts';
import { TableFeedbackStore } from '../../src/store/azure/table-feedback-store.ts';
import { TableFleetStore } from '../../src/store/azure/table-fleet-store.ts';
import { TableRunLog } from '../../src/store/azure/table-run-log.ts';
import { DocumentStore } from '../../src/store/document-store.ts';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import { decodeOwner, encodeOwner } from '../../src/store/owner.ts';
import type { ReleaseRecord } from '../../src/store/release.ts';
import { emptyDataset, overlay } from '../../src/training/dataset/dataset.ts';
import {
  decodeDataset,
  decodeTraffic,
  encodeDataset,
  encodeTraffic,
} from '../../src/training/dataset/dataset-format.ts';
import { criticalCaseSetSchema } from '../../src/training/gate/critical-case-set.ts';
import { CRITICAL_CASES } from '../../src/training/gate/critical-cases.ts';
import { readMarks, writeMarks } from '../../src/training/releases/garbage-marks.ts';
import { Lineage } from '../../src/training/releases/lineage.ts';
import { WaitingTurn } from '../../src/training/runs/waiting-turn.ts';
import { readIndex, replaceSource } from '../../src/triage/intel/intel-store.ts';
import { fakeTable } from '../support/fake-table.ts';
import { fc } from '../support/fast-check.ts';
import { entryOf } from '../support/prediction-log-contract.ts';
import { hex, sample, snapshot, vote } from '../training/rows.ts';

// Whatever is taken for writing is read back as it was written, for every kind of document and row that is stored. The
// seed is fixed: what is drawn here is the same on every machine.
const RUNS = { seed: 20_260_301, numRuns: 40 };

const text = fc.string({ unit: 'binary', maxLength: 300 });
/** Longer than one property of a row. */
const long = text.map((given) => given.repeat(400));
const moment = fc
  .date({ min: new Date('1970-01-01'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const share = fc.double({ min: 0, max: 1, noNaN: true });
const sha256 = text.map((given) => hex(given, 64));
const disposition = fc.constantFrom(...DISPOSITIONS);
const maybe = <T>(arb: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arb, { nil: undefined });
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const check = <T>(arb: fc.Arbitrary<T>, holds: (value: T) => Promise<void>): Promise<void> =>
  fc.assert(fc.asyncProperty(arb, holds), RUNS);

const served = fc.record({ version: text, path: text, sha256 }, { noNullPrototype: true });
const madeModel = fc.record({
  ...{ version: text, path: text, sha256, reasons: fc.array(text) },
  metrics: fc.dictionary(text, fc.jsonValue(), { noNullPrototype: true }),
  decision: fc.constantFrom('promoted', 'refused', 'carried'),
});
const dictionary = <T>(values: fc.Arbitrary<T>) =>
  fc.dictionary(fc.constantFrom('classifier', 'anomaly', 'scorer', 'other'), values, {
    noNullPrototype: true,
  });
const exclusion = fc.record({ analyst: text, by: text, at: moment, since: maybe(moment), why: maybe(text) });
const release = fc.record({
  ...{ by: text, why: text, run_id: text, created_at: moment, exclusions: fc.array(exclusion) },
  kind: fc.constantFrom('bootstrap', 'retrain', 'force', 'replay'),
  dataset: fc.record({ path: text, sha256, samples: fc.nat(), synthetic: fc.boolean() }),
  counts: dictionary(fc.double({ noNaN: true, noDefaultInfinity: true })),
  consumed: fc.dictionary(text, fc.nat(), { noNullPrototype: true }),
  quarantined: fc.dictionary(text, text, { noNullPrototype: true }),
  ...{ models: dictionary(madeModel), serving_after: dictionary(served), pinned_after: dictionary(text) },
});

describe('documents', () => {
  it('release records and the pointer', () =>
    check(release, async (drawn) => {
      const models = new MemoryModelStore();
      const record = { ...drawn, seq: 1, parent: null, serving_before: null } as unknown as ReleaseRecord;
      const id = await new Lineage(models).commit(undefined, record);
      const read = new Lineage(models);
      expect(asJson(await read.release(id!))).toEqual(asJson(record));
      const { head } = await read.requireHead();
      expect(head).toMatchObject(asJson({ seq: 1, release: id, serving: record.serving_after }) as object);
    }));

  it('the policy, the critical cases and the settings of rules', () =>
    check(
      fc.record({
        by: text,
        why: text,
        at: moment,
        id: fc.string({ minLength: 1, maxLength: 128 }),
        cost: fc.double({ min: 0, max: 1e12, noNaN: true }),
        weight: fc.double({ min: 0, max: 2, noNaN: true }),
        enabled: fc.boolean(),
      }),
      async ({ by, why, at, id, cost, weight, enabled }) => {
        const models = new MemoryModelStore();
        const roundTrip = async (documents: DocumentStore<unknown>, value: unknown): Promise<void> => {
          await documents.write(value, undefined);
          expect(asJson((await documents.read())?.value)).toEqual(asJson(value));
        };
        const policy = policySchema.parse({ costs: { false_alarm: cost } });
        await roundTrip(new DocumentStore<unknown>(models, 'policy.json', policyDocumentSchema), {
          ...{ seq: 3, policy, by, why, updated_at: at },
        });
        const cases = [{ id, alert: CRITICAL_CASES[0]!.alert, by, at }];
        await roundTrip(new DocumentStore<unknown>(models, 'cases.json', criticalCaseSetSchema), {
          ...{ seq: 1, cases, retired: [{ id, by, why, at }] },
        });
        await roundTrip(new DocumentStore<unknown>(models, 'rules.json', ruleSettingsDocumentSchema), {
          ...{ seq: 1, settings: { [id]: { enabled, weight, why, by: by.slice(0, 256), at } } },
        });
      },
    ));

  it('marks of garbage, the turn of a retrain, owners of leases and sources of indicators', () =>
    check(fc.tuple(text, moment, fc.nat(2 ** 31)), async ([name, at, pid]) => {
      const models = new MemoryModelStore();
      const marks = { unreached: { [name]: at }, removing: [name] };
      await writeMarks(models, marks, undefined);
      expect((await readMarks(models)).marks).toEqual(marks);
      const turn = new WaitingTurn({ models, now: () => Date.parse(at) });
      await turn.waits(name);
      expect(await turn.isWaitedFor(`not ${name}`)).toBe(true);
      const owner = { instanceId: name, startedAt: at, machine: name, pid, processMark: name };
      expect(decodeOwner(encodeOwner(owner))).toEqual(owner);
      const facts = {
        ...{ imported_at: at, imported_by: name, indicators: { ip: 1 }, default_confidence: 50 },
        ...{ refused: {}, passed_over: {}, suppressed: {}, warnings: [name] },
      };
      await replaceSource(models, 'list', Buffer.from(name), facts);
      expect((await readIndex(models)).index.sources['list']).toMatchObject(facts);
    }));

  it('training sets and traffic', () =>
    check(
      fc.tuple(fc.array(fc.tuple(text, disposition, moment), { maxLength: 8 }), fc.float()),
      async ([judged, column]) => {
        const samples = judged.map(([name, said, at]) =>
          sample(name, [vote('ann', said, 0, { at })], {
            columns: snapshot(name).columns.fill(column, 0, 3),
          }),
        );
        const { dataset } = overlay(emptyDataset(1_000), samples, 1_000, {});
        expect(decodeDataset(encodeDataset(dataset))).toEqual(dataset);
        const rows = dataset.rows.map(({ alertKey, group, columns }, i) => ({
          ...{ alertKey, group, columns, scoredAtMs: i, catalogId: dataset.catalogId },
        }));
        expect(decodeTraffic(encodeTraffic(rows))).toEqual(rows);
      },
    ));
});

describe('rows', () => {
  it('judgements with their history', () =>
    check(
      fc.record({
        ...{
          name: text,
          analyst: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 }),
          at: moment,
          said: disposition,
        },
        ...{
          risk: maybe(fc.integer({ min: 0, max: 100 })),
          comment: maybe(fc.string({ maxLength: 4_096 })),
          why: maybe(text),
        },
      }),
      async ({ name, analyst, at, said, risk, comment, why }) => {
        const store = new TableFeedbackStore(fakeTable());
        const judged = snapshot(name);
        const word = vote(analyst, said, 0, { at, risk_score: risk, comment });
        await store.submit(judged, word);
        await store.rule(judged.alertKey, { action: 'confirm', by: analyst, why, at });
        const read = await store.get(judged.alertKey);
        expect(asJson(read?.votes)).toEqual(asJson([word]));
        expect(read?.snapshot).toEqual(judged);
        expect(read?.ruling).toEqual({ action: 'confirm', by: analyst, why, at });
        const [first, second] = await store.history(judged.alertKey);
        expect([asJson(first?.vote), second?.ruling?.by]).toEqual([asJson(word), analyst]);
        expect(await store.listPending()).toEqual([{ alertKey: judged.alertKey, rev: 2 }]);
      },
    ));

  it('incidents', () =>
    check(
      fc.tuple(text, fc.array(text, { maxLength: 50 }), moment, maybe(disposition)),
      async ([name, names, at, said]) => {
        const store = new TableFeedbackStore(fakeTable());
        const state = {
          ...{ id: hex(name, 32), of: 'incident' as const, at, isClosed: true, analyst: 'ann' },
          ...{ disposition: said, verified: false, receivedAt: at },
        };
        const members = [...new Set(names.map((one) => hex(one, 32)))].sort();
        const change = { id: state.id, group: hex(name, 32), state, members, absorbed: [], owners: ['ann'] };
        await store.noteIncident(change);
        const read = await store.incident(state.id);
        expect(asJson(read)).toMatchObject(asJson({ ...change, state: { ...state, revision: 1 } }) as object);
      },
    ));

  it('runs, ticks, instances and deltas', () =>
    check(
      fc.tuple(moment, share, fc.array(text, { maxLength: 5 }), long),
      async ([at, progress, reasons, error]) => {
        const runs = new TableRunLog(fakeTable());
        const run = {
          ...{ runId: 'run-1', trigger: 'manual' as const, state: 'failed' as const, startedAt: at },
          ...{ finishedAt: at, stage: 'done', progress, pending: 3, release: '000001-abc', reasons },
          error: error.slice(0, 3_999),
          owner: {
            instanceId: 'a',
            startedAt: at,
            machine: reasons[0] ?? '',
            pid: 1,
            processMark: undefined,
          },
        };
        await runs.put(run);
        expect(asJson(await runs.get('run-1'))).toEqual(asJson(run));
        expect(asJson(await runs.list(5))).toEqual([asJson(run)]);
        const tick = { at, isPastDue: true, result: 'busy' as const };
        await runs.putTick(tick);
        expect(await runs.lastTick()).toEqual(tick);
        const behavior = new TableBehaviorLog(fakeTable());
        const delta = { instance: error.slice(0, 200), seq: 7, bytes: Buffer.from(error) };
        await behavior.append(5, delta);
        expect(await behavior.read(5)).toEqual([delta]);
      },
    ));

  it('what an instance says of itself', () =>
    check(
      fc.tuple(moment, text, dictionary(text), maybe(text)),
      async ([at, instanceId, versions, release]) => {
        const table = fakeTable();
        // the fake tells no time, so that ages are unknown: the row itself is looked at
        const store = new TableFleetStore(table);
        await store.report({ instanceId, startedAt: at, seenAt: at, release, versions, sketches: versions });
        expect([...table.rows.values()][0]).toMatchObject(
          asJson({ instanceId, startedAt: at, release }) as object,
        );
        await store.list(1_000);
      },
    ));

  it('predictions', () =>
    check(
      fc.tuple(text, moment, fc.array(share, { minLength: 4, maxLength: 4 })),
      async ([name, at, probabilities]) => {
        const entry = entryOf('a', { snapshot: snapshot(name), scoredAt: at, probabilities });
        const [{ partitionKey, rowKey, json }] = predictionTexts(entry);
        expect(entryFromRow({ ...JSON.parse(json), partitionKey, rowKey, etag: '' })).toEqual(entry);
      },
    ));
});

describe('what could not be read again', () => {
  it('is refused before anything is written, by the name of its field', async () => {
    const models = new MemoryModelStore();
    const record = fc.sample(release, { seed: 1, numRuns: 1 })[0]!;
    const exclusions = [
      { analyst: 'a', by: 'b', at: '2026-03-01T00:00:00Z', since: '+020260-03-01T00:00:00Z' },
    ];
    const bad = { ...record, seq: 1, parent: null, serving_before: null, exclusions };
    await expect(
      new Lineage(models).commit(undefined, bad as unknown as ReleaseRecord),
    ).rejects.toMatchObject({ code: 'INTERNAL', message: expect.stringContaining('exclusions.0.since') });
    const paths = [];
    for await (const { path } of models.list('')) paths.push(path);
    expect(paths).toEqual([]);
    const runs = new TableRunLog(fakeTable());
    const run = {
      ...{ runId: 'run-1', trigger: 'manual' as const, state: 'failed' as const, reasons: [], stage: 'x' },
      ...{ startedAt: '2026-03-01T00:00:00Z', progress: Number.NaN, finishedAt: undefined },
      ...{ pending: undefined, release: undefined, error: undefined },
    };
    await expect(runs.put(run)).rejects.toMatchObject({ message: expect.stringContaining('progress') });
  });

  it('is refused as a judgement too', async () => {
    const table = fakeTable();
    const judged = snapshot('a');
    const word = vote('x'.repeat(300), 'benign');
    await expect(new TableFeedbackStore(table).submit(judged, word)).rejects.toMatchObject({
      code: 'FEEDBACK_INVALID',
      message: expect.stringContaining('analyst'),
    });
    expect([...table.rows.keys()].filter((name) => /\n[shp]\|/.test(name))).toEqual([]);
  });
});
