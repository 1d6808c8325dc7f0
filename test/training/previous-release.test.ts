import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '../../src/alert/alert.ts';
import { EMPTY_CONTEXT } from '../../src/alert/context.ts';
import type { AlertSnapshot } from '../../src/alert/snapshot.ts';
import { snapshotOf } from '../../src/features/alert-feature-extractor.ts';
import { columnNamesOf } from '../../src/features/catalog-history.ts';
import { AlertClassifier } from '../../src/models/alert-classifier.ts';
import { LocalCopy } from '../../src/serving/local-copy.ts';
import { ModelServer } from '../../src/serving/model-server.ts';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import { HEAD_BLOB } from '../../src/store/names.ts';
import { parseHead } from '../../src/store/release.ts';
import { decodeDataset } from '../../src/training/dataset/dataset-format.ts';
import { Lineage } from '../../src/training/releases/lineage.ts';
import { inProcessTrainer } from '../../src/training/runs/in-process-trainer.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import { DEFAULT_TRAINING_SETTINGS } from '../../src/training/training-settings.ts';
import { jobOf, judgements } from './gate-world.ts';

/**
 * The blobs that the build of 21 November 2026 (67531cd) wrote: a first start on 200 synthetic alerts (a random forest), then a forced
 * retrain on 80 judged ones (boosted), and what its models said of twelve alerts.
 */
interface Stored {
  readonly blobs: Readonly<Record<string, string>>;
  readonly answers: readonly {
    readonly alert: Alert;
    readonly probabilities: readonly number[];
    readonly anomaly: number;
    readonly risk: number;
  }[];
}

const file = new URL('../fixtures/storage/release-of-november.json.gz', import.meta.url);
const { blobs, answers }: Stored = JSON.parse(gunzipSync(readFileSync(file)).toString());
const bytesAt = (path: string): Uint8Array => Uint8Array.from(Buffer.from(blobs[path]!, 'base64'));

describe('what the previous release stored', () => {
  const models = new MemoryModelStore();

  beforeAll(async () => {
    for (const path of Object.keys(blobs)) await models.create(path, bytesAt(path));
  });

  it('is served, and its models say of an alert what they said then', async () => {
    const server = new ModelServer({
      store: models,
      localCopy: new LocalCopy({ copies: new MemoryModelStore(), headPath: HEAD_BLOB, now: Date.now }),
      headPath: HEAD_BLOB,
      parseHead,
      firstStart: () => Promise.reject(new Error('there is a release')),
      now: Date.now,
      pollMs: Number.POSITIVE_INFINITY,
    });
    const { classifier, anomaly, scorer, release } = await server.current();
    expect(release).toBe(parseHead(bytesAt(HEAD_BLOB)).release);
    expect(answers).toHaveLength(12);
    for (const { alert, ...said } of answers) {
      const snapshot = snapshotOf(alert, EMPTY_CONTEXT);
      // the last digit is the engine's: its exponential differs from version to version
      classifier.probabilities(snapshot).forEach((p, c) => {
        expect(p).toBeCloseTo(said.probabilities[c]!, 12);
      });
      expect(anomaly.score(snapshot).anomalyScore).toBeCloseTo(said.anomaly, 12);
      expect(scorer.risk(snapshot)).toBeCloseTo(said.risk, 9);
    }
  });

  it('keeps its lineage and every learner it served', async () => {
    const { head } = await new Lineage(models).requireHead();
    expect(head.release).toMatch(/^000002-/);
    const learners = Object.keys(blobs)
      .filter((path) => /^models\/classifier\/.*\.bin$/.test(path))
      .map((path) => AlertClassifier.from(bytesAt(path)).algorithm);
    expect(learners.toSorted()).toEqual(['boosted', 'random_forest']);
  });

  it('is learned from by the next retrain, which says how much of it an earlier reader had read', async () => {
    const path = Object.keys(blobs).find((name) => name.startsWith('datasets/'))!;
    const before = decodeDataset(bytesAt(path));
    expect(before.rows).toHaveLength(80);
    const settings = {
      ...DEFAULT_TRAINING_SETTINGS,
      syntheticAlerts: 200,
      candidates: ['random_forest'] as const,
      nFolds: 2,
    };
    const judgedSince = judgements(generateSyntheticAlerts(20, 9), 0, 1);
    const job = { ...jobOf(judgedSince, settings, 'upgrade'), previousDataset: bytesAt(path) };
    const made = await inProcessTrainer.train(job, () => undefined);
    expect(made.models.classifier?.card).toMatch(/read by a reader before version 2 *\| *80 of 100/);

    const { rows, columnNames, families } = decodeDataset(made.dataset.bytes);
    const since = new Set(judgedSince.map(({ snapshot }) => snapshot.alertKey));
    for (const [name, former] of [
      ['entity_count_v2', 'entity_count'],
      ['asset_count_v2', 'asset_count'],
    ] as const) {
      for (const { alertKey, columns } of rows) {
        const [now, then] = [name, former].map((one) => columns[columnNames.indexOf(one)]!);
        // what the reader of before counted stays under the name it was counted by
        expect([Number.isNaN(now), Number.isNaN(then)]).toEqual(
          since.has(alertKey) ? [false, true] : [true, false],
        );
      }
    }
    const entity = families.indexOf('main_entity_v2');
    const rule = families.indexOf('rule');
    for (const { alertKey, recordKeys } of rows) {
      expect(recordKeys[rule]).toMatch(/^[0-9a-f]{16}$/);
      if (!since.has(alertKey)) expect(recordKeys[entity]).toBe('');
    }
    expect(rows.some(({ recordKeys }) => recordKeys[entity] !== '')).toBe(true);
  });

  it('is served by its models with the columns in the place of retired ones, and old rows by what they hold', () => {
    const path = Object.keys(blobs).find((name) => /^models\/classifier\/.*\.bin$/.test(name))!;
    const { layout } = AlertClassifier.from(bytesAt(path));
    expect(layout.names).toContain('entity_count');
    expect(layout.names).toContain('record_main_entity_benign');
    const snapshot = snapshotOf(answers[0]!.alert, EMPTY_CONTEXT);
    const [current, old] = [snapshot, formerSnapshot(snapshot)].map((one) => {
      const out = new Float32Array(layout.nColumns);
      layout.writeRow(one, undefined, out, 0);
      return out;
    });
    expect(current![layout.names.indexOf('entity_count')]).toBe(answers[0]!.alert.entities.length);
    expect(old).toEqual(current);
  });
});

/** The same row as a service of the catalogue before logged it: its columns and keys stood in the same places. */
function formerSnapshot(snapshot: AlertSnapshot): AlertSnapshot {
  const names = columnNamesOf('bcbe452499fd')!;
  expect(names).toHaveLength(snapshot.columns.length);
  return { ...snapshot, catalogId: 'bcbe452499fd' };
}
