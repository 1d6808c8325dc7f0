import type {
  Activation,
  Alert,
  BatchResult,
  FeedbackItem,
  FeedbackResult,
  Health,
  HealthDetails,
  Problem,
  RetrainAccepted,
  RetrainRequest,
  RetrainRun,
  RetrainRuns,
  Verdict,
  VersionCard,
  Versions,
} from './alertforest-schema.ts';
import { ROUTES } from './alertforest-schema.ts';

// A client without dependencies: fetch and types. Copy this file and alertforest-schema.ts, which is generated from
// the service's own schemas, so that a change of the wire shows at compile time.

/** An alert in the canonical form, or as its vendor wrote it. */
export type AlertPayload = Alert | Readonly<Record<string, unknown>>;
export type ModelName = 'classifier' | 'anomaly' | 'scorer';

/**
 * How to prove who calls: one key for all functions, keys by the name of a function or of a role (`scorer`, `analyst`,
 * `operator`; that of the function counts first), or Entra tokens.
 */
export type Credentials =
  | { readonly key: string | Readonly<Record<string, string>> | ((functionName: string) => string) }
  | { readonly token: () => Promise<string> };

export type RouteName = keyof typeof ROUTES;

/** What goes into a request of any route. */
export interface RouteCall {
  /** By the names in the path. */
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON; text and bytes as they are, for the routes that take a file. */
  readonly body?: unknown;
}

export interface ClientOptions {
  /** Up to and with `/api/v1/ml`. */
  readonly baseUrl: string;
  readonly credentials: Credentials;
  /** Tries after the first for 429, 503 and lost connections. @default 4 */
  readonly maxRetries?: number;
  /** Milliseconds one try may take. @default 30000 */
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
  /** Waits, for tests. */
  readonly sleep?: (ms: number) => Promise<void>;
}

/** An answer with an error status. `problem` is what the service said, where it said anything. */
export class AlertforestApiError extends Error {
  readonly status: number;
  readonly problem: Problem | undefined;
  readonly requestId: string | undefined;

  constructor(status: number, problem: Problem | undefined, requestId: string | undefined) {
    super(problem === undefined ? `The service answered ${status}.` : `${problem.code}: ${problem.detail}`);
    this.name = 'AlertforestApiError';
    this.status = status;
    this.problem = problem;
    this.requestId = requestId;
  }
}

// Every call may be sent again: scoring changes nothing, the same judgement again is a duplicate, a second retrain
// request finds nothing to do.
const RETRIED = new Set([429, 503]);
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;

export class AlertforestClient {
  readonly #options: ClientOptions;
  readonly #baseUrl: string;

  constructor(options: ClientOptions) {
    this.#options = options;
    this.#baseUrl = options.baseUrl.replace(/\/+$/, '');
  }

  /**
   * Any route of the service by the name of its function, as docs/routes.md lists them; undefined for an answer without
   * a body. Name the answer's type: `client.call<Workload>('workload')`.
   */
  async call<Answer = unknown>(
    name: RouteName,
    { params = {}, query = {}, body }: RouteCall = {},
  ): Promise<Answer> {
    const { method, path } = ROUTES[name];
    const filled = path.replace(/\{(\w+)\}/g, (_, parameter: string) => {
      const value = params[parameter];
      if (value === undefined) throw new TypeError(`Expected the parameter ${parameter} of ${name}.`);
      return encodeURIComponent(value);
    });
    const pairs = Object.entries(query).flatMap(([key, value]) =>
      value === undefined ? [] : [[key, String(value)] satisfies [string, string]],
    );
    const text = new URLSearchParams(pairs).toString();
    return this.#send(name, method, text === '' ? filled : `${filled}?${text}`, body);
  }

  /** Scores one alert. `explain` asks for the top contributions to the final score. */
  predict(alert: AlertPayload, options: { readonly explain?: number } = {}): Promise<Verdict> {
    const query = options.explain === undefined ? '' : `?explain=${options.explain}`;
    return this.#send('predict', 'POST', `/predict${query}`, alert);
  }

  /** Scores up to 1,000 alerts. A bad alert has an `error` at its index; the others have a `verdict`. */
  predictMany(alerts: readonly AlertPayload[]): Promise<BatchResult> {
    return this.#send('predict', 'POST', '/predict', { alerts });
  }

  /** Says what an alert turned out to be. */
  sendFeedback(items: FeedbackItem | readonly FeedbackItem[]): Promise<FeedbackResult> {
    return this.#send('feedback', 'POST', '/feedback', items);
  }

  /** Sends a closed incident or alert as its vendor wrote it; its classification is the judgement. */
  sendClosedRecord(record: Readonly<Record<string, unknown>>): Promise<FeedbackResult> {
    return this.#send('feedback', 'POST', '/feedback', record);
  }

  /** Whether the service can score. An unhealthy service answers too; it does not throw here. */
  async health(): Promise<Health> {
    try {
      return await this.#send<Health>('health', 'GET', '/health', undefined, 0);
    } catch (error) {
      if (error instanceof AlertforestApiError && error.status === 503) return { status: 'unhealthy' };
      throw error;
    }
  }

  healthDetails(): Promise<HealthDetails> {
    return this.#send('healthDetails', 'GET', '/health/details', undefined, 0);
  }

  versions(model?: ModelName): Promise<Versions> {
    return model === undefined
      ? this.#send('versions', 'GET', '/versions')
      : this.#send('versionsOfModel', 'GET', `/versions/${model}`);
  }

  /** The model card of a version, markdown in `card`. */
  card(model: ModelName, version: string): Promise<VersionCard> {
    return this.#send('versionCard', 'GET', `/versions/${model}/${encodeURIComponent(version)}/card`);
  }

  /** Rolls a model back or forward and pins it there. */
  activate(model: ModelName, version: string, why?: string): Promise<Activation> {
    const path = `/versions/${model}/${encodeURIComponent(version)}/activate`;
    return this.#send('versionActivate', 'POST', path, { why });
  }

  unpin(model: ModelName, why?: string): Promise<Activation> {
    return this.#send('versionUnpin', 'POST', `/versions/${model}/unpin`, { why });
  }

  requestRetrain(options: RetrainRequest = {}): Promise<RetrainAccepted> {
    return this.#send('retrain', 'POST', '/retrain', options);
  }

  retrainRuns(): Promise<RetrainRuns> {
    return this.#send('retrainRuns', 'GET', '/retrain');
  }

  retrainRun(runId: string): Promise<RetrainRun> {
    return this.#send('retrainRun', 'GET', `/retrain/${encodeURIComponent(runId)}`);
  }

  async #send<Answer>(
    functionName: RouteName,
    method: string,
    path: string,
    body?: unknown,
    maxRetries = this.#options.maxRetries ?? 4,
  ): Promise<Answer> {
    const { fetch: send = fetch, timeoutMs = 30_000, sleep = defaultSleep } = this.#options;
    for (let attempt = 0; ; attempt++) {
      let response: Response | undefined;
      let failure: unknown;
      try {
        response = await send(this.#baseUrl + path, {
          method,
          headers: {
            accept: 'application/json',
            ...(body === undefined ? {} : { 'content-type': isRaw(body) ? RAW_TYPE : 'application/json' }),
            ...(await this.#authorization(functionName)),
          },
          ...(body === undefined ? {} : { body: isRaw(body) ? body : JSON.stringify(body) }),
          signal: AbortSignal.timeout(timeoutMs),
        });
        if (response.status === 204) return undefined as Answer;
        if (response.ok) return (await response.json()) as Answer;
      } catch (error) {
        failure = error;
      }
      const retriable = response === undefined || RETRIED.has(response.status);
      if (!retriable || attempt >= maxRetries) {
        if (response === undefined || response.ok) throw failure;
        throw new AlertforestApiError(
          response.status,
          await problemOf(response),
          response.headers.get('x-request-id') ?? undefined,
        );
      }
      await response?.body?.cancel();
      await sleep(waitMs(response?.headers.get('retry-after') ?? null, attempt));
    }
  }

  async #authorization(functionName: RouteName): Promise<Record<string, string>> {
    const { credentials } = this.#options;
    if ('token' in credentials) return { authorization: `Bearer ${await credentials.token()}` };
    const { key: given } = credentials;
    const key =
      typeof given === 'string'
        ? given
        : typeof given === 'function'
          ? given(functionName)
          : (given[functionName] ?? given[ROUTES[functionName].role]);
    // an anonymous route asks for none
    if (key === undefined && ROUTES[functionName].role === 'anonymous') return {};
    if (key === undefined)
      throw new TypeError(`Expected a key for the function ${functionName} or its role.`);
    return { 'x-functions-key': key };
  }
}

const RAW_TYPE = 'application/octet-stream';
const isRaw = (body: unknown): body is string | Uint8Array<ArrayBuffer> =>
  typeof body === 'string' || body instanceof Uint8Array;

/** What the service asks for, in seconds, else twice as long as the last time. */
function waitMs(retryAfter: string | null, attempt: number): number {
  const asked = Number(retryAfter) * 1000;
  return Math.min(asked > 0 ? asked : FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS);
}

async function problemOf(response: Response): Promise<Problem | undefined> {
  try {
    const body: unknown = await response.json();
    return typeof body === 'object' && body !== null && 'code' in body ? (body as Problem) : undefined;
  } catch {
    return undefined;
  }
}

const defaultSleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
