import type { LabManifest, LiveReport } from '../logs/lab-package.ts';
import type { LabResult } from '../logs/lab-pipeline.ts';
import { escapeHtml, htmlPage, htmlTable } from './html-page.ts';

export interface LabReport {
  readonly subject: string;
  readonly result: LabResult;
  readonly manifest: LabManifest;
  readonly live: LiveReport;
}

const money = (value: number): string => Math.round(value).toLocaleString('en-US');
const digits = (value: number, n = 4): string => value.toFixed(n);

export function labPage({ subject, result, manifest, live }: LabReport): Promise<string> {
  const { thresholds } = result;
  return htmlPage('From raw logs to a package', subject, [
    { heading: 'In short', html: summary(result, live) },
    { heading: 'Quality of the logs', html: qualityTable(result) },
    {
      heading: 'Cleaning',
      html: htmlTable(
        ['what', 'why', 'count'],
        result.cleaning.map(({ what, why, count }) => [what, why, count]),
      ),
    },
    { heading: 'Tournament, on the held-out quarter', html: contestants(result) },
    {
      heading: 'What the winner looks at',
      html: htmlTable(
        ['column', 'average precision lost when shuffled', 'sd'],
        result.importances.map(({ feature, importance, sd }) => [feature, digits(importance), digits(sd)]),
      ),
    },
    {
      heading: 'Threshold by value',
      html: thresholdRows(result),
      charts: [
        {
          title: 'Value of the held-out quarter by threshold',
          xLabel: 'log10 of the attack probability below which alerts are closed',
          x: thresholds.map(({ close_below }) => Math.log10(close_below)),
          series: [{ label: 'value', y: thresholds.map(({ value }) => value) }],
        },
      ],
    },
    { heading: 'Package', html: packageTable(manifest) },
    { heading: 'Live scoring from the package', html: liveTable(live) },
  ]);
}

function summary(result: LabResult, live: LiveReport): string {
  const { test, chosen, critical } = result;
  return `<p>${escapeHtml(
    `Of ${result.test_rows} logs that nothing was learned from, ${chosen.closed} would be closed without a person and ${chosen.false_alarms} looked at for nothing; ${chosen.missed_attacks} of ${test.attacks} attacks would be missed, ${critical.missed} of the ${critical.attacks} critical ones.`,
  )}</p><p>${escapeHtml(
    `${result.winner} on ${result.fit_rows} logs, tested on ${result.test_rows} (${test.attacks} attacks), seed ${result.seed}: ROC-AUC ${digits(test.roc_auc)}, average precision ${digits(test.average_precision)}, calibration error ${digits(test.ece)}. At the chosen threshold ${chosen.closed} logs are closed, ${chosen.missed_attacks} attacks missed, ${critical.missed} of ${critical.attacks} critical ones; value ${money(chosen.value)}. ${live.scored} logs scored one by one at ${digits(live.latency_us.p50, 1)} µs (median).`,
  )}</p>`;
}

function qualityTable({ quality }: LabResult): string {
  return htmlTable(
    ['column', 'missing', 'invalid', 'distinct', 'min', 'median', 'p99', 'max'],
    quality.columns.map(({ column, missing, invalid, distinct, range }) => [
      column,
      missing,
      invalid,
      distinct,
      range?.min ?? '',
      range?.median ?? '',
      range?.p99 ?? '',
      range?.max ?? '',
    ]),
  );
}

function contestants({ contestants }: LabResult): string {
  return htmlTable(
    ['contestant', 'ROC-AUC', 'average precision', 'cost per log', ''],
    contestants.map(({ name, roc_auc, average_precision, cost, won }) => [
      name,
      digits(roc_auc),
      digits(average_precision),
      digits(cost, 1),
      won ? 'won' : '',
    ]),
  );
}

function thresholdRows({ thresholds, chosen }: LabResult): string {
  return htmlTable(
    ['close below', 'closed', 'missed attacks', 'false alarms', 'value'],
    [...thresholds, chosen]
      .sort((a, b) => a.close_below - b.close_below)
      .map((row) => [
        `${row.close_below.toPrecision(3)}${row === chosen ? ' (chosen)' : ''}`,
        row.closed,
        row.missed_attacks,
        row.false_alarms,
        money(row.value),
      ]),
  );
}

function packageTable(manifest: LabManifest): string {
  return htmlTable(
    ['', ''],
    [
      ['algorithm', manifest.algorithm],
      ['sha256', manifest.sha256],
      ['bytes', money(manifest.size_bytes)],
      ['columns', manifest.columns.length],
    ],
  );
}

function liveTable(live: LiveReport): string {
  return htmlTable(
    ['', ''],
    [
      ['scored', live.scored],
      ['closed', live.closed],
      ['escalated', live.escalated],
      [
        'p50 / p95 / p99, µs',
        [live.latency_us.p50, live.latency_us.p95, live.latency_us.p99]
          .map((us) => digits(us, 1))
          .join(' / '),
      ],
      ['mean attack probability, live', digits(live.mean_attack.live)],
      ['mean attack probability, fitted on', digits(live.mean_attack.fitted)],
    ],
  );
}
