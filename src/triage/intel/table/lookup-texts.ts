import type { IndicatorValue } from '../indicator.ts';

/** The text by which an indicator is kept: of a URL without its last slash. */
export function indicatorKeyText({ type, value }: IndicatorValue): string {
  return type === 'url' ? withoutLastSlash(value) : value;
}

/**
 * The texts by which indicators for a URL may be kept, most exact first: with and without query, and, for indicators that
 * name no scheme, without scheme and port; a URL without a scheme is tried with both.
 *
 * @param url in normal form
 */
export function urlLookupTexts(url: string): string[] {
  const query = url.indexOf('?');
  const texts: string[] = [];
  addTexts(texts, withoutLastSlash(url));
  if (query >= 0) addTexts(texts, withoutLastSlash(url.slice(0, query)));
  return texts;
}

function addTexts(texts: string[], text: string): void {
  const scheme = text.indexOf('://');
  texts.push(text);
  const bare = scheme < 0 ? text : text.slice(scheme + 3);
  if (scheme < 0) texts.push(`http://${text}`, `https://${text}`);
  else texts.push(bare);
  const portless = withoutPort(bare);
  if (portless !== bare) texts.push(portless);
}

/** Host of a URL in normal form, without port; undefined for a path alone. */
export function hostOfNormalUrl(url: string): string | undefined {
  if (url.startsWith('/') || url.startsWith('?')) return undefined;
  const scheme = url.indexOf('://');
  const from = scheme < 0 ? 0 : scheme + 3;
  if (url[from] === '[') return url.slice(from + 1, url.indexOf(']', from));
  let end = from;
  for (; end < url.length; end++) {
    const code = url.charCodeAt(end);
    if (code === 0x2f || code === 0x3f || code === 0x3a) break;
  }
  return url.slice(from, end);
}

function withoutLastSlash(url: string): string {
  return url.endsWith('/') && !url.includes('?') ? url.slice(0, -1) : url;
}

function withoutPort(bare: string): string {
  return bare.replace(/^(\[[^\]]*\]|[^/:?]*):\d{1,5}(?=[/?]|$)/, '$1');
}
