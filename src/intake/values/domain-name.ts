import { getDomain, getHostname } from 'tldts';

/** The part of a host name or URL that someone can register (`a.b.co.uk` gives `b.co.uk`), by the public suffix list. */
export function registrableDomain(value: string): string | undefined {
  return value.length > 4096 ? undefined : (getDomain(value, { allowPrivateDomains: false }) ?? undefined);
}

/** Whether the text is a host name under a public suffix: `example.com` is, `DC02.corp.local` and `server1` are not. */
export function isPublicName(value: string): boolean {
  if (value.length < 4 || value.length > 253 || !value.includes('.')) return false;
  return (
    /^[a-z0-9_*-]+(\.[a-z0-9_-]+)+\.?$/i.test(value) &&
    getDomain(value, { validHosts: [], allowIcannDomains: true }) !== null &&
    hasKnownSuffix(value)
  );
}

/** Host name within a URL, lower case, or undefined. */
export function hostOfUrl(url: string): string | undefined {
  return url.length > 4096 ? undefined : (getHostname(url) ?? undefined);
}

// Inner names end in suffixes that the public list does not know, and tldts takes any last label as a suffix.
const INNER_SUFFIX =
  /\.(local|lan|internal|intranet|corp|home|localdomain|domain|private|test|invalid|arpa)\.?$/i;
function hasKnownSuffix(value: string): boolean {
  return !INNER_SUFFIX.test(value);
}
