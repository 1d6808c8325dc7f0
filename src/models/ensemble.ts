import type { Disposition } from '../alert/alert.ts';
import { DISPOSITIONS } from '../alert/alert.ts';
import { attackProbability } from '../alert/disposition.ts';
import type { AlertSnapshot } from '../alert/snapshot.ts';
import { AlertforestError } from '../errors.ts';
import type { AlertClassifier } from './alert-classifier.ts';
import type { AnomalyDetector } from './anomaly-detector.ts';
import type { ThreatScorer } from './threat-scorer.ts';

/** Shares of the blend; each pair or triple sums to 1. */
export interface BlendWeights {
  /** Of the models in final_score. */
  readonly model: number;
  /** Of the rules in final_score. */
  readonly rule: number;
  /** Of the threat scorer in ml_score. */
  readonly risk: number;
  /** Of the classifier in ml_score. */
  readonly classifier: number;
  /** Of the anomaly detector in ml_score. */
  readonly anomaly: number;
}

export const DEFAULT_BLEND: BlendWeights = {
  model: 0.7,
  rule: 0.3,
  risk: 0.6,
  classifier: 0.3,
  anomaly: 0.1,
};

/** @throws AlertforestError CONFIG_INVALID when a weight is outside [0, 1] or a set does not sum to 1 */
export function checkBlend(weights: BlendWeights): BlendWeights {
  for (const [name, weight] of Object.entries(weights)) {
    if (!(weight >= 0 && weight <= 1)) {
      throw new AlertforestError('CONFIG_INVALID', `Expected weight \`${name}\` in [0, 1], got ${weight}.`);
    }
  }
  const sums = {
    'model + rule': weights.model + weights.rule,
    'risk + classifier + anomaly': weights.risk + weights.classifier + weights.anomaly,
  };
  for (const [names, sum] of Object.entries(sums)) {
    if (Math.abs(sum - 1) > 1e-9) {
      throw new AlertforestError('CONFIG_INVALID', `Expected ${names} to be 1, got ${sum}.`);
    }
  }
  return weights;
}

/** What leads ml_score while the models have few judgements to go by. */
export interface ContextLead {
  /** 0-100. */
  readonly score: number;
  /** Share of ml_score, 0-1; the models have the rest. */
  readonly share: number;
  /** What the score is made of: columns and the share of each in it; shares sum to 1, or there are none and it is 0. */
  readonly parts: readonly { readonly feature: string; readonly value: number; readonly share: number }[];
}

/** The three models that answer together. */
export interface Ensemble {
  readonly classifier: AlertClassifier;
  readonly anomaly: AnomalyDetector;
  readonly scorer: ThreatScorer;
}

/** What the models say of one alert, unrounded; rounding belongs to the wire. */
export interface EnsembleVerdict {
  readonly disposition: Disposition;
  /** Calibrated probability of the disposition, 0-1. */
  readonly confidence: number;
  /** (nClasses,) calibrated, in the order of DISPOSITIONS; sums to 1. */
  readonly probabilities: Float64Array;
  /** 0-100. */
  readonly riskScore: number;
  /** (0, 1], higher is more anomalous. */
  readonly anomalyScore: number;
  readonly isAnomaly: boolean;
  /** 0-100. */
  readonly mlScore: number;
  /** 0-100, null with the rules off. */
  readonly ruleScore: number | null;
  /** 0-100. */
  readonly finalScore: number;
}

/** 60 % risk, 30 % probability of an attack, 10 % anomaly by default; 0-100. */
export function mlScoreOf(
  riskScore: number,
  attack: number,
  anomalyScore: number,
  weights: BlendWeights,
): number {
  return weights.risk * riskScore + weights.classifier * 100 * attack + weights.anomaly * 100 * anomalyScore;
}

/** ml_score with the context's share in it. 0-100. */
export function ledScore(modelScore: number, lead: ContextLead | undefined): number {
  return lead === undefined ? modelScore : (1 - lead.share) * modelScore + lead.share * lead.score;
}

/** 70 % models, 30 % rules by default; the models alone where the rules are off. 0-100. */
export function finalScoreOf(mlScore: number, ruleScore: number | null, weights: BlendWeights): number {
  return ruleScore === null ? mlScore : weights.model * mlScore + weights.rule * ruleScore;
}

/** Puts the answers of the three models and the rules together. */
export function blend(
  probabilities: Float64Array,
  anomaly: { readonly anomalyScore: number; readonly isAnomaly: boolean },
  riskScore: number,
  ruleScore: number | null,
  weights: BlendWeights,
  lead?: ContextLead,
): EnsembleVerdict {
  let label = 0;
  for (let c = 1; c < probabilities.length; c++) if (probabilities[c]! > probabilities[label]!) label = c;
  const mlScore = ledScore(
    mlScoreOf(riskScore, attackProbability(probabilities), anomaly.anomalyScore, weights),
    lead,
  );
  return {
    disposition: DISPOSITIONS[label]!,
    confidence: probabilities[label]!,
    probabilities,
    riskScore,
    anomalyScore: anomaly.anomalyScore,
    isAnomaly: anomaly.isAnomaly,
    mlScore,
    ruleScore,
    finalScore: finalScoreOf(mlScore, ruleScore, weights),
  };
}

/**
 * Verdict of the three models on one alert.
 *
 * @param ruleScore 0-100, null with the rules off
 * @param weights checked once by checkBlend
 * @param lead undefined: the models alone
 */
export function scoreAlert(
  models: Ensemble,
  snapshot: AlertSnapshot,
  ruleScore: number | null,
  weights: BlendWeights = DEFAULT_BLEND,
  lead?: ContextLead,
): EnsembleVerdict {
  return blend(
    models.classifier.probabilities(snapshot),
    models.anomaly.score(snapshot),
    models.scorer.risk(snapshot),
    ruleScore,
    weights,
    lead,
  );
}
