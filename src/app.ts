import type { CriticalCaseService } from './api/critical-cases/critical-case-service.ts';
import type { QuarantineService } from './api/feedback/quarantine-service.ts';
import type { HealthService } from './api/health/health-service.ts';
import { hourlyCheck } from './api/hourly-check.ts';
import { IncidentService } from './api/incidents/incident-service.ts';
import type { IntelService } from './api/intel/intel-service.ts';
import type { OperationsService } from './api/operations-service.ts';
import type { PolicyService } from './api/policy/policy-service.ts';
import { SenderCounts } from './api/predict/sender-counts.ts';
import type { RuleService } from './api/rules/rule-service.ts';
import type { WorkloadService } from './api/workload/workload-service.ts';
import type { Settings } from './config.ts';
import { DriftWatch } from './monitoring/drift-watch.ts';
import { LatencyRecorder } from './serving/latency-recorder.ts';
import type { ModelServer } from './serving/model-server.ts';
import { STIR_EVERY_MS } from './triage/state/shared-state.ts';
import type { TriageRoom } from './triage/triage-room.ts';
import { type Base, createBase, type Surroundings } from './wiring/base.ts';
import {
  createFeedback,
  createFeeding,
  createQuarantine,
  createStandingFeedback,
  createWithdrawal,
  type TakeFeedback,
} from './wiring/feeding.ts';
import { createFleet, createHeartbeat, createLiveness, type Fleet } from './wiring/fleet.ts';
import { createHealth } from './wiring/health.ts';
import { createIntel } from './wiring/intel.ts';
import { createOperations, createRetraining } from './wiring/learning.ts';
import { createCriticalCases, createPolicy, createWorkload } from './wiring/policy.ts';
import { createPredicting, type Predicting } from './wiring/predicting.ts';
import { createRules } from './wiring/rules.ts';
import { createModelServer } from './wiring/serving.ts';
import { createTriageRoom } from './wiring/triage.ts';

/**
 * The service: every object built once from the settings and handed what it needs, a file in src/wiring for each
 * room. Building it costs no request; `warmUp` starts loading the models.
 */
export class App {
  readonly settings: Settings;
  readonly predicting: Predicting;
  readonly feedback: TakeFeedback;
  readonly standingFeedback: ReturnType<typeof createStandingFeedback>;
  readonly withdrawFeedback: ReturnType<typeof createWithdrawal>;
  /** Takes what one analyst said out of every later training set; answers the alerts changed. */
  readonly forget: (analyst: string, pseudonym: string) => Promise<number>;
  readonly triage: TriageRoom;
  readonly incidents: IncidentService;
  readonly quarantine: QuarantineService;
  readonly health: HealthService;
  readonly drift: DriftWatch;
  readonly operations: OperationsService;
  readonly policy: PolicyService;
  readonly workload: WorkloadService;
  readonly criticalCases: CriticalCaseService;
  readonly intel: IntelService;
  readonly rules: RuleService;
  readonly now: () => number;
  readonly #base: Base;
  readonly #server: ModelServer;
  readonly #fleet: Fleet;
  readonly #poll: NodeJS.Timeout;
  readonly #stir: NodeJS.Timeout;

  constructor(settings: Settings, surroundings: Surroundings = {}) {
    const base = createBase(settings, surroundings);
    this.settings = settings;
    this.now = base.now;
    this.#base = base;
    const latency = new LatencyRecorder(base.now);
    const senders = new SenderCounts();

    this.policy = createPolicy(base, () => this.#server.current());
    this.workload = createWorkload(base, this.policy);
    this.criticalCases = createCriticalCases(base, this.policy, () => this.#server.current());
    const heartbeat = createHeartbeat(base);
    const liveness = createLiveness(base, heartbeat);
    const rules = createRules(base);
    const retraining = createRetraining(base, this.policy, liveness, rules.book);
    this.#server = createModelServer(base, retraining, ({ classifier, versions }) =>
      rules.book.setLearned(classifier.ruleWeights ?? {}, versions.classifier),
    );
    this.#fleet = createFleet(this.#server, heartbeat);
    this.operations = createOperations(base, retraining, {
      refresh: () => this.#refresh(),
      living: () => heartbeat.living(),
      liveness,
    });
    this.drift = new DriftWatch(
      base.stores.predictions,
      base.now,
      () => this.#server.loaded?.anomaly.trafficBins,
    );
    const intel = createIntel(base);
    this.intel = intel.service;
    this.rules = rules.service;
    this.triage = createTriageRoom(base, intel.sources, rules.book);
    this.predicting = createPredicting(base, {
      server: this.#server,
      policy: this.policy,
      triage: this.triage,
      latency,
      senders,
    });
    const feeding = createFeeding(base);
    this.feedback = createFeedback(feeding, latency);
    this.standingFeedback = createStandingFeedback(base);
    this.withdrawFeedback = createWithdrawal(feeding);
    this.forget = (analyst, pseudonym) => base.stores.feedback.forget(analyst, pseudonym);
    this.incidents = new IncidentService({ triage: this.triage, feeding, now: base.now });
    this.quarantine = createQuarantine(base, this.triage);
    this.health = createHealth(base, {
      server: this.#server,
      fleet: this.#fleet,
      drift: this.drift,
      latency,
      senders,
    });
    // A timer of the platform reaches one instance only: every instance looks at the pointer by itself.
    this.#poll = setInterval(() => void this.#refresh(), settings.HEAD_POLL_SECONDS * 1000).unref();
    this.#stir = setInterval(() => void this.triage.shareIfStirred(), STIR_EVERY_MS).unref();
  }

  /** Starts loading the models; never fails, health says how it went. */
  warmUp(): void {
    void this.#refresh();
  }

  /** The hourly check; gives its events. */
  hourly(isPastDue: boolean): Promise<Record<string, Record<string, unknown>>> {
    const { settings, stores, now } = this.#base;
    return hourlyCheck(isPastDue, {
      operations: this.operations,
      feedback: stores.feedback,
      predictions: stores.predictions,
      drift: this.drift,
      predictionLogWeeks: settings.PREDICTION_LOG_WEEKS,
      now,
    });
  }

  /** Writes what is still queued and stops the clocks. */
  async close(): Promise<void> {
    clearInterval(this.#poll);
    clearInterval(this.#stir);
    await Promise.all([
      this.#base.stores.predictions.close(),
      this.#server.settled(),
      this.triage.close(),
      this.#fleet.heartbeat.withdraw(),
    ]);
  }

  /** Writes predictions that wait to be logged. */
  flush(): Promise<void> {
    return this.#base.stores.predictions.flush();
  }

  async #refresh(): Promise<void> {
    await Promise.all([
      this.#server.refresh(),
      this.policy.refresh(),
      this.triage.share(),
      this.intel.refresh(),
      this.rules.refresh(),
    ]);
    await this.#fleet.beat();
    this.health.note();
  }
}
