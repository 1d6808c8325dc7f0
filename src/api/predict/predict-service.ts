import { alertKey } from '../../alert/alert.ts';
import { isoMs } from '../../alert/iso-time.ts';
import { AlertforestError } from '../../errors.ts';
import type { SentBody } from '../../intake/body/sent-body.ts';
import { unwrapInSlices } from '../../intake/envelope/unwrap-envelope.ts';
import { type ReadPayload, readPayload } from '../../intake/read-payload.ts';
import type { HandshakeAnswer } from '../../intake/skip.ts';
import { SkippedAlert } from '../../intake/skipped-alert.ts';
import { isObject } from '../../intake/values/json-value.ts';
import type { ServingModels } from '../../models/serving-models.ts';
import type { BodyBytes } from '../../reading/body-bytes.ts';
import { payloadLimits } from '../../reading/json-limits.ts';
import { UnreadItem } from '../../reading/unread-item.ts';
import type { PredictionEntry } from '../../store/prediction-log.ts';
import { type AlertScorer, type ReadAlert, readAlert, type ScoredAlert } from '../../triage/alert-scorer.ts';
import { problemOf } from '../problem.ts';
import type { Progress } from '../progress.ts';
import { roundTo } from '../rounding.ts';
import type { FindSimilar } from '../similar/similar-service.ts';
import { BatchText } from './batch-text.ts';
import type { WireSkipped, WireVerdict } from './verdict.ts';
import { type Retry, whatIf } from './what-if.ts';
import { wireInput, wireVerdict } from './wire-verdict.ts';

/** Explanations and nearest alerts cost milliseconds each; a batch gets those of its first alerts. */
const MAX_BATCH_EXTRAS = 20;
/** Longest a batch holds the event loop before other requests get their turn. */
const MAX_SLICE_MS = 3;

export interface PredictServiceDeps {
  readonly scorer: AlertScorer;
  readonly models: () => Promise<ServingModels>;
  readonly maxAlertBytes: number;
  readonly maxBatchAlerts: number;
  /** Share of the audit sample in force; read in the same turn of the event loop as an alert is scored. */
  readonly auditShare: () => number;
  readonly similarTo: (models: ServingModels) => Promise<FindSimilar>;
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
  /** Nearest judged alerts wanted, 0 for none. */
  readonly similar: number;
  readonly debugMapping: boolean;
  readonly debugTiming: boolean;
  /** False: a trial that is neither counted nor logged. */
  readonly observe: boolean;
  /** Also what would change the verdict; of one alert, in a trial. */
  readonly whatIf: boolean;
  /** Goes into the problem documents of a batch. */
  readonly requestId: string;
  readonly progress?: Progress;
  readonly sent: SentBody;
}

export interface PredictAnswer {
  readonly body: WireVerdict | BatchText | WireSkipped | HandshakeAnswer;
  readonly log: PredictLog;
}

/** The line of a request in the log; counts are of alerts. */
export interface PredictLog {
  readonly alerts: number;
  readonly scored: number;
  readonly skipped?: number;
  readonly failed: number;
  readonly [name: string]: unknown;
}

/**
 * Scores what was posted: one alert gives a verdict, a list or an envelope of several gives results by index, where
 * one bad alert never fails its neighbours.
 *
 * @throws AlertforestError of the one alert; REQUEST_INVALID, BATCH_TOO_LARGE, MODEL_NOT_READY of the whole request
 */
export async function answerPredict(
  posted: BodyBytes,
  options: PredictOptions,
  deps: PredictServiceDeps,
): Promise<PredictAnswer> {
  const limits = payloadLimits(deps.maxBatchAlerts, deps.maxAlertBytes);
  const { value: payload, nBytes, sizeOf } = await readPayload(posted, limits);
  const isBatch = isOwnBatch(payload);
  const alerts = isBatch ? payload.alerts : await unwrapInSlices(payload, deps.maxBatchAlerts);
  // A page of a service's answer may be empty; a list of our own that holds nothing is a mistake.
  if (alerts.length === 0 && !isBatch && isObject(payload))
    return { body: new BatchText(0), log: { alerts: 0, scored: 0, failed: 0 } };
  if (alerts.length === 0) {
    throw new AlertforestError('REQUEST_INVALID', 'Expected at least one alert, got none.');
  }
  if (alerts.length > deps.maxBatchAlerts) {
    throw new AlertforestError(
      'BATCH_TOO_LARGE',
      `Expected at most ${deps.maxBatchAlerts} alerts, got ${alerts.length}.`,
    );
  }
  const refuseUnfit = (alert: unknown): void => {
    if (alert instanceof UnreadItem) throw new AlertforestError(alert.code, alert.problem);
    if (nBytes > deps.maxAlertBytes && bytesOf(alert, sizeOf, deps.maxAlertBytes) > deps.maxAlertBytes) {
      throw new AlertforestError(
        'ALERT_TOO_LARGE',
        `Expected an alert of at most ${deps.maxAlertBytes} bytes.`,
      );
    }
  };
  const models = await deps.models();
  const findSimilar = options.similar > 0 ? await deps.similarTo(models) : undefined;
  const scoring: Scoring = { options, deps, models, findSimilar, refuseUnfit };
  const isOne = !isBatch && alerts.length === 1 && !Array.isArray(payload);
  if (options.whatIf && (!isOne || options.observe)) {
    const message = 'Expected one alert and observe=false.';
    throw new AlertforestError(
      'REQUEST_INVALID',
      'What would change a verdict is asked in a trial of one alert.',
      {
        issues: [{ path: 'what_if', message }],
      },
    );
  }
  return isOne ? answerOne(alerts[0], scoring) : answerMany(alerts, scoring);
}

/** What the alerts of a request are scored with. */
interface Scoring {
  readonly options: PredictOptions;
  readonly deps: PredictServiceDeps;
  readonly models: ServingModels;
  /** Set where nearest alerts are wanted. */
  readonly findSimilar: FindSimilar | undefined;
  /** @throws AlertforestError where an alert could not be read or is too large */
  readonly refuseUnfit: (alert: unknown) => void;
}

async function answerOne(alert: unknown, scoring: Scoring): Promise<PredictAnswer> {
  const { options, deps, models } = scoring;
  scoring.refuseUnfit(alert);
  const { observe } = options;
  let scored: ScoredAlert;
  try {
    const { tenant } = options.sent;
    scored = deps.scorer.score(alert, models, options.explain, deps.now(), observe, tenant);
  } catch (error) {
    if (!(error instanceof SkippedAlert)) throw error;
    return skippedAnswer(error, options.debugMapping);
  }
  const body = {
    ...wireOf(scored, scoring, true),
    ...(options.whatIf ? { what_if: whatIf(scored, retryOf(scoring)) } : {}),
  };
  if (observe) {
    deps.onScored(scored);
    await deps.append([loggedEntry(scored, deps)]);
  }
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

function retryOf({ deps, models }: Scoring): Retry {
  const nowMs = deps.now();
  return (normalized, withoutRule) =>
    deps.scorer.judge(readAlert(normalized), models, 0, nowMs, false, withoutRule);
}

/** An alert of a batch before it is judged. */
interface AlertOfBatch extends ReadAlert {
  readonly index: number;
  readonly atMs: number;
}

/** @param alerts are taken out as they are judged */
async function answerMany(alerts: unknown[], scoring: Scoring): Promise<PredictAnswer> {
  const { options, deps, models } = scoring;
  const { progress } = options;
  const results = new BatchText(alerts.length);
  const entries: PredictionEntry[] = [];
  let nSkipped = 0;
  let nFailed = 0;
  const fail = (index: number, error: unknown): void => {
    results.set({ index, error: problemOf(error, options.requestId) });
    nFailed++;
  };
  let sliceStartedAtMs = performance.now();
  const isSliceOver = (): boolean => performance.now() - sliceStartedAtMs > MAX_SLICE_MS;
  // The time may be up while others have their turn, and at no other moment.
  const pause = async (): Promise<void> => {
    progress?.say(`${entries.length} of ${alerts.length} alerts were scored, none was logged.`);
    progress?.check();
    await new Promise((resolve) => setImmediate(resolve));
    sliceStartedAtMs = performance.now();
  };
  const read: (AlertOfBatch | undefined)[] = [];
  for (let index = 0; index < alerts.length; index++) {
    const alert = alerts[index];
    try {
      scoring.refuseUnfit(alert);
      const { normalized, snapshot } = deps.scorer.read(alert, deps.now(), options.sent.tenant);
      read.push({ index, normalized, snapshot, atMs: isoMs(snapshot.occurredAt) });
    } catch (error) {
      if (error instanceof SkippedAlert) {
        if (error.skip.code === 'subscription_validation' && alerts.length === 1)
          return skippedAnswer(error, options.debugMapping);
        results.set({ index, ...wireSkipped(error, options.debugMapping) });
        nSkipped++;
      } else fail(index, error);
    }
    if (isSliceOver()) await pause();
  }
  // what stands out depends on what came before: a batch counts in the order of its alerts' own times
  read.sort((a, b) => a!.atMs - b!.atMs || a!.index - b!.index);
  for (let nth = 0; nth < read.length; nth++) {
    const one = read[nth]!;
    const { index } = one;
    // what has been judged is let go: the collector would move it in the middle of the batch
    read[nth] = undefined;
    alerts[index] = undefined;
    try {
      const scored = judgeOfBatch(one, scoring, results);
      if (options.observe) {
        deps.onScored(scored);
        entries.push(loggedEntry(scored, deps));
      }
    } catch (error) {
      fail(index, error);
    }
    if (isSliceOver()) await pause();
  }
  progress?.say(
    `${entries.length} of ${alerts.length} alerts were scored; whether all were logged is not known.`,
  );
  await deps.append(entries);
  await deps.flush();
  return {
    body: results,
    log: {
      alerts: alerts.length,
      scored: alerts.length - nSkipped - nFailed,
      skipped: nSkipped,
      failed: nFailed,
      versions: models.versions,
    },
  };
}

/** The verdict on one alert of a batch, which is put among the results. */
function judgeOfBatch(one: AlertOfBatch, scoring: Scoring, results: BatchText): ScoredAlert {
  const { options, deps, models } = scoring;
  const { index } = one;
  const hasExtras = index < MAX_BATCH_EXTRAS;
  const explain = hasExtras ? options.explain : 0;
  const scored = deps.scorer.judge(one, models, explain, deps.now(), options.observe);
  results.set({ index, verdict: wireOf(scored, scoring, hasExtras) });
  return scored;
}

function skippedAnswer(skipped: SkippedAlert, debugMapping: boolean): PredictAnswer {
  const { code, answer } = skipped.skip;
  const log = { alerts: 1, scored: 0, failed: 0, skipped: 1, code };
  return { body: answer ?? wireSkipped(skipped, debugMapping), log };
}

/**
 * What was read of a record that is no alert. Under debug=mapping the reading and the key come along where the record is
 * whole, so that a notice can be laid beside the alert it speaks of.
 */
function wireSkipped({ skip, normalized }: SkippedAlert, debugMapping: boolean): WireSkipped {
  const isWhole = skip.code === 'resolved' || skip.code === 'sensor_status' || skip.code === 'heartbeat';
  const { answer: _, ...said } = skip;
  if (!debugMapping || !isWhole) return { skipped: said };
  return {
    skipped: said,
    alert_key: alertKey(normalized.alert),
    input: wireInput(normalized, true, false),
  };
}

function wireOf(scored: ScoredAlert, scoring: Scoring, hasExtras: boolean): WireVerdict {
  const { options, deps, findSimilar } = scoring;
  const { snapshot, triage } = scored;
  const wire = wireVerdict(scored, options.debugMapping, deps.wasScored(snapshot.alertKey));
  if (hasExtras && findSimilar) wire.similar = findSimilar(snapshot, options.similar);
  if (options.debugTiming) wire.timing = timingOf({ ...triage.stageUs, models: scored.modelsUs });
  return wire;
}

function timingOf(stageUs: Readonly<Record<string, number>>): WireVerdict['timing'] {
  return Object.fromEntries(Object.entries(stageUs).map(([stage, us]) => [stage, roundTo(us, 1)]));
}

/**
 * What the log keeps. An alert that only the audit sample keeps open carries the share at which it was drawn: its
 * judgement stands for the closed alerts beside it, whatever the share is by then.
 */
function loggedEntry({ entry }: ScoredAlert, { auditShare }: PredictServiceDeps): PredictionEntry {
  return entry.auditSample ? { ...entry, snapshot: { ...entry.snapshot, auditShare: auditShare() } } : entry;
}

/** Every smaller object of a body is measured only where the limit is that low. */
const MEASURED_BYTES = 131_072;

function bytesOf(alert: unknown, sizeOf: ReadPayload['sizeOf'], maxBytes: number): number {
  if (typeof alert === 'string') return Buffer.byteLength(alert);
  if (typeof alert !== 'object' || alert === null) return 0;
  const known = sizeOf(alert);
  if (known !== undefined || maxBytes >= MEASURED_BYTES) return known ?? 0;
  return Buffer.byteLength(JSON.stringify(alert));
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
