import { attackProbability, truePositiveFlags } from '../../alert/disposition.ts';
import type { AlertClassifier } from '../../models/alert-classifier.ts';
import type { TrainingRows } from '../../models/training-rows.ts';
import { binShares } from '../../models/value-bins.ts';
import { compareValues, isOneValue } from '../../monitoring/compare-values.ts';
import { SHIFTED_ABOVE, SHIFTED_INPUTS } from '../../monitoring/drift-monitor.ts';
import { populationStability } from '../../monitoring/population-stability.ts';
import { quantiles } from '../../trees/metrics/quantile.ts';

const N_WINDOWS = 10;
/** Cuts between attack probabilities that mean something else: far below them all one is as good as another. */
const OUTPUT_EDGES = [0.01, 0.05, 0.2, 0.5, 0.8, 0.95];
/** Budget of one log, model alone. */
const LATENCY_BUDGET_P99_US = 250;
const MAX_INPUTS = 5;

/** One stretch of the stream. */
export interface LiveWindow {
  readonly scored: number;
  readonly closed: number;
  readonly attacks: number;
  readonly missed_attacks: number;
  readonly mean_attack: number;
  readonly p95_us: number;
}

/** How the packaged model did when the held-out logs came in one by one. */
export interface LiveReport {
  readonly scored: number;
  readonly closed: number;
  readonly escalated: number;
  readonly missed_attacks: number;
  readonly false_alarms: number;
  readonly latency_us: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** Mean attack probability of the logs that came in, and of the training part out of fold. */
  readonly mean_attack: { readonly live: number; readonly fitted: number };
  readonly drift: {
    readonly status: 'none' | 'drifted';
    /** Stability index of the attack probability against the training part out of fold. */
    readonly output_psi: number;
    /** Columns compared: those constant on both sides are left out. */
    readonly inputs: number;
    readonly inputs_shifted: number;
    /** Largest indices of single columns. */
    readonly largest: readonly { readonly name: string; readonly psi: number }[];
  };
  /** In order of arrival. */
  readonly windows: readonly LiveWindow[];
  /** What somebody should look at; empty when all is well. */
  readonly alarms: readonly string[];
}

/**
 * Scores rows one at a time with the model as read back from its package, and watches itself doing it: latency,
 * decisions, drift of inputs and output.
 *
 * @param outOfFold (nFitted,) attack probability of each fitted row by models that had not seen it: those of the model
 * itself are surer than any on new logs
 */
export function scoreLive(
  classifier: AlertClassifier,
  closeBelow: number,
  live: TrainingRows,
  fitted: TrainingRows,
  outOfFold: Float64Array,
): LiveReport {
  const n = live.labels.length;
  const nColumns = live.columnNames.length;
  const latencyUs = new Float64Array(n);
  const attack = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const startedAtMs = performance.now();
    const probabilities = classifier.probabilities({
      catalogId: live.catalogId,
      columns: live.X.subarray(i * nColumns, (i + 1) * nColumns),
      recordKeys: live.recordKeys[i] ?? [],
    });
    latencyUs[i] = (performance.now() - startedAtMs) * 1000;
    attack[i] = attackProbability(probabilities);
  }
  const isAttack = truePositiveFlags(live.labels);
  const windowOf = (from: number, to: number): LiveWindow => {
    let closed = 0;
    let missed = 0;
    let attacks = 0;
    let sum = 0;
    for (let i = from; i < to; i++) {
      const isClosed = (attack[i] as number) < closeBelow;
      if (isClosed) closed++;
      if (isAttack[i] === 1) attacks++;
      if (isClosed && isAttack[i] === 1) missed++;
      sum += attack[i] as number;
    }
    const [p95 = 0] = quantiles(latencyUs.subarray(from, to), [0.95]);
    const scored = to - from;
    return {
      scored,
      closed,
      attacks,
      missed_attacks: missed,
      mean_attack: sum / Math.max(1, scored),
      p95_us: p95,
    };
  };
  const whole = windowOf(0, n);
  const nWindows = Math.min(N_WINDOWS, n);
  const edge = (w: number): number => Math.floor((w * n) / nWindows);
  const [p50 = 0, p95 = 0, p99 = 0] = quantiles(latencyUs, [0.5, 0.95, 0.99]);
  const drift = driftOf(live, fitted, attack, outOfFold);
  return {
    scored: n,
    closed: whole.closed,
    escalated: n - whole.closed,
    missed_attacks: whole.missed_attacks,
    false_alarms: n - whole.closed - (whole.attacks - whole.missed_attacks),
    latency_us: { p50, p95, p99 },
    mean_attack: { live: whole.mean_attack, fitted: outOfFold.reduce((a, b) => a + b, 0) / outOfFold.length },
    drift,
    windows: Array.from({ length: nWindows }, (_, w) => windowOf(edge(w), edge(w + 1))),
    alarms: [
      ...(drift.status === 'drifted'
        ? [
            `the logs are unlike those learned from: ${drift.inputs_shifted} of ${drift.inputs} columns shifted`,
          ]
        : []),
      ...(p99 > LATENCY_BUDGET_P99_US
        ? [`1 % of the logs took longer than ${LATENCY_BUDGET_P99_US} µs to score`]
        : []),
      ...(whole.missed_attacks > 0 ? [`${whole.missed_attacks} attacks were closed`] : []),
    ],
  };
}

function driftOf(
  live: TrainingRows,
  fitted: TrainingRows,
  attack: Float64Array,
  outOfFold: Float64Array,
): LiveReport['drift'] {
  const nColumns = live.columnNames.length;
  const column = ({ X, labels }: TrainingRows, f: number): Float64Array =>
    Float64Array.from(labels, (_, i) => X[i * nColumns + f] as number);
  const inputs = live.columnNames
    .flatMap((name, f) => {
      const before = column(fitted, f);
      const now = column(live, f);
      return isOneValue(before, now) ? [] : [{ name, psi: compareValues(before, now).psi }];
    })
    .sort((a, b) => b.psi - a.psi);
  const bins = { values: [], edges: OUTPUT_EDGES };
  const outputPsi = populationStability(binShares(outOfFold, bins), binShares(attack, bins));
  const nShifted = inputs.filter(({ psi }) => psi > SHIFTED_ABOVE).length;
  return {
    status: outputPsi > SHIFTED_ABOVE || nShifted > SHIFTED_INPUTS * inputs.length ? 'drifted' : 'none',
    output_psi: outputPsi,
    inputs: inputs.length,
    inputs_shifted: nShifted,
    largest: inputs.slice(0, MAX_INPUTS),
  };
}
