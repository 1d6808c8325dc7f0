import type { AlertWords } from '../features/record-words.ts';
import type { Forest } from '../trees/forest/forest.ts';
import { explainerOf } from '../trees/shap/tree-shap.ts';
import type { ScorableSnapshot } from './column-layout.ts';
import type { Contribution, ExplanationPart } from './contribution.ts';
import {
  type BlendWeights,
  type ContextLead,
  type Ensemble,
  finalScoreOf,
  ledScore,
  mlScoreOf,
} from './ensemble.ts';
import { type ReasonFacts, reasonsFrom } from './explanation-reasons.ts';
import {
  anomalyContributions,
  classifierContributions,
  type PartContributions,
  scorerContributions,
} from './part-contributions.ts';

export interface Explanation {
  /** final_score of an average alert on which no rule speaks. */
  readonly base: number;
  /** Points by part of the blend: base + parts = final_score. */
  readonly parts: Readonly<Record<ExplanationPart, number>>;
  /** Largest first, at most `top`; base + contributions + other = final_score. */
  readonly contributions: readonly Contribution[];
  /** Sum of the contributions that are not listed. */
  readonly other: number;
  /** Sentences from the largest contributions. */
  readonly reasons: readonly string[];
  /** Why nothing is shown: the parts do not add up to final_score. */
  readonly withheld?: string;
}

export interface ExplainOptions {
  /** Contributions listed. @default 10 */
  readonly top?: number;
  /** As the verdict was blended. */
  readonly lead?: ContextLead | undefined;
  /** How sentences name the alert. @default by what it is of */
  readonly words?: AlertWords;
}

/** Contributions add up to final_score within this many points. */
export const EXPLANATION_TOLERANCE = 1e-6;

/**
 * Explains final_score exactly: Shapley values of the three forests, carried through calibration, isolation score,
 * clipping and the blend. Checked here: what does not add up is withheld with a sentence that says by how much.
 */
export function explain(
  models: Ensemble,
  snapshot: ScorableSnapshot,
  ruleScore: number | null,
  weights: BlendWeights,
  options: ExplainOptions = {},
): Explanation {
  const { lead } = options;
  const mlWeight = ruleScore === null ? 1 : weights.model;
  const modelWeight = mlWeight * (1 - (lead?.share ?? 0));
  const classifier = classifierContributions(models.classifier, snapshot);
  const anomaly = anomalyContributions(models.anomaly, snapshot);
  const scorer = scorerContributions(models.scorer, snapshot);
  const finalScore = finalScoreOf(
    ledScore(mlScoreOf(scorer.output, classifier.output, anomaly.output, weights), lead),
    ruleScore,
    weights,
  );
  const scales = {
    classifier: modelWeight * weights.classifier * 100,
    anomaly: modelWeight * weights.anomaly * 100,
    scorer: modelWeight * weights.risk,
  };
  const all: Contribution[] = [
    ...inPoints('classifier', classifier, scales.classifier),
    ...inPoints('anomaly', anomaly, scales.anomaly),
    ...inPoints('scorer', scorer, scales.scorer),
  ];
  if (lead !== undefined) {
    for (const { feature, value, share } of lead.parts) {
      all.push({ part: 'context', feature, value, points: mlWeight * lead.share * lead.score * share });
    }
  }
  if (ruleScore !== null) {
    all.push({ part: 'rule', feature: 'rule_score', value: ruleScore, points: weights.rule * ruleScore });
  }
  const base =
    scales.classifier * classifier.base + scales.anomaly * anomaly.base + scales.scorer * scorer.base;
  const record = models.classifier.record.judgedBehind(snapshot.recordKeys);
  const facts = { record, words: options.words ?? {} };
  return assemble(base, all, finalScore, options.top ?? 10, facts);
}

/**
 * Puts contributions together and checks that they add up to `finalScore`.
 */
export function assemble(
  base: number,
  all: readonly Contribution[],
  finalScore: number,
  top: number,
  facts: ReasonFacts,
): Explanation {
  const parts: Record<ExplanationPart, number> = {
    classifier: 0,
    anomaly: 0,
    scorer: 0,
    context: 0,
    rule: 0,
  };
  let sum = base;
  for (const { part, points } of all) {
    parts[part] += points;
    sum += points;
  }
  const gap = Math.abs(sum - finalScore);
  if (!(gap <= EXPLANATION_TOLERANCE)) {
    return {
      base: 0,
      parts: { classifier: 0, anomaly: 0, scorer: 0, context: 0, rule: 0 },
      contributions: [],
      other: 0,
      reasons: [],
      withheld: `The parts add up to ${sum}, not to the final score ${finalScore}.`,
    };
  }
  const sorted = all
    .filter(({ points }) => points !== 0)
    .sort((a, b) => Math.abs(b.points) - Math.abs(a.points));
  const contributions = sorted.slice(0, top);
  const other = sorted.slice(top).reduce((rest, { points }) => rest + points, 0);
  return { base, parts, contributions, other, reasons: reasonsFrom(all, facts) };
}

function inPoints(part: ExplanationPart, of: PartContributions, scale: number): Contribution[] {
  const contributions: Contribution[] = [];
  for (let f = 0; f < of.names.length; f++) {
    const points = of.contributions[f]! * scale;
    if (points === 0) continue;
    const value = of.row[f]!;
    contributions.push({
      part,
      feature: of.names[f]!,
      value: Number.isNaN(value) ? null : value,
      points,
    });
  }
  if (of.ownPart !== 0) {
    contributions.push({ part, feature: of.ownName, value: null, points: of.ownPart * scale });
  }
  return contributions;
}

/**
 * Prepares the tables that explanations of these models need, so that the first one is as quick as the next. Worth
 * calling model by model where models are loaded, with a turn of the event loop between.
 */
export function prepareExplanations(model: { readonly forest: Forest }): void {
  explainerOf(model.forest);
}
