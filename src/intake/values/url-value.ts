import { endOfAuthority, MAX_VALUE_LENGTH, plainDots, refangHost, splitScheme } from './defang.ts';
import { domainName } from './host-name.ts';

// already as it should be: nothing escaped, no dot segment, no port, a name for a host
const NORMAL =
  /^https?:\/\/(?:[a-z][a-z0-9-]{0,62}\.){1,8}[a-z]{2,24}\/[A-Za-z0-9\-._~/$&()*+,;=:@]*(?:\?[A-Za-z0-9\-._~/$&()*+,;=:@]*)?$/;
const UNRESERVED = /^[A-Za-z0-9._~-]$/;

/**
 * A URL in its normal form: scheme and host restored and in lower case, host as A-label without root dot, no user
 * information, no default port, no fragment, dot segments resolved, unreserved escapes decoded and the others in capital
 * digits. Query, double slashes and `www.` stay as they are. Without a scheme (`example.com/a`) the same without one.
 * Undefined where the text is no URL at all.
 *
 * @see https://url.spec.whatwg.org/ and https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2
 */
export function urlValue(text: string): string | undefined {
  if (text.length <= 2048 && NORMAL.test(text) && !text.includes('/.')) return text;
  const trimmed = text.slice(0, MAX_VALUE_LENGTH).trim();
  const split = splitScheme(trimmed);
  if (split === undefined) return withoutScheme(trimmed);
  const { scheme, rest } = split;
  const end = endOfAuthority(rest);
  const host = plainDots(refangHost(rest.slice(0, end)));
  const path = rest.slice(end).replace(/^\[\/\]/, '/');
  return normal(`${scheme}://${host.slice(host.lastIndexOf('@') + 1)}${path}`);
}

/** Host of a URL in normal form: an A-label name or an address in its own normal form. */
export function hostOfUrlValue(url: string): string | undefined {
  const split = splitScheme(url);
  const rest = split?.rest ?? url;
  const authority = rest.slice(0, endOfAuthority(rest));
  return domainName(authority.slice(authority.lastIndexOf('@') + 1))?.value;
}

function normal(text: string): string | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  url.hash = '';
  url.username = '';
  url.password = '';
  const { protocol, pathname, search } = url;
  // schemes the standard does not know keep their host as written
  const host = url.host.toLowerCase().replace(/\.(?=:\d+$|$)/, '');
  const slashes = url.href.startsWith(`${protocol}//`) ? '//' : '';
  return `${protocol}${slashes}${host}${decoded(pathname)}${decoded(search)}`;
}

function withoutScheme(text: string): string | undefined {
  if (text === '' || /\s/.test(text) || text.startsWith('/') || text.startsWith('?')) {
    return text.startsWith('/') || text.startsWith('?') ? pathAlone(text) : undefined;
  }
  const end = endOfAuthority(text);
  const authority = plainDots(refangHost(text.slice(0, end)));
  const host = authority.slice(authority.lastIndexOf('@') + 1);
  if (!/[.:]/.test(host)) return text[end] === '/' && /^[\w-]+$/.test(host) ? pathAlone(text) : undefined;
  if (domainName(host) === undefined) return undefined;
  return normal(`http://${host}${text.slice(end)}`)?.slice('http://'.length);
}

/** A path without host, as sensors log it, without its fragment. */
function pathAlone(text: string): string {
  const number = text.indexOf('#');
  return decoded(number < 0 ? text : text.slice(0, number)).trim();
}

/** Escapes of unreserved characters decoded, the others with capital digits; text with a broken escape as it is. */
function decoded(text: string): string {
  if (!text.includes('%') || /%(?![0-9a-f]{2})/i.test(text)) return text;
  return text.replace(/%[0-9a-f]{2}/gi, (escaped) => {
    const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
    return UNRESERVED.test(character) ? character : escaped.toUpperCase();
  });
}
