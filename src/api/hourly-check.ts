import type { DriftWatch } from '../monitoring/drift-watch.ts';
import type { FeedbackStore } from '../store/feedback-store.ts';
import type { PredictionLog } from '../store/prediction-log.ts';
import type { RunLog } from '../store/run-log.ts';
import type { OperationsService } from './operations-service.ts';

/** Some six weeks of one an hour. */
const KEPT_RUNS = 1_000;

export interface HourlyCheckDeps {
  readonly operations: OperationsService;
  readonly feedback: FeedbackStore;
  readonly predictions: PredictionLog;
  /** Gives judgements of incidents to members that joined since. */
  readonly followJudgements: () => Promise<number>;
  readonly drift: DriftWatch;
  readonly predictionLogWeeks: number;
  readonly runs: Pick<RunLog, 'prune'>;
  /** Looks for damage; answers a sentence for each thing. */
  readonly inspect: () => Promise<readonly string[]>;
  readonly now: () => number;
}

/**
 * The hourly check: lets members that joined judged incidents follow them, retrains when enough is new, then looks at
 * what is left over and at drift, and drops old logs. A part that fails keeps none of the others from being done.
 *
 * @returns events by name, as docs/telemetry.md lists them
 * @throws the first error of a part, once all have had their turn
 */
export async function hourlyCheck(
  isPastDue: boolean,
  deps: HourlyCheckDeps,
): Promise<Record<string, Record<string, unknown>>> {
  const { operations, feedback, predictions, drift, now } = deps;
  const startedAtMs = now();
  const errors: unknown[] = [];
  const done = async <T>(part: () => Promise<T>): Promise<T | undefined> => {
    try {
      return await part();
    } catch (error) {
      errors.push(error);
      return undefined;
    }
  };
  const followed = await done(() => deps.followJudgements());
  const tick = await done(() => operations.retrainTick(isPastDue));
  const durationMs = now() - startedAtMs;
  const pending = await done(() => feedback.summarizePending());
  const drifted = await done(() => drift.report());
  const damage = await done(() => deps.inspect());
  await done(() => deps.runs.prune(KEPT_RUNS));
  await done(() => predictions.dropTablesOlderThan(deps.predictionLogWeeks));
  if (errors.length > 0) throw errors[0];
  const { count = 0, oldestAt } = pending ?? {};
  const oldestMinutes = oldestAt === undefined ? 0 : Math.floor((now() - Date.parse(oldestAt)) / 60_000);
  return {
    retrain_tick: { ...tick, durationMs },
    pending: { pending: count, oldestMinutes, followed },
    drift: { status: drifted?.status, detail: drifted?.detail },
    ...(damage === undefined || damage.length === 0 ? {} : { damage_found: { damage } }),
  };
}
