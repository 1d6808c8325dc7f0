import type { Alert } from '../alert/alert.ts';
import { EMPTY_CONTEXT } from '../alert/context.ts';
import type { AlertSnapshot } from '../alert/snapshot.ts';
import { snapshotOf } from '../features/alert-feature-extractor.ts';
import type { NormalizedAlert } from '../intake/normalize.ts';
import { type BlendWeights, checkBlend, type EnsembleVerdict, scoreAlert } from '../models/ensemble.ts';
import { type Explanation, explain } from '../models/explanation.ts';
import { ConformalSets } from '../policy/conformal.ts';
import { type DecisionOutcome, decide } from '../policy/decision.ts';
import { type Policy, type RiskLevel, riskLevel } from '../policy/policy.ts';
import type { ServingModels } from '../serving/model-server.ts';
import type { PredictionEntry } from '../store/prediction-log.ts';
import { reasonsOf } from './reasons.ts';
import type { RuleEngine, RuleOutcome } from './rules/rule-engine.ts';

/** Everything known about one scored alert, unrounded. */
export interface ScoredAlert {
  readonly normalized: NormalizedAlert;
  readonly snapshot: AlertSnapshot;
  readonly verdict: EnsembleVerdict;
  /** `undefined` with the rule stage off. */
  readonly rules: RuleOutcome | undefined;
  readonly riskLevel: RiskLevel;
  readonly decision: DecisionOutcome;
  readonly explanation: Explanation | undefined;
  /** Sentences, most telling first. */
  readonly reasons: readonly string[];
  readonly versions: ServingModels['versions'];
  /** ISO 8601 UTC. */
  readonly scoredAt: string;
  /** What the prediction log keeps. */
  readonly entry: PredictionEntry;
}

export interface AlertScorerOptions {
  readonly normalize: (payload: unknown, nowMs: number) => NormalizedAlert;
  /** Left out: the rule stage is off. */
  readonly rules: RuleEngine | undefined;
  readonly weights: BlendWeights;
  /** The policy in force; may change between two alerts. */
  readonly policy: () => Policy;
  /** How busy the tenant was before this alert, as in TriageContext. */
  readonly tenantAlerts: (tenant: string | undefined, nowMs: number) => number;
}

/** One alert from payload to verdict: the stages around the models, in the order of docs/architecture.md. */
export class AlertScorer {
  readonly #options: AlertScorerOptions;
  /** Conformal sets depend on the classifier and on alpha alone. */
  #sets: { readonly models: ServingModels; readonly alpha: number; readonly sets: ConformalSets } | undefined;

  constructor(options: AlertScorerOptions) {
    checkBlend(options.weights);
    this.#options = options;
  }

  /**
   * @param explainTop contributions wanted, 0 for no explanation
   * @throws AlertforestError ALERT_INVALID where the payload is no alert
   */
  score(payload: unknown, models: ServingModels, explainTop: number, nowMs: number): ScoredAlert {
    const { normalize, rules: engine, weights, tenantAlerts } = this.#options;
    const policy = this.#options.policy();
    const normalized = normalize(payload, nowMs);
    const { alert } = normalized;
    const snapshot = snapshotOf(alert, {
      ...EMPTY_CONTEXT,
      tenantAlerts: tenantAlerts(alert.tenant, nowMs),
    });
    const rules = engine?.evaluate(alert);
    const ruleScore = rules?.score ?? null;
    const verdict = scoreAlert(models, snapshot, ruleScore, weights);
    const decision = decide(
      { probabilities: verdict.probabilities, severity: alert.severity, alertKey: snapshot.alertKey },
      policy,
      this.#setsFor(models, policy.alpha),
    );
    const explanation =
      explainTop > 0 ? explain(models, snapshot, ruleScore, weights, { top: explainTop }) : undefined;
    const scoredAt = new Date(nowMs).toISOString();
    return {
      normalized,
      snapshot,
      verdict,
      rules,
      riskLevel: riskLevel(verdict.finalScore, policy.risk_levels),
      decision,
      explanation,
      reasons: reasonsOf(alert, verdict, rules, explanation),
      versions: models.versions,
      scoredAt,
      entry: entryOf(snapshot, verdict, decision, models, scoredAt),
    };
  }

  #setsFor(models: ServingModels, alpha: number): ConformalSets {
    if (this.#sets?.models !== models || this.#sets.alpha !== alpha) {
      this.#sets = { models, alpha, sets: new ConformalSets(models.classifier.conformal, alpha) };
    }
    return this.#sets.sets;
  }
}

/** What is kept of an alert that comes with a judgement and was not scored before. */
export function snapshotOfAlert(alert: Alert): AlertSnapshot {
  return snapshotOf(alert, EMPTY_CONTEXT);
}

function entryOf(
  snapshot: AlertSnapshot,
  verdict: EnsembleVerdict,
  decision: DecisionOutcome,
  models: ServingModels,
  scoredAt: string,
): PredictionEntry {
  return {
    snapshot,
    scoredAt,
    versions: models.versions,
    disposition: verdict.disposition,
    probabilities: Array.from(verdict.probabilities),
    riskScore: verdict.riskScore,
    anomalyScore: verdict.anomalyScore,
    isAnomaly: verdict.isAnomaly,
    finalScore: verdict.finalScore,
    decision: decision.decision,
    auditSample: decision.reason === 'audit_sample',
  };
}
