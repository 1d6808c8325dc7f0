import type { CostMatrix } from '../../policy/policy.ts';
import {
  auditedAlerts,
  type ClassifierWords,
  type ComparedAlerts,
  classifierSkill,
  compareClassifiers,
  compareScorers,
  drawsOf,
  effectiveSampleSize,
  plainDrawsOf,
  type Skill,
  scorerSkill,
} from '../measures/champion-comparison.ts';
import type { PairedComparison } from '../measures/paired-bootstrap.ts';
import type { GateReport } from '../trainer.ts';
import type { GateSettings } from '../training-settings.ts';

/** Predictions of one earlier scorer over the compared alerts, (n,). */
export interface Predicted {
  readonly version: string;
  readonly predictions: Float64Array;
}

/** Words of one earlier classifier over the compared alerts. */
export interface ReleasedWords extends ClassifierWords {
  readonly version: string;
}

/** Critical cases by what became of them. */
export interface CriticalOutcome {
  readonly checked: number;
  /** Missed by the challenger: none may be. */
  readonly missed: readonly string[];
  /** Of these, missed by what serves and by the releases to match as well. */
  readonly missedByAll: readonly string[];
}

export interface GateInput<Challenger, Earlier extends { readonly version: string }> {
  readonly alerts: ComparedAlerts;
  readonly challenger: Challenger;
  /** Left out where this build cannot read what serves. */
  readonly champion: Earlier | undefined;
  /** The releases to match, scored again on these alerts; none where the decision is provisional. */
  readonly memory: readonly Earlier[];
  readonly provisional: boolean;
  readonly gate: GateSettings;
  readonly seed: number;
}

const rounded = (value: number): number => Number(value.toPrecision(6));

/**
 * Whether a classifier may serve. It fails where it is worse than the champion, or than the best release of the
 * memory, beyond the margin of any measure (of the cost only where the release may close something) in at least `refuseAt` of the resamples; where it misses a critical case;
 * or where it cannot be told from knowing the class shares alone, which is what random judgements leave behind.
 */
export function gateClassifier(
  input: GateInput<ClassifierWords, ReleasedWords> & {
    readonly costs: CostMatrix;
    readonly critical: CriticalOutcome;
  },
): GateReport {
  const { alerts, challenger, gate, costs, critical } = input;
  const draws = drawsOf(alerts, gate, input.seed);
  // A provisional release closes nothing, so what closing at the cut would cost is no measure of what it does.
  const isDone = ({ name }: PairedComparison): boolean => !input.provisional || name !== 'expected_cost';
  const compare = (other: ReleasedWords): PairedComparison[] =>
    compareClassifiers(alerts, other, challenger, costs, gate, draws).filter(isDone);
  const plain = plainDrawsOf(alerts, gate, input.seed);
  const skill = tooFew(input)
    ? undefined
    : classifierSkill(alerts, challenger.probabilities, gate.skillConfidence, plain);
  const failures = [
    ...critical.missed.map((id) =>
      critical.missedByAll.includes(id)
        ? `critical case ${id} would be missed, as it is by what serves: retire it if it is judged otherwise by now`
        : `critical case ${id} would be missed`,
    ),
    ...skillFailures(input, skill, 'the class shares alone'),
  ];
  return conclude(input, compare, failures, [], {
    skill: skill && { value: rounded(skill.value), low: rounded(skill.low) },
    critical_cases: critical.checked,
    critical_missed: critical.missed,
  });
}

/** Whether a scorer may serve: the same, by R2 of given risks or the ROC-AUC of its risk. */
export function gateScorer(input: GateInput<Float64Array, Predicted>): GateReport {
  const { alerts, challenger, gate } = input;
  const draws = drawsOf(alerts, gate, input.seed);
  const compare = (other: Predicted): PairedComparison[] => {
    const one = compareScorers(alerts, other.predictions, challenger, gate, draws);
    return one === undefined ? [] : [one];
  };
  const plain = plainDrawsOf(alerts, gate, input.seed);
  const skill = tooFew(input) ? undefined : scorerSkill(alerts, challenger, gate.skillConfidence, plain);
  return conclude(input, compare, skillFailures(input, skill, 'a coin'), [], {
    skill: skill && { value: rounded(skill.value), low: rounded(skill.low) },
  });
}

function tooFew({ alerts, gate }: Pick<GateInput<unknown, Predicted>, 'alerts' | 'gate'>): boolean {
  return alerts.labels.length < gate.minCompared;
}

function skillFailures(
  input: Pick<GateInput<unknown, Predicted>, 'alerts' | 'gate'>,
  skill: Skill | undefined,
  than: string,
): string[] {
  if (tooFew(input)) {
    return [
      `only ${input.alerts.labels.length} alerts to compare over, ${input.gate.minCompared} are needed`,
    ];
  }
  if (skill === undefined) return ['all compared alerts were judged alike: nothing to tell apart yet'];
  if (skill.low > 0) return [];
  return [`no better than ${than}: the judgements teach nothing that holds for other judgements`];
}

function conclude<Earlier extends { readonly version: string }>(
  input: GateInput<unknown, Earlier>,
  compare: (other: Earlier) => PairedComparison[],
  failures: string[],
  notes: string[],
  extra: Record<string, unknown>,
): GateReport {
  const { alerts, champion, memory, provisional, gate } = input;
  const isComparable = !tooFew(input);
  const byChampion = champion !== undefined && isComparable ? compare(champion) : [];
  if (champion !== undefined)
    failures.push(...worsened(byChampion, `the champion ${champion.version}`, gate));
  if (champion === undefined)
    notes.push('what serves cannot be read by this build, so it was compared with nothing');

  // of the releases to match, the one that leaves least room; all share the margin
  const remembered = isComparable
    ? memory.map((other) => ({ version: other.version, comparisons: compare(other) }))
    : [];
  const hardest = remembered.sort((a, b) => shortfall(b.comparisons) - shortfall(a.comparisons))[0];
  if (hardest)
    failures.push(...worsened(hardest.comparisons, `release ${hardest.version} of the memory`, gate));

  const passes = failures.length === 0;
  if (passes && champion !== undefined) notes.unshift(`not worse than the champion ${champion.version}`);
  if (provisional)
    notes.push(
      `provisional: fewer than ${gate.minHeldOut} held-out alerts or ${gate.minHeldOutAttacks} attacks`,
    );
  const audited = auditedAlerts(alerts.samplingWeights);
  if (audited > 0) {
    notes.push(
      `${audited} audit samples stand for the alerts that were closed unseen; the compared alerts weigh as much as ${Math.round(effectiveSampleSize(alerts))}`,
    );
  }
  const rank = provisional ? undefined : (byChampion.find(({ name }) => name === 'brier') ?? byChampion[0]);
  return {
    passes,
    provisional,
    reasons: [...failures, ...notes],
    rank: rank && (rank.name === 'brier' ? rank.challenger : -rank.challenger),
    measures: {
      alerts: alerts.labels.length,
      incidents: new Set(alerts.groups).size,
      audit_samples: audited,
      effective_alerts: rounded(effectiveSampleSize(alerts)),
      provisional,
      champion: champion?.version ?? null,
      against_champion: byChampion.map(roundedComparison),
      ...(hardest && { memory: hardest.version, against_memory: hardest.comparisons.map(roundedComparison) }),
      ...extra,
    },
  };
}

/** The largest share of resamples beyond the margin among the measures. */
function shortfall(comparisons: readonly PairedComparison[]): number {
  return Math.max(0, ...comparisons.map((comparison) => comparison.beyond_margin));
}

function worsened(comparisons: readonly PairedComparison[], than: string, gate: GateSettings): string[] {
  return comparisons
    .filter((comparison) => comparison.beyond_margin >= gate.refuseAt)
    .map(
      ({ name, challenger, champion, margin, beyond_margin }) =>
        `${name} is worse than ${than} beyond the margin of ${rounded(margin)} in ${Math.round(100 * beyond_margin)} % of the resamples: ${rounded(challenger)} against ${rounded(champion)}`,
    );
}

function roundedComparison(comparison: PairedComparison): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(comparison).map(([key, value]) => [
      key,
      typeof value === 'number' ? rounded(value) : value,
    ]),
  );
}
