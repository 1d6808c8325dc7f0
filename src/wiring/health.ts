import type { Inspection } from '../api/doctor/inspection.ts';
import { HealthService } from '../api/health/health-service.ts';
import { scheduleState } from '../api/health/retrain-schedule.ts';
import type { PolicyService } from '../api/policy/policy-service.ts';
import type { SenderCounts } from '../api/predict/sender-counts.ts';
import type { DriftWatch } from '../monitoring/drift-watch.ts';
import type { LatencyRecorder } from '../serving/latency-recorder.ts';
import type { ModelServer } from '../serving/model-server.ts';
import type { Base } from './base.ts';
import type { Fleet } from './fleet.ts';

export interface HealthParts {
  readonly server: ModelServer;
  readonly policy: Pick<PolicyService, 'problem'>;
  readonly inspection: Inspection;
  readonly fleet: Fleet;
  readonly drift: DriftWatch;
  readonly latency: LatencyRecorder;
  readonly senders: SenderCounts;
}

export function createHealth(
  { settings, stores, now, startedAtMs, isTimerDisabled, logEvent }: Base,
  { server, policy, inspection, fleet, drift, latency, senders }: HealthParts,
): HealthService {
  const schedule = settings.RETRAIN_SCHEDULE;
  const { problem } = scheduleState({
    schedule,
    isDisabled: isTimerDisabled,
    lastTick: undefined,
    startedAtMs,
    nowMs: startedAtMs,
  });
  if (problem !== undefined) logEvent('retrain_schedule_problem', { reason: problem });
  return new HealthService({
    server,
    drift,
    latency,
    senders,
    feedback: stores.feedback,
    predictions: stores.predictions,
    runs: stores.runs,
    agreement: async () => {
      await fleet.beat();
      return fleet.heartbeat.agreement();
    },
    policyProblem: () => policy.problem,
    damage: () => [...stores.setAside.sentences(), ...inspection.damage],
    lookForDamage: () => inspection.refresh(),
    storageBackend: stores.backend,
    schedule,
    isTimerDisabled,
    startedAtMs,
    now,
  });
}
