import type { CriticalCaseService } from './api/critical-cases/critical-case-service.ts';
import { ExportService } from './api/export/export-service.ts';
import type { HealthService } from './api/health/health-service.ts';
import type { IntelService } from './api/intel/intel-service.ts';
import type { OperationsService } from './api/operations-service.ts';
import type { PolicyService } from './api/policy/policy-service.ts';
import { SenderCounts } from './api/predict/sender-counts.ts';
import type { RuleService } from './api/rules/rule-service.ts';
import type { SimilarService } from './api/similar/similar-service.ts';
import type { WorkloadService } from './api/workload/workload-service.ts';
import type { Settings } from './config.ts';
import { DriftWatch } from './monitoring/drift-watch.ts';
import { LatencyRecorder } from './serving/latency-recorder.ts';
import type { ModelServer } from './serving/model-server.ts';
import type { TriageRoom } from './triage/triage-room.ts';
import { type Base, createBase, type Surroundings } from './wiring/base.ts';
import { createDoctor, createInspection, type Doctor } from './wiring/doctor.ts';
import { createFleet, createHeartbeat, createLiveness, type Fleet } from './wiring/fleet.ts';
import { createHealth } from './wiring/health.ts';
import { createHourly, type Hourly } from './wiring/hourly.ts';
import { createIntel } from './wiring/intel.ts';
import { createJudging, type Judging } from './wiring/judging.ts';
import { createOperations, createRetraining } from './wiring/learning.ts';
import { createCriticalCases, createPolicy, createWorkload } from './wiring/policy.ts';
import { createPredicting, createSimilar, type Predicting } from './wiring/predicting.ts';
import { Rounds } from './wiring/rounds.ts';
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
  readonly judging: Judging;
  readonly exports: ExportService;
  readonly triage: TriageRoom;
  readonly health: HealthService;
  readonly drift: DriftWatch;
  readonly operations: OperationsService;
  readonly policy: PolicyService;
  readonly workload: WorkloadService;
  readonly similar: SimilarService;
  readonly criticalCases: CriticalCaseService;
  readonly intel: IntelService;
  readonly rules: RuleService;
  readonly doctor: Doctor;
  readonly hourly: Hourly;
  readonly now: () => number;
  /** Host of the storage, for people. */
  readonly storageName: string;
  readonly #base: Base;
  readonly #server: ModelServer;
  readonly #fleet: Fleet;
  readonly #rounds: Rounds;

  constructor(settings: Settings, surroundings: Surroundings = {}) {
    const base = createBase(settings, surroundings);
    this.settings = settings;
    this.now = base.now;
    this.storageName = base.stores.backend;
    this.#base = base;
    const latency = new LatencyRecorder(base.now);
    const senders = new SenderCounts();

    this.policy = createPolicy(base, () => this.#server.current());
    this.workload = createWorkload(base, this.policy);
    this.criticalCases = createCriticalCases(base, this.policy, () => this.#server.current());
    const heartbeat = createHeartbeat(base);
    const liveness = createLiveness(base, heartbeat);
    const rules = createRules(base, this.policy);
    this.rules = rules.service;
    const retraining = createRetraining(base, this.policy, liveness, rules.book);
    this.#server = createModelServer(base, retraining, ({ classifier, versions }) =>
      rules.book.setLearned(classifier.ruleWeights ?? {}, versions.classifier),
    );
    this.#fleet = createFleet(this.#server, heartbeat);
    this.operations = createOperations(base, retraining, {
      refresh: () => this.#rounds.go(() => this.#server.refreshAnew()),
      servedHere: () => this.#server.loaded?.versions,
      living: () => heartbeat.serving(),
      liveness,
    });
    const inspection = createInspection(base, this.policy, this.rules);
    this.doctor = createDoctor(base, this.policy, this.rules, heartbeat, inspection);
    this.drift = new DriftWatch(
      base.stores.predictions,
      base.now,
      () => this.#server.loaded?.anomaly.trafficBins,
    );
    const intel = createIntel(base);
    this.intel = intel.service;
    this.triage = createTriageRoom(base, intel.sources, rules.book);
    this.similar = createSimilar(base, () => this.#server.current());
    this.predicting = createPredicting(base, {
      similar: this.similar,
      server: this.#server,
      policy: this.policy,
      triage: this.triage,
      latency,
      senders,
    });
    this.judging = createJudging(base, this.triage, latency);
    this.exports = new ExportService(base.stores.feedback, base.stores.predictions);
    this.hourly = createHourly(base, {
      operations: this.operations,
      drift: this.drift,
      followJudgements: () => this.judging.incidents.followJudgements(),
      inspect: () => inspection.inspect(),
    });
    this.health = createHealth(base, {
      server: this.#server,
      policy: this.policy,
      fleet: this.#fleet,
      drift: this.drift,
      latency,
      senders,
      inspection,
    });
    this.#rounds = new Rounds(base, {
      server: this.#server,
      policy: this.policy,
      triage: this.triage,
      intel: this.intel,
      rules: this.rules,
      incidents: this.judging.incidents,
      fleet: this.#fleet,
      health: this.health,
    });
  }

  /** Loads the models and all else that an instance looks at; never fails, health says how it went. */
  warmUp(): Promise<void> {
    return this.#rounds.go();
  }

  /** Writes what is still queued and stops the clocks. */
  async close(): Promise<void> {
    this.#rounds.stop();
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
}
