import { STATELESS_NAMES } from '../features/feature-catalog.ts';
import { TargetEncoder } from '../features/target-encoder.ts';
import type { Forest } from '../trees/forest/forest.ts';
import type { JsonObject } from '../trees/forest/forest-format.ts';
import { GradientBoostingRegressor } from '../trees/learners/gradient-boosting.ts';
import { ColumnLayout, checkRows, type ScorableSnapshot } from './column-layout.ts';
import {
  bytesOf,
  decodeArtefact,
  encodeArtefact,
  type ModelHeader,
  readingModel,
  trainingSummary,
} from './model-artefact.ts';
import { fittingMatrix, type RecordOptions, scoringMatrix, servedRecord } from './record-columns.ts';
import { riskTargets } from './risk-targets.ts';
import type { TrainingRows } from './training-rows.ts';

const KIND = 'alertforest-scorer';

export interface ScorerHyperparameters {
  /** @default 150 */
  readonly nEstimators?: number;
  /** @default 0.08 */
  readonly learningRate?: number;
  /** @default 4 */
  readonly maxDepth?: number;
  /** @default 10 */
  readonly minSamplesLeaf?: number;
  /** @default 0.8 */
  readonly subsample?: number;
}

export interface ScorerOptions {
  readonly hyperparameters?: ScorerHyperparameters;
  readonly seed: number;
  readonly record?: RecordOptions;
  /** Kept in the header: data set, time, versions. */
  readonly info?: JsonObject;
  /** Called per tree. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Raising one of these never lowers the risk. */
export const MONOTONE_COLUMNS = ['severity', 'vendor_score', 'intel_hits', 'intel_confidence'] as const;

/** Says how bad an alert is, 0-100: boosted trees that never fall as severity, vendor score or intel hits rise. */
export class ThreatScorer {
  readonly header: ModelHeader;
  readonly layout: ColumnLayout;
  readonly record: TargetEncoder;
  readonly #learner: GradientBoostingRegressor;
  readonly #row: Float32Array;

  private constructor(
    header: ModelHeader,
    layout: ColumnLayout,
    record: TargetEncoder,
    learner: GradientBoostingRegressor,
  ) {
    this.header = header;
    this.layout = layout;
    this.record = record;
    this.#learner = learner;
    this.#row = new Float32Array(layout.nColumns);
  }

  /**
   * Fits on the risks that analysts gave, and on imputed ones at half weight where they gave none.
   *
   * @throws RangeError without rows
   */
  static fit(rows: TrainingRows, options: ScorerOptions): ThreatScorer {
    checkRows(rows);
    if (rows.labels.length === 0) throw new RangeError('Expected at least one row to fit a scorer on.');
    const { seed } = options;
    const recordOptions = { ...options.record, seed };
    const layout = new ColumnLayout(STATELESS_NAMES, true);
    const { targets, weights, imputed } = riskTargets(rows);
    const hyperparameters = {
      nEstimators: 150,
      learningRate: 0.08,
      maxDepth: 4,
      minSamplesLeaf: 10,
      subsample: 0.8,
      ...options.hyperparameters,
    };
    const monotoneConstraints = new Int8Array(layout.nColumns);
    for (const name of MONOTONE_COLUMNS) monotoneConstraints[layout.names.indexOf(name)] = 1;
    const learner = GradientBoostingRegressor.fit(fittingMatrix(rows, layout, recordOptions), targets, {
      ...hyperparameters,
      sampleWeight: weights,
      monotoneConstraints,
      seed,
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
    const header: ModelHeader = {
      catalog_id: rows.catalogId,
      columns: layout.toReferences(),
      algorithm: 'gradient_boosting',
      hyperparameters,
      seed,
      training: {
        ...trainingSummary(rows),
        n_imputed: imputed.reduce((sum, isImputed) => sum + isImputed, 0),
      },
      info: options.info ?? {},
      extra: { monotone: [...MONOTONE_COLUMNS] },
    };
    return new ThreatScorer(header, layout, servedRecord(rows, recordOptions), learner);
  }

  /** @throws AlertforestError MODEL_CORRUPT or MODEL_FORMAT_UNSUPPORTED (unknown columns are named) */
  static from(bytes: Uint8Array): ThreatScorer {
    const { header, layout, sections } = decodeArtefact(KIND, bytes);
    return readingModel(KIND, () => {
      const learner = GradientBoostingRegressor.from(bytesOf(sections, 'learner'));
      if (learner.nFeatures !== layout.nColumns) {
        throw new RangeError(`Expected a learner of ${layout.nColumns} columns, got ${learner.nFeatures}.`);
      }
      return new ThreatScorer(header, layout, TargetEncoder.from(sections), learner);
    });
  }

  toBuffer(): Uint8Array {
    return encodeArtefact(KIND, this.header, {
      learner: this.#learner.toBuffer(),
      ...this.record.toSections(),
    });
  }

  get learner(): GradientBoostingRegressor {
    return this.#learner;
  }

  get forest(): Forest {
    return this.#learner.forest;
  }

  /** Writes the model's row of one alert to `out` (nColumns,). */
  writeRow(snapshot: ScorableSnapshot, out: Float32Array, offset = 0): void {
    this.layout.writeRow(snapshot, this.record, out, offset);
  }

  /** 0-100. */
  risk(snapshot: ScorableSnapshot): number {
    this.layout.writeRow(snapshot, this.record, this.#row, 0);
    return clippedRisk(this.#learner.predictRow(this.#row, 0));
  }

  /** Risks of training rows as this model would serve them, (n,). */
  risksOfRows(rows: TrainingRows): Float64Array {
    checkRows(rows);
    return this.#learner.predict(scoringMatrix(rows, this.layout, this.record)).map(clippedRisk);
  }
}

/** Boosting may overshoot its targets a little; a risk is 0-100. */
export function clippedRisk(value: number): number {
  return value < 0 ? 0 : value > 100 ? 100 : value;
}
