import type { ServerResponse } from 'node:http';

interface Nullable<T> {
  readonly value: T;
}

interface RpcCookie {
  readonly name: string;
  readonly value: string;
  readonly domain?: Nullable<string>;
  readonly path?: Nullable<string>;
  readonly expires?: { readonly value: { readonly seconds: number } };
  readonly maxAge?: Nullable<number>;
  readonly secure?: Nullable<boolean>;
  readonly httpOnly?: Nullable<boolean>;
  readonly sameSite?: string | number;
}

/** The response of a buffered invocation, as the library hands it to the host. */
export interface RpcHttpResponse {
  readonly statusCode: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: readonly RpcCookie[];
  readonly body?: { readonly bytes?: Uint8Array; readonly string?: string; readonly json?: string };
}

// The protocol's enumeration counts from 0: none, lax, strict, explicit none.
const SAME_SITE: Readonly<Record<string, string>> = {
  lax: 'Lax',
  strict: 'Strict',
  explicitnone: 'None',
  1: 'Lax',
  2: 'Strict',
  3: 'None',
};

function serializeCookie(cookie: RpcCookie): string {
  const parts = [`${cookie.name}=${encodeURIComponent(cookie.value)}`];
  if (cookie.expires !== undefined) {
    parts.push(`Expires=${new Date(Number(cookie.expires.value.seconds) * 1000).toUTCString()}`);
  }
  if (cookie.maxAge !== undefined) parts.push(`Max-Age=${cookie.maxAge.value}`);
  if (cookie.domain !== undefined) parts.push(`Domain=${cookie.domain.value}`);
  if (cookie.path !== undefined) parts.push(`Path=${cookie.path.value}`);
  if (cookie.secure?.value) parts.push('Secure');
  if (cookie.httpOnly?.value) parts.push('HttpOnly');
  const sameSite = SAME_SITE[String(cookie.sameSite ?? '').toLowerCase()];
  if (sameSite !== undefined) parts.push(`SameSite=${sameSite}`);
  return parts.join('; ');
}

/** Writes a buffered invocation's response. A function that returned nothing answers 204, as in Azure. */
export function writeBufferedResponse(res: ServerResponse, response: RpcHttpResponse | undefined): void {
  if (response === undefined) {
    res.writeHead(204).end();
    return;
  }
  res.statusCode = Number(response.statusCode);
  for (const [name, value] of Object.entries(response.headers ?? {})) {
    if (name.toLowerCase() !== 'transfer-encoding') res.setHeader(name, value);
  }
  if (response.cookies !== undefined && response.cookies.length > 0) {
    res.setHeader('set-cookie', response.cookies.map(serializeCookie));
  }
  const { bytes, string, json } = response.body ?? {};
  const body = bytes === undefined ? (string ?? json ?? '') : Buffer.from(bytes);
  res.end(body);
}
