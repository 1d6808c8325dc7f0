import type { EvaluatedSplit, Evaluation } from './evaluate.ts';
import { escapeHtml, htmlPage, htmlTable, type LineChart, type Section } from './html-page.ts';
import type { Measures } from './measure.ts';

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const digits = (value: number | null, n = 4): string => (value === null ? 'n/a' : value.toFixed(n));

/** The page an operations lead forwards: what would be closed at which risk, and how that was measured. */
export function evaluationPage(evaluation: Evaluation, subject: string): Promise<string> {
  return htmlPage('Alertforest evaluation', subject, [
    { heading: 'In short', html: `${warning(evaluation)}${sentence(evaluation)}${tiles(evaluation)}` },
    {
      heading: 'Alerts closed at a stated miss rate',
      html: workloadTable(evaluation),
      charts: [workloadChart(evaluation)],
    },
    { heading: 'Per class', html: classTable(evaluation) },
    { heading: 'Confusion', html: confusionTable(evaluation) },
    {
      heading: 'The same on splits of the training set',
      html: `<p>Each part of the training set is predicted by a model that has not seen it.</p>${splitTable(evaluation.splits)}`,
    },
    ...ablationSection(evaluation),
    { heading: 'Tournament', html: tournamentTable(evaluation) },
  ]);
}

function warning(evaluation: Evaluation): string {
  return evaluation.tested_on_training
    ? '<p class="note">Training and test set are the same file: the figures here only say how well the model remembers. What to expect of new alerts is in the table of splits below.</p>'
    : '';
}

/** The one sentence to take away. */
function sentence(evaluation: Evaluation): string {
  const { at_cost_threshold: cut, alerts } = evaluation;
  const range = `${percent(cut.closed.low)} to ${percent(cut.closed.high)}`;
  return `<p>${escapeHtml(
    `Of ${alerts} alerts, ${percent(cut.closed.value)} (95 % interval ${range}) would be closed without a person at the default costs of a missed attack and a false alarm; ${cut.missed_attacks} attacks (${percent(cut.missed.value)} of all) would be among them. The rest goes to an analyst.`,
  )}</p>`;
}

function tiles(evaluation: Evaluation): string {
  const { at_cost_threshold: cut } = evaluation;
  const shown: [string, string][] = [
    ['macro-F1', digits(evaluation.macro_f1, 3)],
    ['ROC-AUC, attacks', digits(evaluation.roc_auc_tp)],
    ['closed at the cost threshold', percent(cut.closed.value)],
    ['attacks missed there', percent(cut.missed.value)],
    ['calibration error', digits(evaluation.ece, 3)],
    ['µs per alert', digits(evaluation.score_us_per_alert, 1)],
  ];
  const tile = ([label, value]: [string, string]): string =>
    `<div class="tile"><b>${escapeHtml(value)}</b><span>${escapeHtml(label)}</span></div>`;
  return `<div class="tiles">${shown.map(tile).join('')}</div><p>${escapeHtml(
    `${evaluation.model}, fitted on ${evaluation.fit_alerts} alerts in ${digits(evaluation.fit_seconds, 1)} s, tested on ${evaluation.alerts}; seed ${evaluation.seed}.`,
  )}</p>`;
}

function workloadTable(measures: Measures): string {
  return htmlTable(
    ['missed attacks', 'alerts closed', '95 % interval', 'of the noise'],
    measures.closed_at_miss.map(({ miss_rate, closed, noise_closed }) => [
      percent(miss_rate),
      percent(closed.value),
      `${percent(closed.low)} – ${percent(closed.high)}`,
      percent(noise_closed.value),
    ]),
  );
}

function workloadChart(measures: Measures): LineChart {
  const points = measures.closed_at_miss;
  return {
    title: 'Share of all alerts closed against share of attacks missed',
    xLabel: 'missed attacks, %',
    x: points.map(({ miss_rate }) => 100 * miss_rate),
    series: [
      { label: 'closed, %', y: points.map(({ closed }) => 100 * closed.value) },
      { label: '95 % interval, low', y: points.map(({ closed }) => 100 * closed.low), isBound: true },
      { label: '95 % interval, high', y: points.map(({ closed }) => 100 * closed.high), isBound: true },
    ],
  };
}

function classTable({ per_class }: Measures): string {
  return htmlTable(
    ['class', 'precision', 'recall', 'F1', 'alerts'],
    Object.entries(per_class).map(([name, { precision, recall, f1, support }]) => [
      name,
      digits(precision, 3),
      digits(recall, 3),
      digits(f1, 3),
      support,
    ]),
  );
}

function confusionTable({ classes, confusion }: Measures): string {
  // a class that neither occurs nor is predicted would only be zeros
  const shown = classes
    .map((_, c) => c)
    .filter((c) =>
      confusion.some((row, label) => (row[c] ?? 0) > 0 || (label === c && row.some((n) => n > 0))),
    );
  return htmlTable(
    ['turned out \\ predicted', ...shown.map((c) => classes[c] ?? '')],
    shown.map((label) => [classes[label], ...shown.map((c) => confusion[label]?.[c] ?? 0)]),
  );
}

const SPLIT_WORDS: Readonly<Record<string, string>> = {
  random: 'at random, incidents torn apart (optimistic)',
  incident: 'no incident on both sides',
  time: 'past predicts the last quarter of the days',
  tenant: 'tenants nobody has judged yet',
  rule: 'rules nobody has judged yet',
};

function splitTable(splits: readonly EvaluatedSplit[]): string {
  return htmlTable(
    ['split', 'folds', 'tested', 'macro-F1', 'ROC-AUC', 'ECE', 'closed at 1 % missed'],
    splits.map((split) => [
      SPLIT_WORDS[split.name] ?? split.name,
      split.folds,
      split.alerts,
      digits(split.macro_f1),
      digits(split.roc_auc_tp),
      digits(split.ece, 3),
      percent(split.closed_at_miss.find(({ miss_rate }) => miss_rate === 0.01)?.closed.value ?? Number.NaN),
    ]),
  );
}

function tournamentTable({ tournament }: Evaluation): string {
  return tournament.length === 0
    ? '<p>Too few judged alerts to tell contestants apart.</p>'
    : htmlTable(
        ['contestant', 'cost per alert', 'Brier', 'macro-F1', 'ECE', 'folds', ''],
        tournament.map((one) => [
          one.algorithm,
          digits(one.expected_cost, 1),
          digits(one.brier),
          digits(one.macro_f1),
          digits(one.calibration_error, 3),
          one.folds,
          one.won ? 'won' : '',
        ]),
      );
}

function ablationSection({ ablation }: Evaluation): Section[] {
  const whole = ablation.find(({ without }) => without === null);
  if (whole === undefined) return [];
  return [
    {
      heading: 'Which features carry it',
      html: htmlTable(
        ['left out', 'macro-F1', 'lost', 'ROC-AUC'],
        ablation.map(({ without, macro_f1, roc_auc_tp }) => [
          without ?? 'nothing',
          digits(macro_f1),
          digits(whole.macro_f1 - macro_f1),
          digits(roc_auc_tp),
        ]),
      ),
    },
  ];
}
