import type { ReadCounts } from '../logs/skip-counts.ts';
import { FEW_ALERTS } from '../training/measures/few-alerts.ts';
import type { Evaluation } from './evaluate.ts';
import type { LineChart } from './html-chart.ts';
import {
  digits,
  figure,
  type Html,
  html,
  htmlPage,
  percent,
  type Section,
  table,
  tiles,
  whole,
} from './html-page.ts';
import type { Measures } from './measure.ts';
import { type RunFacts, readHtml, runFactsHtml } from './run-facts.ts';
import {
  atToldRate,
  inPercent,
  SPLIT_WORDS,
  splitSections,
  splitWords,
  TOLD_MISS_RATE,
} from './split-section.ts';

export interface EvaluationReport {
  readonly evaluation: Evaluation;
  /** Names of the two files. */
  readonly train: string;
  readonly test: string;
  readonly read: { readonly train: ReadCounts; readonly test: ReadCounts };
  readonly run: RunFacts;
}

/** The page an operations lead forwards: what would be closed at which risk, and how that was measured. */
export function evaluationPage(report: EvaluationReport): Promise<string> {
  const { evaluation, train, test, read, run } = report;
  const told = toldMeasures(evaluation);
  return htmlPage({
    title: headline(told.measures),
    lead: `${told.where}; ${evaluation.tested_on_training ? train : `learned from ${train}, tested on ${test}`}.`,
    sections: [
      {
        heading: 'What decides',
        body: [warning(evaluation, told.where), decidingTiles(told.measures), sentence(told.measures)],
      },
      { heading: 'How good the model is', body: [qualityTiles(evaluation, told.measures)] },
      {
        heading: 'Alerts closed at a stated miss rate',
        body: [workloadTable(told.measures)],
        charts: [workloadChart(told.measures)],
      },
      ...splitSections(evaluation),
      {
        heading: 'By what alerts turned out to be',
        body: [classTable(told.measures), confusionTable(told.measures)],
      },
      ...ablationSection(evaluation),
      { heading: 'Which learner won', body: [selectionTable(evaluation)] },
      {
        heading: 'What was read and left out',
        body: [
          readHtml(train, read.train),
          ...(evaluation.tested_on_training ? [] : [readHtml(test, read.test)]),
        ],
      },
      { heading: 'How this was measured', body: [method(evaluation), runFactsHtml(run)] },
    ],
  });
}

interface Told {
  readonly measures: Measures;
  readonly where: string;
}

/** The figures the report leads with: of the test set, or of the most telling split where there is no other set. */
function toldMeasures(evaluation: Evaluation): Told {
  if (!evaluation.tested_on_training)
    return { measures: evaluation, where: 'Measured on alerts not learned from' };
  for (const name of Object.keys(SPLIT_WORDS)) {
    const split = evaluation.splits.find((one) => one.name === name);
    if (split !== undefined) return { measures: split, where: `Measured on ${splitWords(name)}` };
  }
  return { measures: evaluation, where: 'Measured on the very alerts learned from' };
}

function headline(measures: Measures): string {
  const closed = atToldRate(measures)?.closed.value ?? Number.NaN;
  return closed > 0
    ? `${(100 * closed).toFixed(1)} % of the alerts can be closed without a person when 1 % of the attacks may be missed`
    : 'No alert can be closed without a person when only 1 % of the attacks may be missed';
}

function warning(evaluation: Evaluation, where: string): Html {
  if (!evaluation.tested_on_training) return html``;
  const isTold = evaluation.splits.length > 0;
  return html`<p class="note">${
    isTold
      ? `Training and test set are the same file, so the figures of this page are those of its splits: ${where.toLowerCase()}, each predicted by a model that had not seen it.`
      : 'Training and test set are the same file and no split was asked for: the figures only say how well the model remembers, nothing about new alerts.'
  }</p>`;
}

const interval = ({ low, high }: { readonly low: number; readonly high: number }): Html =>
  html`95 %: ${percent(low)} to ${percent(high)}`;
const signed = (value: number): string => `${value > 0 ? '+' : ''}${value.toFixed(1)}`;

function decidingTiles(measures: Measures): Html {
  const { at_cost_threshold: cut, alerts, per_class } = measures;
  const closed = atToldRate(measures)?.closed;
  const attacks = per_class.true_positive?.support ?? 0;
  return tiles([
    ...(closed === undefined
      ? []
      : [{ label: 'closed at 1 % missed attacks', value: percent(closed.value), note: interval(closed) }]),
    {
      label: 'value per alert at the cost threshold',
      value: figure(cut.value_per_alert, signed),
      note: html`over ${whole(alerts)} alerts`,
    },
    { label: 'closed at the cost threshold', value: percent(cut.closed.value), note: interval(cut.closed) },
    {
      label: 'attacks missed there',
      value: whole(cut.missed_attacks),
      note: html`of ${whole(attacks)}, ${percent(cut.missed.value, 2)}`,
    },
  ]);
}

/** The one paragraph to take away. */
function sentence({ at_cost_threshold: cut, alerts }: Measures): Html {
  return html`<p>Of ${whole(alerts)} alerts, ${percent(cut.closed.value)} would be closed without a person at the default costs (missed attack 50,000, false alarm 500, correct close +100: everything below an attack probability of ${digits(cut.close_below, 4)}); ${whole(cut.missed_attacks)} attacks would be among them. The rest goes to an analyst. Intervals come from drawing whole incidents again.</p>`;
}

function qualityTiles(evaluation: Evaluation, measures: Measures): Html {
  return tiles([
    { label: 'macro-F1', value: digits(measures.macro_f1), note: macroNote(measures) },
    {
      label: 'ROC-AUC, attacks',
      value: digits(measures.roc_auc_tp, 4),
      note: html`1 is perfect, 0.5 chance`,
    },
    { label: 'average precision, attacks', value: digits(measures.average_precision_tp, 4) },
    {
      label: 'calibration error',
      value: digits(measures.ece),
      note: html`0 is perfect; of the predicted class, 10 bins`,
    },
    {
      label: 'µs per alert',
      value: digits(evaluation.score_us_per_alert, 1),
      note: html`scoring, one thread`,
    },
  ]);
}

function macroNote({ few_alerts_of: few }: Measures): Html {
  return few.length === 0
    ? html`mean over what occurs`
    : html`a hint: fewer than ${whole(FEW_ALERTS)} alerts of ${few.join(', ')}`;
}

function workloadTable(measures: Measures): Html {
  return table(
    ['missed attacks', 'alerts closed', '95 % from', 'to', 'closed of what is no attack'],
    measures.closed_at_miss.map(({ miss_rate, closed, noise_closed }) => [
      percent(miss_rate),
      percent(closed.value),
      percent(closed.low),
      percent(closed.high),
      percent(noise_closed.value),
    ]),
    measures.closed_at_miss.findIndex(({ miss_rate }) => miss_rate === TOLD_MISS_RATE),
  );
}

function workloadChart({ closed_at_miss: points }: Measures): LineChart {
  return {
    title: 'The more attacks may be missed, the more alerts close themselves',
    words:
      'Share of alerts closed over the share of attacks missed, with a 95 % interval; the table above has the numbers.',
    xLabel: 'attacks missed, %',
    yLabel: 'alerts closed, %',
    x: points.map(({ miss_rate }) => inPercent(miss_rate)),
    series: [
      {
        label: 'alerts closed; band: 95 % interval',
        y: points.map(({ closed }) => inPercent(closed.value)),
        low: points.map(({ closed }) => inPercent(closed.low)),
        high: points.map(({ closed }) => inPercent(closed.high)),
      },
    ],
  };
}

function classTable({ per_class }: Measures): Html {
  return table(
    ['turned out', 'precision', 'recall', 'F1', 'alerts'],
    Object.entries(per_class).map(([name, { precision, recall, f1, support }]) => [
      name,
      digits(precision),
      digits(recall),
      digits(f1),
      whole(support),
    ]),
  );
}

function confusionTable({ classes, confusion }: Measures): Html {
  // a class that neither occurs nor is predicted would only be zeros
  const shown = classes
    .map((_, c) => c)
    .filter((c) =>
      confusion.some((row, label) => (row[c] ?? 0) > 0 || (label === c && row.some((n) => n > 0))),
    );
  return table(
    ['turned out', ...shown.map((c) => `said ${classes[c]}`)],
    shown.map((label) => [classes[label], ...shown.map((c) => whole(confusion[label]?.[c] ?? 0))]),
  );
}

function selectionTable({ tournament, model }: Evaluation): Html {
  if (tournament.length === 0) {
    return html`<p>${model}, without a contest: too few judged alerts to tell learners apart.</p>`;
  }
  return html`<p>All learners predicted the same folds of the training set, incidents kept whole; the least cost wins, ties go to the simpler one. A learner that was hopeless after one fold played no further one.</p>${table(
    ['learner', 'cost per alert', 'Brier', 'macro-F1', 'calibration error', 'folds', ''],
    tournament.map((one) => [
      one.algorithm,
      digits(one.expected_cost, 1),
      digits(one.brier, 4),
      digits(one.macro_f1),
      digits(one.calibration_error),
      whole(one.folds),
      one.won ? 'won' : '',
    ]),
    tournament.findIndex(({ won }) => won),
  )}`;
}

function ablationSection({ ablation }: Evaluation): Section[] {
  const complete = ablation.find(({ without }) => without === null);
  if (complete === undefined) return [];
  return [
    {
      heading: 'Which features carry it',
      body: [
        html`<p>Fitted again without one group of features each, on one fold by incident, uncalibrated. A group that others can stand in for loses little.</p>`,
        table(
          ['left out', 'macro-F1', 'lost', 'ROC-AUC'],
          ablation.map(({ without, macro_f1, roc_auc_tp }) => [
            without ?? 'nothing',
            digits(macro_f1),
            // A difference of two figures of the table, so no figure of its own.
            (complete.macro_f1 - macro_f1).toFixed(3),
            digits(roc_auc_tp, 4),
          ]),
        ),
      ],
    },
  ];
}

function method(evaluation: Evaluation): Html {
  return html`<p>${evaluation.model}, fitted on ${whole(evaluation.fit_alerts)} alerts in ${digits(evaluation.fit_seconds, 1)} s by the path that serves: read, normalise, extract, tournament, fit, calibrate, score. No synthetic alert took part. Seed ${figure(evaluation.seed, String)}.</p>`;
}
