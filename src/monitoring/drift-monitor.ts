import { DISPOSITIONS } from '../alert/alert.ts';
import { STATELESS_FEATURES } from '../features/feature-catalog.ts';
import type { PredictionEntry, PredictionLog } from '../store/prediction-log.ts';
import { binShares, populationStability, quantileBins } from './population-stability.ts';

export interface DriftOptions {
  /** Hours that count as now. @default 24 */
  readonly windowHours?: number;
  /** Alerts below which nothing is said, in the window and in the baseline each. @default 500 */
  readonly minAlerts?: number;
  /** Alerts read at most for the window. @default 5000 */
  readonly maxWindow?: number;
  /** Alerts read at most for the baseline: the newest before the window. @default 20000 */
  readonly maxBaseline?: number;
  /** Index above which one distribution counts as shifted. @default {@link SHIFTED_ABOVE} */
  readonly shiftedAbove?: number;
}

/** One number that is watched. */
export interface DriftMeasure {
  readonly name: string;
  readonly kind: 'output' | 'input';
  /** Population stability index, >= 0. */
  readonly psi: number;
  readonly shifted: boolean;
}

export interface DriftReport {
  /** 'unknown' until there are enough alerts on both sides. */
  readonly status: 'ok' | 'drifted' | 'unknown';
  readonly detail: string;
  readonly windowAlerts: number;
  readonly baselineAlerts: number;
  /** Largest index first. */
  readonly measures: readonly DriftMeasure[];
}

const N_BINS = 10;
const MAX_MEASURES = 20;
/** Stability index above which a distribution counts as shifted. */
export const SHIFTED_ABOVE = 0.25;
/** Share of shifted inputs from which on the traffic as a whole counts as changed. */
export const SHIFTED_INPUTS = 0.1;
const HOUR_MS = 3_600_000;

/**
 * Compares what is scored now with what was scored before, on the prediction log. It says `drifted` where an output
 * (verdict mix, risk, final score, anomaly) has shifted or a tenth of the inputs have: one odd column pages nobody.
 *
 * @throws AlertforestError STORE_UNAVAILABLE
 */
export async function checkDrift(
  log: PredictionLog,
  nowMs: number,
  options: DriftOptions = {},
): Promise<DriftReport> {
  const {
    windowHours = 24,
    minAlerts = 500,
    maxWindow = 5_000,
    maxBaseline = 20_000,
    shiftedAbove = SHIFTED_ABOVE,
  } = options;
  const fromMs = nowMs - windowHours * HOUR_MS;
  const window: PredictionEntry[] = [];
  const baseline: PredictionEntry[] = [];
  const days = 28;
  for await (const entry of log.entriesSince(nowMs - days * 24 * HOUR_MS)) {
    const side = Date.parse(entry.scoredAt) >= fromMs ? window : baseline;
    const most = side === window ? maxWindow : maxBaseline;
    if (side.length < most) side.push(entry);
    if (window.length >= maxWindow && baseline.length >= maxBaseline) break;
  }
  const counts = { windowAlerts: window.length, baselineAlerts: baseline.length };
  if (window.length < minAlerts || baseline.length < minAlerts) {
    return {
      ...counts,
      status: 'unknown',
      detail: `${window.length} alerts in the last ${windowHours} h and ${baseline.length} before; ${minAlerts} of each are needed`,
      measures: [],
    };
  }
  const measures = [...outputMeasures(baseline, window), ...inputMeasures(baseline, window)]
    .map((measure) => ({ ...measure, shifted: measure.psi > shiftedAbove }))
    .sort((a, b) => b.psi - a.psi);
  const outputs = measures.filter(({ kind, shifted }) => kind === 'output' && shifted);
  const inputs = measures.filter(({ kind, shifted }) => kind === 'input' && shifted);
  const nInputs = measures.filter(({ kind }) => kind === 'input').length;
  const drifted = outputs.length > 0 || inputs.length > SHIFTED_INPUTS * nInputs;
  return {
    ...counts,
    status: drifted ? 'drifted' : 'ok',
    detail: `${outputs.length} outputs and ${inputs.length} of ${nInputs} inputs shifted by more than ${shiftedAbove}`,
    measures: measures.slice(0, MAX_MEASURES),
  };
}

type Unjudged = Omit<DriftMeasure, 'shifted'>;

function outputMeasures(
  baseline: readonly PredictionEntry[],
  window: readonly PredictionEntry[],
): Unjudged[] {
  const mix = (entries: readonly PredictionEntry[]): number[] =>
    DISPOSITIONS.map(
      (disposition) => entries.filter((entry) => entry.disposition === disposition).length / entries.length,
    );
  const numbers = {
    risk_score: (entry: PredictionEntry) => entry.riskScore,
    final_score: (entry: PredictionEntry) => entry.finalScore,
    anomaly_score: (entry: PredictionEntry) => entry.anomalyScore,
  };
  return [
    { name: 'disposition', kind: 'output', psi: populationStability(mix(baseline), mix(window)) },
    ...Object.entries(numbers).map(
      ([name, read]): Unjudged => ({
        name,
        kind: 'output',
        psi: stabilityOf(baseline.map(read), window.map(read)),
      }),
    ),
  ];
}

/** Only rows of this build's catalogue can be compared column by column. */
function inputMeasures(baseline: readonly PredictionEntry[], window: readonly PredictionEntry[]): Unjudged[] {
  const nColumns = STATELESS_FEATURES.length;
  const columns = (entries: readonly PredictionEntry[]): Float32Array[] =>
    entries.map(({ snapshot }) => snapshot.columns).filter((row) => row.length === nColumns);
  const before = columns(baseline);
  const now = columns(window);
  if (before.length === 0 || now.length === 0) return [];
  return STATELESS_FEATURES.map(({ name }, column) => ({
    name,
    kind: 'input' as const,
    psi: stabilityOf(
      before.map((row) => row[column] as number),
      now.map((row) => row[column] as number),
    ),
  }));
}

function stabilityOf(baseline: readonly number[], window: readonly number[]): number {
  const bins = quantileBins(baseline, N_BINS);
  return populationStability(binShares(baseline, bins), binShares(window, bins));
}
