import { z } from 'zod';
import { DISPOSITIONS } from '../alert/alert.ts';
import { STATELESS_NAMES } from '../features/feature-catalog.ts';
import { FAMILY_PLACES, type RecordFamily } from '../features/record-families.ts';
import { TargetEncoder } from '../features/target-encoder.ts';
import { calibratorFrom } from '../trees/calibration/calibration.ts';
import type { Calibrator, CalibratorJson } from '../trees/calibration/calibrator.ts';
import { TemperatureCalibrator } from '../trees/calibration/temperature-calibrator.ts';
import type { Forest } from '../trees/forest/forest.ts';
import type { JsonObject } from '../trees/forest/forest-format.ts';
import type { Matrix } from '../trees/matrix.ts';
import { deriveSeed } from '../trees/random.ts';
import { calibrateOnUnseen } from './classifier-calibration.ts';
import { fitLearner, readLearner } from './classifier-learner.ts';
import { ColumnLayout, checkRows, type ScorableSnapshot } from './column-layout.ts';
import { type ConformalScores, NO_CONFORMAL_SCORES } from './conformal-scores.ts';
import { conformalFromSections, conformalSections } from './conformal-sections.ts';
import { JudgedSupport } from './judged-support.ts';
import type { ClassifierLearner } from './learners/learner.ts';
import type { ClassifierAlgorithm } from './learners/learners.ts';
import {
  bytesOf,
  decodeArtefact,
  encodeArtefact,
  type ModelHeader,
  readingModel,
  trainingSummary,
} from './model-artefact.ts';
import {
  fittingMatrix,
  matrixWithRecord,
  type RecordOptions,
  scoringMatrix,
  servedRecord,
} from './record-columns.ts';
import type { TrainingRows } from './training-rows.ts';

const KIND = 'alertforest-classifier';
const N_CLASSES = DISPOSITIONS.length;
const TENANT = FAMILY_PLACES.tenant;
const ruleWeightsSchema = z.record(z.string(), z.number());

export interface ClassifierOptions {
  /** @default 'random_forest' */
  readonly algorithm?: ClassifierAlgorithm;
  /** Those of the algorithm, as its file in learners/ lists them; left out, its defaults. */
  readonly hyperparameters?: Readonly<Record<string, unknown>>;
  /** Decides folds, hidden records and the learner's draws. */
  readonly seed: number;
  readonly record?: RecordOptions;
  /**
   * A calibrator fitted on grouped out-of-fold predictions; 'fit' makes one here from predictions on unseen rows
   * (out of bag for a forest, else grouped folds); 'none' leaves the probabilities as they are. @default 'fit'
   */
  readonly calibrator?: CalibratorJson | 'fit' | 'none';
  /** From out-of-fold predictions calibrated as this model's are. Left out: no class is covered. */
  readonly conformal?: ConformalScores;
  /** Keep where the judged rows lie, so that an alert far outside is known as such. @default false */
  readonly withSupport?: boolean;
  /** Kept in the header: data set, time, versions. */
  readonly info?: JsonObject;
  /** Called per tree. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** How many judged alerts share something with an alert. */
export interface JudgedLike {
  readonly source: number;
  readonly rule: number;
  /** `undefined` where the alert names no tenant. */
  readonly tenant: number | undefined;
}

/**
 * Says what an alert is: calibrated probabilities of the four dispositions from a forest over stateless and
 * track-record columns. An instance is fitted and never changes.
 */
export class AlertClassifier {
  readonly header: ModelHeader;
  readonly algorithm: ClassifierAlgorithm;
  readonly layout: ColumnLayout;
  readonly record: TargetEncoder;
  readonly calibrator: Calibrator;
  readonly conformal: ConformalScores;
  /** `undefined` in a model that was fitted without, or on too few judged alerts. */
  readonly support: JudgedSupport | undefined;
  readonly #learner: ClassifierLearner;
  /** One row, reused: a look-up allocates nothing but its result. */
  readonly #row: Float32Array;

  private constructor(
    header: ModelHeader,
    layout: ColumnLayout,
    record: TargetEncoder,
    learner: ClassifierLearner,
    calibrator: Calibrator,
    conformal: ConformalScores,
    support: JudgedSupport | undefined,
  ) {
    this.header = header;
    this.algorithm = header.algorithm as ClassifierAlgorithm;
    this.layout = layout;
    this.record = record;
    this.calibrator = calibrator;
    this.conformal = conformal;
    this.support = support;
    this.#learner = learner;
    this.#row = new Float32Array(layout.nColumns);
  }

  /** Weights of rules learned from the same judgements, in nats by rule id; undefined: rules weigh by their level. */
  get ruleWeights(): Readonly<Record<string, number>> | undefined {
    const parsed = ruleWeightsSchema.safeParse(this.header.info['rule_weights']);
    return parsed.success ? parsed.data : undefined;
  }

  /**
   * Fits the learner on track-record columns out of fold, then keeps the record of all real rows to serve with.
   *
   * @throws RangeError without rows
   * @throws AlertforestError MODEL_FORMAT_UNSUPPORTED when the rows are of another feature catalogue
   */
  static fit(rows: TrainingRows, options: ClassifierOptions): AlertClassifier {
    checkRows(rows);
    if (rows.labels.length === 0) throw new RangeError('Expected at least one row to fit a classifier on.');
    const { algorithm = 'random_forest', seed, calibrator: wanted = 'fit' } = options;
    const recordOptions = { ...options.record, seed };
    const layout = new ColumnLayout(STATELESS_NAMES, true);
    const X = fittingMatrix(rows, layout, recordOptions);
    const { learner, oobProba, hyperparameters } = fitLearner(algorithm, X, rows.labels, {
      sampleWeight: rows.weights,
      seed,
      hyperparameters: options.hyperparameters,
      onProgress: options.onProgress,
    });
    const calibrator =
      wanted === 'none'
        ? TemperatureCalibrator.identity(N_CLASSES)
        : wanted === 'fit'
          ? calibrateOnUnseen(rows, oobProba?.(), seed, (fitRows, otherRows) =>
              AlertClassifier.fit(fitRows, { ...options, calibrator: 'none' }).rawProbabilitiesOfRows(
                otherRows,
              ),
            )
          : calibratorFrom(wanted);
    const header: ModelHeader = {
      catalog_id: rows.catalogId,
      columns: layout.toReferences(),
      algorithm,
      hyperparameters,
      seed,
      training: trainingSummary(rows),
      info: options.info ?? {},
      extra: { calibrator: calibrator.toJSON() as unknown as JsonObject },
    };
    return new AlertClassifier(
      header,
      layout,
      servedRecord(rows, recordOptions),
      learner,
      calibrator,
      options.conformal ?? NO_CONFORMAL_SCORES,
      options.withSupport ? JudgedSupport.fit(rows, deriveSeed(seed, 606)) : undefined,
    );
  }

  /**
   * @throws AlertforestError MODEL_CORRUPT or MODEL_FORMAT_UNSUPPORTED (unknown columns are named)
   */
  static from(bytes: Uint8Array): AlertClassifier {
    const { header, layout, sections } = decodeArtefact(KIND, bytes);
    return readingModel(KIND, () => {
      const learner = readLearner(header.algorithm, bytesOf(sections, 'learner'));
      if (learner.nFeatures !== layout.nColumns || learner.nClasses !== N_CLASSES) {
        throw new RangeError(
          `Expected a learner of ${layout.nColumns} columns and ${N_CLASSES} classes, got ${learner.nFeatures} and ${learner.nClasses}.`,
        );
      }
      const calibrator = calibratorFrom(header.extra['calibrator'] as unknown as CalibratorJson);
      const record = TargetEncoder.from(sections);
      return new AlertClassifier(
        header,
        layout,
        record,
        learner,
        calibrator,
        conformalFromSections(sections),
        JudgedSupport.from(sections),
      );
    });
  }

  toBuffer(): Uint8Array {
    return encodeArtefact(KIND, this.header, {
      learner: this.#learner.toBuffer(),
      ...this.record.toSections(),
      ...conformalSections(this.conformal),
      ...this.support?.toSections(),
    });
  }

  /** The trees, for explanations and importances. */
  get forest(): Forest {
    return this.#learner.forest;
  }

  /** (4,) margins before the first tree, where leaves hold margins (to be softmaxed) instead of probabilities. */
  get baseScores(): Float64Array | undefined {
    return this.#learner.baseScores;
  }

  /** Judged alerts behind what this model knows of the alert's source, rule and tenant, by weight of their judgement. */
  judgedLike(snapshot: ScorableSnapshot): JudgedLike {
    const count = (family: RecordFamily): number => this.record.judgedOf(family, snapshot.recordKeys);
    const hasTenant = snapshot.recordKeys[TENANT] !== '';
    return {
      source: count('source'),
      rule: count('rule'),
      tenant: hasTenant ? count('tenant') : undefined,
    };
  }

  /** Writes the model's row of one alert to `out` (nColumns,). */
  writeRow(snapshot: ScorableSnapshot, out: Float32Array, offset = 0): void {
    this.layout.writeRow(snapshot, this.record, out, offset);
  }

  /** Calibrated probabilities in the order of DISPOSITIONS, (4,); they sum to 1. */
  probabilities(snapshot: ScorableSnapshot, out: Float64Array = new Float64Array(N_CLASSES)): Float64Array {
    this.layout.writeRow(snapshot, this.record, this.#row, 0);
    this.#learner.predictProbaRow(this.#row, 0, out, 0);
    return this.calibrator.apply(out);
  }

  /** Probabilities of training rows as this model would serve them, (n x 4), before calibration. */
  rawProbabilitiesOfRows(rows: TrainingRows): Float64Array {
    checkRows(rows);
    return this.#learner.predictProba(this.matrixOfRows(rows));
  }

  /** Training rows as this model would read them now, (n x nColumns). */
  matrixOfRows(rows: TrainingRows): Matrix {
    return scoringMatrix(rows, this.layout, this.record);
  }

  /** As {@link rawProbabilitiesOfRows} with the track record the rows had at another time, (n x N_RECORD_COLUMNS). */
  rawProbabilitiesWithRecord(rows: TrainingRows, record: Float32Array): Float64Array {
    checkRows(rows);
    return this.#learner.predictProba(matrixWithRecord(rows, this.layout, record));
  }

  /** Calibrated probabilities of training rows as this model would serve them, (n x 4). */
  probabilitiesOfRows(rows: TrainingRows): Float64Array {
    return this.calibrator.apply(this.rawProbabilitiesOfRows(rows));
  }
}
