import { isAttackDisposition } from '../../alert/disposition.ts';
import { rocAuc } from '../../trees/metrics/ranking-metrics.ts';
import { calibratedWeights, type JudgedIncident } from '../../triage/rules/calibrate-weights.ts';
import {
  evidenceOf,
  type LearnedWeights,
  priorWeight,
  type RulePrior,
} from '../../triage/rules/rule-weights.ts';
import { ruleScoreOf } from '../../triage/rules/score.ts';
import type { Dataset, DatasetRow } from '../dataset/dataset.ts';
import { foldOf, isHeldOut } from '../dataset/holdout.ts';
import type { Judged, Taught } from '../dataset/judgements.ts';
import type { TrainingSettings } from '../training-settings.ts';

/** How far learned weights may rank alerts of other incidents below what the levels do and still be kept. */
const AUC_MARGIN = 0.005;
/** Judged incidents of each side on whose alerts rules were asked; below it nothing can be compared. */
const MIN_INCIDENTS = 10;

/** Numbers behind the decision, for the record of the release. */
export interface RuleWeightMeasures {
  /** Judged incidents on whose alerts rules were asked, by what they turned out to be. */
  readonly attacks: number;
  readonly others: number;
  /** Rules whose weight differs from their level's. */
  readonly moved: number;
  /** ROC-AUC of rule_score over those alerts by level, and by weights learned from the other folds; null: too few. */
  readonly auc_by_level: number | null;
  readonly auc_learned: number | null;
  readonly kept: boolean;
  readonly reason: string;
}

export interface FittedRuleWeights {
  /** Undefined: every rule weighs by its level. */
  readonly weights: LearnedWeights | undefined;
  readonly measures: RuleWeightMeasures;
}

interface Seen {
  readonly row: DatasetRow & { readonly ruleHits: NonNullable<DatasetRow['ruleHits']> };
  readonly isAttack: boolean;
  readonly analysts: readonly string[];
}

/**
 * Learns the weights of rules from judged alerts, an incident counting once a rule and analyst. Incidents of the
 * hold-out take no part. The weights are kept only where, learned from the other folds, they rank the alerts of a fold
 * no worse than the levels do.
 */
export function fitRuleWeights({
  dataset,
  judged,
  rules,
  settings,
}: {
  readonly dataset: Dataset;
  readonly judged: Judged;
  readonly rules: readonly RulePrior[];
  readonly settings: TrainingSettings;
}): FittedRuleWeights {
  const seen = judged.taught.flatMap((taught) => seenOf(taught, dataset.rows[taught.index]!));
  const nAttacks = incidentsOf(seen.filter(({ isAttack }) => isAttack));
  const nOthers = incidentsOf(seen.filter(({ isAttack }) => !isAttack));
  const counts = { attacks: nAttacks, others: nOthers };
  if (Math.min(nAttacks, nOthers) < MIN_INCIDENTS) {
    const reason = `fewer than ${MIN_INCIDENTS} judged incidents of a side in which rules were asked`;
    return {
      weights: undefined,
      measures: { ...counts, moved: 0, auc_by_level: null, auc_learned: null, kept: false, reason },
    };
  }
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const folds = seen.map(({ row }) => foldOf(row.group, settings.nFolds));
  const learnedScores = new Float64Array(seen.length);
  for (let fold = 0; fold < settings.nFolds; fold++) {
    const weights = weightsFrom(
      rules,
      seen.filter((_, i) => folds[i] !== fold),
    );
    seen.forEach(({ row }, i) => {
      if (folds[i] === fold) learnedScores[i] = scoreOf(row, byId, weights);
    });
  }
  const labels = Uint8Array.from(seen, ({ isAttack }) => Number(isAttack));
  const byLevel = rocAuc(
    labels,
    seen.map(({ row }) => scoreOf(row, byId, {})),
  );
  const learned = rocAuc(labels, learnedScores);
  const weights = weightsFrom(rules, seen);
  const kept = learned >= byLevel - AUC_MARGIN;
  return {
    weights: kept ? weights : undefined,
    measures: {
      ...counts,
      moved: Object.keys(weights).length,
      auc_by_level: rounded(byLevel),
      auc_learned: rounded(learned),
      kept,
      reason: kept
        ? 'learned weights rank unseen incidents no worse than the levels'
        : `learned weights rank unseen incidents worse than the levels by more than ${AUC_MARGIN}`,
    },
  };
}

function seenOf({ disposition, analysts }: Taught, row: DatasetRow): Seen[] {
  const { ruleHits } = row;
  if (ruleHits === undefined || isHeldOut(row.group)) return [];
  return [{ row: { ...row, ruleHits }, isAttack: isAttackDisposition(disposition), analysts }];
}

const incidentsOf = (seen: readonly Seen[]): number => new Set(seen.map(({ row }) => row.group)).size;

function weightsFrom(rules: readonly RulePrior[], seen: readonly Seen[]): LearnedWeights {
  const incidents = new Map<string, JudgedIncident & { readonly rules: string[] }>();
  for (const { row, isAttack, analysts } of seen) {
    for (const analyst of analysts) {
      const name = JSON.stringify([row.group, analyst, isAttack]);
      const incident = incidents.get(name) ?? { incident: row.group, analyst, isAttack, rules: [] };
      incident.rules.push(...row.ruleHits.map(({ id }) => id));
      incidents.set(name, incident);
    }
  }
  return calibratedWeights(rules, [...incidents.values()]);
}

function scoreOf(
  { ruleHits }: Seen['row'],
  rules: ReadonlyMap<string, RulePrior>,
  learned: LearnedWeights,
): number {
  const evidence = ruleHits.flatMap(({ id, half }) => {
    const rule = rules.get(id);
    if (rule === undefined) return [];
    const weight =
      (Object.hasOwn(learned, id) ? learned[id] : undefined) ?? priorWeight(rule.level, rule.against);
    return [evidenceOf({ ...rule, weight }, half === true)];
  });
  return ruleScoreOf(evidence);
}

const rounded = (value: number): number => Number(value.toPrecision(6));
