import { InvalidArgumentError } from 'commander';
import ky, { HTTPError, type KyInstance, NetworkError, TimeoutError } from 'ky';
import { z } from 'zod';
import { CallError } from './call-error.ts';

/** How a service is reached. */
export interface ServiceTarget {
  readonly url: string;
  /** Function key. */
  readonly key?: string | undefined;
  /** Entra token, where the service asks for one. */
  readonly token?: string | undefined;
}

export interface Call {
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON; bytes as they are. */
  readonly body?: unknown;
}

/** Path of the API below the address of a function app. */
const API_PATH = '/api/v1/ml';
/** A service answers within 230 s or not at all. */
const TIMEOUT_MS = 240_000;
/** Tries after the first for 429, 503 and lost connections: every call may be sent again. */
const MAX_RETRIES = 5;
const LONGEST_WAIT_MS = 60_000;

const problemSchema = z.object({
  code: z.string(),
  detail: z.string(),
  issues: z.array(z.object({ path: z.string(), message: z.string() })).default([]),
});

/** Calls the routes of a running service. Whatever goes wrong is a {@link CallError} that names the address. */
export class ServiceClient {
  readonly url: string;
  readonly #http: KyInstance;
  readonly #isSigned: boolean;

  /** @throws CallError REQUEST_INVALID where `url` is no address */
  constructor({ url, key, token }: ServiceTarget, { maxRetries = MAX_RETRIES } = {}) {
    this.url = serviceUrl(url);
    this.#isSigned = key !== undefined || token !== undefined;
    this.#http = ky.create({
      headers: {
        ...(key === undefined ? {} : { 'x-functions-key': key }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      timeout: TIMEOUT_MS,
      totalTimeout: false,
      retry: {
        limit: maxRetries,
        methods: ['get', 'post', 'put', 'delete'],
        statusCodes: [429, 503],
        afterStatusCodes: [429, 503],
        backoffLimit: LONGEST_WAIT_MS,
        maxRetryAfter: LONGEST_WAIT_MS,
        // where nothing listens, nothing will in a minute: who typed the command has a mistake to find
        shouldRetry: ({ error }) =>
          error instanceof NetworkError && LASTING.has(networkFault(error)) ? false : undefined,
      },
    });
  }

  get<Answer>(path: string, call?: Call): Promise<Answer> {
    return this.#send('get', path, call);
  }

  post<Answer>(path: string, call?: Call): Promise<Answer> {
    return this.#send('post', path, call);
  }

  put<Answer>(path: string, call?: Call): Promise<Answer> {
    return this.#send('put', path, call);
  }

  delete<Answer>(path: string, call?: Call): Promise<Answer> {
    return this.#send('delete', path, call);
  }

  async #send<Answer>(method: string, path: string, { query = {}, body }: Call = {}): Promise<Answer> {
    const given = Object.entries(query).filter(([, value]) => value !== undefined);
    const address = `${this.url}${path}`;
    try {
      const response = await this.#http(address, {
        method,
        searchParams: given as [string, string][],
        ...(body instanceof Uint8Array
          ? { body: body as Uint8Array<ArrayBuffer> }
          : body === undefined
            ? {}
            : { json: body }),
      });
      const text = await response.text();
      return (text === '' ? undefined : JSON.parse(text)) as Answer;
    } catch (error) {
      throw callError(error, address, this.#isSigned);
    }
  }
}

const EXPECTED_ADDRESS = `Expected an address such as https://APP.azurewebsites.net${API_PATH}`;

/** Reads an option as the address of a service; an empty one, as of a variable that is not used, names none. */
export function serviceAddress(text: string): string {
  if (text === '' || addressOf(text) !== undefined) return text;
  throw new InvalidArgumentError(`${EXPECTED_ADDRESS}, got ${text}.`);
}

function addressOf(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) ? url : undefined;
}

/** `https://app.azurewebsites.net` means the API of it. */
function serviceUrl(text: string): string {
  const url = addressOf(text);
  if (url === undefined) throw new CallError('REQUEST_INVALID', `${EXPECTED_ADDRESS}, got ${text}.`);
  const path = url.pathname.replace(/\/+$/, '');
  return `${url.origin}${path === '' ? API_PATH : path}`;
}

function callError(cause: unknown, address: string, isSigned: boolean): CallError {
  if (cause instanceof HTTPError) return answeredError(cause, address, isSigned);
  if (cause instanceof TimeoutError) {
    return new CallError('SERVICE_UNREACHABLE', `${address} did not answer within ${TIMEOUT_MS / 1000} s.`, {
      cause,
    });
  }
  if (cause instanceof NetworkError) {
    return new CallError(
      'SERVICE_UNREACHABLE',
      `${address} cannot be reached: ${networkSentence(cause, address)}.`,
      {
        cause,
      },
    );
  }
  if (cause instanceof SyntaxError) {
    return new CallError(
      'NOT_THE_SERVICE',
      `${address} answered something that is no JSON: is it the service?`,
      {
        cause,
      },
    );
  }
  throw cause;
}

function answeredError(cause: HTTPError, address: string, isSigned: boolean): CallError {
  const { status } = cause.response;
  const problem = problemSchema.safeParse(parsed(cause.data));
  if (problem.success) {
    const { code, detail, issues } = problem.data;
    return new CallError(code, detail, { issues, status, cause });
  }
  if (status === 401 || status === 403) {
    return new CallError(
      'FORBIDDEN',
      `${address} ${isSigned ? 'does not take this key' : 'asks for a key'}; give one by --key or ALERTFOREST_KEY.`,
      {
        status,
        cause,
      },
    );
  }
  const hint = status === 404 ? ': is the address right, up to and with /api/v1/ml?' : '.';
  return new CallError('SERVICE_FAILED', `${address} answered ${status}${hint}`, { status, cause });
}

function parsed(data: unknown): unknown {
  if (typeof data !== 'string') return data;
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}

/** The innermost cause names what the system saw. */
function innermostError(error: Error): NodeJS.ErrnoException {
  let innermost: unknown = error;
  while (innermost instanceof Error && innermost.cause !== undefined) innermost = innermost.cause;
  const [first] = innermost instanceof AggregateError ? innermost.errors : [innermost];
  return first as NodeJS.ErrnoException;
}

/** What the system saw, by its code; Node's own refusal has a message alone. */
function networkFault(error: Error): string {
  const { code, message } = innermostError(error);
  return code ?? message;
}

/** A port that browsers, and Node with them, never call, such as 9. */
const BAD_PORT = 'bad port';

function networkSentence(error: Error, address: string): string {
  const fault = networkFault(error);
  const sentence = NETWORK_FAULTS[fault] ?? innermostError(error).message;
  // behind a proxy it is the proxy that was called
  const { port } = innermostError(error) as { readonly port?: number };
  const { port: stated, protocol } = new URL(address);
  const isElsewhere = port !== undefined && port !== Number(stated || (protocol === 'https:' ? 443 : 80));
  return isElsewhere && fault === 'ECONNREFUSED' ? `nothing listens on port ${port}, its proxy` : sentence;
}

const LASTING = new Set([
  BAD_PORT,
  'ECONNREFUSED',
  'ENOTFOUND',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ERR_SSL_WRONG_VERSION_NUMBER',
]);

const NETWORK_FAULTS: Readonly<Record<string, string>> = {
  [BAD_PORT]: 'Node, like every browser, calls no port of another protocol',
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection broke',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'the name of the host could not be looked up',
  ETIMEDOUT: 'it took too long to connect',
  UND_ERR_CONNECT_TIMEOUT: 'it took too long to connect',
  UND_ERR_SOCKET: 'the connection broke',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'nobody whom this machine trusts vouches for its certificate',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'nobody whom this machine trusts vouches for its certificate',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is of another name',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS, so give http:// in the place of https://',
};
