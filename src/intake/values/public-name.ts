import { parse } from 'tldts';
import { domainName } from './host-name.ts';

// Top labels that no registry sells: RFC 2606, RFC 6762, RFC 8375 and what inner networks use.
const INNER_TOP =
  /(?:^|\.)(?:local|lan|internal|intranet|corp|home|localdomain|domain|private|test|invalid|localhost|arpa|workgroup|mail)$/;

// Reserved too, but written for somebody else's name: in documentation, and for hidden services.
const OUTER_TOP = /(?:^|\.)(?:example|onion)$/;

/** Whether a text is no name of the outer world: an address, a single label, or a name under a suffix of inner networks. */
export function isInnerName(text: string): boolean {
  const name = domainName(text);
  return name?.kind !== 'name' || !name.value.includes('.') || INNER_TOP.test(name.value);
}

/**
 * Whether a text is a name that the public can look up: below a suffix of the public list. `example.com` and `bücher.de`
 * are, `DC01.corp.local`, `server1`, `foo.example`, `home.arpa` and addresses are not.
 *
 * @see https://publicsuffix.org
 */
export function isPublicName(text: string): boolean {
  const name = domainName(text);
  if (name?.kind !== 'name' || INNER_TOP.test(name.value) || OUTER_TOP.test(name.value)) return false;
  const { domain, isIcann, isPrivate } = parse(name.value, { allowPrivateDomains: true });
  return domain !== null && (isIcann === true || isPrivate === true);
}

/**
 * Whether a name is its own public suffix, the private part of the list included: `com`, `co.uk`, `pages.dev`. Who
 * lives below it is somebody else.
 *
 * @param name in normal form
 */
export function isSharedSuffix(name: string): boolean {
  return parse(name, { allowPrivateDomains: true, validateHostname: false }).domain === null;
}
