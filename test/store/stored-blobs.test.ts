import type { QueueClient } from '@azure/storage-queue';
import { describe, expect, it } from 'vitest';
import { DISPOSITIONS } from '../../src/alert/alert.ts';
import { EMPTY_CONTEXT } from '../../src/alert/context.ts';
import { labelOf } from '../../src/alert/disposition.ts';
import { retrainRequestSchema } from '../../src/api/operations-service.ts';
import { snapshotOf } from '../../src/features/alert-feature-extractor.ts';
import { AlertClassifier } from '../../src/models/alert-classifier.ts';
import { JudgedNeighbours } from '../../src/models/judged-neighbours.ts';
import { trainingRowsOf } from '../../src/models/training-rows.ts';
import { StorageRetrainQueue } from '../../src/store/azure/storage-retrain-queue.ts';
import { TableFeedbackStore } from '../../src/store/azure/table-feedback-store.ts';
import { createExact } from '../../src/store/create-exact.ts';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import { catalogPath, modelCardPath } from '../../src/store/names.ts';
import type { ReleaseRecord } from '../../src/store/release.ts';
import type { LearningSet } from '../../src/training/dataset/learning-set.ts';
import { decodeUnseen, encodeUnseen } from '../../src/training/fit/unseen-predictions.ts';
import { encodeJson, Lineage } from '../../src/training/releases/lineage.ts';
import { readCard } from '../../src/training/releases/versions.ts';
import { gatherPending } from '../../src/training/runs/gather.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import { lookUp } from '../../src/triage/intel/look-up.ts';
import { buildTable } from '../../src/triage/intel/table/build-table.ts';
import { IndicatorRows } from '../../src/triage/intel/table/indicator-rows.ts';
import { IndicatorTable } from '../../src/triage/intel/table/indicator-table.ts';
import { decodeState, encodeState } from '../../src/triage/state/state-format.ts';
import { fakeTable } from '../support/fake-table.ts';
import { fc } from '../support/fast-check.ts';
import { hex, snapshot, vote } from '../training/rows.ts';

// The rest of what is stored, beside stored-documents.test.ts: what is taken for writing is read back as it was written.
const RUNS = { seed: 20_260_302, numRuns: 40 };

const text = fc.string({ unit: 'binary', maxLength: 300 });
const moment = fc
  .date({ min: new Date('1970-01-01'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
  .map((date) => date.toISOString());
const share = fc.double({ min: 0, max: 1, noNaN: true });
const maybe = <T>(arb: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arb, { nil: undefined });
const asJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
const check = <T>(
  arb: fc.Arbitrary<T>,
  holds: (value: T) => Promise<void>,
  numRuns = RUNS.numRuns,
): Promise<void> => fc.assert(fc.asyncProperty(arb, holds), { ...RUNS, numRuns });

describe('what lies in tables and queues', () => {
  it('markers, with the incident that they are one judgement of', () =>
    check(
      fc.tuple(fc.uniqueArray(text, { minLength: 1, maxLength: 5 }), maybe(text)),
      async ([names, whole]) => {
        const store = new TableFeedbackStore(fakeTable());
        for (const name of names)
          await store.submit(
            snapshot(name),
            vote('ann', 'benign', 0, whole === undefined ? {} : { whole: hex(whole, 32) }),
          );
        const keys = (await store.listPending()).map(({ alertKey, rev }) => `${alertKey} ${rev}`).sort();
        expect(keys).toEqual(names.map((name) => `${snapshot(name).alertKey} 1`).sort());
        expect((await store.summarizePending()).count).toBe(whole === undefined ? names.length : 1);
      },
    ));

  it('requests for a retrain', () =>
    check(
      fc.record({
        ...{ reason: text, at: moment, force: maybe(fc.boolean()), why: maybe(text) },
        ...{ by: maybe(text), runId: maybe(text), turn: maybe(text) },
      }),
      async (drawn) => {
        const sent: string[] = [];
        const client = { sendMessage: async (message: string) => void sent.push(message) };
        const queue = new StorageRetrainQueue(async () => client as unknown as QueueClient);
        const request = asJson(drawn) as { reason: string; at: string };
        await queue.send(request);
        // as the host hands it on
        const read = JSON.parse(Buffer.from(sent[0]!, 'base64').toString('utf8'));
        expect(retrainRequestSchema.parse(read)).toEqual(request);
      },
    ));
});

describe('what lies in blobs', () => {
  it('catalogues of other builds', () =>
    check(fc.tuple(fc.array(text), fc.array(text)), async ([columns, families]) => {
      const [models, feedback] = [new MemoryModelStore(), new TableFeedbackStore(fakeTable())];
      const catalogId = hex(columns.join(), 12);
      await createExact(models, catalogPath(catalogId), encodeJson({ columns, families }));
      await feedback.submit(snapshot('a', { catalogId }), vote('ann', 'benign'));
      const { catalogs } = await gatherPending({ models, feedback }, { consumed: {} } as ReleaseRecord);
      expect(catalogs).toEqual({ [catalogId]: { columns, families } });
    }));

  it('model cards', () =>
    check(text, async (card) => {
      const models = new MemoryModelStore();
      const lineage = new Lineage(models);
      const [path, sha256] = ['models/classifier/0123456789ab/model.bin', hex('model', 64)];
      await createExact(models, modelCardPath('classifier', '0123456789ab'), new TextEncoder().encode(card));
      const made = { version: '1.0.0', path, sha256, metrics: {}, decision: 'promoted', reasons: [] };
      const record = {
        ...{ seq: 1, parent: null, kind: 'bootstrap', by: 'b', why: 'w', run_id: 'r', consumed: {} },
        ...{ created_at: '2026-03-01T00:00:00.000Z', counts: {}, exclusions: [], quarantined: {} },
        dataset: { path: 'datasets/a.bin', sha256, samples: 0, synthetic: true },
        ...{ models: { classifier: made }, serving_before: null, serving_after: {}, pinned_after: {} },
      };
      await lineage.commit(undefined, record as unknown as ReleaseRecord);
      const whole = new TextDecoder().decode(new TextEncoder().encode(card));
      expect((await readCard(models, lineage, 'classifier', '1.0.0')).card).toBe(whole);
    }));

  it('what folds said of judged alerts', () =>
    check(
      fc.array(
        fc.record({
          ...{ said: fc.array(share, { minLength: DISPOSITIONS.length, maxLength: DISPOSITIONS.length }) },
          ...{ label: fc.nat(DISPOSITIONS.length - 1), group: text, weight: fc.integer({ min: 1, max: 50 }) },
          hits: maybe(
            fc.array(fc.record({ id: fc.string({ maxLength: 256 }), half: fc.boolean() }), { maxLength: 4 }),
          ),
        }),
      ),
      async (drawn) => {
        const ruleHits = drawn.map(({ hits }) =>
          hits?.map(({ id, half }) => (half ? { id, half: true as const } : { id })),
        );
        const set = {
          rows: { labels: drawn.map(({ label }) => label), groups: drawn.map(({ group }) => group) },
          datasetRows: Int32Array.from(drawn.keys()),
          fit: Int32Array.from(drawn.keys()),
          samplingWeights: Float64Array.from(drawn, ({ weight }) => weight),
        } as unknown as LearningSet;
        const probabilities = Float64Array.from(
          drawn.flatMap(({ said }) => {
            const sum = said.reduce((a, b) => a + b, 0);
            return said.map((one) => (sum === 0 ? 1 / said.length : one / sum));
          }),
        );
        const read = decodeUnseen(
          encodeUnseen(
            set,
            probabilities,
            ruleHits.map((own) => (own === undefined ? {} : { ruleHits: own })),
          ),
        );
        expect([...read.labels]).toEqual(drawn.map(({ label }) => label));
        expect([...read.weights]).toEqual(drawn.map(({ weight }) => weight));
        expect(read.hits).toEqual(ruleHits);
        // alerts of one group stay together, and of two apart
        for (const [i, { group }] of drawn.entries())
          expect(read.groups[i] === read.groups[0]).toBe(group === drawn[0]!.group);
        expect(read.attack).toHaveLength(drawn.length);
      },
    ));

  it('judged neighbours', () =>
    check(
      fc.tuple(fc.integer({ min: 4, max: 30 }), fc.nat(1_000)),
      async ([n, seed]) => {
        const made = generateSyntheticAlerts(n, seed).map((one) => ({
          ...one,
          snapshot: snapshotOf(one.alert, EMPTY_CONTEXT),
        }));
        const rows = trainingRowsOf(
          made.map(({ snapshot: judged, disposition, riskScore }) => ({
            ...{
              snapshot: judged,
              label: labelOf(disposition),
              risk: riskScore,
              weight: 1,
              synthetic: false,
            },
          })),
        );
        const settings = { seed: 5, algorithm: 'boosted', calibrator: 'none' } as const;
        const classifier = AlertClassifier.fit(rows, settings);
        const keys = made.map(({ snapshot: { alertKey } }) => alertKey);
        const written = JudgedNeighbours.of(classifier, rows, keys);
        const read = JudgedNeighbours.from(written.toBuffer());
        expect(read.toBuffer()).toEqual(written.toBuffer());
        const asked = { limit: n, alertKey: 'f'.repeat(32) };
        for (const { snapshot: judged } of made.slice(0, 3))
          expect(read.nearest(classifier, judged, asked)).toEqual(written.nearest(classifier, judged, asked));
      },
      6,
    ));

  it('the snapshot of behaviour', () =>
    check(
      fc.array(
        fc.oneof(
          ...[text, fc.double({ noNaN: true }), fc.float64Array({ maxLength: 5, noNaN: true })],
          ...[fc.int32Array({ maxLength: 5 }), fc.uint32Array({ maxLength: 5 })],
          fc.float32Array({ maxLength: 5, noNaN: true }),
        ),
        { maxLength: 12 },
      ),
      async (leaves) => {
        // zero has one sign in JSON
        const state = {
          writtenAtMs: 1,
          deep: [leaves.map((leaf) => (Object.is(leaf, -0) ? 0 : leaf)), { leaves: leaves.length }],
        };
        expect(await decodeState(await encodeState(state))).toEqual(state);
      },
    ));

  it('tables of indicators', () =>
    check(
      fc.uniqueArray(
        fc
          .tuple(fc.domain(), fc.nat(100))
          .map(([domain, confidence]) => ({ value: domain.toLowerCase(), confidence })),
        { selector: ({ value }) => value, maxLength: 20 },
      ),
      async (drawn) => {
        const rows = new IndicatorRows();
        for (const { value, confidence } of drawn) rows.add({ type: 'domain', value }, { confidence });
        const table = IndicatorTable.from(await buildTable(rows));
        for (const { value, confidence } of drawn) {
          const found: number[] = [];
          lookUp(
            table,
            'domain',
            value,
            (hit) => hit.matched === value && found.push(hit.confidence as number),
          );
          expect(found).toEqual([confidence]);
        }
        lookUp(table, 'domain', 'never.drawn.invalid', () => expect.unreachable());
      },
    ));
});
