import type { LabManifest } from '../logs/lab/lab-package.ts';
import type { LabResult } from '../logs/lab/lab-result.ts';
import type { LiveReport } from '../logs/lab/live-scoring.ts';
import { placeOf } from '../logs/skip-counts.ts';
import { recordTable } from './output/show.ts';

interface LabSummary {
  readonly result: LabResult;
  readonly manifest: LabManifest;
  readonly live: LiveReport;
}

/** The run on the console: the same parts as the report, shorter. */
export function printLabSummary({ result, manifest, live }: LabSummary, folder: string): void {
  printQuality(result);
  heading('cleaning');
  for (const { what, why, count } of result.cleaning) console.log(`  ${what}: ${count} (${why})`);
  if (result.cleaning.length === 0) console.log('  nothing to clean');
  heading('tournament, ROC-AUC and average precision on the held-out quarter');
  console.log(
    recordTable(
      result.contestants.map(({ name, cost, folds, roc_auc, average_precision, won }) => ({
        learner: name,
        'cost per log': cost.toFixed(2),
        folds,
        'ROC-AUC': roc_auc.toFixed(5),
        'average precision': average_precision.toFixed(5),
        won: won ? 'won' : '',
      })),
    ),
  );
  heading('average precision lost when a column is shuffled');
  for (const { feature, importance } of result.importances.slice(0, 5)) {
    console.log(`  ${feature.padEnd(32)} ${importance.toFixed(4)}`);
  }
  printThresholds(result);
  printLive(live);
  heading('result');
  const { test, time_ordered: later, chosen, critical } = result;
  console.log(
    `  held-out quarter, seed ${result.seed}: ROC-AUC ${test.roc_auc.toFixed(5)}, average precision ${test.average_precision.toFixed(5)}`,
  );
  if (later !== null)
    console.log(
      `  by time, from ${later.from} on (${later.rows} logs, ${later.attacks} attacks): ROC-AUC ${later.roc_auc.toFixed(5)}, average precision ${later.average_precision.toFixed(5)}`,
    );
  console.log(
    `  threshold ${chosen.close_below.toPrecision(3)}: ${chosen.closed} of ${result.test_rows} closed, ${chosen.missed_attacks} of ${test.attacks} attacks missed, ${critical.missed} of ${critical.attacks} critical; value ${Math.round(chosen.value)}`,
  );
  console.log(`  package ${folder}: ${manifest.algorithm}, sha256 ${manifest.sha256}, verified`);
}

const heading = (text: string): void => console.log(`\n${text}`);

function printQuality({ quality, unreadable }: LabResult): void {
  const { rows, unreadableLines, duplicateRows, attacks = 0, labelRate = 0, firstAt, lastAt } = quality;
  console.log(
    `${rows} rows, ${unreadableLines} unreadable, ${duplicateRows} repeated, ${attacks} attacks (${(100 * labelRate).toFixed(2)} %), ${firstAt} to ${lastAt}`,
  );
  for (const row of unreadable) console.log(`  ${placeOf(row)}`);
  console.log(
    recordTable(
      quality.columns.map(({ column, missing, invalid, range }) => ({
        column,
        missing,
        invalid,
        least: range?.min ?? '',
        median: range?.median ?? '',
        most: range?.max ?? '',
      })),
    ),
  );
  for (const { column, reasons, invalidLines } of quality.columns) {
    for (const [why, count] of Object.entries(reasons)) {
      console.log(`  column ${column}: ${count} x ${why}; first lines ${invalidLines.join(', ')}`);
    }
  }
}

function printThresholds({ thresholds, chosen, training_best }: LabResult): void {
  heading('value by threshold, held-out quarter');
  console.log(
    recordTable(
      [...thresholds, chosen, training_best]
        .sort((a, b) => a.close_below - b.close_below)
        .map((row) => ({
          'close below': row.close_below.toPrecision(3),
          closed: row.closed,
          missed: row.missed_attacks,
          'false alarms': row.false_alarms,
          value: Math.round(row.value),
          '': row === chosen ? 'chosen' : row === training_best ? 'best in training' : '',
        })),
    ),
  );
}

function printLive({ scored, closed, latency_us: us, drift, alarms }: LiveReport): void {
  heading('live scoring from the package');
  console.log(
    `  ${scored} scored one by one, ${closed} closed; µs p50 ${us.p50.toFixed(1)}, p95 ${us.p95.toFixed(1)}, p99 ${us.p99.toFixed(1)}`,
  );
  console.log(
    `  drift ${drift.status}: output ${drift.output_psi.toFixed(3)}, ${drift.inputs_shifted} of ${drift.inputs} columns shifted`,
  );
  for (const alarm of alarms) console.log(`  look at: ${alarm}`);
}
