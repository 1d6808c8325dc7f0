import type { DriftWatch } from '../../monitoring/drift-watch.ts';
import type { FleetAgreement } from '../../monitoring/fleet-heartbeat.ts';
import { HealthChecks } from '../../monitoring/health-checks.ts';
import type { LatencyRecorder } from '../../serving/latency-recorder.ts';
import type { ModelServer } from '../../serving/model-server.ts';
import type { FeedbackStore } from '../../store/feedback-store.ts';
import type { PredictionLog } from '../../store/prediction-log.ts';
import type { RunLog } from '../../store/run-log.ts';
import type { SenderCounts } from '../predict/sender-counts.ts';
import { failedChecks } from './failed-checks.ts';
import type { WireHealthDetails } from './health.ts';
import { type HealthInputs, type HealthStatus, healthReport, healthStatus } from './health-report.ts';
import { scheduleState } from './retrain-schedule.ts';

export interface HealthServiceDeps {
  readonly server: ModelServer;
  readonly drift: DriftWatch;
  readonly latency: LatencyRecorder;
  readonly feedback: FeedbackStore;
  readonly predictions: PredictionLog;
  readonly runs: RunLog;
  /** Tells the others of this instance and says whether all agree. */
  readonly agreement: () => Promise<FleetAgreement>;
  /** Why the stored policy cannot be read; undefined while it can. */
  readonly policyProblem: () => string | undefined;
  /** Stored things that this instance met and could not read, a sentence each. */
  readonly damage: () => readonly string[];
  /** Asks what the last inspection has found. */
  readonly lookForDamage: () => Promise<void>;
  readonly storageBackend: string;
  readonly schedule: string;
  readonly isTimerDisabled: boolean;
  readonly senders: SenderCounts;
  readonly startedAtMs: number;
  readonly now: () => number;
}

/** Runs looked through for those of the hourly check: operators may have asked for some in between. */
const LAST_RUNS = 20;

/** Whether the service can score, with reasons and without. */
export class HealthService {
  readonly #deps: HealthServiceDeps;
  readonly #checks = new HealthChecks();
  /** As of the last look at the log of runs. */
  #failedChecks: string | undefined;

  constructor(deps: HealthServiceDeps) {
    this.#deps = deps;
  }

  /** From memory alone, so that it answers at once whatever storage does. */
  status(): { status: HealthStatus; reasons: readonly string[] } {
    const { schedule, isTimerDisabled, startedAtMs } = this.#deps;
    const { status, reasons } = healthStatus({ ...this.#known(), fleet: undefined });
    // Whether the timer fires at all is known without storage; whether it has fired is not.
    const timer = scheduleState({
      schedule,
      isDisabled: isTimerDisabled,
      lastTick: undefined,
      startedAtMs,
      nowMs: startedAtMs,
    });
    if (timer.problem === undefined) return { status, reasons };
    return { status: status === 'ok' ? 'degraded' : status, reasons: [...reasons, timer.problem] };
  }

  /** Remembers how the service is now, from memory alone. */
  note(): void {
    const { status, reasons } = this.status();
    this.#checks.note(this.#deps.now(), status, reasons);
  }

  /** What storage does not answer is left out, never fails. */
  async details(): Promise<WireHealthDetails> {
    const { drift, feedback, runs, agreement, latency, predictions, now } = this.#deps;
    const absentOnOutage = <T>(asked: Promise<T>): Promise<T | undefined> => asked.catch(() => undefined);
    const [fleet, pending, lastTick, lastRuns] = await Promise.all([
      absentOnOutage(agreement()),
      absentOnOutage(feedback.summarizePending()),
      absentOnOutage(runs.lastTick()),
      absentOnOutage(runs.list(LAST_RUNS)),
      absentOnOutage(this.#deps.lookForDamage()),
    ]);
    if (lastRuns !== undefined) this.#failedChecks = failedChecks(lastRuns);
    const report = healthReport({
      ...this.#known(),
      storageBackend: this.#deps.storageBackend,
      latency: latency.summary(),
      latencyHistory: latency.history(),
      pending,
      lastTick,
      schedule: this.#deps.schedule,
      isTimerDisabled: this.#deps.isTimerDisabled,
      predictionLog: predictions.stats(),
      senders: this.#deps.senders.summary(),
      fleet,
      drift: {
        status: drift.latest?.status ?? 'unknown',
        detail: drift.latest?.detail ?? 'not looked at yet on this instance',
      },
      startedAtMs: this.#deps.startedAtMs,
      nowMs: now(),
    });
    this.#checks.note(now(), report.status, report.reasons);
    const checks = this.#checks.list().map(({ reason, ...check }) => ({ ...check, reason: reason ?? null }));
    return { ...report, checks };
  }

  /** What this instance knows without asking storage. */
  #known(): Pick<
    HealthInputs,
    'models' | 'problem' | 'policyProblem' | 'localCopyProblem' | 'failedChecks' | 'damage'
  > {
    const { server, policyProblem, damage } = this.#deps;
    return {
      models: server.loaded,
      problem: server.problem,
      policyProblem: policyProblem(),
      localCopyProblem: server.localCopyProblem,
      failedChecks: this.#failedChecks,
      damage: damage(),
    };
  }
}
