import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import packageJson from '../package.json' with { type: 'json' };
import {
  answerFeedback,
  type FeedbackAnswer,
  type FeedbackServiceDeps,
} from './api/feedback/feedback-service.ts';
import type { WireHealthDetails } from './api/health/health.ts';
import { type HealthStatus, healthReport, healthStatus } from './api/health/health-report.ts';
import { OperationsService } from './api/operations-service.ts';
import { policyDocumentSchema } from './api/policy/policy.ts';
import { PolicyService, policyHash8 } from './api/policy/policy-service.ts';
import {
  answerPredict,
  type PredictAnswer,
  type PredictOptions,
  type PredictServiceDeps,
} from './api/predict/predict-service.ts';
import type { WireVerdict } from './api/predict/verdict.ts';
import { wireVerdict } from './api/predict/wire-verdict.ts';
import { Quota } from './api/quota.ts';
import { type AppStores, createStores } from './app-stores.ts';
import type { Settings } from './config.ts';
import { unwrapEnvelope } from './intake/envelope.ts';
import { type NormalizedAlert, normalizeAlert } from './intake/normalize.ts';
import { parseBody } from './intake/parse-body.ts';
import { qualityReport } from './intake/quality.ts';
import { checkDrift, type DriftReport } from './monitoring/drift-monitor.ts';
import { FleetHeartbeat } from './monitoring/fleet-heartbeat.ts';
import { LatencyRecorder } from './serving/latency-recorder.ts';
import { ModelServer } from './serving/model-server.ts';
import { DocumentStore } from './store/document-store.ts';
import { CRITICAL_CASES_BLOB, HEAD_BLOB, POLICY_POINTER_BLOB, policyPath } from './store/names.ts';
import { headSchema } from './store/release.ts';
import { FeedbackCounter } from './training/feedback/feedback-counter.ts';
import type { Sender } from './training/feedback/feedback-intake.ts';
import { notePending } from './training/feedback/pending-watch.ts';
import { criticalCaseSetSchema } from './training/gate/critical-case-set.ts';
import { Lineage } from './training/releases/lineage.ts';
import { bootstrap } from './training/runs/bootstrap.ts';
import { heldOutAlerts } from './training/runs/policy-preview.ts';
import type { RetrainDeps } from './training/runs/retrain.ts';
import { createThreadTrainer } from './training/runs/thread-trainer.ts';
import { DEFAULT_TRAINING_SETTINGS } from './training/training-settings.ts';
import { AlertScorer, snapshotOfAlert } from './triage/alert-scorer.ts';
import { RecentKeys } from './triage/recent-keys.ts';
import { BuiltInRuleEngine } from './triage/rules/built-in-rule-engine.ts';
import { SharedTraffic, TRAFFIC_SKETCH } from './triage/shared-traffic.ts';
import { TenantTraffic } from './triage/tenant-traffic.ts';
import { createTriage, type Triage } from './triage/triage.ts';

const RUNS_PATH = '/api/v1/ml/retrain';
const DRIFT_AGE_MS = 10 * 60_000;
/** Alert keys remembered to mark a re-score; about 10 MB. */
const MAX_REMEMBERED_KEYS = 50_000;

/**
 * The service: every object built once from the settings and handed what it needs. Building it costs no request;
 * `warmUp` starts loading the models.
 */
export class App {
  readonly settings: Settings;
  readonly operations: OperationsService;
  readonly policy: PolicyService;
  readonly #stores: AppStores;
  readonly #server: ModelServer;
  readonly #heartbeat: FleetHeartbeat;
  readonly #triage: Triage;
  readonly #recent = new RecentKeys();
  readonly #traffic: TenantTraffic;
  readonly #sharedTraffic: SharedTraffic;
  readonly #latency: LatencyRecorder;
  readonly #predicting: PredictServiceDeps;
  readonly #feeding: FeedbackServiceDeps;
  readonly #startedAtMs: number;
  readonly #now: () => number;
  /** Events outside any request, as docs/telemetry.md lists them. */
  readonly #logEvent: (event: string, details: Readonly<Record<string, unknown>>) => void;
  readonly #poll: NodeJS.Timeout;
  #drift: (DriftReport & { readonly checkedAtMs: number }) | undefined;

  /** @param writeLine takes the events outside any request, one line of JSON each */
  constructor(
    settings: Settings,
    now: () => number = Date.now,
    writeLine: (line: string) => void = console.log,
  ) {
    this.settings = settings;
    this.#now = now;
    this.#logEvent = (event, details) => writeLine(JSON.stringify({ event, ...details }));
    this.#startedAtMs = now();
    this.#stores = createStores(settings, now);
    const stores = this.#stores;
    const lineage = new Lineage(stores.models);
    const newRunId = (): string => randomUUID();
    const wait = async (ms: number): Promise<void> => void (await sleep(ms));
    this.policy = new PolicyService({
      documents: new DocumentStore(stores.models, POLICY_POINTER_BLOB, policyDocumentSchema, (document) =>
        policyPath(document.seq, policyHash8(document)),
      ),
      criticalCases: new DocumentStore(stores.models, CRITICAL_CASES_BLOB, criticalCaseSetSchema),
      models: () => this.#server.current(),
      heldOut: ({ classifier }) => heldOutAlerts(stores.models, lineage, classifier),
      auditShare: settings.AUDIT_SHARE,
      now,
    });

    const retraining: RetrainDeps = {
      models: stores.models,
      feedback: stores.feedback,
      predictions: settings.PREDICTION_LOG === 'off' ? undefined : stores.predictions,
      runs: stores.runs,
      trainer: createThreadTrainer(trainingThreadUrl()),
      settings: {
        ...DEFAULT_TRAINING_SETTINGS,
        syntheticAlerts: settings.SYNTHETIC_ALERTS,
        syntheticSeed: settings.SYNTHETIC_SEED,
        contestants: settings.TOURNAMENT,
      },
      policy: () => this.policy.latest(),
      criticalCases: () => this.policy.activeCriticalCases(),
      retrainAfter: { queue: settings.RETRAIN_AFTER, timer: settings.RETRAIN_AFTER_HOURLY },
      codeVersion: packageJson.version,
      now,
      newRunId,
      onEvent: this.#logEvent,
      lineage,
    };
    this.#server = new ModelServer({
      store: stores.models,
      localCopy: stores.localCopy,
      headPath: HEAD_BLOB,
      parseHead: (bytes) => headSchema.parse(JSON.parse(Buffer.from(bytes).toString('utf8'))),
      bootstrap: async () => void (await bootstrap({ ...retraining, sleep: wait })),
      now,
      pollMs: settings.HEAD_POLL_SECONDS * 1000,
      onEvent: this.#logEvent,
    });
    const instanceId = process.env['WEBSITE_INSTANCE_ID']?.slice(0, 32) ?? randomUUID();
    this.#triage = createTriage({
      key: randomBytes(32),
      rules: settings.RULES === 'on' ? new BuiltInRuleEngine() : undefined,
      onEvent: this.#logEvent,
    });
    this.#traffic = new TenantTraffic(this.#startedAtMs);
    this.#sharedTraffic = new SharedTraffic({
      traffic: this.#traffic,
      fleet: stores.fleet,
      instanceId,
      now,
      onEvent: this.#logEvent,
    });
    this.#heartbeat = new FleetHeartbeat({
      fleet: stores.fleet,
      instanceId,
      startedAt: new Date(this.#startedAtMs).toISOString(),
      now,
      everyMs: Math.max(settings.HEAD_POLL_SECONDS * 1000, 15_000),
      sketches: (): Record<string, string> =>
        this.#sharedTraffic.hasRead ? { [TRAFFIC_SKETCH]: this.#traffic.sketch(now()) } : {},
    });
    this.#latency = new LatencyRecorder(now);
    this.operations = new OperationsService({
      lineage,
      activation: { models: stores.models, now, newRunId, lineage },
      retraining,
      runs: stores.runs,
      queue: stores.queue,
      feedback: stores.feedback,
      fleet: stores.fleet,
      refresh: () => this.#refresh(),
      now,
      newRunId,
      sleep: wait,
      runsPath: RUNS_PATH,
    });
    this.#predicting = this.#predictDeps();
    this.#feeding = this.#feedbackDeps();
    // A timer of the platform reaches one instance only: every instance looks at the pointer by itself.
    this.#poll = setInterval(() => void this.#refresh(), settings.HEAD_POLL_SECONDS * 1000).unref();
  }

  /** Starts loading the models; never fails, health says how it went. */
  warmUp(): void {
    void this.#refresh();
  }

  async predict(text: string, options: PredictOptions): Promise<PredictAnswer> {
    const startedAtMs = performance.now();
    const answer = await answerPredict(text, options, this.#predicting);
    this.#latency.record(
      'results' in answer.body ? 'predict_batch' : 'predict',
      performance.now() - startedAtMs,
    );
    return answer;
  }

  async feedback(text: string, sender: Sender, requestId: string): Promise<FeedbackAnswer> {
    const startedAtMs = performance.now();
    const answer = await answerFeedback(text, sender, requestId, this.#feeding);
    this.#latency.record('feedback', performance.now() - startedAtMs);
    return answer;
  }

  /** One alert outside HTTP, as the command line scores it. Not logged. */
  async score(payload: unknown, explain: number): Promise<WireVerdict> {
    const models = await this.#server.current();
    const scored = this.#predicting.scorer.score(payload, models, explain, this.#now());
    return wireVerdict(scored, false, false);
  }

  /** @throws AlertforestError REQUEST_INVALID where the body cannot be read */
  quality(text: string): ReturnType<typeof qualityReport> {
    const payload = parseBody(text);
    return qualityReport(unwrapEnvelope(payload), { receivedAtMs: this.#now() });
  }

  /** From memory alone, so that it answers at once whatever storage does. */
  health(): { status: HealthStatus } {
    const { status } = healthStatus({
      models: this.#server.loaded,
      problem: this.#server.problem,
      fleet: undefined,
    });
    return { status };
  }

  async healthDetails(): Promise<WireHealthDetails> {
    const absentOnOutage = <T>(asked: Promise<T>): Promise<T | undefined> => asked.catch(() => undefined);
    // before the first beat: it takes the place of what the process before this one has left
    await this.#sharedTraffic.refresh();
    await this.#heartbeat.beat(this.#state());
    const [pending, lastTick, fleet] = await Promise.all([
      absentOnOutage(this.#stores.feedback.summarizePending()),
      absentOnOutage(this.#stores.runs.lastTick()),
      absentOnOutage(this.#heartbeat.agreement()),
    ]);
    return healthReport({
      models: this.#server.loaded,
      problem: this.#server.problem,
      storageBackend: this.#stores.backend,
      latency: this.#latency.summary(),
      pending,
      lastTick,
      schedule: this.settings.RETRAIN_SCHEDULE,
      predictionLog: this.#stores.predictions.stats(),
      fleet,
      drift: {
        status: this.#drift?.status ?? 'unknown',
        detail: this.#drift?.detail ?? 'not looked at yet on this instance',
      },
      startedAtMs: this.#startedAtMs,
      nowMs: this.#now(),
    });
  }

  /** Read from the prediction log at most every ten minutes. @throws AlertforestError STORE_UNAVAILABLE */
  async drift(): Promise<DriftReport> {
    const nowMs = this.#now();
    if (this.#drift === undefined || nowMs - this.#drift.checkedAtMs > DRIFT_AGE_MS) {
      this.#drift = { ...(await checkDrift(this.#stores.predictions, nowMs)), checkedAtMs: nowMs };
    }
    return this.#drift;
  }

  /** The hourly check: retrains when enough is new, then looks at what is left over and at drift. */
  async hourly(isPastDue: boolean): Promise<Record<string, Record<string, unknown>>> {
    const startedAtMs = this.#now();
    const tick = await this.operations.retrainTick(isPastDue);
    const { count: pending, oldestAt } = await this.#stores.feedback.summarizePending();
    const oldestMinutes =
      oldestAt === undefined ? 0 : Math.floor((this.#now() - Date.parse(oldestAt)) / 60_000);
    const { status, detail } = await this.drift();
    await this.#stores.predictions.dropTablesOlderThan(this.settings.PREDICTION_LOG_WEEKS);
    return {
      retrain_tick: { ...tick, durationMs: this.#now() - startedAtMs },
      pending: { pending, oldestMinutes },
      drift: { status, detail },
    };
  }

  /** Writes what is still queued and stops the clocks. */
  async close(): Promise<void> {
    clearInterval(this.#poll);
    await Promise.all([this.#stores.predictions.close(), this.#server.settled()]);
  }

  #predictDeps(): PredictServiceDeps {
    const { settings } = this;
    const { predictions } = this.#stores;
    const remembered = new LRUCache<string, true>({ max: MAX_REMEMBERED_KEYS });
    return {
      scorer: new AlertScorer({
        normalize,
        pipeline: this.#triage.pipeline,
        isNew: (key) => !this.#recent.has(key),
        newVerdictId: verdictIdAt,
        weights: {
          model: settings.MODEL_WEIGHT,
          rule: settings.RULE_WEIGHT,
          risk: settings.BLEND_RISK,
          classifier: settings.BLEND_CLASSIFIER,
          anomaly: settings.BLEND_ANOMALY,
        },
        policy: () => this.policy.inForce(),
        tenantAlerts: (tenant, nowMs) => this.#traffic.alertsOf(tenant, nowMs),
      }),
      models: () => this.#server.current(),
      parse: parseBody,
      unwrap: unwrapEnvelope,
      maxAlertBytes: settings.MAX_ALERT_BYTES,
      maxBatchAlerts: settings.MAX_BATCH_ALERTS,
      auditShare: () => this.policy.inForce().audit_share,
      append: (entries) => predictions.append(entries),
      flush: () => predictions.flush(),
      onScored: ({ snapshot }) => {
        this.#recent.add(snapshot.alertKey, this.#now());
        if (!remembered.has(snapshot.alertKey)) this.#traffic.note(snapshot.tenant, this.#now());
        remembered.set(snapshot.alertKey, true);
      },
      wasScored: (key) => remembered.has(key),
      logContent: settings.LOG_ALERT_CONTENT === 'on',
      now: this.#now,
    };
  }

  #feedbackDeps(): FeedbackServiceDeps {
    const { settings } = this;
    const { feedback, predictions, queue } = this.#stores;
    const quota = new Quota(settings.FEEDBACK_RATE_PER_MINUTE, this.#now);
    const counter = new FeedbackCounter({ retrainAfter: settings.RETRAIN_AFTER });
    return {
      feedback,
      predictions,
      normalize: (payload) => normalize(payload, this.#now()),
      snapshotOf: snapshotOfAlert,
      now: this.#now,
      parse: parseBody,
      unwrap: unwrapEnvelope,
      maxItems: settings.MAX_BATCH_ALERTS,
      retrainAfter: settings.RETRAIN_AFTER,
      takeQuota: (sender, n) => quota.take(sender.verified ? (sender.name ?? '') : '', n),
      noteJudged: (n) =>
        notePending(n, {
          counter,
          feedback,
          queue,
          now: this.#now,
          onProblem: (error) => this.#logEvent('pending_not_counted', { reason: String(error) }),
        }),
    };
  }

  async #refresh(): Promise<void> {
    await Promise.all([this.#server.refresh(), this.policy.refresh(), this.#sharedTraffic.refresh()]);
    await this.#heartbeat.beat(this.#state());
  }

  #state(): { release: string | undefined; versions: Record<string, string> } {
    const models = this.#server.loaded;
    return { release: models?.release, versions: { ...models?.versions } };
  }
}

function normalize(payload: unknown, nowMs: number): NormalizedAlert {
  return normalizeAlert(payload, { receivedAt: new Date(nowMs).toISOString() });
}

/** Unguessable; the newest verdicts sort first. */
function verdictIdAt(nowMs: number): string {
  return (0xffffffffffff - Math.floor(nowMs)).toString(16).padStart(12, '0') + randomBytes(8).toString('hex');
}

/** The training thread's script: beside the bundle, or its source where this file runs as source. */
function trainingThreadUrl(): URL {
  const isSource = import.meta.url.endsWith('.ts');
  return new URL(isSource ? './training/runs/training-thread.ts' : './training-thread.mjs', import.meta.url);
}
