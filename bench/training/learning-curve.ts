// What each release of a learning run is worth: judgements arrive in the order of time, a retrain follows every so
// many, and what serves is asked about alerts that no judgement has spoken of: how many it gets right beside a model
// fitted freely on the same judgements (no gate), how many it would close, and how many attacks are among them. Of the
// alerts whose source, rule and tenant have been judged enough it also counts what is closed beside what the same model
// would close if nothing but its probabilities were asked, cut where that misses no more attacks.
//
//   node bench/training/learning-curve.ts --guide FILE [--every 100] [--until 2000] [--test 3600] [--candidates a,b]
import { parseArgs } from 'node:util';
import { DISPOSITIONS } from '../../src/alert/alert.ts';
import { EMPTY_CONTEXT } from '../../src/alert/context.ts';
import { attackProbability, labelOf, TRUE_POSITIVE } from '../../src/alert/disposition.ts';
import { effectiveJudgement } from '../../src/alert/judgement.ts';
import type { AlertSnapshot } from '../../src/alert/snapshot.ts';
import type { LabelledAlert } from '../../src/evaluation/labelled-alert.ts';
import { readLabelled } from '../../src/evaluation/readers/read-labelled.ts';
import { snapshotOf } from '../../src/features/alert-feature-extractor.ts';
import { newCounts } from '../../src/logs/skip-counts.ts';
import { AlertClassifier } from '../../src/models/alert-classifier.ts';
import type { ClassifierAlgorithm } from '../../src/models/learners/learners.ts';
import { ConformalSets } from '../../src/policy/conformal.ts';
import { decide } from '../../src/policy/decision.ts';
import { DEFAULT_POLICY } from '../../src/policy/policy.ts';
import type { FeedbackSample } from '../../src/store/feedback-store.ts';
import { train } from '../../src/training/fit/train.ts';
import { compare } from '../../src/training/gate/compare.ts';
import { CRITICAL_CASES } from '../../src/training/gate/critical-cases.ts';
import { DEFAULT_TRAINING_SETTINGS } from '../../src/training/training-settings.ts';

const { values: options } = parseArgs({
  options: {
    guide: { type: 'string' },
    wazuh: { type: 'string', default: 'test/fixtures/wazuh178/wazuh178.jsonl.gz' },
    every: { type: 'string', default: '100' },
    until: { type: 'string', default: '2000' },
    test: { type: 'string', default: '3600' },
    candidates: { type: 'string', default: DEFAULT_TRAINING_SETTINGS.candidates.join(',') },
    order: { type: 'string', default: 'both' },
  },
});
if (options.guide === undefined)
  throw new RangeError('Expected --guide FILE, the labelled set to learn from.');
const every = Number(options.every);
const settings = {
  ...DEFAULT_TRAINING_SETTINGS,
  candidates: options.candidates.split(',') as ClassifierAlgorithm[],
};
const ANALYSTS = ['ann', 'ben', 'cleo', 'dan'];

interface Judged {
  readonly snapshot: AlertSnapshot;
  readonly alert: LabelledAlert['alert'];
  readonly label: number;
}

async function read(path: string, format: 'guide' | 'wazuh'): Promise<Judged[]> {
  const judged: Judged[] = [];
  for await (const { alert, disposition, group } of readLabelled(path, format, newCounts())) {
    const snapshot = { ...snapshotOf(alert, EMPTY_CONTEXT), group };
    judged.push({ snapshot, alert, label: labelOf(disposition) });
  }
  return judged.sort((a, b) => Date.parse(a.snapshot.occurredAt) - Date.parse(b.snapshot.occurredAt));
}

function sampleOf({ snapshot, label }: Judged, i: number): FeedbackSample {
  const at = new Date(Date.parse(snapshot.occurredAt) + 86_400_000).toISOString();
  const votes = [
    { analyst: ANALYSTS[i % ANALYSTS.length]!, disposition: DISPOSITIONS[label]!, at, verified: true },
  ];
  return { snapshot, votes, effective: effectiveJudgement(votes), rev: 1, ruling: undefined };
}

/** Of the alerts whose source, rule and tenant have been judged enough. */
interface KnownKinds {
  readonly alerts: number;
  readonly closed: number;
  /** By probabilities alone, as far as that misses no more attacks. */
  readonly closedWithoutGuards: number;
}

interface Worth {
  readonly knownKinds: KnownKinds;
  readonly right: number;
  readonly closed: number;
  readonly attacksClosed: number;
  readonly attacks: number;
}

/** What serving this model would have done with alerts nobody has judged; audit samples count as closed. */
function worthOf(model: AlertClassifier, isProvisional: boolean, test: readonly Judged[]): Worth {
  const sets = new ConformalSets(model.conformal, DEFAULT_POLICY.alpha);
  const policy = { ...DEFAULT_POLICY, audit_share: 0 };
  let right = 0;
  let closed = 0;
  let attacksClosed = 0;
  let attacks = 0;
  let nKnown = 0;
  let closedKnown = 0;
  let missedKnown = 0;
  const unguarded: { readonly attack: number; readonly isAttack: boolean }[] = [];
  for (const { snapshot, alert, label } of test) {
    const probabilities = model.probabilities(snapshot);
    if (probabilities.indexOf(Math.max(...probabilities)) === label) right++;
    const asked = { probabilities, severity: alert.severity, alertKey: snapshot.alertKey };
    const judged = model.judgedLike(snapshot);
    const known = {
      isProvisional,
      judged,
      isOutside: () => model.support?.isOutside(snapshot) ?? false,
    };
    const isClosed = decide({ ...asked, known }, policy, sets).decision === 'close';
    const isAttack = label === TRUE_POSITIVE;
    if (isAttack) attacks++;
    const { close_from: least } = policy;
    const tenant = judged.tenant ?? least.tenant;
    if (judged.source >= least.source && judged.rule >= least.rule && tenant >= least.tenant) {
      nKnown++;
      if (isClosed) closedKnown++;
      if (isClosed && isAttack) missedKnown++;
      const open = { ...known, isProvisional: false, isOutside: () => false };
      if (decide({ ...asked, known: open }, policy, sets).decision === 'close')
        unguarded.push({ attack: attackProbability(probabilities), isAttack });
    }
    if (!isClosed) continue;
    closed++;
    if (isAttack) attacksClosed++;
  }
  const knownKinds = {
    alerts: nKnown,
    closed: closedKnown,
    closedWithoutGuards: closedAtMissed(unguarded, missedKnown),
  };
  return { right: right / test.length, closed, attacksClosed, attacks, knownKinds };
}

/** How many are closed from the least attack-like upwards before one attack more than `missed` is among them. */
function closedAtMissed(
  closed: { readonly attack: number; readonly isAttack: boolean }[],
  missed: number,
): number {
  let nAttacks = 0;
  const ordered = closed.toSorted((a, b) => a.attack - b.attack);
  const tooFar = ordered.findIndex(({ isAttack }) => isAttack && ++nAttacks > missed);
  return tooFar < 0 ? ordered.length : tooFar;
}

/** One learning run over `stream`, tested on `test` after each retrain. */
function run(name: string, stream: readonly Judged[], test: readonly Judged[]): void {
  console.log(`\n${name}: ${stream.length} judgements, tested on ${test.length} alerts`);
  console.log(
    'judged  decision              right (free)   closed  attacks closed  known kinds closed (no guards)  why',
  );
  const job = (samples: readonly FeedbackSample[], previousDataset: Uint8Array | undefined) => ({
    settings,
    policy: DEFAULT_POLICY,
    codeVersion: 'bench',
    previousDataset,
    samples,
    catalogs: {},
    exclusions: [],
    previousTraffic: undefined,
    traffic: [],
    nowMs: Date.parse(stream.at(-1)!.snapshot.occurredAt),
  });
  const quiet = (): void => {};
  let tip = train(job([], undefined), quiet);
  let serving = {
    bytes: tip.models.classifier!.bytes,
    dataset: tip.dataset.bytes,
    version: '0',
    provisional: true,
  };
  let worstGap = 0;
  let worstMiss = 0;
  for (let from = 0; from < stream.length; from += every) {
    const samples = stream.slice(from, from + every).map((one, i) => sampleOf(one, from + i));
    tip = train(job(samples, tip.dataset.bytes), quiet);
    const challenger = tip.models.classifier!.bytes;
    const { classifier: report } = compare(
      {
        settings,
        policy: DEFAULT_POLICY,
        exclusions: [],
        dataset: tip.dataset.bytes,
        traffic: undefined,
        challengers: { classifier: challenger },
        outOfFold: tip.outOfFold,
        champions: { classifier: serving },
        memory: {},
        criticalCases: CRITICAL_CASES,
        nowMs: 0,
      },
      quiet,
    );
    const passes = report?.passes ?? false;
    if (passes) {
      serving = {
        bytes: challenger,
        dataset: tip.dataset.bytes,
        version: String(from + samples.length),
        provisional: report!.provisional,
      };
    }
    const worth = worthOf(AlertClassifier.from(serving.bytes), serving.provisional, test);
    const free = worthOf(AlertClassifier.from(challenger), false, test);
    const { knownKinds: kinds } = worth;
    worstGap = Math.max(worstGap, free.right - worth.right);
    worstMiss = Math.max(worstMiss, worth.attacks === 0 ? 0 : worth.attacksClosed / worth.attacks);
    const decision = `${passes ? 'promoted' : 'refused'}${report?.provisional ? ', provisional' : ''}`;
    console.log(
      [
        String(from + samples.length).padStart(6),
        decision.padEnd(21),
        `${(100 * worth.right).toFixed(1)} % (${(100 * free.right).toFixed(1)})`.padEnd(14),
        String(worth.closed).padStart(6),
        `${worth.attacksClosed} of ${worth.attacks}`.padStart(14),
        `${kinds.closed} (${kinds.closedWithoutGuards}) of ${kinds.alerts}`.padEnd(30),
        `free closes ${free.closed} with ${free.attacksClosed} attacks; ${passes ? '' : report?.reasons[0]}`,
      ].join('  '),
    );
  }
  console.log(
    `largest lead of a free fit ${(100 * worstGap).toFixed(1)} points; attacks closed at most ${(100 * worstMiss).toFixed(2)} % at any moment`,
  );
}

const guide = await read(options.guide, 'guide');
const wazuh = await read(options.wazuh, 'wazuh');
const until = Math.min(Number(options.until), guide.length);
const later = guide.slice(until, until + Number(options.test));
if (options.order !== 'guide') run('one product, then strangers', wazuh, later);
run('one customer set over time', guide.slice(0, until), later);
if (options.order !== 'wazuh')
  run('then a product never judged', guide.slice(0, until).slice(-every * 4), wazuh);
