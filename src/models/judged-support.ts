import { STATELESS_FEATURES } from '../features/feature-catalog.ts';
import type { TypedArray } from '../trees/forest/forest-format.ts';
import { ANOMALY_COLUMNS, AnomalyDetector } from './anomaly-detector.ts';
import type { ScorableSnapshot } from './column-layout.ts';
import { bytesOf } from './model-artefact.ts';
import { subsetRows, type TrainingRows } from './training-rows.ts';

/** Judged alerts below which nothing can be said about what is like them. */
const LEAST_ROWS = 20;
/**
 * Share of the judged alerts themselves that may count as unlike them. At 0.01 alerts of kinds with enough judgements were kept
 * open as well, up to 5 % of those to be closed, and no attack was among them.
 */
const OUTSIDE_SHARE = 0.002;
const N_TREES = 64;

/**
 * Columns whose absence says that a stage did not run or that the row is older than the column, not that the alert is of
 * another kind.
 */
const MAY_BE_ABSENT = ANOMALY_COLUMNS.map((name) => {
  const feature = STATELESS_FEATURES.find((one) => one.name === name);
  return feature?.group === 'context' || (feature?.history.since ?? 1) > 1;
});

/**
 * Where the judged alerts lie: an alert far outside is of a kind without a judgement, whatever a forest says of it,
 * since a tree sends every value somewhere.
 *
 * Two tests. A column that never varied among the judged alerts and differs now is new ground that no split could
 * have learned. Beyond that an isolation forest over the judged alerts alone, cut where 0.2 % of them lie outside.
 */
export class JudgedSupport {
  readonly #detector: AnomalyDetector;
  /** (nColumns,) the one value of a column that never varied; of others NaN with `#varies` 1. */
  readonly #constants: Float32Array;
  readonly #varies: Uint8Array;
  readonly #row: Float32Array;

  private constructor(detector: AnomalyDetector, constants: Float32Array, varies: Uint8Array) {
    if (constants.length !== detector.layout.nColumns || varies.length !== constants.length) {
      throw new RangeError(
        `Expected ${detector.layout.nColumns} columns of support, got ${constants.length}.`,
      );
    }
    this.#detector = detector;
    this.#constants = constants;
    this.#varies = varies;
    this.#row = new Float32Array(constants.length);
  }

  /** `undefined` below 20 judged alerts. Synthetic rows are no judged alerts. */
  static fit(rows: TrainingRows, seed: number): JudgedSupport | undefined {
    const judged: number[] = [];
    for (let i = 0; i < rows.labels.length; i++) if (rows.synthetic[i] !== 1) judged.push(i);
    if (judged.length < LEAST_ROWS) return undefined;
    const own = subsetRows(rows, judged);
    const detector = AnomalyDetector.fit(own, {
      contamination: OUTSIDE_SHARE,
      nEstimators: N_TREES,
      seed,
    });
    const { layout } = detector;
    const constants = new Float32Array(layout.nColumns);
    const varies = new Uint8Array(layout.nColumns);
    const row = new Float32Array(layout.nColumns);
    layout.writeTrainingRow(own, 0, constants, 0);
    for (let i = 1; i < judged.length; i++) {
      layout.writeTrainingRow(own, i, row, 0);
      for (let f = 0; f < row.length; f++) if (!Object.is(row[f], constants[f])) varies[f] = 1;
    }
    for (let f = 0; f < varies.length; f++) {
      if (MAY_BE_ABSENT[f] && Number.isNaN(constants[f])) varies[f] = 1;
      if (varies[f] === 1) constants[f] = Number.NaN;
    }
    return new JudgedSupport(detector, constants, varies);
  }

  /** Whether the alert lies far outside the judged ones. About 10 us. */
  isOutside(snapshot: ScorableSnapshot): boolean {
    const row = this.#row;
    const detector = this.#detector;
    detector.writeRow(snapshot, row);
    for (let f = 0; f < row.length; f++) {
      if (this.#varies[f] === 0 && !Object.is(row[f], this.#constants[f])) return true;
    }
    return detector.isAnomaly(detector.learner.scoreRow(row, 0));
  }

  toSections(): Record<string, TypedArray> {
    return {
      'support.detector': this.#detector.toBuffer(),
      'support.constants': this.#constants,
      'support.varies': this.#varies,
    };
  }

  /** `undefined` where the artefact has none. @throws AlertforestError MODEL_CORRUPT */
  static from(sections: Record<string, TypedArray>): JudgedSupport | undefined {
    const constants = sections['support.constants'];
    if (constants === undefined) return undefined;
    if (!(constants instanceof Float32Array)) throw new TypeError('Expected float32 `support.constants`.');
    return new JudgedSupport(
      AnomalyDetector.from(bytesOf(sections, 'support.detector')),
      constants,
      bytesOf(sections, 'support.varies'),
    );
  }
}
