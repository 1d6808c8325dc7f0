import type { DriftWatch } from '../monitoring/drift-watch.ts';
import type { FeedbackStore } from '../store/feedback-store.ts';
import type { PredictionLog } from '../store/prediction-log.ts';
import type { OperationsService } from './operations-service.ts';

export interface HourlyCheckDeps {
  readonly operations: OperationsService;
  readonly feedback: FeedbackStore;
  readonly predictions: PredictionLog;
  readonly drift: DriftWatch;
  readonly predictionLogWeeks: number;
  readonly now: () => number;
}

/**
 * The hourly check: retrains when enough is new, then looks at what is left over and at drift, and drops old logs.
 *
 * @returns events by name, as docs/telemetry.md lists them
 */
export async function hourlyCheck(
  isPastDue: boolean,
  deps: HourlyCheckDeps,
): Promise<Record<string, Record<string, unknown>>> {
  const { operations, feedback, predictions, drift, now } = deps;
  const startedAtMs = now();
  const tick = await operations.retrainTick(isPastDue);
  const { count: pending, oldestAt } = await feedback.summarizePending();
  const oldestMinutes = oldestAt === undefined ? 0 : Math.floor((now() - Date.parse(oldestAt)) / 60_000);
  const { status, detail } = await drift.report();
  await predictions.dropTablesOlderThan(deps.predictionLogWeeks);
  return {
    retrain_tick: { ...tick, durationMs: now() - startedAtMs },
    pending: { pending, oldestMinutes },
    drift: { status, detail },
  };
}
