import { isoText } from '../alert/iso-time.ts';
import type { PolicyService } from '../api/policy/policy-service.ts';
import { BatchText } from '../api/predict/batch-text.ts';
import {
  answerPredict,
  type PredictAnswer,
  type PredictOptions,
  type PredictServiceDeps,
} from '../api/predict/predict-service.ts';
import type { SenderCounts } from '../api/predict/sender-counts.ts';
import type { WireVerdict } from '../api/predict/verdict.ts';
import { wireVerdict } from '../api/predict/wire-verdict.ts';
import { SimilarService } from '../api/similar/similar-service.ts';
import { AlertforestError } from '../errors.ts';
import { type NormalizedAlert, normalizeAlert } from '../intake/normalize.ts';
import { SkippedAlert } from '../intake/skipped-alert.ts';
import type { ServingModels } from '../models/serving-models.ts';
import type { BodyBytes } from '../reading/body-bytes.ts';
import type { LatencyRecorder } from '../serving/latency-recorder.ts';
import type { ModelServer } from '../serving/model-server.ts';
import { createKeptNeighbours } from '../training/runs/read-neighbours.ts';
import { AlertScorer } from '../triage/alert-scorer.ts';
import type { TriageRoom } from '../triage/triage-room.ts';
import type { Base } from './base.ts';
import { verdictIdAt } from './verdict-id.ts';

export interface PredictingParts {
  readonly server: ModelServer;
  readonly policy: PolicyService;
  readonly triage: TriageRoom;
  readonly latency: LatencyRecorder;
  readonly senders: SenderCounts;
  readonly similar: SimilarService;
}

export interface Predicting {
  /** The body of a request, scored. */
  predict(body: BodyBytes, options: PredictOptions): Promise<PredictAnswer>;
  /** One alert outside HTTP, as the command line scores it. Not logged. */
  score(payload: unknown, explain: number): Promise<WireVerdict>;
}

export function createPredicting(base: Base, parts: PredictingParts): Predicting {
  const { server, latency, senders } = parts;
  const deps = predictDeps(base, parts);
  return {
    predict: async (body, options) => {
      const startedAtMs = performance.now();
      const sender = options.sent.sender ?? 'unknown';
      let answer: PredictAnswer;
      try {
        answer = await answerPredict(body, options, deps);
      } catch (error) {
        // What is our own trouble, an outage or a late answer, is no fault of what was sent.
        if (isRefusal(error)) {
          senders.add(sender, { scored: 0, skipped: 0, refused: 1 });
          base.logEvent('predict_refused', { requestId: options.requestId, sender, code: error.code });
        }
        throw error;
      }
      const { scored, skipped = 0, failed } = answer.log;
      senders.add(sender, { scored, skipped, refused: failed });
      const kind = answer.body instanceof BatchText ? 'predict_batch' : 'predict';
      latency.record(kind, performance.now() - startedAtMs);
      return { ...answer, log: { ...answer.log, sender } };
    },
    score: async (payload, explain) => {
      const models = await server.current();
      await parts.policy.known();
      if (parts.triage.status === 'loading') await parts.triage.share();
      return wireVerdict(deps.scorer.score(payload, models, explain, base.now(), false), false, false);
    },
  };
}

export function createSimilar({ stores }: Base, models: () => Promise<ServingModels>): SimilarService {
  const { feedback, predictions } = stores;
  return new SimilarService({
    models,
    neighbours: createKeptNeighbours(stores.models),
    stores: { feedback, predictions },
  });
}

function predictDeps(
  { settings, stores, now }: Base,
  { server, policy, triage, similar }: PredictingParts,
): PredictServiceDeps {
  return {
    scorer: new AlertScorer({
      normalize: scorableAlert,
      pipeline: triage.pipeline,
      isNew: (key) => triage.isNew(key),
      repeatOf: (key) => triage.repeatOf(key),
      newVerdictId: verdictIdAt,
      weights: {
        model: settings.MODEL_WEIGHT,
        rule: settings.RULE_WEIGHT,
        risk: settings.BLEND_RISK,
        classifier: settings.BLEND_CLASSIFIER,
        anomaly: settings.BLEND_ANOMALY,
      },
      policy: () => policy.inForce(),
      isPolicyUnread: () => policy.isUnread,
    }),
    models: async () => {
      const models = await server.current();
      await policy.known();
      return models;
    },
    maxAlertBytes: settings.MAX_ALERT_BYTES,
    maxBatchAlerts: settings.MAX_BATCH_ALERTS,
    auditShare: () => policy.inForce().audit_share,
    similarTo: (models) => similar.finderFor(models),
    append: (entries) => stores.predictions.append(entries),
    flush: () => stores.predictions.flush(),
    onScored: (scored) => triage.noteScored(scored),
    wasScored: (key) => !triage.isNew(key),
    logContent: settings.LOG_ALERT_CONTENT === 'on',
    now,
  };
}

/** @throws SkippedAlert for a record that is understood and no alert */
function scorableAlert(payload: unknown, nowMs: number, tenant?: string): NormalizedAlert {
  const receivedAt = isoText(nowMs);
  const normalized = normalizeAlert(payload, tenant === undefined ? { receivedAt } : { receivedAt, tenant });
  if (normalized.skipped !== undefined) throw new SkippedAlert(normalized, normalized.skipped);
  return normalized;
}

function isRefusal(error: unknown): error is AlertforestError {
  return error instanceof AlertforestError && REFUSALS.has(error.code);
}

const REFUSALS: ReadonlySet<string> = new Set([
  'ALERT_INVALID',
  'ALERT_TOO_LARGE',
  'REQUEST_INVALID',
  'REQUEST_TOO_LARGE',
  'BATCH_TOO_LARGE',
  'NOTHING_READ',
]);
