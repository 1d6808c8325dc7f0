import { beforeAll, describe, expect, it } from 'vitest';
import { EMPTY_CONTEXT } from '../../src/alert/context.ts';
import type { AlertSnapshot } from '../../src/alert/snapshot.ts';
import { hasCode } from '../../src/errors.ts';
import { snapshotOf } from '../../src/features/alert-feature-extractor.ts';
import { AlertClassifier } from '../../src/models/alert-classifier.ts';
import { AnomalyDetector } from '../../src/models/anomaly-detector.ts';
import { ThreatScorer } from '../../src/models/threat-scorer.ts';
import { subsetRows, type TrainingRows } from '../../src/models/training-rows.ts';
import { decodeContainer, encodeContainer, type JsonObject } from '../../src/trees/forest/forest-format.ts';
import { alertArbitrary } from '../features/alerts.ts';
import { fc } from '../support/fast-check.ts';
import { rowsOf, snapshotsOf } from './fitted-models.ts';

interface AnyModel {
  toBuffer(): Uint8Array;
  readonly header: { readonly training: unknown; readonly columns: readonly { readonly name: string }[] };
}

interface Contract<Model extends AnyModel> {
  fitModel(rows: TrainingRows, seed: number): Model;
  from(bytes: Uint8Array): Model;
  /** Everything the model says of one alert. */
  answer(model: Model, snapshot: AlertSnapshot): number[];
}

const classifierContract = (algorithm: 'random_forest' | 'boosted'): Contract<AlertClassifier> => ({
  fitModel: (rows, seed) =>
    AlertClassifier.fit(rows, {
      seed,
      algorithm,
      hyperparameters: { nEstimators: 12 },
      info: { data: 'test' },
    }),
  from: (bytes) => AlertClassifier.from(bytes),
  answer: (model, snapshot) => [...model.probabilities(snapshot)],
});

const contracts: Record<string, Contract<AnyModel>> = {
  'classifier: random forest': classifierContract('random_forest') as Contract<AnyModel>,
  'classifier: boosted': classifierContract('boosted') as Contract<AnyModel>,
  'classifier: ml_cart': {
    ...classifierContract('random_forest'),
    // the library needs seconds for what takes the others milliseconds
    fitModel: (all, seed) =>
      AlertClassifier.fit(
        subsetRows(
          all,
          Array.from({ length: Math.min(60, all.labels.length) }, (_, i) => i),
        ),
        {
          seed,
          algorithm: 'ml_cart',
          calibrator: 'none',
        },
      ),
  } as Contract<AnyModel>,
  'anomaly detector': {
    fitModel: (rows, seed) => AnomalyDetector.fit(rows, { seed, nEstimators: 20 }),
    from: (bytes) => AnomalyDetector.from(bytes),
    answer: (model: AnomalyDetector, snapshot) => [model.score(snapshot).anomalyScore],
  } as Contract<AnyModel>,
  'threat scorer': {
    fitModel: (rows, seed) => ThreatScorer.fit(rows, { seed, hyperparameters: { nEstimators: 30 } }),
    from: (bytes) => ThreatScorer.from(bytes),
    answer: (model: ThreatScorer, snapshot) => [model.risk(snapshot)],
  } as Contract<AnyModel>,
};

const rows = rowsOf(400, 11);
const snapshots = snapshotsOf(120, 12);

/** The same model with another header: what a future or a foreign build might have written. */
function withHeader(bytes: Uint8Array, change: (header: Record<string, unknown>) => void): Uint8Array {
  const { kind, header, sections } = decodeContainer(bytes);
  const changed = structuredClone(header) as Record<string, unknown>;
  change(changed);
  return encodeContainer(kind, changed as JsonObject, sections);
}

function errorOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe.each(Object.entries(contracts))('%s', (_, { fitModel, from, answer }) => {
  let model: AnyModel;
  let bytes: Uint8Array;

  beforeAll(() => {
    model = fitModel(rows, 1);
    bytes = model.toBuffer();
  });

  it('gives the same bytes for the same rows and seed, and others for another seed', () => {
    expect(Buffer.compare(fitModel(rows, 1).toBuffer(), bytes)).toBe(0);
    expect(Buffer.compare(fitModel(rows, 2).toBuffer(), bytes)).not.toBe(0);
  });

  it('answers the same after a round through bytes, at any offset in a buffer', () => {
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    for (const again of [from(bytes), from(shifted.subarray(3))]) {
      for (const snapshot of snapshots) expect(answer(again, snapshot)).toEqual(answer(model, snapshot));
      expect(Buffer.compare(again.toBuffer(), bytes)).toBe(0);
    }
  });

  it('leaves its rows unchanged', () => {
    const before = structuredClone(rows);
    fitModel(rows, 3);
    expect(rows).toEqual(before);
  });

  it('gives finite answers for any alert', () => {
    fc.assert(
      fc.property(alertArbitrary, (alert) => {
        for (const value of answer(model, snapshotOf(alert, EMPTY_CONTEXT))) {
          expect(Number.isFinite(value)).toBe(true);
        }
      }),
    );
  });

  it('refuses by name the columns it does not know', () => {
    const unknown = withHeader(bytes, (header) => {
      (header['columns'] as { name: string }[])[1]!.name = 'moon_phase';
    });
    const error = errorOf(() => from(unknown));
    expect(hasCode(error, 'MODEL_FORMAT_UNSUPPORTED')).toBe(true);
    expect(String(error)).toContain('moon_phase');
    const redefined = withHeader(bytes, (header) => {
      (header['columns'] as { definition: number }[])[0]!.definition = 7;
    });
    expect(String(errorOf(() => from(redefined)))).toContain('severity (definition 7)');
  });

  it('serves a model of an older catalogue as long as every column is known', () => {
    const older = withHeader(bytes, (header) => {
      header['catalog_id'] = '0123456789ab';
    });
    for (const snapshot of snapshots.slice(0, 10)) {
      expect(answer(from(older), snapshot)).toEqual(answer(model, snapshot));
    }
  });

  it('refuses other files with a reason', () => {
    const others: Uint8Array[] = [
      new Uint8Array(0),
      bytes.subarray(0, bytes.length - 9),
      encodeContainer('something-else', {}, {}),
      withHeader(bytes, (header) => {
        delete header['columns'];
      }),
      withHeader(bytes, (header) => {
        (header['columns'] as unknown[]).pop();
      }),
    ];
    for (const other of others) {
      const error = errorOf(() => from(other));
      expect(hasCode(error, 'MODEL_CORRUPT') || hasCode(error, 'MODEL_FORMAT_UNSUPPORTED')).toBe(true);
    }
  });

  it('never crashes on damaged bytes', () => {
    fc.assert(
      fc.property(fc.nat({ max: bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const damaged = bytes.slice();
        damaged[at]! ^= flip;
        const error = errorOf(() => from(damaged));
        expect(hasCode(error, 'MODEL_CORRUPT') || hasCode(error, 'MODEL_FORMAT_UNSUPPORTED')).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('survives a single row and refuses none', () => {
    const one = fitModel(subsetRows(rows, [0]), 1);
    for (const value of answer(one, snapshots[0]!)) expect(Number.isFinite(value)).toBe(true);
    expect(() => fitModel(subsetRows(rows, []), 1)).toThrow(/at least one row/);
  });
});
