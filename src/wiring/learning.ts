import packageJson from '../../package.json' with { type: 'json' };
import { type OperationsDeps, OperationsService } from '../api/operations-service.ts';
import type { PolicyService } from '../api/policy/policy-service.ts';
import type { FleetHeartbeat } from '../monitoring/fleet-heartbeat.ts';
import type { Liveness } from '../store/owner.ts';
import type { RetrainDeps } from '../training/runs/retrain-command.ts';
import { WaitingTurn } from '../training/runs/waiting-turn.ts';
import { DEFAULT_TRAINING_SETTINGS } from '../training/training-settings.ts';
import type { RuleBook } from '../triage/rules/rule-book.ts';
import type { RulePrior } from '../triage/rules/rule-weights.ts';
import type { Base } from './base.ts';

const RUNS_PATH = '/api/v1/ml/retrain';

export function createRetraining(
  base: Base,
  policy: PolicyService,
  liveness: Liveness,
  book: RuleBook,
): RetrainDeps {
  const { settings, stores, lineage, now, newRunId, logEvent } = base;
  return {
    models: stores.models,
    feedback: stores.feedback,
    predictions: settings.PREDICTION_LOG === 'off' ? undefined : stores.predictions,
    runs: stores.runs,
    trainer: base.trainer,
    settings: {
      ...DEFAULT_TRAINING_SETTINGS,
      syntheticAlerts: settings.SYNTHETIC_ALERTS,
      syntheticSeed: settings.SYNTHETIC_SEED,
      candidates: settings.TOURNAMENT,
    },
    policy: () => policy.latest(),
    criticalCases: () => policy.activeCriticalCases(),
    rules: settings.RULES === 'on' ? () => priorsOf(book) : undefined,
    retrainAfter: { queue: settings.RETRAIN_AFTER, timer: settings.RETRAIN_AFTER_HOURLY },
    verdictWeeks: settings.PREDICTION_LOG === 'off' ? 0 : settings.PREDICTION_LOG_WEEKS,
    codeVersion: packageJson.version,
    now,
    newRunId,
    onEvent: logEvent,
    lineage,
    liveness,
    queue: stores.queue,
  };
}

const priorsOf = (book: RuleBook): RulePrior[] =>
  book.engine().rules.map(({ id, level, against, group }) => ({ id, level, against, group }));

export interface OperationsSurroundings {
  /** Swaps the models of this instance and tells the fleet. */
  readonly refresh: () => Promise<void>;
  readonly servedHere: OperationsDeps['servedHere'];
  readonly living: FleetHeartbeat['living'];
  readonly liveness: Liveness;
}

export function createOperations(
  { stores, lineage, now, elapsed, newRunId, sleep }: Base,
  retraining: RetrainDeps,
  { refresh, servedHere, living, liveness }: OperationsSurroundings,
): OperationsService {
  return new OperationsService({
    lineage,
    activation: { models: stores.models, now, newRunId, lineage },
    retraining,
    runs: stores.runs,
    queue: stores.queue,
    feedback: stores.feedback,
    living,
    liveness,
    refresh,
    servedHere,
    now,
    elapsed,
    newRunId,
    sleep,
    turn: new WaitingTurn({ models: stores.models, now }),
    runsPath: RUNS_PATH,
  });
}
