import { storedKey } from './session.ts';

/** What the service answered when it did not do what was asked, in words for the reader. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  /** Where each wrong value stands, for bad input. */
  readonly issues: readonly { readonly path: string; readonly message: string }[];

  constructor(status: number, code: string, message: string, issues: ApiError['issues'] = []) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.issues = issues;
  }
}

/** What went wrong, for the reader. */
export const wordsOf = (error: unknown): string =>
  error instanceof ApiError ? error.message : String(error);

/** The routes lie beside the page: `/api/v1/ml/dashboard` asks `/api/v1/ml/...`. */
const base = new URL('.', location.href);

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  /** A body that is sent as it is. */
  readonly text?: string;
  readonly signal?: AbortSignal;
}

/**
 * Calls a route and reads its answer. A page that nothing changed comes from the browser's own copy: it asks with the
 * ETag it holds.
 *
 * @throws ApiError with the words of the service; status 0 when it could not be reached
 */
export async function call<T>(path: string, options: Call = {}): Promise<T> {
  const { method = 'GET', query = {}, body, text, signal } = options;
  const url = new URL(path.replace(/^\//, ''), base);
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined) url.searchParams.set(name, String(value));
  }
  const key = storedKey();
  const sent = text ?? (body === undefined ? undefined : JSON.stringify(body));
  let response: Response;
  let answer: string;
  try {
    response = await fetch(url, {
      method,
      cache: method === 'GET' ? 'no-cache' : 'no-store',
      headers: {
        ...(key === '' ? {} : { 'x-functions-key': key }),
        ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(sent === undefined ? {} : { body: sent }),
      ...(signal === undefined ? {} : { signal }),
    });
    // a connection may end in the middle of an answer
    answer = await response.text();
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'UNREACHABLE', 'The service does not answer.');
  }
  if (!response.ok) throw problemOf(response.status, answer);
  try {
    return (answer === '' ? undefined : JSON.parse(answer)) as T;
  } catch {
    throw new ApiError(
      response.status,
      'NOT_ITS_ANSWER',
      'Something between here and the service answered in its place: a proxy, or a sign-in page of the network.',
    );
  }
}

function problemOf(status: number, answer: string): ApiError {
  try {
    const { code = 'ERROR', title = '', detail = '', issues = [] } = JSON.parse(answer);
    return new ApiError(status, String(code), String(detail || title), issues);
  } catch {
    const words =
      status === 401 || status === 403
        ? 'This key does not open that route.'
        : `The service answered ${status} without a word.`;
    return new ApiError(status, status === 401 ? 'KEY_REFUSED' : 'ERROR', words);
  }
}
