import type { LogManifest } from '../logs/log-package.ts';
import type { Reading } from '../logs/reading-tally.ts';
import type { StudyResult } from '../logs/study/study-result.ts';
import {
  bar,
  digits,
  facts,
  figure,
  type Html,
  html,
  htmlPage,
  percent,
  table,
  tiles,
  whole,
} from './html-page.ts';
import { readingHtml } from './reading-html.ts';
import { type RunFacts, runFactsHtml } from './run-facts.ts';
import { waterfall } from './waterfall.ts';

export interface StudyReport extends StudyResult {
  readonly subject: string;
  readonly run: RunFacts;
  readonly reading: Reading;
  readonly manifest: LogManifest;
}

/** What was learned from raw logs and how it does on the later part. */
export function studyPage(report: StudyReport, folder: string): Promise<string> {
  const { test, subject } = report;
  return htmlPage({
    title: `ROC-AUC ${test.roc_auc.toFixed(3)} on what came later: ${subject}`,
    lead: `Tested on ${test.how}: ${test.rows.toLocaleString('en-US')} rows, ${test.attacks.toLocaleString('en-US')} attacks.`,
    sections: [
      { heading: 'What decides', body: [decides(report)] },
      { heading: 'Attacks by kind', body: [kinds(report)] },
      { heading: 'Where to alarm', body: [cuts(report)] },
      { heading: 'Why the highest attacks are so', body: waterfalls(report) },
      { heading: 'What the model looks at', body: [importances(report)] },
      { heading: 'What is never learned from', body: [leaks(report)] },
      { heading: 'Which learner won', body: [contestants(report)] },
      { heading: 'What was read', body: readingHtml(report.reading) },
      { heading: 'Package', body: [packageHtml(report.manifest, folder)] },
      { heading: 'How this was measured', body: [method(report), runFactsHtml(report.run)] },
    ],
  });
}

function decides({ test }: StudyReport): Html {
  const { without_duplicates: without } = test;
  const unseen = test.kinds.filter(({ seen }) => !seen).length;
  return tiles([
    {
      label: 'ROC-AUC',
      value: digits(test.roc_auc, 4),
      note: html`by the model alone ${digits(test.model_roc_auc, 4)}; average precision ${digits(test.average_precision, 4)}`,
    },
    {
      label: 'without repeats of learned rows',
      value: digits(without.roc_auc, 4),
      note: html`${whole(without.rows)} rows`,
    },
    { label: 'test attacks', value: whole(test.attacks), note: html`of ${whole(test.rows)} rows` },
    {
      label: 'kinds never seen in fitting',
      value: whole(unseen),
      note: html`of ${whole(test.kinds.length)}`,
    },
  ]);
}

function kinds({ test }: StudyReport): Html {
  return table(
    [
      'kind',
      'n',
      'seen in fitting',
      'found at the cost cut',
      'found at 1 % false alarms',
      'by the model alone',
    ],
    test.kinds.map(({ kind, n, seen, found_at_cut: atCut, found_at_1pct: at1, model_at_1pct: model }) => [
      kind,
      whole(n),
      seen ? 'yes' : 'never',
      percent(atCut),
      percent(at1),
      percent(model),
    ]),
  );
}

function cuts({ test }: StudyReport): Html {
  const rows = table(
    ['cut', 'why', 'alarms from', 'alarms', 'a day', 'found', 'missed', 'false alarms', 'value'],
    test.cuts.map((one) => [
      one.name.replaceAll('_', ' '),
      one.why,
      figure(one.score, (value) => value.toPrecision(3)),
      whole(one.alarms),
      whole(one.alarms_per_day),
      whole(one.found),
      whole(one.missed),
      whole(one.false_alarms),
      whole(one.value),
    ]),
  );
  const plain = table(
    ['plain detector', 'attacks', 'others'],
    test.detectors.map(({ what, attacks, others }) => [what, whole(attacks), whole(others)]),
  );
  return html`${rows}<p>Rules that learned nothing; who meets one ranks above all but half a percent of calm rows, and alarms at the cuts by alarms a day and by 1 %:</p>${plain}`;
}

function waterfalls({ top_attacks: attacks }: StudyReport): Html[] {
  const shown = (value: number | null): string =>
    value === null ? 'missing' : String(Number(value.toPrecision(5)));
  return attacks.map(({ line, kind, score, base, contributions, others }) => {
    const steps = [
      ...contributions.map(({ feature, value, adds }) => ({ label: `${feature} = ${shown(value)}`, adds })),
      { label: 'all other columns', adds: others },
    ];
    return html`<h3>${kind}, line ${String(line)}</h3><p>Attack probability ${digits(score, 4)} after calibration.</p>${waterfall(base, steps)}`;
  });
}

function importances({ importances: list }: StudyReport): Html {
  const most = list[0]?.importance ?? 0;
  return html`<p>Average precision lost on the test part when one column is shuffled.</p>${table(
    ['column', 'lost', 'share of the largest'],
    list.map(({ feature, importance }) => [
      feature,
      digits(importance, 4),
      bar(most > 0 ? importance / most : 0),
    ]),
  )}`;
}

function leaks({ leaks: list }: StudyReport): Html {
  if (list.length === 0) return html`<p>No column tells the answer.</p>`;
  return table(
    ['column', 'why', ''],
    list.map(({ column, why, kept }) => [column, why, kept ? 'kept' : 'left out']),
  );
}

function contestants({ contestants: list }: StudyReport): Html {
  return html`<p>Chosen by the last part of the fit rows; on a tie the forest, which holds on kinds never seen.</p>${table(
    ['learner', 'ROC-AUC, last part of fitting', 'ROC-AUC, test', ''],
    list.map(({ name, roc_auc, test_roc_auc, won }) => [
      name,
      digits(roc_auc, 5),
      digits(test_roc_auc, 5),
      won ? 'won' : '',
    ]),
    list.findIndex(({ won }) => won),
  )}`;
}

function packageHtml(manifest: LogManifest, folder: string): Html {
  return facts([
    ['model', `${manifest.algorithm}, ${manifest.model}`],
    ['format', `${manifest.input.format}, bytes ${manifest.input.bytes_layer}`],
    ['bytes', whole(manifest.size_bytes)],
    ['sha256', html`<code>${manifest.sha256}</code>`],
    ['to verify', html`<code>cd ${folder} &amp;&amp; sha256sum -c SHA256SUMS</code>`],
  ]);
}

function method({ labels, fit, seed, features, seconds }: StudyReport): Html {
  return html`<p>Labels: ${labels.from}; ${whole(labels.attacks)} attacks, ${whole(labels.rest)} others, ${whole(labels.none)} rows without. Learned from ${whole(fit.rows)} rows with ${whole(fit.attacks)} attacks and ${String(features.length)} columns in ${digits(seconds, 1)} s. A column about what happened before sees only events that had ended before the row began. Seed ${figure(seed, String)}.</p>`;
}
