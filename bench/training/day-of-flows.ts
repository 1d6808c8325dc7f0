// Whether calibration keeps the ranking where folds are told apart nearly without an error: a day of flows, its first
// part fitted and calibrated out of fold, its later part (from ten minutes before the first beacon) ranked.
//
//   node bench/training/day-of-flows.ts --flows FLOWS.csv.gz --windows WINDOWS.csv
//
// WINDOWS names each attack: start,end,source.ip,destination.ip,label; a destination may be empty.
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse/sync';
import type { LogRow } from '../../src/logs/formats/log-row.ts';
import { openLogs } from '../../src/logs/open-logs.ts';
import { readLogs } from '../../src/logs/read-logs.ts';
import { foldOf } from '../../src/training/dataset/holdout.ts';
import { fitCalibrator } from '../../src/trees/calibration/calibration.ts';
import { IsotonicCalibrator } from '../../src/trees/calibration/isotonic-calibrator.ts';
import { TemperatureCalibrator } from '../../src/trees/calibration/temperature-calibrator.ts';
import { GradientBoostingClassifier } from '../../src/trees/learners/gradient-boosting-classifier.ts';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';
import { Matrix } from '../../src/trees/matrix.ts';
import { expectedCalibrationError } from '../../src/trees/metrics/probability-metrics.ts';
import { averagePrecision, rocAuc } from '../../src/trees/metrics/ranking-metrics.ts';

const { values: options } = parseArgs({
  options: { flows: { type: 'string' }, windows: { type: 'string' } },
});
if (options.flows === undefined || options.windows === undefined)
  throw new RangeError('Expected --flows FILE and --windows FILE.');

const MINUTE_MS = 60_000;
const N_FOLDS = 5;
/** How far back a source's own flows are counted. */
const WINDOW_MS = 10 * MINUTE_MS;

interface Attack {
  readonly startMs: number;
  readonly endMs: number;
  readonly source: string;
  readonly destination: string;
  readonly label: string;
}

const attacks = (
  parse(readFileSync(options.windows), { columns: true }) as Record<string, string>[]
).map<Attack>((row) => ({
  startMs: Date.parse(row['start']!),
  endMs: Date.parse(row['end']!),
  source: row['source.ip']!,
  destination: row['destination.ip'] ?? '',
  label: row['label']!,
}));

const file = await openLogs(options.flows);
if (!('format' in file)) throw new RangeError(`Expected flows of a known format in ${options.flows}.`);
const flows: LogRow[] = [];
await readLogs([file], { onRow: (row) => flows.push(row) });
flows.sort((a, b) => a.time - b.time);

const numberOf = ({ values }: LogRow, name: string): number => {
  const value = values[name];
  return typeof value === 'number' ? value : Number.NaN;
};
const textOf = ({ values }: LogRow, name: string): string => String(values[name] ?? '');
const PROTOCOLS = ['tcp', 'udp', 'icmp'];

/** What a flow tells by itself, and how many flows, ports and hosts its source had in the ten minutes before it. */
const recent = new Map<string, LogRow[]>();
const columns = flows.map((flow) => {
  const [up, down, pup, pdown] = [
    'source.bytes',
    'destination.bytes',
    'source.packets',
    'destination.packets',
  ].map((name) => numberOf(flow, name)) as [number, number, number, number];
  const duration = numberOf(flow, 'duration_ms');
  const source = textOf(flow, 'source.ip');
  const before = (recent.get(source) ?? []).filter(({ time }) => time >= flow.time - WINDOW_MS);
  recent.set(source, [...before, flow]);
  const distinct = (name: string): number => new Set(before.map((one) => one.values[name])).size;
  return [
    PROTOCOLS.indexOf(textOf(flow, 'network.transport')),
    numberOf(flow, 'destination.port'),
    duration,
    up,
    down,
    pup,
    pdown,
    Math.log1p(up) - Math.log1p(down),
    up / pup,
    Math.log1p((up + down) / (duration / 1000 + 0.001)),
    pdown === 0 ? 1 : 0,
    before.length,
    distinct('destination.port'),
    distinct('destination.ip'),
  ];
});

const y = Int32Array.from(flows, (flow) =>
  attacks.some(
    ({ startMs, endMs, source, destination }) =>
      flow.time >= startMs &&
      flow.time <= endMs &&
      textOf(flow, 'source.ip') === source &&
      (destination === '' || textOf(flow, 'destination.ip') === destination),
  )
    ? 1
    : 0,
);
// One incident: what a source did within an hour.
const groups = flows.map((flow) => `${textOf(flow, 'source.ip')} ${Math.floor(flow.time / 3_600_000)}`);
const cut =
  Math.min(...attacks.filter(({ label }) => label === 'beacon').map(({ startMs }) => startMs)) - WINDOW_MS;
const early = flows.flatMap(({ time }, i) => (time < cut ? [i] : []));
const late = flows.flatMap(({ time }, i) => (time >= cut ? [i] : []));
const matrixAt = (rows: readonly number[]): Matrix =>
  Matrix.from(Float32Array.from(rows.flatMap((i) => columns[i]!)), rows.length, columns[0]!.length);
const labelsAt = (rows: readonly number[]): Int32Array => Int32Array.from(rows, (i) => y[i]!);

const learners = {
  random_forest: (rows: readonly number[]) =>
    RandomForestClassifier.fit(matrixAt(rows), labelsAt(rows), { nClasses: 2, minSamplesLeaf: 3, seed: 1 }),
  boosted: (rows: readonly number[]) =>
    GradientBoostingClassifier.fit(matrixAt(rows), labelsAt(rows), { nClasses: 2, seed: 1 }),
};
const nAttacks = labelsAt(late).reduce((sum, label) => sum + label, 0);
console.log(
  `${flows.length} flows, ${early.length} fitted, ${late.length} ranked with ${nAttacks} of attacks`,
);

for (const [name, fitOn] of Object.entries(learners)) {
  const proba = new Float64Array(2 * early.length);
  for (let fold = 0; fold < N_FOLDS; fold++) {
    const inside = early.flatMap((i, at) => (foldOf(groups[i]!, N_FOLDS) === fold ? [at] : []));
    if (inside.length === 0) continue;
    const model = fitOn(early.filter((i) => foldOf(groups[i]!, N_FOLDS) !== fold));
    const predicted = model.predictProba(matrixAt(inside.map((at) => early[at]!)));
    inside.forEach((at, k) => {
      proba.set(predicted.subarray(2 * k, 2 * k + 2), 2 * at);
    });
  }
  const labels = labelsAt(early);
  const chosen = fitCalibrator(proba, labels, 2, { groups: early.map((i) => groups[i]!) }).calibrator;
  const raw = fitOn(early).predictProba(matrixAt(late));
  const tables = {
    'not calibrated': raw,
    'temperature alone': TemperatureCalibrator.fit(proba, labels, 2).apply(raw.slice()),
    'isotonic curves': IsotonicCalibrator.fit(proba, labels, 2).apply(raw.slice()),
    [`as chosen (${chosen.kind})`]: chosen.apply(raw.slice()),
  };
  const truth = labelsAt(late);
  for (const [how, table] of Object.entries(tables)) {
    const attack = Float64Array.from(truth, (_, i) => table[2 * i + 1]!);
    console.log(
      `${name}, ${how}: ROC-AUC ${rocAuc(truth, attack).toFixed(5)}, average precision ${averagePrecision(truth, attack).toFixed(4)}, calibration error ${expectedCalibrationError(truth, table).toFixed(4)}`,
    );
  }
}
