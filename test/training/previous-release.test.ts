import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Alert } from '../../src/alert/alert.ts';
import { EMPTY_CONTEXT } from '../../src/alert/context.ts';
import { snapshotOf } from '../../src/features/alert-feature-extractor.ts';
import { AlertClassifier } from '../../src/models/alert-classifier.ts';
import { ModelServer } from '../../src/serving/model-server.ts';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import { HEAD_BLOB } from '../../src/store/names.ts';
import { parseHead } from '../../src/store/release.ts';
import { decodeDataset } from '../../src/training/dataset/dataset-format.ts';
import { judge } from '../../src/training/dataset/judgements.ts';
import { learningSetOf } from '../../src/training/dataset/learning-set.ts';
import { Lineage } from '../../src/training/releases/lineage.ts';
import { DEFAULT_GUARDS } from '../../src/training/training-settings.ts';

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
      localCopy: new MemoryModelStore(),
      headPath: HEAD_BLOB,
      parseHead,
      bootstrap: () => Promise.reject(new Error('there is a release')),
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

  it('is learned from by the next retrain', () => {
    const path = Object.keys(blobs).find((name) => name.startsWith('datasets/'))!;
    const dataset = decodeDataset(bytesAt(path));
    expect(dataset.rows).toHaveLength(80);
    const set = learningSetOf(dataset, judge(dataset.rows, [], DEFAULT_GUARDS));
    expect(set.fit.length + set.heldOut.length).toBe(80);
    expect(set.rows.X.some((value) => !Number.isNaN(value))).toBe(true);
  });
});
