import type { Evaluation } from '../../evaluation/evaluate.ts';
import type { SimulationFigures } from '../../evaluation/simulate/simulation-figures.ts';
import type { QualityReport } from '../../intake/quality.ts';
import { factTable, stateTable } from './show.ts';

const share = (value: number | null | undefined): string =>
  value === null || value === undefined ? 'n/a' : `${(100 * value).toFixed(1)} %`;
const figure = (value: number | null | undefined): string =>
  value === null || value === undefined ? 'n/a' : value.toFixed(4);

/** The figures that say most; all of them are in the JSON and the page. */
export function shownEvaluation({ splits, ...all }: Evaluation): string {
  const rows = [{ name: all.tested_on_training ? 'training set itself' : 'test set', ...all }, ...splits].map(
    ({ name, alerts, macro_f1, roc_auc_tp, average_precision_tp, ece, known_before }) => [
      name,
      String(alerts),
      figure(macro_f1),
      figure(roc_auc_tp),
      figure(average_precision_tp),
      figure(ece),
      String(known_before.closed),
    ],
  );
  const header = ['tested on', 'alerts', 'macro F1', 'ROC-AUC', 'avg. precision', 'cal. error', 'closed'];
  return `${stateTable(header, rows)}\n\nlearner ${all.model}, fitted on ${all.fit_alerts} alerts in ${all.fit_seconds.toFixed(1)} s`;
}

export function shownSimulation(figures: SimulationFigures): string {
  return factTable([
    ['alerts', String(figures.alerts)],
    ['that stand out', String(figures.notable)],
    ['incidents', String(figures.incidents)],
    ['incidents a day', figures.incidents_per_day.toFixed(1)],
    ['less to read by', share(figures.reduction_as_listed)],
    ...(figures.auc_time === undefined
      ? []
      : [['ROC-AUC of the context, by time', figure(figures.auc_time)] as const]),
    ...(figures.final_auc_time === undefined
      ? []
      : [['ROC-AUC of the final score, by time', figure(figures.final_auc_time)] as const]),
    ['microseconds an alert', figures.us_per_alert.toFixed(0)],
  ]);
}

export function shownQuality(report: QualityReport & { readonly unreadable_lines: number }): string {
  const { read, rejected, skipped, unreadable_lines, dialects, missing, completeness, warnings } = report;
  const { repeated, changed, without_id } = report.duplicates;
  const parts = [
    factTable([
      ['read', String(read)],
      ['no alerts', String(skipped)],
      ['rejected', String(rejected)],
      ['lines not readable', String(unreadable_lines)],
      ['formats recognised', share(report.recognised_share)],
      ['mean completeness', share(completeness.mean)],
      ['repeated, and of these changed', `${repeated}, ${changed}`],
      ['without an id', String(without_id)],
    ]),
    stateTable(
      ['format', 'alerts', 'completeness'],
      Object.entries(dialects).map(([name, of]) => [name, String(of.count), share(of.completeness)]),
    ),
    stateTable(
      ['missing field', 'alerts'],
      Object.entries(missing)
        .filter(([, n]) => n > 0)
        .map(([field, n]) => [field, String(n)]),
    ),
    stateTable(
      ['warning', 'alerts'],
      warnings.map(({ warning, count }) => [warning, String(count)]),
    ),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}
