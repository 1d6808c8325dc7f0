import { AlertforestError } from '../../errors.ts';
import { unwrapEnvelope } from '../../intake/envelope.ts';
import { parseBody } from '../../intake/parse-body.ts';
import type { ServingModels } from '../../serving/model-server.ts';
import type { PredictionEntry } from '../../store/prediction-log.ts';
import type { AlertScorer, ScoredAlert } from '../../triage/alert-scorer.ts';
import { problemOf } from '../problem.ts';
import type { WireBatchResult, WireVerdict } from './verdict.ts';
import { wireVerdict } from './wire-verdict.ts';

/** Explanations cost milliseconds each; a batch explains at most this many. */
const MAX_BATCH_EXPLANATIONS = 20;
/** Longest a batch holds the event loop before other requests get their turn. */
const MAX_SLICE_MS = 8;

export interface PredictServiceDeps {
  readonly scorer: AlertScorer;
  readonly models: () => Promise<ServingModels>;
  readonly maxAlertBytes: number;
  readonly maxBatchAlerts: number;
  /** Share of the audit sample in force; read in the same turn of the event loop as an alert is scored. */
  readonly auditShare: () => number;
  readonly append: (entries: readonly PredictionEntry[]) => Promise<void>;
  readonly flush: () => Promise<void>;
  /** Told of every scored alert: drift, re-scores. */
  readonly onScored: (scored: ScoredAlert) => void;
  /** Whether this alert was scored here before. */
  readonly wasScored: (alertKey: string) => boolean;
  /** Puts the canonical alert into the log line; off unless an operator asked for it. */
  readonly logContent: boolean;
  readonly now: () => number;
}

export interface PredictOptions {
  /** Largest contributions wanted, 0 for no explanation. */
  readonly explain: number;
  readonly debugMapping: boolean;
  /** Goes into the problem documents of a batch. */
  readonly requestId: string;
}

export interface PredictAnswer {
  readonly body: WireVerdict | WireBatchResult;
  readonly log: Record<string, unknown>;
}

/**
 * Scores what was posted: one alert gives a verdict, a list or an envelope of several gives results by index, where
 * one bad alert never fails its neighbours.
 *
 * @throws AlertforestError of the one alert; REQUEST_INVALID, BATCH_TOO_LARGE, MODEL_NOT_READY of the whole request
 */
export async function answerPredict(
  text: string,
  options: PredictOptions,
  deps: PredictServiceDeps,
): Promise<PredictAnswer> {
  const payload = parseBody(text);
  const isBatch = isOwnBatch(payload);
  const alerts = isBatch ? payload.alerts : unwrapEnvelope(payload);
  if (alerts.length === 0) {
    throw new AlertforestError('REQUEST_INVALID', 'Expected at least one alert, got none.');
  }
  if (alerts.length > deps.maxBatchAlerts) {
    throw new AlertforestError(
      'BATCH_TOO_LARGE',
      `Expected at most ${deps.maxBatchAlerts} alerts, got ${alerts.length}.`,
    );
  }
  const models = await deps.models();
  // No part of a body can be larger than the whole: only large bodies are measured alert by alert.
  const measure = Buffer.byteLength(text) > deps.maxAlertBytes;
  const isOne = !isBatch && alerts.length === 1 && !Array.isArray(payload);
  const refuseLarge = (alert: unknown): void => {
    if (measure && Buffer.byteLength(JSON.stringify(alert) ?? '') > deps.maxAlertBytes) {
      throw new AlertforestError(
        'ALERT_TOO_LARGE',
        `Expected an alert of at most ${deps.maxAlertBytes} bytes.`,
      );
    }
  };

  if (isOne) {
    refuseLarge(alerts[0]);
    const scored = deps.scorer.score(alerts[0], models, options.explain, deps.now());
    const body = wireVerdict(scored, options.debugMapping, deps.wasScored(scored.snapshot.alertKey));
    deps.onScored(scored);
    await deps.append([loggedEntry(scored, deps)]);
    return {
      body,
      log: {
        alerts: 1,
        scored: 1,
        failed: 0,
        alertKey: body.alert_key,
        dialect: body.input.dialect,
        disposition: body.disposition,
        riskLevel: body.risk_level,
        finalScore: body.final_score,
        decision: body.decision,
        versions: body.versions,
        ...(deps.logContent ? { alert: scored.normalized.alert } : {}),
      },
    };
  }

  const results: WireBatchResult['results'] = [];
  const entries: PredictionEntry[] = [];
  let sliceStartedAtMs = performance.now();
  for (const [index, alert] of alerts.entries()) {
    try {
      refuseLarge(alert);
      const explain = index < MAX_BATCH_EXPLANATIONS ? options.explain : 0;
      const scored = deps.scorer.score(alert, models, explain, deps.now());
      results.push({
        index,
        verdict: wireVerdict(scored, options.debugMapping, deps.wasScored(scored.snapshot.alertKey)),
      });
      deps.onScored(scored);
      entries.push(loggedEntry(scored, deps));
    } catch (error) {
      results.push({ index, error: problemOf(error, options.requestId) });
    }
    if (performance.now() - sliceStartedAtMs > MAX_SLICE_MS) {
      await new Promise((resolve) => setImmediate(resolve));
      sliceStartedAtMs = performance.now();
    }
  }
  await deps.append(entries);
  await deps.flush();
  return {
    body: { results },
    log: {
      alerts: alerts.length,
      scored: entries.length,
      failed: alerts.length - entries.length,
      versions: models.versions,
    },
  };
}

/**
 * What the log keeps. An alert that only the audit sample keeps open carries the share at which it was drawn: its
 * judgement stands for the closed alerts beside it, whatever the share is by then.
 */
function loggedEntry({ entry }: ScoredAlert, { auditShare }: PredictServiceDeps): PredictionEntry {
  return entry.auditSample ? { ...entry, snapshot: { ...entry.snapshot, auditShare: auditShare() } } : entry;
}

/** `{"alerts": [...]}` and nothing that makes it a vendor's record with alerts inside. */
function isOwnBatch(payload: unknown): payload is { alerts: unknown[] } {
  return (
    typeof payload === 'object' &&
    payload !== null &&
    'alerts' in payload &&
    Array.isArray(payload.alerts) &&
    Object.keys(payload).length === 1
  );
}
