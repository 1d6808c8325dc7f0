import { AlertforestError } from '../src/errors.ts';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A signed-in browser sends its cookie with whatever another site makes it post: what changes something has to come from
 * a page of this host. Programs send no Origin; a browser always does with these methods, and a page cannot forge it.
 *
 * @throws AlertforestError FORBIDDEN
 */
export function refuseForeignOrigin(
  method: string,
  url: string,
  headers: { get(name: string): string | null },
): void {
  const origin = headers.get('origin');
  if (origin === null || SAFE_METHODS.has(method.toUpperCase())) return;
  // behind a proxy the caller's own address is in the forwarded header, which no page of another site can set
  const hosts: (string | null | undefined)[] = [
    headers.get('x-forwarded-host'),
    headers.get('host'),
    new URL(url).host,
  ];
  const host = hostOf(origin);
  if (host !== undefined && hosts.includes(host)) return;
  throw new AlertforestError('FORBIDDEN', `This route takes nothing from pages of ${origin.slice(0, 256)}.`);
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}
