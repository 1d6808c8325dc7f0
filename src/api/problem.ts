import { z } from 'zod';
import { AlertforestError, type ErrorCode } from '../errors.ts';

/** An error answer as RFC 9457 problem details. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    code: z.string(),
    detail: z.string(),
    request_id: z.string(),
    issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .catchall(z.unknown())
  .meta({ id: 'Problem', description: 'RFC 9457 problem details.' });
export type WireProblem = z.infer<typeof problemSchema>;

/** Code -> status. A new code needs its line here, else this does not compile. */
const STATUS_OF: Readonly<Record<ErrorCode, ProblemStatus>> = {
  ALERT_INVALID: 400,
  FEEDBACK_INVALID: 400,
  REQUEST_INVALID: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  ALERT_UNKNOWN: 404,
  INCIDENT_UNKNOWN: 404,
  MODEL_NOT_FOUND: 404,
  NOT_FOUND: 404,
  ALERT_AMBIGUOUS: 409,
  STORE_CONFLICT: 409,
  ALERT_TOO_LARGE: 413,
  BATCH_TOO_LARGE: 413,
  NOTHING_READ: 422,
  REQUEST_TOO_LARGE: 413,
  RATE_LIMITED: 429,
  CONFIG_INVALID: 500,
  INTERNAL: 500,
  STORE_CORRUPT: 500,
  TRAINING_FAILED: 500,
  DEADLINE_EXCEEDED: 503,
  MODEL_CORRUPT: 503,
  MODEL_FORMAT_UNSUPPORTED: 503,
  MODEL_NOT_READY: 503,
  STORE_UNAVAILABLE: 503,
};

interface ProblemKind {
  /** Of every problem document with this status. */
  readonly title: string;
  /** In the API documents. */
  readonly description: string;
  /** Seconds until another try makes sense, where the error itself does not say. */
  readonly retryAfterSeconds?: number;
}

/** Status -> what its problem documents say. */
export const PROBLEMS = {
  400: { title: 'Bad request', description: 'The input does not fit; `issues` names the paths.' },
  401: { title: 'Not authenticated', description: 'No key, or nobody signed in.' },
  403: { title: 'Not allowed', description: 'Signed in, but without the app role of this route.' },
  404: { title: 'Not found', description: 'Not known here.' },
  409: {
    title: 'Conflict',
    description: 'The request does not fit the state of the service; the problem says how.',
  },
  422: {
    title: 'Nothing could be read',
    description: 'The text holds no record in a form that is known here; `issues` names the lines.',
  },
  413: { title: 'Too large', description: 'More bytes or alerts than the settings allow.' },
  429: {
    title: 'Too many requests',
    description: 'Too many judgements a minute; see Retry-After.',
    retryAfterSeconds: 60,
  },
  500: { title: 'Internal error', description: 'The service failed; its log has the request id.' },
  503: {
    title: 'Temporarily unavailable',
    description: 'Storage or models are away, or the time was up; see Retry-After.',
    retryAfterSeconds: 5,
  },
} as const satisfies Readonly<Record<number, ProblemKind>>;
export type ProblemStatus = keyof typeof PROBLEMS;

/** What went wrong, as the wire shows it. An error without a code says nothing of itself to the caller. */
export function problemOf(
  error: unknown,
  requestId: string,
): WireProblem & { readonly status: ProblemStatus } {
  const known =
    error instanceof AlertforestError
      ? error
      : new AlertforestError('INTERNAL', 'The service failed on this request; its log has the details.');
  const status = STATUS_OF[known.code];
  return {
    type: `urn:alertforest:error:${known.code.toLowerCase()}`,
    title: PROBLEMS[status].title,
    status,
    code: known.code,
    detail: known.message,
    request_id: requestId,
    ...(known.issues.length > 0
      ? { issues: known.issues.map(({ path, message }) => ({ path, message })) }
      : {}),
    ...known.details,
  };
}

/** `Retry-After` in whole seconds, undefined where another try would change nothing. */
export function retryAfterSeconds(error: unknown): number | undefined {
  if (!(error instanceof AlertforestError)) return undefined;
  const kind: ProblemKind = PROBLEMS[STATUS_OF[error.code]];
  const seconds = error.retryAfterSeconds ?? kind.retryAfterSeconds;
  return seconds === undefined ? undefined : Math.ceil(seconds);
}
