import { z } from 'zod';
import { STATELESS_FEATURES } from '../features/feature-catalog.ts';
import type { Forest } from '../trees/forest/forest.ts';
import type { JsonObject } from '../trees/forest/forest-format.ts';
import { IsolationForest } from '../trees/learners/isolation-forest.ts';
import { Matrix } from '../trees/matrix.ts';
import { ColumnLayout, checkRows, type ScorableSnapshot } from './column-layout.ts';
import { bytesOf, decodeArtefact, encodeArtefact, type ModelHeader, readingModel } from './model-artefact.ts';
import type { TrainingRows } from './training-rows.ts';
import { type ValueBins, valueBins, valueBinsSchema } from './value-bins.ts';

const KIND = 'alertforest-anomaly';

/** Unlabelled alerts; TrainingRows are such rows, too. `X`: (n x nColumns of the catalogue). */
export type TrafficRows = Pick<TrainingRows, 'catalogId' | 'columnNames' | 'X'>;

export interface AnomalyOptions {
  /** Expected share of anomalies, in (0, 0.5]. Moves the flag only, never the score. @default 0.05 */
  readonly contamination?: number;
  /** @default 100 */
  readonly nEstimators?: number;
  /** Rows per tree. @default 256 */
  readonly maxSamples?: number;
  readonly seed: number;
  /** Kept in the header: data set, time, versions. */
  readonly info?: JsonObject;
  /** Bins of the traffic's columns, kept with the model: drift is counted in them. @default none */
  readonly trafficBins?: ReadonlyMap<string, ValueBins>;
  /** Called per tree. */
  readonly onProgress?: (done: number, total: number) => void;
}

export interface AnomalyVerdict {
  /** (0, 1], higher is more anomalous; about 0.5 is ordinary. */
  readonly anomalyScore: number;
  readonly isAnomaly: boolean;
}

/** The columns the detector reads: stateless, without hashed words, which would make every new title strange. */
export const ANOMALY_COLUMNS: readonly string[] = STATELESS_FEATURES.filter(
  (feature) => feature.group !== 'tokens',
).map((feature) => feature.name);

/** Absent in models of synthetic alerts only, and in those written before bins were kept. */
const extraSchema = z.object({ traffic_bins: z.record(z.string(), valueBinsSchema).optional() });

/** Bins of every column of `traffic` by name. */
export function trafficBinsOf({ columnNames, X }: TrafficRows): Map<string, ValueBins> {
  const nColumns = columnNames.length;
  const n = X.length / nColumns;
  return new Map(
    columnNames.map((name, f) => [
      name,
      valueBins(Float32Array.from({ length: n }, (_, i) => X[i * nColumns + f]!)),
    ]),
  );
}

/** Says whether an alert is unlike the traffic seen: an isolation forest, no labels needed. */
export class AnomalyDetector {
  readonly header: ModelHeader;
  readonly layout: ColumnLayout;
  /** Bins of the traffic's columns at the time of the fit; empty where none were kept. */
  readonly trafficBins: ReadonlyMap<string, ValueBins>;
  readonly #learner: IsolationForest;
  readonly #row: Float32Array;

  private constructor(header: ModelHeader, layout: ColumnLayout, learner: IsolationForest) {
    this.header = header;
    this.layout = layout;
    const extra = extraSchema.safeParse(header.extra);
    if (!extra.success) {
      throw new RangeError(
        `Expected \`traffic_bins\` with values and edges: ${z.prettifyError(extra.error)}`,
      );
    }
    this.trafficBins = new Map(Object.entries(extra.data.traffic_bins ?? {}));
    this.#learner = learner;
    this.#row = new Float32Array(layout.nColumns);
  }

  /** @throws RangeError without rows, or for a contamination outside (0, 0.5] */
  static fit(traffic: TrafficRows, options: AnomalyOptions): AnomalyDetector {
    checkRows(traffic);
    const { contamination = 0.05, nEstimators = 100, maxSamples = 256, seed } = options;
    const layout = new ColumnLayout(ANOMALY_COLUMNS, false);
    const X = matrixOf(traffic, layout);
    if (X.nSamples === 0) throw new RangeError('Expected at least one row to fit an anomaly detector on.');
    const learner = IsolationForest.fit(X, {
      nEstimators,
      maxSamples,
      contamination,
      seed,
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
    const header: ModelHeader = {
      catalog_id: traffic.catalogId,
      columns: layout.toReferences(),
      algorithm: 'isolation_forest',
      hyperparameters: { contamination, n_estimators: nEstimators, max_samples: maxSamples },
      seed,
      training: { n_rows: X.nSamples },
      info: options.info ?? {},
      extra:
        options.trafficBins === undefined
          ? {}
          : { traffic_bins: z.json().parse(Object.fromEntries(options.trafficBins)) },
    };
    return new AnomalyDetector(header, layout, learner);
  }

  /** @throws AlertforestError MODEL_CORRUPT or MODEL_FORMAT_UNSUPPORTED (unknown columns are named) */
  static from(bytes: Uint8Array): AnomalyDetector {
    const { header, layout, sections } = decodeArtefact(KIND, bytes);
    return readingModel(KIND, () => {
      const learner = IsolationForest.from(bytesOf(sections, 'learner'));
      if (learner.nFeatures !== layout.nColumns) {
        throw new RangeError(`Expected a learner of ${layout.nColumns} columns, got ${learner.nFeatures}.`);
      }
      return new AnomalyDetector(header, layout, learner);
    });
  }

  toBuffer(): Uint8Array {
    return encodeArtefact(KIND, this.header, { learner: this.#learner.toBuffer() });
  }

  /** Scores above it are flagged: the (1 - contamination) quantile of the training scores. */
  get decisionThreshold(): number {
    return this.#learner.decisionThreshold;
  }

  get learner(): IsolationForest {
    return this.#learner;
  }

  get forest(): Forest {
    return this.#learner.forest;
  }

  /** Writes the model's row of one alert to `out` (nColumns,). */
  writeRow(snapshot: ScorableSnapshot, out: Float32Array, offset = 0): void {
    this.layout.writeRow(snapshot, undefined, out, offset);
  }

  score(snapshot: ScorableSnapshot): AnomalyVerdict {
    this.layout.writeRow(snapshot, undefined, this.#row, 0);
    const anomalyScore = this.#learner.scoreRow(this.#row, 0);
    return { anomalyScore, isAnomaly: this.isAnomaly(anomalyScore) };
  }

  isAnomaly(anomalyScore: number): boolean {
    return anomalyScore > this.#learner.decisionThreshold;
  }

  /** Anomaly scores of training or traffic rows, (n,). */
  scoresOfRows(rows: TrafficRows): Float64Array {
    checkRows(rows);
    return this.#learner.scoreSamples(matrixOf(rows, this.layout));
  }
}

function matrixOf(rows: TrafficRows, layout: ColumnLayout): Matrix {
  const n = rows.X.length / rows.columnNames.length;
  const data = new Float32Array(n * layout.nColumns);
  for (let i = 0; i < n; i++) layout.writeTrainingRow(rows, i, data, i * layout.nColumns);
  return Matrix.from(data, n, layout.nColumns);
}
