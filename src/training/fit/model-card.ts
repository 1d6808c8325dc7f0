import { DISPOSITIONS } from '../../alert/alert.ts';
import { READER_VERSION } from '../../alert/reader-version.ts';
import type { ModelName } from '../../models/model-name.ts';
import { MAX_AUDIT_WEIGHT } from '../../policy/audit-sample.ts';
import { type Dataset, judgedAtMs, readEarlier } from '../dataset/dataset.ts';
import type { Judged } from '../dataset/judgements.ts';
import { type LearningSet, samplingWeightsAt } from '../dataset/learning-set.ts';
import type { TrafficRow } from '../dataset/traffic.ts';
import { auditedAlerts } from '../measures/champion-comparison.ts';
import { FEW_ALERTS } from '../measures/few-alerts.ts';
import type { TrainingJob } from '../trainer.ts';
import { inMarkdown } from './in-markdown.ts';
import { selectionLines } from './selection-lines.ts';

/** Judged audit samples below which a miss rate is a hint. */
const FEW_AUDIT_SAMPLES = 100;

/** What a card says beside the metrics. */
export interface CardFacts {
  readonly dataset: Dataset;
  readonly datasetSha: string;
  readonly set: LearningSet;
  readonly judged: Judged;
  readonly job: TrainingJob;
  readonly hash12: string;
  readonly traffic: readonly TrafficRow[] | undefined;
}

const PURPOSE: Record<ModelName, string> = {
  classifier:
    'Says what a security alert is: true_positive, false_positive, suspicious or benign, with calibrated probabilities.',
  anomaly: 'Says whether a security alert is unlike the traffic of the last days. It learns no labels.',
  scorer: 'Says how bad a security alert is, 0-100.',
};

const LIMITS: Record<ModelName, readonly string[]> = {
  classifier: [
    'A rule, tenant or entity without a record is judged from the alert alone, with less certainty.',
    'Probabilities are calibrated on judged alerts: where analysts judge only some kinds of alerts, the others are extrapolated.',
    'It repeats the analysts: a mistake that all of them make is learned.',
  ],
  anomaly: [
    'Rare is not bad: maintenance windows and new products are flagged as well.',
    'What is attacked all the time is ordinary to it, apart from alerts that were judged as attacks.',
    'Contamination moves the flag, not the score.',
  ],
  scorer: [
    'Where no risk was given, a table of disposition and severity stands in at half weight; the share is stated above.',
    'Risk never falls when severity, vendor score or intel hits rise; everything else may go either way.',
  ],
};

/** The model card of one version, as markdown. A pure function of the run: the same run writes the same card. */
export function modelCard(
  name: ModelName,
  facts: CardFacts,
  metrics: Readonly<Record<string, unknown>>,
  sha256: string,
): string {
  const { dataset, set, judged, job } = facts;
  const training = (metrics['training'] ?? {}) as Record<string, unknown>;
  const judgedTimes = dataset.rows.map(judgedAtMs);
  const lines = [
    `# Model card: ${name}`,
    '',
    PURPOSE[name],
    '',
    '## Data',
    '',
    ...table([
      ['judged alerts in the training set', String(dataset.rows.length)],
      ['of these teaching', String(judged.taught.length)],
      ['in the fit / held out (10 % of incidents)', `${set.fit.length} / ${set.heldOut.length}`],
      [
        'held back by the guards / rejected / excluded',
        `${judged.quarantined.size} / ${judged.rejected.length} / ${judged.excluded.length}`,
      ],
      ['judged between', `${moment(Math.min(...judgedTimes))} and ${moment(Math.max(...judgedTimes))}`],
      ...readerLines(dataset),
      ['alerts occurred between', `${training['oldest_at'] ?? 'n/a'} and ${training['newest_at'] ?? 'n/a'}`],
      ...DISPOSITIONS.map(
        (disposition, c) => [`judged ${disposition}, in the fit`, String(set.judgedPerClass[c])] as const,
      ),
      ['synthetic rows in the fit', syntheticShare(training)],
      ...(name === 'scorer' ? [['share of imputed risks', String(metrics['imputed_share'])] as const] : []),
      ...(name === 'anomaly' ? [['logged alerts', String(facts.traffic?.length ?? 0)] as const] : []),
      ['excluded analysts', job.exclusions.map(({ analyst }) => inMarkdown(analyst)).join(', ') || 'none'],
    ]),
    '',
    '## Numbers',
    '',
    'Intervals of 90 % over resamples of whole incidents. Out-of-fold rows were predicted by models that had not seen',
    'their incident; the record of rules and tenants was refitted in each fold.',
    ...auditLines(samplingWeightsAt(set, [...set.rows.labels.keys()])),
    '',
    DEFINITIONS[name],
    'docs/evaluation.md says of each number which library it agrees with, and on which input that is tested.',
    '',
    ...evaluationLines(metrics),
    ...selectionLines(metrics['tournament']),
    ...importanceLines(metrics['importances']),
    '## Known limits',
    '',
    ...limits(name, metrics).map((limit) => `- ${limit}`),
    '',
    '## Origin',
    '',
    ...table([
      ['algorithm', String(metrics['algorithm'])],
      ['seed', String(metrics['seed'])],
      ['artefact sha256', sha256],
      ['training set sha256', facts.datasetSha],
      ['run hash', facts.hash12],
      ['feature catalogue', dataset.catalogId],
      ['code', job.codeVersion],
    ]),
    '',
  ];
  return lines.join('\n');
}

/** How many alerts an earlier reader had read: their columns and record keys may say otherwise than today's would. */
function readerLines(dataset: Dataset): (readonly [string, string])[] {
  const nEarlier = readEarlier(dataset);
  return nEarlier === 0
    ? []
    : [[`read by a reader before version ${READER_VERSION}`, `${nEarlier} of ${dataset.rows.length}`]];
}

/** What the weights of audit samples mean for the numbers; nothing where there are none. */
function auditLines(samplingWeights: Float64Array): string[] {
  const nAudited = auditedAlerts(samplingWeights);
  if (nAudited === 0) return ['Every judged alert counts as itself: none is an audit sample of closed ones.'];
  return [
    `${nAudited} judged alerts are audit samples: each stands for the alerts that were closed unseen beside it, at most`,
    `${MAX_AUDIT_WEIGHT}; effective alerts is how many equally weighted ones would know as much.`,
    ...(nAudited < FEW_AUDIT_SAMPLES
      ? [`What is missed among closed alerts rests on these ${nAudited}; ${FEW_AUDIT_SAMPLES} are needed.`]
      : []),
  ];
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  return ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${name} | ${value} |`)];
}

function moment(ms: number): string {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : 'n/a';
}

function syntheticShare(training: Record<string, unknown>): string {
  const [n, synthetic] = [Number(training['n_rows'] ?? 0), Number(training['n_synthetic'] ?? 0)];
  if (n === 0) return 'none';
  const share = ((100 * synthetic) / n).toFixed(1);
  return `${synthetic} of ${n} rows, ${share} % (by weight less: they fade as judgements come in)`;
}

function limits(name: ModelName, metrics: Readonly<Record<string, unknown>>): string[] {
  const few = metrics['synthetic_only_classes'];
  return [
    ...(metrics['synthetic_only'] === true
      ? ['Trained on synthetic alerts alone: its numbers say nothing about real ones.']
      : []),
    ...(Array.isArray(few) && few.length > 0 ? [`Known from synthetic alerts only: ${few.join(', ')}.`] : []),
    ...LIMITS[name],
  ];
}

/** How the numbers below are computed, where libraries differ. */
const DEFINITIONS: Readonly<Record<ModelName, string>> = {
  classifier:
    'calibration_error: of the predicted class, 10 bins of equal width, a value on an edge in the bin above. brier: squares ' +
    'summed over the classes. macro_f1: plain mean over classes met or predicted. roc_auc_attack: true_positive against ' +
    'the rest by p(true_positive) + 0.5 p(suspicious), ties half.',
  scorer:
    'r2: 1 for an exact constant, 0 for another. roc_auc_attack: true_positive against the rest by risk, ties half.',
  anomaly:
    'Flagged: a score above the (1 - contamination) quantile of the fit, not at it. roc_auc: ties half; injected rows are ' +
    'columns drawn apart.',
};

function evaluationLines(metrics: Readonly<Record<string, unknown>>): string[] {
  const evaluation = metrics['evaluation'];
  if (!Array.isArray(evaluation)) {
    const shown = [
      'traffic_rows',
      'contamination',
      'measured_on',
      'measured_rows',
      'flagged_share',
      'roc_auc_injected',
      'roc_auc_judged',
      'judged_rows',
    ];
    return [...table(shown.map((key) => [key, String(metrics[key])] as const)), ''];
  }
  return evaluation.flatMap((split: Record<string, unknown>) => [
    `### ${String(split['split']).replaceAll('_', ' ')} (${String(split['samples'])} alerts)`,
    '',
    ...table(
      Object.entries(split)
        .filter(([key]) => key !== 'split' && key !== 'samples' && key !== 'few_alerts_of')
        .map(([key, value]) => [key, formatted(value)] as const),
    ),
    ...fewLines(split['few_alerts_of']),
    '',
  ]);
}

function fewLines(few: unknown): string[] {
  if (!Array.isArray(few) || few.length === 0) return [];
  return ['', `Macro-F1 rests on fewer than ${FEW_ALERTS} alerts of ${few.join(', ')}: read it as a hint.`];
}

function formatted(value: unknown): string {
  if (value === null || value === undefined) return 'too few alerts';
  if (typeof value !== 'object') return String(value);
  const { value: middle, low, high } = value as { value: number; low: number; high: number };
  return `${middle} (${low} to ${high})`;
}

function importanceLines(importances: unknown): string[] {
  if (!Array.isArray(importances) || importances.length === 0) return [];
  return [
    '### What it looks at',
    '',
    ...table(
      importances
        .slice(0, 15)
        .map(({ feature, importance }) => [String(feature), Number(importance).toPrecision(3)] as const),
    ),
    '',
  ];
}
