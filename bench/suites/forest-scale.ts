import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { GradientBoostingRegressor } from '../../src/trees/learners/gradient-boosting.ts';
import { RandomForestClassifier } from '../../src/trees/learners/random-forest.ts';
import { type BenchRow, compare, timeMs } from '../bench-row.ts';
import { tabularData } from '../tabular-data.ts';

// What grows with the data: time per row of a fit from 10,000 to 1,000,000 rows, the memory peak of fitting
// 100,000 x 28, and size and load time of a classifier of 100 trees on 50,000 rows. No peer: these are curves and
// bounds. Memory is measured in a process of its own, `node bench/suites/forest-scale.ts peak-of KIND`.

function perRow(nRows: number): BenchRow {
  const data = tabularData(nRows);
  const targets = data.targets.slice(0, nRows);
  const ms = timeMs(1, () => GradientBoostingRegressor.fit(data.train, targets, { nEstimators: 20 }));
  return compare(`fit boosting, 20 trees, ${nRows} rows`, 'us per row', (1000 * ms) / nRows, null, 'no peer');
}

function fitOnce(kind: string): void {
  const data = tabularData(100_000);
  if (kind === 'boosting') GradientBoostingRegressor.fit(data.train, data.targets.slice(0, 100_000));
  else RandomForestClassifier.fit(data.train, data.labels.slice(0, 100_000), { nClasses: 4 });
}

function peak(kind: string): BenchRow {
  const run = spawnSync(process.execPath, [import.meta.filename, 'peak-of', kind], { encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`Cannot measure the memory peak of ${kind}: ${run.stderr}`);
  return compare(
    `peak of fitting ${kind} 100,000 x 28, data included`,
    'MB',
    Number(run.stdout),
    null,
    'at most 400',
  );
}

function sizeAndLoad(): BenchRow[] {
  const data = tabularData(50_000);
  const labels = data.labels.slice(0, 50_000);
  const rows: BenchRow[] = [];
  for (const minSamplesLeaf of [1, 5]) {
    const bytes = RandomForestClassifier.fit(data.train, labels, { nClasses: 4, minSamplesLeaf }).toBuffer();
    const what = `100 trees on 50,000 rows, minSamplesLeaf ${minSamplesLeaf}`;
    rows.push(compare(`size: ${what}`, 'MB', bytes.length / 1e6, null, 'at most 25'));
    rows.push(
      compare(
        `load: ${what}`,
        'ms',
        timeMs(5, () => RandomForestClassifier.from(bytes)),
        null,
        'at most 30',
      ),
    );
  }
  return rows;
}

export const suite = {
  name: 'forest-scale',
  run: async (): Promise<BenchRow[]> => [
    ...[10_000, 100_000, 1_000_000].map(perRow),
    peak('boosting'),
    peak('random-forest'),
    ...sizeAndLoad(),
  ],
};

if (import.meta.main && process.argv[2] === 'peak-of') {
  fitOnce(process.argv[3] ?? '');
  // The high-water mark of this process; getrusage would report the larger of its own and its parent's.
  const kilobytes = /VmHWM:\s*(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1];
  console.log(Number(kilobytes) / 1024);
}
