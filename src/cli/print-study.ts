import type { LogManifest } from '../logs/log-package.ts';
import type { Reading } from '../logs/reading-tally.ts';
import type { StudyResult } from '../logs/study/study-result.ts';
import { recordTable } from './output/show.ts';
import { printReading } from './print-reading.ts';

const share = (value: number): string => value.toFixed(3);
const heading = (text: string): void => console.log(`\n${text}`);

/** A study on the console: the parts of its report, shorter. */
export function printStudy(
  report: StudyResult & { readonly reading: Reading; readonly manifest: LogManifest },
  folder: string,
): void {
  const { test, fit, labels, contestants, importances, leaks, manifest } = report;
  printReading(report.reading);
  heading('labels and parts');
  console.log(
    `  ${labels.from}: ${labels.attacks} attacks, ${labels.rest} others, ${labels.none} rows that nobody labelled`,
  );
  console.log(`  learned from ${fit.rows} rows with ${fit.attacks} attacks; tested on ${test.how}`);
  for (const { column, why, kept } of leaks) console.log(`  ${column} ${kept ? 'kept' : 'left out'}: ${why}`);
  heading('learners, ROC-AUC on the last part of the fit rows and on the test part');
  console.log(
    recordTable(
      contestants.map(({ name, roc_auc, test_roc_auc, won }) => ({
        learner: name,
        'ROC-AUC': Number.isNaN(roc_auc) ? 'not played' : roc_auc.toFixed(5),
        'ROC-AUC, test': test_roc_auc.toFixed(5),
        won: won ? 'won' : '',
      })),
    ),
  );
  console.log(
    `  with the plain detectors ROC-AUC ${test.roc_auc.toFixed(5)}, by the model alone ${test.model_roc_auc.toFixed(5)}`,
  );
  heading('test attacks by kind');
  console.log(
    recordTable(
      test.kinds.map(({ kind, n, seen, found_at_cut, found_at_1pct, model_at_1pct }) => ({
        kind,
        n,
        seen: seen ? 'yes' : 'never seen in fitting',
        'found at the cost cut': share(found_at_cut),
        'found at 1 % false alarms': share(found_at_1pct),
        'by the model alone': share(model_at_1pct),
      })),
    ),
  );
  heading('cuts on the test part');
  console.log(
    recordTable(
      test.cuts.map(({ name, score, alarms, alarms_per_day, found, missed, false_alarms, value }) => ({
        cut: name,
        'alarms from': score.toPrecision(3),
        alarms,
        'a day': alarms_per_day === null ? '' : Math.round(alarms_per_day),
        found,
        missed,
        'false alarms': false_alarms,
        value: Math.round(value),
      })),
    ),
  );
  for (const { what, attacks, others } of test.detectors)
    console.log(`  ${what}: ${attacks} attacks, ${others} others`);
  heading('average precision lost when a column is shuffled');
  for (const { feature, importance } of importances.slice(0, 8))
    console.log(`  ${feature.padEnd(32)} ${importance.toFixed(4)}`);
  heading('result');
  const { without_duplicates: without } = test;
  console.log(
    `  ROC-AUC ${test.roc_auc.toFixed(5)} on ${test.rows} rows with ${test.attacks} attacks; without the ${test.rows - without.rows} that repeat a row learned from ${without.roc_auc?.toFixed(5) ?? 'not measurable'}`,
  );
  console.log(`  package ${folder}: ${manifest.algorithm}, sha256 ${manifest.sha256}, verified`);
}
