import { setImmediate as nextTurn } from 'node:timers/promises';
import { DISPOSITIONS } from '../alert/alert.ts';
import { STATELESS_NAMES } from '../features/feature-catalog.ts';
import type { ValueBins } from '../models/value-bins.ts';
import type { PredictionEntry, PredictionLog } from '../store/prediction-log.ts';
import { type Compared, compareValues, isOneValue } from './compare-values.ts';
import { jensenShannonDistance, populationStability } from './population-stability.ts';

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
  /** Bins of input columns, frozen with the release that serves; a column without has bins of the baseline. */
  readonly frozenBins?: ReadonlyMap<string, ValueBins>;
}

/** One number that is watched. */
export interface DriftMeasure extends Compared {
  readonly name: string;
  readonly kind: 'output' | 'input';
  readonly shifted: boolean;
}

export interface DriftReport {
  /** 'warming_up' until there are enough alerts on both sides. */
  readonly status: 'ok' | 'drifted' | 'warming_up';
  readonly detail: string;
  readonly windowAlerts: number;
  readonly baselineAlerts: number;
  /** Input columns compared; those with one and the same value on both sides are left out and counted beside. */
  readonly inputs: { readonly compared: number; readonly constant: number; readonly shifted: number };
  /** Names of all that has shifted, largest index first. */
  readonly shifted: readonly string[];
  /** Largest index first: all that has shifted, and {@link MAX_MEASURES} at least where there are as many. */
  readonly measures: readonly DriftMeasure[];
}

const MAX_MEASURES = 20;
/** Stability index above which a distribution counts as shifted. */
export const SHIFTED_ABOVE = 0.25;
/** Share of shifted inputs from which on the traffic as a whole counts as changed. */
export const SHIFTED_INPUTS = 0.1;
const HOUR_MS = 3_600_000;
/** Columns compared in one go: at 25,000 alerts a few milliseconds each. */
const SLICE = 4;

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
    frozenBins = new Map(),
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
      status: 'warming_up',
      detail: `${window.length} alerts in the last ${windowHours} h and ${baseline.length} before; ${minAlerts} of each are needed`,
      inputs: { compared: 0, constant: 0, shifted: 0 },
      shifted: [],
      measures: [],
    };
  }
  const inputs = await inputMeasures(baseline, window, frozenBins);
  const measures = [...outputMeasures(baseline, window), ...inputs.compared]
    .map((measure) => ({ ...measure, shifted: measure.psi > shiftedAbove }))
    .sort((a, b) => b.psi - a.psi);
  const shifted = measures.filter((measure) => measure.shifted);
  const nOutputs = shifted.filter(({ kind }) => kind === 'output').length;
  const nInputs = shifted.length - nOutputs;
  const nCompared = inputs.compared.length;
  const drifted = nOutputs > 0 || nInputs > SHIFTED_INPUTS * nCompared;
  return {
    ...counts,
    status: drifted ? 'drifted' : 'ok',
    detail: `${nOutputs} outputs and ${nInputs} of ${nCompared} inputs shifted by more than ${shiftedAbove}; ${inputs.nConstant} inputs constant`,
    inputs: { compared: nCompared, constant: inputs.nConstant, shifted: nInputs },
    shifted: shifted.map(({ name }) => name),
    measures: measures.slice(0, Math.max(MAX_MEASURES, shifted.length)),
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
  const before = mix(baseline);
  const now = mix(window);
  const numbers = {
    risk_score: (entry: PredictionEntry) => entry.riskScore,
    final_score: (entry: PredictionEntry) => entry.finalScore,
    anomaly_score: (entry: PredictionEntry) => entry.anomalyScore,
  };
  return [
    {
      name: 'disposition',
      kind: 'output',
      psi: populationStability(before, now),
      jsDistance: jensenShannonDistance(before, now),
      bins: DISPOSITIONS.length,
      binsOf: 'baseline',
    },
    ...Object.entries(numbers).map(
      ([name, read]): Unjudged => ({
        name,
        kind: 'output',
        ...compareValues(baseline.map(read), window.map(read)),
      }),
    ),
  ];
}

/**
 * Every input column; one that holds the same single value on both sides says nothing and is counted only. Only rows
 * of this build's catalogue can be compared column by column.
 */
async function inputMeasures(
  baseline: readonly PredictionEntry[],
  window: readonly PredictionEntry[],
  frozenBins: ReadonlyMap<string, ValueBins>,
): Promise<{ compared: Unjudged[]; nConstant: number }> {
  const columns = (entries: readonly PredictionEntry[]): Float32Array[] =>
    entries.map(({ snapshot }) => snapshot.columns).filter((row) => row.length === STATELESS_NAMES.length);
  const before = columns(baseline);
  const now = columns(window);
  const compared: Unjudged[] = [];
  let nConstant = 0;
  if (before.length === 0 || now.length === 0) return { compared, nConstant };
  for (const [column, name] of STATELESS_NAMES.entries()) {
    if (column % SLICE === 0) await nextTurn();
    const old = Float32Array.from(before, (row) => row[column] as number);
    const fresh = Float32Array.from(now, (row) => row[column] as number);
    if (isOneValue(old, fresh)) nConstant++;
    else compared.push({ name, kind: 'input', ...compareValues(old, fresh, frozenBins.get(name)) });
  }
  return { compared, nConstant };
}
