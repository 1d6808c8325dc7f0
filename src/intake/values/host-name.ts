import { domainToASCII } from 'node:url';
import { endOfAuthority, MAX_VALUE_LENGTH, plainDots, refangHost, splitScheme } from './defang.ts';
import { ipAddress } from './ip-address.ts';

const MAX_NAME_LENGTH = 253;
const MAX_LABEL_LENGTH = 63;
const LABELS = /^[a-z0-9_*-]+(\.[a-z0-9_-]+)*$/;
const ASCII = /^[\x21-\x7e]*$/;
// most names by far: nothing in them has to be taken off, and no label is too long
const PLAIN_NAME = /^[a-z][a-z0-9_-]{0,62}(?:\.[a-z][a-z0-9_-]{0,62})*$/i;

function plainName(text: string): HostValue | undefined {
  const first = text.charCodeAt(0);
  if (first >= 0x30 && first <= 0x39) {
    const address = ipAddress(text);
    return address === undefined ? undefined : { kind: 'ip', value: address };
  }
  return text.length <= MAX_NAME_LENGTH && PLAIN_NAME.test(text)
    ? { kind: 'name', value: text.toLowerCase() }
    : undefined;
}

/** A name from a field for host or domain names: the name, or the address that stood there instead. */
export interface HostValue {
  readonly kind: 'name' | 'ip';
  readonly value: string;
}

/**
 * A DNS name in its normal form: lower case A-labels, no root dot, defanged dots restored, underscores kept. From a URL
 * its host; a port, a path and a leading dot are taken off. An address comes back as one. Undefined for what can be no
 * name: empty labels, labels over 63 or names over 253 characters, a last label of digits only.
 *
 * @see https://www.unicode.org/reports/tr46/
 */
export function domainName(text: string): HostValue | undefined {
  const plain = plainName(text);
  if (plain !== undefined) return plain;
  const bare = bareName(text.slice(0, MAX_VALUE_LENGTH));
  if (bare === undefined || bare === '') return undefined;
  const address = ipAddress(bare);
  if (address !== undefined) return { kind: 'ip', value: address };
  const name = toAscii(bare.replace(/^\.+/, ''));
  if (name === undefined || name.length > MAX_NAME_LENGTH || !LABELS.test(name)) return undefined;
  // domainToASCII turns `１．２．３．４` into an address
  const mapped = ipAddress(name);
  if (mapped !== undefined) return { kind: 'ip', value: mapped };
  const labels = name.split('.');
  if (/^\d+$/.test(labels.at(-1) as string)) return undefined;
  return labels.every((label) => label.length <= MAX_LABEL_LENGTH)
    ? { kind: 'name', value: name }
    : undefined;
}

/**
 * The name of a machine in its normal form: as {@link domainName} where it is a DNS or NetBIOS name, without `\\`, a
 * domain in front (`CONTOSO\WS01`) and the `$` of its account; otherwise (`Jane's MacBook Pro`) the text in lower case.
 */
export function hostName(text: string): HostValue | undefined {
  const known = plainName(text);
  if (known !== undefined) return known;
  const trimmed = text.slice(0, MAX_VALUE_LENGTH).trim();
  const unc = trimmed.startsWith('\\\\') ? trimmed.replace(/^\\+/, '').split('\\')[0] : trimmed;
  const plain = (unc as string).slice((unc as string).lastIndexOf('\\') + 1).trim();
  const name = domainName(/^[\w.-]{1,253}\$$/.test(plain) ? plain.slice(0, -1) : plain);
  if (name !== undefined) return name;
  if (splitScheme(plain) !== undefined || isAddressLike(plain)) return undefined;
  const free = plain.toLowerCase().replace(/\s+/g, ' ').trim();
  return /\p{L}/u.test(free) ? { kind: 'name', value: free } : undefined;
}

// `10.0.0.0/8`, `010.1.1.1`, `2001:db8::/32`: a machine cannot be named so
function isAddressLike(text: string): boolean {
  return /^[\d./:]+$/.test(text) || /^[0-9a-f]*:[0-9a-f.]*:[0-9a-f:./%]*$/i.test(text);
}

function bareName(text: string): string | undefined {
  const trimmed = plainDots(refangHost(text.trim()));
  const url = splitScheme(trimmed);
  const rest = url?.rest ?? trimmed.replace(/^\/\//, '');
  const end = endOfAuthority(rest);
  let authority = rest.slice(0, end);
  if (url !== undefined) authority = authority.slice(authority.lastIndexOf('@') + 1);
  else if (authority.includes('@') || /^\/\d{1,3}$/.test(rest.slice(end))) return undefined;
  if (authority.startsWith('[') || ipAddress(authority) !== undefined) return authority;
  return authority.replace(/[:|]\d{0,5}$/, '').replace(/\.$/, '');
}

/** Lower case A-labels, or undefined for a name that IDNA refuses. ASCII names are kept as DNS has them. */
function toAscii(name: string): string | undefined {
  if (ASCII.test(name)) return name.toLowerCase();
  if (/[%:/?#@\s]/.test(name)) return undefined;
  const ascii = domainToASCII(name);
  return ascii === '' ? undefined : ascii.replace(/\.$/, '');
}
