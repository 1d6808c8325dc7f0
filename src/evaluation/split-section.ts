import type { EvaluatedSplit, Evaluation } from './evaluate.ts';
import type { LineChart } from './html-chart.ts';
import { digits, type Html, html, percent, type Section, table, whole } from './html-page.ts';
import type { KeptPromises } from './known-promises.ts';
import type { Measures } from './measure.ts';

/** The miss rate that decides; the others are in the table. */
export const TOLD_MISS_RATE = 0.01;

/** What is closed at the miss rate that decides. */
export const atToldRate = ({ closed_at_miss }: Measures) =>
  closed_at_miss.find(({ miss_rate }) => miss_rate === TOLD_MISS_RATE);

export const inPercent = (share: number): number => 100 * share;

/** What each split tests, the most telling first. */
export const SPLIT_WORDS: Readonly<Record<string, string>> = {
  incident: 'alerts of incidents not learned from',
  time: 'the last quarter of the days, learned from those before',
  rule: 'alerts of rules nobody has judged yet',
  tenant: 'alerts of tenants nobody has judged yet',
  random: 'alerts drawn at random, incidents torn apart (optimistic)',
};
export const splitWords = (name: string): string => SPLIT_WORDS[name] ?? name;

/** How the model fares where it knows less; nothing without splits. */
export function splitSections({ splits, by_record }: Evaluation): Section[] {
  if (splits.length === 0) return [];
  return [
    {
      heading: 'What to expect where the model knows less',
      body: [
        html`<p>Parts of the training set, each predicted by a model that has not seen it. "Closed at 1 % missed" chooses its cut on the tested alerts themselves: a curve, no promise. The cut known before, for 1 % missed, was set without them.</p>`,
        splitTable(splits),
        promiseTable(splits),
        recordTable(by_record),
      ],
      charts: [splitChart(splits)],
    },
  ];
}

function splitTable(splits: readonly EvaluatedSplit[]): Html {
  return table(
    [
      'tested on',
      'folds',
      'alerts',
      'macro-F1',
      'ROC-AUC',
      'calibration error',
      'closed at 1 % missed',
      '95 % interval',
    ],
    splits.map((split) => {
      const closed = atToldRate(split)?.closed;
      return [
        splitWords(split.name),
        whole(split.folds),
        whole(split.alerts),
        html`${digits(split.macro_f1, 3)}${split.few_alerts_of.length === 0 ? '' : ' (few alerts)'}`,
        digits(split.roc_auc_tp, 4),
        digits(split.ece),
        percent(closed?.value ?? null),
        closed === undefined ? '' : html`${percent(closed.low)} to ${percent(closed.high)}`,
      ];
    }),
  );
}

/** What was promised without a look at the tested alerts, and what came of it. */
function promiseTable(splits: readonly EvaluatedSplit[]): Html {
  return table(
    ['tested on', 'closed at the cut known before', 'attacks missed there', 'attacks in a 95 % set'],
    splits.flatMap(({ name, known_before, known_before_two_days: first }) => [
      promiseRow(splitWords(name), known_before),
      ...(first === undefined ? [] : [promiseRow(`${splitWords(name)}: its first two days`, first)]),
    ]),
  );
}

const promiseRow = (words: string, { closed, missed, covered }: KeptPromises): readonly (string | Html)[] => [
  words,
  percent(closed),
  percent(missed),
  percent(covered),
];

/** What the judgements that come after an alert are worth to its track record. */
function recordTable(figures: Evaluation['by_record']): Html {
  return table(
    ['by incident, with the track record', 'alerts', 'macro-F1', 'ROC-AUC', 'calibration error'],
    figures.map(({ record, alerts, macro_f1, roc_auc_tp, ece }) => [
      record === 'prequential' ? 'of the day: what had been judged by then' : 'of all other folds',
      whole(alerts),
      digits(macro_f1, 3),
      digits(roc_auc_tp, 4),
      digits(ece),
    ]),
  );
}

function splitChart(splits: readonly EvaluatedSplit[]): LineChart {
  return {
    title: 'Alerts closed on each split',
    words: 'Share of alerts closed over the share of attacks missed, one line for each split.',
    xLabel: 'attacks missed, %',
    yLabel: 'alerts closed, %',
    x: (splits[0] as EvaluatedSplit).closed_at_miss.map(({ miss_rate }) => inPercent(miss_rate)),
    series: splits.map((split) => ({
      label: split.name,
      y: split.closed_at_miss.map(({ closed }) => inPercent(closed.value)),
    })),
  };
}
