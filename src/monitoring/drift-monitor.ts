import { setImmediate as nextTurn } from 'node:timers/promises';
import { DISPOSITIONS } from '../alert/alert.ts';
import { alignColumns, columnNamesOf } from '../features/catalog-history.ts';
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
  /** Alerts compared at most of the window, a sample of it. @default 5000 */
  readonly maxWindow?: number;
  /** Alerts compared at most of the {@link BASELINE_DAYS} days before the window, a sample of them. @default 20000 */
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
/** Days before now from which the baseline is drawn. */
const BASELINE_DAYS = 28;
/** Columns compared in one go: at 25,000 alerts a few milliseconds each. */
const SLICE = 4;

async function firstOf(entries: AsyncIterable<PredictionEntry>, n: number): Promise<PredictionEntry[]> {
  const first: PredictionEntry[] = [];
  for await (const entry of entries) if (first.push(entry) >= n) break;
  return first;
}

/**
 * Compares what is scored now with what was scored before, on the prediction log. It says `drifted` where an output
 * (verdict mix, risk, final score, anomaly) has shifted or a tenth of the inputs have: one odd column does not raise an alarm.
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
  const window = await firstOf(log.entriesSince(fromMs), maxWindow);
  const baseline = await firstOf(log.entriesSince(nowMs - BASELINE_DAYS * 24 * HOUR_MS, fromMs), maxBaseline);
  const counts = { windowAlerts: window.length, baselineAlerts: baseline.length };
  if (window.length < minAlerts || baseline.length < minAlerts) {
    return {
      ...counts,
      status: 'warming_up',
      detail: `${window.length} ${window.length === 1 ? 'alert' : 'alerts'} in the last ${windowHours} h and ${baseline.length} before; ${minAlerts} of each are needed`,
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
      distribution: DISPOSITIONS.map((label, i) => ({ label, before: before[i]!, now: now[i]! })),
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
/** A logged row in this build's columns, and the names of those that it had. */
interface LoggedRow {
  readonly row: Float32Array;
  readonly has: ReadonlySet<string>;
}

async function inputMeasures(
  baseline: readonly PredictionEntry[],
  window: readonly PredictionEntry[],
  frozenBins: ReadonlyMap<string, ValueBins>,
): Promise<{ compared: Unjudged[]; nConstant: number }> {
  // Rows of a catalogue before lack the columns that came since: those are compared from rows that have them.
  const known = new Map<string, ReadonlySet<string>>();
  const columns = (entries: readonly PredictionEntry[]): LoggedRow[] =>
    entries.flatMap(({ snapshot: { columns: row, catalogId } }) => {
      const has = known.get(catalogId) ?? new Set(columnNamesOf(catalogId));
      known.set(catalogId, has);
      return has.size === row.length ? [{ row: alignColumns(row, catalogId), has }] : [];
    });
  const before = columns(baseline);
  const now = columns(window);
  const compared: Unjudged[] = [];
  let nConstant = 0;
  if (before.length === 0 || now.length === 0) return { compared, nConstant };
  for (const [column, name] of STATELESS_NAMES.entries()) {
    if (column % SLICE === 0) await nextTurn();
    const [old, fresh] = [before, now].map((rows) =>
      Float32Array.from(
        rows.filter(({ has }) => has.has(name)),
        ({ row }) => row[column] as number,
      ),
    ) as [Float32Array, Float32Array];
    if (old.length === 0 || fresh.length === 0) continue;
    if (isOneValue(old, fresh)) nConstant++;
    else compared.push({ name, kind: 'input', ...compareValues(old, fresh, frozenBins.get(name)) });
  }
  return { compared, nConstant };
}
