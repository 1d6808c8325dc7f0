import type { Alert } from '../alert/alert.ts';
import { EMPTY_CONTEXT } from '../alert/context.ts';
import { isoText } from '../alert/iso-time.ts';
import type { AlertSnapshot } from '../alert/snapshot.ts';
import { snapshotOf, writeContext } from '../features/alert-feature-extractor.ts';
import { mainEntity, mainIndicator } from '../features/record-keys.ts';
import type { AlertWords } from '../features/record-words.ts';
import type { NormalizedAlert } from '../intake/normalize.ts';
import {
  type BlendWeights,
  type ContextLead,
  checkBlend,
  type EnsembleVerdict,
  scoreAlert,
} from '../models/ensemble.ts';
import { type Explanation, explain } from '../models/explanation.ts';
import type { ServingModels } from '../models/serving-models.ts';
import { ConformalSets } from '../policy/conformal.ts';
import { type DecisionOutcome, decide, type Known } from '../policy/decision.ts';
import { type Policy, type RiskLevel, riskLevel } from '../policy/policy.ts';
import type { PredictionEntry } from '../store/prediction-log.ts';
import { forbidsClosing } from './closing-guard.ts';
import { contextLead } from './context-lead.ts';
import { NamesAsSent } from './names-as-sent.ts';
import type { Pipeline, TriageOutcome } from './pipeline.ts';
import { reasonsOf } from './reasons.ts';
import type { RuleOutcome } from './rules/rule-engine.ts';
import { contextOf } from './triage-context.ts';
import type { StageInput } from './triage-facts.ts';

/** Rules that the log keeps of an alert. */
const MAX_LOGGED_RULES = 64;

/** An alert that was read. */
export interface ReadAlert {
  readonly normalized: NormalizedAlert;
  /** What it says by itself; its columns of the alerts before it are written once these are known. */
  readonly snapshot: AlertSnapshot;
}

/** Everything known about one scored alert, unrounded. */
export interface ScoredAlert {
  readonly verdictId: string;
  readonly normalized: NormalizedAlert;
  readonly snapshot: AlertSnapshot;
  readonly verdict: EnsembleVerdict;
  /** What the stages before the models found. */
  readonly triage: TriageOutcome;
  /** `undefined` with the rule stage off. */
  readonly rules: RuleOutcome | undefined;
  /** What led ml_score beside the models; undefined where they spoke alone. */
  readonly lead: ContextLead | undefined;
  /** Microseconds of the models and the decision, without an explanation. */
  readonly modelsUs: number;
  readonly riskLevel: RiskLevel;
  readonly decision: DecisionOutcome;
  /** The built-in policy decided, because the stored one could not be read. */
  readonly isPolicyUnread: boolean;
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
  readonly normalize: (payload: unknown, nowMs: number, tenant?: string) => NormalizedAlert;
  /** The stages before the models. */
  readonly pipeline: Pipeline;
  /** Whether an alert may be counted: not one that was counted already. */
  readonly isNew: (alertKey: string) => boolean;
  /** As what an alert that may not be counted was; undefined where it may change nothing. @default never */
  readonly repeatOf?: (alertKey: string) => StageInput['repeats'];
  readonly weights: BlendWeights;
  /** The policy in force; may change between two alerts. */
  readonly policy: () => Policy;
  /** Whether it is the built-in one because the stored one cannot be read: then nothing is closed. @default never */
  readonly isPolicyUnread?: () => boolean;
  /** Names a verdict: unguessable, later ones sort before earlier ones. */
  readonly newVerdictId: (nowMs: number) => string;
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
   * @param observe false: a trial that leaves no trace in behaviour and incidents
   * @throws AlertforestError ALERT_INVALID where the payload is no alert
   */
  score(
    payload: unknown,
    models: ServingModels,
    explainTop: number,
    nowMs: number,
    observe = true,
    tenant?: string,
  ): ScoredAlert {
    return this.judge(this.read(payload, nowMs, tenant), models, explainTop, nowMs, observe);
  }

  /** @throws AlertforestError ALERT_INVALID where the payload is no alert */
  read(payload: unknown, nowMs: number, tenant?: string): ReadAlert {
    return readAlert(this.#options.normalize(payload, nowMs, tenant));
  }

  /**
   * The verdict on an alert that was read, once; parameters as in {@link score}.
   *
   * @param withoutRule id of a rule that does not speak, for a trial
   */
  judge(
    { normalized, snapshot }: ReadAlert,
    models: ServingModels,
    explainTop: number,
    nowMs: number,
    observe = true,
    withoutRule?: string,
  ): ScoredAlert {
    const { pipeline, isNew, weights } = this.#options;
    const policy = this.#options.policy();
    const isPolicyUnread = this.#options.isPolicyUnread?.() ?? false;
    const { alert, opened } = normalized;
    const key = snapshot.alertKey;
    const isObserved = observe && isNew(key);
    const isTimeOfReceipt = normalized.report.fields['occurred_at'] === undefined;
    const triage = pipeline.run({
      alert,
      payload: opened,
      alertKey: key,
      nowMs,
      withoutRule,
      observe: isObserved,
      repeats: observe && !isObserved ? this.#options.repeatOf?.(key) : undefined,
      explains: explainTop > 0,
      isTimeOfReceipt,
    });
    const names = new NamesAsSent(opened);
    const { facts } = triage;
    const { rules } = facts;
    const startedAtMs = performance.now();
    const context = contextOf(facts);
    // the columns were made for it
    if (context !== EMPTY_CONTEXT) writeContext(context, snapshot.columns);
    const ruleScore = rules?.score ?? null;
    const lead = contextLead(facts, judgedBy(models));
    const verdict = scoreAlert(models, snapshot, ruleScore, weights, lead);
    const decision = decide(
      {
        probabilities: verdict.probabilities,
        severity: alert.severity,
        alertKey: key,
        forbidden: isPolicyUnread ? 'policy_unread' : forbidsClosing(triage),
        known: new KnownLike(models, snapshot),
      },
      policy,
      this.#setsFor(models, policy.alpha),
    );
    const modelsUs = 1000 * (performance.now() - startedAtMs);
    const explanation =
      explainTop > 0
        ? explain(models, snapshot, ruleScore, weights, {
            top: explainTop,
            lead,
            words: wordsOf(alert, names, isTimeOfReceipt),
          })
        : undefined;
    const scoredAt = isoText(nowMs);
    const verdictId = this.#options.newVerdictId(nowMs);
    return {
      verdictId,
      normalized,
      snapshot,
      verdict,
      triage,
      rules,
      lead,
      modelsUs,
      riskLevel: riskLevel(verdict.finalScore, policy.risk_levels),
      decision,
      isPolicyUnread,
      explanation,
      reasons: reasonsOf(alert, verdict, facts, explanation, names),
      versions: models.versions,
      scoredAt,
      entry: entryOf(verdictId, snapshot, verdict, triage, decision, models, scoredAt, normalized.record),
    };
  }

  #setsFor(models: ServingModels, alpha: number): ConformalSets {
    if (this.#sets?.models !== models || this.#sets.alpha !== alpha) {
      this.#sets = { models, alpha, sets: new ConformalSets(models.classifier.conformal, alpha) };
    }
    return this.#sets.sets;
  }
}

/**
 * Columns and keys are made while what was read is at hand: in a batch, thousands of objects later, it costs twice as much.
 */
export function readAlert(normalized: NormalizedAlert): ReadAlert {
  return { normalized, snapshot: snapshotOf(normalized.alert, EMPTY_CONTEXT) };
}

/** How sentences name the alert. */
function wordsOf({ entities }: Alert, names: NamesAsSent, isTimeOfReceipt: boolean): AlertWords {
  const main = mainEntity(entities);
  const indicator = mainIndicator(entities);
  return {
    mainEntity: main && names.of(main.value),
    indicator: indicator && names.of(indicator.value),
    kinds: [...new Set(entities.map(({ kind }) => kind.replaceAll('_', ' ')))],
    isTimeOfReceipt,
  };
}

/** Judged alerts that the serving classifier has learned from; made ones do not count. */
function judgedBy({ classifier }: ServingModels): number {
  const { n_rows: all, n_synthetic: synthetic } = classifier.header.training;
  return Number(all ?? 0) - Number(synthetic ?? 0);
}

/** What stands behind a verdict of these models on an alert, looked up when asked: most alerts are decided before. */
class KnownLike implements Known {
  readonly #models: ServingModels;
  readonly #snapshot: AlertSnapshot;

  constructor(models: ServingModels, snapshot: AlertSnapshot) {
    this.#models = models;
    this.#snapshot = snapshot;
  }

  get isProvisional(): boolean {
    // a model file that does not say so was written by a build that knew no difference
    return this.#models.served.classifier.provisional ?? false;
  }

  get judged(): Known['judged'] {
    return this.#models.classifier.judgedLike(this.#snapshot);
  }

  isOutside(): boolean {
    return this.#models.classifier.support?.isOutside(this.#snapshot) ?? false;
  }
}

/** What is kept of an alert that comes with a judgement and was not scored before. */
export function snapshotOfAlert(alert: Alert): AlertSnapshot {
  return snapshotOf(alert, EMPTY_CONTEXT);
}

const loggedHits = ({ matches }: RuleOutcome): PredictionEntry['ruleHits'] =>
  matches
    .slice(0, MAX_LOGGED_RULES)
    .map(({ id, weight, half }) => (half ? { id, weight, half } : { id, weight }));

function entryOf(
  verdictId: string,
  snapshot: AlertSnapshot,
  verdict: EnsembleVerdict,
  { facts: { incident, rules } }: TriageOutcome,
  decision: DecisionOutcome,
  models: ServingModels,
  scoredAt: string,
  record: NormalizedAlert['record'],
): PredictionEntry {
  // an iterator over four numbers would cost more than the rest of the entry
  const probabilities: number[] = [];
  for (let label = 0; label < verdict.probabilities.length; label++)
    probabilities.push(verdict.probabilities[label]!);
  return {
    verdictId,
    snapshot,
    scoredAt,
    versions: models.versions,
    disposition: verdict.disposition,
    probabilities,
    riskScore: verdict.riskScore,
    anomalyScore: verdict.anomalyScore,
    isAnomaly: verdict.isAnomaly,
    finalScore: verdict.finalScore,
    decision: decision.decision,
    auditSample: decision.reason === 'audit_sample',
    incidentId: incident?.incident?.id,
    payloadAt: record.changedAt,
    aliases: record.aliases,
    ruleHits: rules === undefined ? undefined : loggedHits(rules),
  };
}
