import type { AlertforestError } from '../../errors.ts';
import { MODEL_NAMES } from '../../models/model-name.ts';
import type { ServingModels } from '../../models/serving-models.ts';
import type { FleetAgreement } from '../../monitoring/fleet-heartbeat.ts';
import type { LatencyPoint, LatencySummary } from '../../serving/latency-recorder.ts';
import type { PendingSummary } from '../../store/feedback-store.ts';
import type { PredictionLogStats } from '../../store/prediction-log.ts';
import type { TickRecord } from '../../store/run-log.ts';
import { roundTo } from '../rounding.ts';
import type { WireHealthDetails } from './health.ts';
import { scheduleState } from './retrain-schedule.ts';
import { wrongClocks } from './wrong-clocks.ts';

export interface HealthInputs {
  readonly models: ServingModels | undefined;
  /** Why storage or the serving models could not be read at the last look. */
  readonly problem: AlertforestError | undefined;
  /** Why the stored policy cannot be read, and what decides meanwhile. */
  readonly policyProblem: string | undefined;
  /** Why an instance that starts during an outage would have nothing to serve. */
  readonly localCopyProblem?: string | undefined;
  /** Why nothing is learned by itself any more. */
  readonly failedChecks?: string | undefined;
  /** Stored things that cannot be read and are gone on without, a sentence each. */
  readonly damage?: readonly string[];
  readonly storageBackend: string;
  readonly latency: Readonly<Record<string, LatencySummary>>;
  readonly latencyHistory: Readonly<Record<string, readonly LatencyPoint[]>>;
  /** `undefined` where storage did not answer. */
  readonly pending: PendingSummary | undefined;
  readonly lastTick: TickRecord | undefined;
  readonly schedule: string;
  readonly isTimerDisabled: boolean;
  readonly predictionLog: PredictionLogStats;
  readonly fleet: FleetAgreement | undefined;
  readonly senders: WireHealthDetails['senders'];
  readonly drift: { readonly status: string; readonly detail: string };
  readonly startedAtMs: number;
  readonly nowMs: number;
}

export type HealthStatus = WireHealthDetails['status'];

/**
 * ok: serving from storage. degraded: serving, with something an operator should see to. unhealthy: no model can be
 * served, so the instance should get no traffic.
 */
export function healthStatus(
  inputs: Pick<
    HealthInputs,
    'models' | 'problem' | 'policyProblem' | 'localCopyProblem' | 'failedChecks' | 'damage' | 'fleet'
  >,
): {
  status: HealthStatus;
  reasons: string[];
} {
  const reasons: string[] = [];
  if (inputs.problem) reasons.push(`${inputs.problem.code}: ${inputs.problem.message}`);
  if (inputs.models === undefined)
    return { status: 'unhealthy', reasons: [...reasons, 'no model is loaded'] };
  if (inputs.models.source === 'local_copy')
    reasons.push('serving the local copy: storage could not be read at the start');
  // an outage has been told of already
  if (inputs.policyProblem !== undefined && inputs.problem === undefined) reasons.push(inputs.policyProblem);
  for (const problem of [inputs.localCopyProblem, inputs.failedChecks]) {
    if (problem !== undefined) reasons.push(problem);
  }
  reasons.push(...(inputs.damage ?? []));
  if (inputs.fleet?.agree === false) reasons.push('instances serve different versions');
  reasons.push(...wrongClocks(inputs.fleet?.instances ?? []));
  return { status: reasons.length === 0 ? 'ok' : 'degraded', reasons };
}

export function healthReport(inputs: HealthInputs): Omit<WireHealthDetails, 'checks'> {
  const { models, problem, fleet, nowMs, startedAtMs } = inputs;
  const storageAway = problem?.code === 'STORE_UNAVAILABLE' || inputs.pending === undefined;
  const judged = healthStatus(inputs);
  const timer = scheduleState({ ...inputs, isDisabled: inputs.isTimerDisabled });
  const isTroubled = storageAway || timer.problem !== undefined;
  const status = judged.status === 'ok' && isTroubled ? 'degraded' : judged.status;
  const reasons = [
    ...judged.reasons,
    ...(storageAway && !problem ? ['storage does not answer'] : []),
    ...(timer.problem === undefined ? [] : [timer.problem]),
  ];
  return {
    status,
    reasons,
    release: models?.release ?? null,
    models: Object.fromEntries(
      models === undefined
        ? []
        : MODEL_NAMES.map((name) => [
            name,
            {
              version: models.versions[name],
              sha256: models.served[name].sha256,
              source: models.source,
              loaded_at: models.loadedAt,
            },
          ]),
    ),
    latency: Object.fromEntries(
      Object.entries(inputs.latency).map(([name, summary]) => [name, wireLatency(summary)]),
    ),
    latency_history: Object.fromEntries(
      Object.entries(inputs.latencyHistory).map(([name, points]) => [
        name,
        points.map(({ startMs, ...summary }) => ({
          at: new Date(startMs).toISOString(),
          ...wireLatency(summary),
        })),
      ]),
    ),
    pending_feedback: inputs.pending?.count ?? null,
    oldest_pending_at: inputs.pending?.oldestAt ?? null,
    scheduler: {
      schedule: inputs.schedule,
      last_tick: inputs.lastTick?.at ?? null,
      last_result: inputs.lastTick?.result ?? null,
      next_tick: timer.nextTick,
    },
    storage: {
      backend: inputs.storageBackend,
      status: storageAway ? 'unavailable' : 'ok',
      ...(problem ? { detail: problem.message } : {}),
    },
    prediction_log: inputs.predictionLog,
    senders: inputs.senders,
    drift: inputs.drift,
    instances: {
      seen: fleet?.instances.length ?? 0,
      agree: fleet?.agree ?? true,
      list: (fleet?.instances ?? []).map(({ instanceId, release, versions, seenAt, skewMs }) => ({
        instance_id: instanceId,
        release: release ?? null,
        versions: { ...versions },
        seen_at: seenAt,
        clock_skew_seconds: roundTo(skewMs / 1000, 1),
      })),
    },
    started_at: new Date(startedAtMs).toISOString(),
    uptime_seconds: Math.round((nowMs - startedAtMs) / 1000),
  };
}

const wireLatency = ({ count, p50Ms, p95Ms, p99Ms }: LatencySummary) => ({
  count,
  p50_ms: roundTo(p50Ms, 3),
  p95_ms: roundTo(p95Ms, 3),
  p99_ms: roundTo(p99Ms, 3),
});
