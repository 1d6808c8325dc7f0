import { createHash } from 'node:crypto';
import type { HttpResponseInit } from '@azure/functions';
import type { Route } from '../src/api/route.ts';

/**
 * The answer with an ETag over its body, or 304 without one where the caller has it already. Weak: what stands under
 * `except` may differ.
 *
 * @param ifNoneMatch the header as sent: one tag, several, or `*`
 */
export function withEtag(
  response: HttpResponseInit,
  { except = [] }: NonNullable<Route['polled']>,
  ifNoneMatch: string | null,
): HttpResponseInit {
  if (typeof response.body !== 'string' && !(response.body instanceof Uint8Array)) return response;
  let text: string | Uint8Array = response.body;
  if (except.length > 0 && typeof text === 'string') {
    const body = JSON.parse(text) as Record<string, unknown>;
    text = JSON.stringify({ ...body, ...Object.fromEntries(except.map((name) => [name, null])) });
  }
  const tag = createHash('sha256').update(text).digest('base64url').slice(0, 27);
  const headers = {
    ...(response.headers as object),
    etag: `W/"${tag}"`,
    'cache-control': 'private, no-cache',
  };
  const isKnown = ifNoneMatch
    ?.split(',')
    .map((one) => one.trim().replace(/^W\//, ''))
    .some((one) => one === '*' || one === `"${tag}"`);
  if (isKnown && (response.status ?? 200) === 200) return { status: 304, headers };
  return { ...response, headers };
}
