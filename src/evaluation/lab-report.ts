import type { LabManifest } from '../logs/lab/lab-package.ts';
import type { LabResult } from '../logs/lab/lab-result.ts';
import type { LiveReport } from '../logs/lab/live-scoring.ts';
import type { ThresholdRow } from '../logs/lab/threshold-table.ts';
import type { LineChart } from './html-chart.ts';
import { bar, digits, facts, figure, type Html, html, htmlPage, table, tiles, whole } from './html-page.ts';
import { cleaningHtml, logQualityHtml } from './log-quality-html.ts';
import { type RunFacts, runFactsHtml } from './run-facts.ts';

export interface LabReport {
  /** Name of the file. */
  readonly subject: string;
  readonly result: LabResult;
  readonly manifest: LabManifest;
  readonly live: LiveReport;
  /** Where the package lies. */
  readonly folder: string;
  readonly run: RunFacts;
}

export function labPage({ subject, result, manifest, live, folder, run }: LabReport): Promise<string> {
  return htmlPage({
    title: headline(result),
    lead: `Measured on a quarter of ${subject} held out of all learning: ${result.test_rows.toLocaleString('en-US')} logs, ${result.test.attacks} attacks.`,
    sections: [
      { heading: 'What decides', body: [decidingTiles(result), sentence(result)] },
      {
        heading: 'Threshold by value',
        body: [thresholdRows(result)],
        charts: [valueChart(result), errorChart(result)],
      },
      {
        heading: 'Quality of the logs',
        body: logQualityHtml(result),
      },
      { heading: 'What was cleaned and left out', body: [cleaningHtml(result)] },
      { heading: 'Which learner won', body: [contestants(result)] },
      { heading: 'What the model looks at', body: [importances(result)] },
      { heading: 'Package', body: [packageHtml(manifest, folder)] },
      { heading: 'Live scoring from the package', body: liveHtml(live), charts: [liveChart(live)] },
      { heading: 'How this was measured', body: [method(result), runFactsHtml(run)] },
    ],
  });
}

function headline({ test_rows, test, chosen, critical }: LabResult): string {
  const missed =
    chosen.missed_attacks === 0
      ? 'no attack is missed'
      : `${chosen.missed_attacks} of ${test.attacks} attacks ${chosen.missed_attacks === 1 ? 'is' : 'are'} missed`;
  const worst = critical.missed === 0 ? 'no critical one' : `${critical.missed} critical`;
  const tail = chosen.missed_attacks === 0 ? '' : `, ${worst}`;
  return `${((100 * chosen.closed) / test_rows).toFixed(1)} % of the logs can be closed without a person; ${missed}${tail}`;
}

function decidingTiles({ test_rows, test, time_ordered: later, chosen, critical }: LabResult): Html {
  return tiles([
    {
      label: 'closed at the chosen threshold',
      value: whole(chosen.closed),
      note: html`of ${whole(test_rows)} held-out logs`,
    },
    {
      label: 'value at the threshold',
      value: whole(chosen.value),
      note: html`closing below ${closeBelow(chosen.close_below)}`,
    },
    {
      label: 'critical attacks missed',
      value: whole(critical.missed),
      note: html`of ${whole(critical.attacks)}`,
    },
    { label: 'attacks missed', value: whole(chosen.missed_attacks), note: html`of ${whole(test.attacks)}` },
    { label: 'looked at for nothing', value: whole(chosen.false_alarms) },
    {
      label: 'ROC-AUC',
      value: digits(test.roc_auc, 5),
      note: html`average precision ${digits(test.average_precision, 5)}`,
    },
    {
      label: 'ROC-AUC on what came later',
      value: digits(later?.roc_auc ?? null, 5),
      note:
        later === null ? html`one label only in a part` : html`${whole(later.rows)} logs from ${later.from}`,
    },
  ]);
}

const closeBelow = (value: number): Html => figure(value, (one) => one.toPrecision(3));

function sentence({ chosen, costs, critical }: LabResult): Html {
  const { missed_attack: missed, false_alarm: alarm, correct_close: close } = costs;
  return html`<p>The threshold follows from the costs, as in the service: closing pays while the attack probability times ${whole(missed)} (missed attack) is less than the rest times ${whole(alarm)} (false alarm) plus ${whole(close)} (correct close). Below it ${whole(chosen.closed)} logs are closed, above it somebody looks. Critical is an attack at which the sensor raised an alarm, or with at least ${whole(critical.failed_logins_from)} failed logins (the top percentile of the training part).</p>`;
}

function thresholdRows({ thresholds, chosen, training_best, test_rows }: LabResult): Html {
  const rows = [...thresholds, chosen, training_best].sort((a, b) => a.close_below - b.close_below);
  return table(
    ['close below', 'closed', 'of all', 'missed attacks', 'false alarms', 'value'],
    rows.map((row) => [
      html`${closeBelow(row.close_below)}${row === chosen ? ' (chosen, by cost)' : row === training_best ? ' (earned most in training)' : ''}`,
      whole(row.closed),
      `${((100 * row.closed) / test_rows).toFixed(1)} %`,
      whole(row.missed_attacks),
      whole(row.false_alarms),
      whole(row.value),
    ]),
    rows.indexOf(chosen),
  );
}

const thresholdChart = (
  { thresholds, chosen }: LabResult,
  shown: Pick<LineChart, 'title' | 'words' | 'yLabel'>,
  series: readonly { readonly label: string; readonly of: (row: ThresholdRow) => number }[],
): LineChart => ({
  ...shown,
  xLabel: 'close below (attack probability)',
  isLogX: true,
  x: thresholds.map(({ close_below }) => close_below),
  series: series.map(({ label, of }) => ({ label, y: thresholds.map(of) })),
  mark: { x: chosen.close_below, label: 'chosen' },
});

const valueChart = (result: LabResult): LineChart =>
  thresholdChart(
    result,
    {
      title: 'What closing earns on the held-out quarter',
      words: 'Value over the threshold; the table above has the numbers.',
      yLabel: 'value',
    },
    [{ label: 'value', of: ({ value }) => value }],
  );

const errorChart = (result: LabResult): LineChart =>
  thresholdChart(
    result,
    {
      title: 'What goes wrong on either side',
      words: 'Missed attacks and false alarms over the threshold; the table above has the numbers.',
      yLabel: 'logs',
    },
    [
      { label: 'false alarms', of: ({ false_alarms }) => false_alarms },
      { label: 'missed attacks', of: ({ missed_attacks }) => missed_attacks },
    ],
  );

function contestants(result: LabResult): Html {
  return html`<p>All played the same folds of the training part; the least cost wins, ties go to the simpler one. Logistic regression is there for comparison: it shows what a linear model reaches.</p>${table(
    ['learner', 'cost per log', 'Brier', 'folds', 'ROC-AUC, held out', 'average precision, held out', ''],
    result.contestants.map(({ name, cost, brier, folds, roc_auc, average_precision, won }) => [
      name,
      digits(cost, 1),
      digits(brier, 4),
      whole(folds),
      digits(roc_auc, 5),
      digits(average_precision, 5),
      won ? 'won' : '',
    ]),
    result.contestants.findIndex(({ won }) => won),
  )}`;
}

/** Importances below it would be written as zero. */
const LEAST_SHOWN = 0.00005;

function importances(result: LabResult): Html {
  const most = result.importances[0]?.importance ?? 0;
  const shown = result.importances.filter(({ importance }) => importance > LEAST_SHOWN);
  return html`<p>Average precision lost on the held-out quarter when one column is shuffled, mean of three times. Columns that say the same stand in for each other and lose little.</p>${table(
    ['column', 'lost', 'sd', 'share of the largest'],
    shown.map(({ feature, importance, sd }) => [
      feature,
      digits(importance, 4),
      digits(sd, 4),
      bar(most > 0 ? importance / most : 0),
    ]),
  )}`;
}

function packageHtml(manifest: LabManifest, folder: string): Html {
  return html`${facts([
    ['model', `${manifest.algorithm}, ${manifest.model}`],
    ['bytes', whole(manifest.size_bytes)],
    ['sha256', html`<code>${manifest.sha256}</code>`],
    ['columns', String(manifest.columns.length)],
    ['closes below', closeBelow(manifest.close_below)],
    ['to verify', html`<code>cd ${folder} &amp;&amp; sha256sum -c SHA256SUMS</code>`],
  ])}`;
}

function liveHtml(live: LiveReport): Html[] {
  const { latency_us: us, drift, mean_attack: mean } = live;
  return [
    html`<p>The package was read back, verified, and scored the held-out logs one by one.</p>`,
    live.alarms.length === 0
      ? html`<p class="good">Nothing to look at: no drift, no attack closed, latency within its budget.</p>`
      : html`<p class="note">${live.alarms.join('; ')}.</p>`,
    tiles([
      { label: 'scored', value: whole(live.scored), note: html`${whole(live.closed)} closed` },
      {
        label: 'shown to a person',
        value: whole(live.escalated),
        note: html`${whole(live.false_alarms)} for nothing`,
      },
      {
        label: 'µs per log, median',
        value: digits(us.p50, 1),
        note: html`p95 ${digits(us.p95, 1)}, p99 ${digits(us.p99, 1)}`,
      },
      {
        label: 'drift',
        value: html`${drift.status}`,
        note: html`output ${digits(drift.output_psi)}; ${whole(drift.inputs_shifted)} of ${whole(drift.inputs)} columns shifted`,
      },
      {
        label: 'mean attack probability',
        value: digits(mean.live, 4),
        note: html`${digits(mean.fitted, 4)} in training`,
      },
    ]),
    table(
      ['stretch', 'scored', 'closed', 'attacks', 'missed', 'mean attack probability', 'p95 µs'],
      live.windows.map((window, at) => [
        String(at + 1),
        whole(window.scored),
        whole(window.closed),
        whole(window.attacks),
        whole(window.missed_attacks),
        digits(window.mean_attack, 4),
        digits(window.p95_us, 1),
      ]),
    ),
  ];
}

function liveChart({ windows }: LiveReport): LineChart {
  return {
    title: 'Shown to a person, and attacks among them, stretch by stretch',
    words: 'Logs shown to a person and attacks in each tenth of the stream; the table above has the numbers.',
    xLabel: 'tenth of the stream',
    yLabel: 'logs',
    x: windows.map((_, at) => at + 1),
    series: [
      { label: 'shown to a person', y: windows.map(({ scored, closed }) => scored - closed) },
      { label: 'attacks', y: windows.map(({ attacks }) => attacks) },
    ],
  };
}

function method(result: LabResult): Html {
  return html`<p>Each raw log becomes a canonical alert with telemetry; from there it is the product's own extractor (${whole(result.features)} columns), tournament and artefact. ${result.winner}, learned from ${whole(result.fit_rows)} logs, tested on ${whole(result.test_rows)} drawn from both labels; tournament and fit ${digits(result.fit_seconds, 1)} s; calibration error ${digits(result.test.ece, 4)}. Seed ${figure(result.seed, String)} draws the quarter, the folds and the learners.</p>`;
}
