import { issueSentence, type SchemaIssue } from './issue-sentence.ts';

/** Every code a caller can meet, in one list. `src/api/problem.ts` alone turns a code into a status. */
export const ERROR_CODES = [
  'ALERT_INVALID',
  'ALERT_TOO_LARGE',
  'ALERT_AMBIGUOUS',
  'ALERT_UNKNOWN',
  'INCIDENT_UNKNOWN',
  'FEEDBACK_INVALID',
  'REQUEST_INVALID',
  'NOTHING_READ',
  'REQUEST_TOO_LARGE',
  'BATCH_TOO_LARGE',
  'NOT_FOUND',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_LIMITED',
  'CONFIG_INVALID',
  'MODEL_NOT_FOUND',
  'MODEL_NOT_READY',
  'MODEL_FORMAT_UNSUPPORTED',
  'MODEL_CORRUPT',
  'STORE_UNAVAILABLE',
  'DEADLINE_EXCEEDED',
  'STORE_CONFLICT',
  'STORE_CORRUPT',
  'TRAINING_FAILED',
  'INTERNAL',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** One thing wrong with an input: where (dotted path, '' is the whole input) and what was expected. */
export interface InputIssue {
  readonly path: string;
  readonly message: string;
}

/**
 * What a zod schema found wrong, as issues.
 *
 * @param at path of the value inside the whole input
 */
export function inputIssues(
  error: { readonly issues: readonly (SchemaIssue & { readonly path: readonly PropertyKey[] })[] },
  at = '',
): InputIssue[] {
  return error.issues.map((issue) => ({
    path: (at === '' ? issue.path : [at, ...issue.path]).map(String).join('.'),
    message: issueSentence(issue),
  }));
}

export interface AlertforestErrorOptions extends ErrorOptions {
  readonly issues?: readonly InputIssue[];
  /** Seconds after which a retry makes sense; becomes `Retry-After`. */
  readonly retryAfterSeconds?: number;
  /** What the caller needs to go on, for example the candidates of an ambiguous id. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An error with a code of {@link ERROR_CODES}; the cause chain is kept. */
export class AlertforestError extends Error {
  readonly code: ErrorCode;
  readonly issues: readonly InputIssue[];
  readonly retryAfterSeconds: number | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(code: ErrorCode, message: string, options: AlertforestErrorOptions = {}) {
    super(message, options);
    this.name = 'AlertforestError';
    this.code = code;
    this.issues = options.issues ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.details = options.details;
  }
}

/** Whether `error` is an {@link AlertforestError} with this code. */
export function hasCode(error: unknown, code: ErrorCode): error is AlertforestError {
  return error instanceof AlertforestError && error.code === code;
}
