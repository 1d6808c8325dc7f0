import { isIPv4, isIPv6 } from 'node:net';
import { endOfAuthority, MAX_VALUE_LENGTH, refangHost, splitScheme } from './defang.ts';

const IPV4 = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;
/** What stands between the parts of an address, defanged or not. */
const SEPARATED = /[.:[({<]/;
/** Code of the digit 0; a dot is below it. */
const DIGIT_0 = 48;
/** Longest spelling of one address with brackets, zone, prefix and port. */
const MAX_SPELLING = 160;

/** A range of addresses: `address` in its normal form with the bits behind `prefix` cleared. */
export interface IpNetwork {
  readonly address: string;
  /** Length in bits, 0-32 for IPv4 and 0-128 for IPv6. */
  readonly prefix: number;
}

/** The eight groups of an IPv6 address that `node:net` accepts, without zone. */
export function groupsOfIpv6(text: string): Uint16Array {
  const groups = new Uint16Array(8);
  const gap = text.indexOf('::');
  const head = groupsIn(gap < 0 ? text : text.slice(0, gap));
  const tail = gap < 0 ? [] : groupsIn(text.slice(gap + 2));
  groups.set(head);
  groups.set(tail, 8 - tail.length);
  return groups;
}

function groupsIn(text: string): number[] {
  if (text === '') return [];
  const groups: number[] = [];
  for (const part of text.split(':')) {
    if (part.includes('.')) {
      const [a, b, c, d] = part.split('.').map(Number) as [number, number, number, number];
      groups.push((a << 8) | b, (c << 8) | d);
    } else groups.push(Number.parseInt(part, 16));
  }
  return groups;
}

/**
 * Text of an address: RFC 5952, except that an IPv4-mapped address is the IPv4 address. An IPv4-compatible one
 * (`::192.0.2.1`) and NAT64 stay IPv6, in hexadecimal.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5952
 */
export function textOfGroups(groups: Uint16Array): string {
  if (isMapped(groups)) {
    const high = groups[6] as number;
    const low = groups[7] as number;
    return `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  // the longest run of at least two zero groups, the first of equals, is written as `::`
  let start = -1;
  let length = 1;
  for (let i = 0; i < 8; i++) {
    let end = i;
    while (end < 8 && groups[end] === 0) end++;
    if (end - i > length) {
      start = i;
      length = end - i;
    }
    if (end > i) i = end;
  }
  const hex = Array.from(groups, (group) => group.toString(16));
  if (start < 0) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

function isMapped(groups: Uint16Array): boolean {
  return (
    groups[5] === 0xffff &&
    groups[0] === 0 &&
    groups[1] === 0 &&
    groups[2] === 0 &&
    groups[3] === 0 &&
    groups[4] === 0
  );
}

/** Whether the text is one address as it stands, in any spelling, without port, prefix or zone. */
export function isPlainAddress(text: string): boolean {
  if (text.length < 2 || text.length > 45) return false;
  return text.includes(':') ? isIPv6(text) && !text.includes('%') : IPV4.test(text);
}

function normalOf(address: string): string | undefined {
  if (IPV4.test(address)) return address;
  if (!address.includes(':') || address.length > 45 || !isIPv6(address)) return undefined;
  return textOfGroups(groupsOfIpv6(address));
}

/**
 * The one address in a text, in its normal form: without port (`10.0.0.1:56`, `[::1]:80`, `10.0.0.1|443`), zone, scheme
 * and path, defanged ones restored, `/32` and `/128` taken off. Undefined for anything else: networks, leading zeros,
 * short forms, numbers, names.
 */
export function ipAddress(text: string): string | undefined {
  if (IPV4.test(text)) return text;
  if (text.length < 2 || text.length > MAX_SPELLING || !SEPARATED.test(text)) return undefined;
  const spelled = refangHost(text.trim());
  const url = splitScheme(spelled);
  const bare = url === undefined ? spelled : hostIn(url.rest);
  const { address, prefix } = withoutPrefix(withoutPort(bare));
  const normal = normalOf(withoutZone(address));
  if (normal === undefined || prefix === undefined) return undefined;
  return prefix === '' || Number(prefix) === bitsOf(address) ? normal : undefined;
}

/** The range in a text: a prefix or an address alone, host bits ignored. Undefined where there is none. */
export function ipNetwork(text: string): IpNetwork | undefined {
  if (IPV4.test(text)) return { address: text, prefix: 32 };
  if (text.length < 2 || text.length > MAX_SPELLING) return undefined;
  const spelled = refangHost(text.trim());
  const { address, prefix } = withoutPrefix(spelled);
  const plain = withoutZone(address.startsWith('[') ? withoutPort(address) : address);
  if (prefix === undefined) return undefined;
  if (IPV4.test(plain)) {
    const bits = prefix === '' ? 32 : Number(prefix);
    return bits > 32 ? undefined : { address: maskedIpv4(plain, bits), prefix: bits };
  }
  if (!plain.includes(':') || plain.length > 45 || !isIPv6(plain)) return undefined;
  const groups = groupsOfIpv6(plain);
  const bits = prefix === '' ? 128 : Number(prefix);
  if (bits > 128) return undefined;
  if (isMapped(groups) && bits >= 96)
    return { address: maskedIpv4(textOfGroups(groups), bits - 96), prefix: bits - 96 };
  for (let i = 0; i < 8; i++) {
    const kept = Math.min(16, Math.max(0, bits - 16 * i));
    groups[i] = (groups[i] as number) & ((0xffff << (16 - kept)) & 0xffff);
  }
  return { address: textOfGroups(groups), prefix: bits };
}

/** The text of a network: `192.0.2.0/24`; a single address without a prefix. */
export function textOfNetwork({ address, prefix }: IpNetwork): string {
  return prefix === (address.includes(':') ? 128 : 32) ? address : `${address}/${prefix}`;
}

/** An IPv4 address as a number from 0 to 2^32 - 1. */
export function numberOfIpv4(address: string): number {
  let number = 0;
  let part = 0;
  for (let i = 0; i < address.length; i++) {
    const digit = address.charCodeAt(i) - DIGIT_0;
    if (digit >= 0) part = 10 * part + digit;
    else {
      number = (number << 8) | part;
      part = 0;
    }
  }
  return ((number << 8) | part) >>> 0;
}

/** The first address of the range of this length that holds an address. */
export function startOfIpv4(number: number, prefix: number): number {
  return prefix === 0 ? 0 : (number & (0xffffffff << (32 - prefix))) >>> 0;
}

function maskedIpv4(address: string, bits: number): string {
  if (bits === 32) return address;
  const number = startOfIpv4(numberOfIpv4(address), bits);
  return `${number >>> 24}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`;
}

/** Every address in a list in one text, `10.0.0.1, 10.0.0.2`, each once. Parts that are no address are passed over. */
export function ipAddresses(text: string): string[] {
  const clipped = text.slice(0, MAX_VALUE_LENGTH).trim();
  if (!SEPARATED.test(clipped)) return [];
  const one = ipAddress(clipped);
  if (one !== undefined) return [one];
  const found = new Set<string>();
  for (const part of clipped.split(/[,;|\s]+/)) {
    const address = part === '' ? undefined : ipAddress(part.replace(/^[("']|[)"']$/g, ''));
    if (address !== undefined) found.add(address);
  }
  return [...found];
}

function bitsOf(address: string): number {
  return isIPv4(address) ? 32 : 128;
}

/** Host part of what follows `://`: without user information, path and query. */
function hostIn(rest: string): string {
  const authority = rest.slice(0, endOfAuthority(rest));
  return authority.slice(authority.lastIndexOf('@') + 1);
}

function withoutPort(text: string): string {
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    const after = end < 0 ? text : text.slice(end + 1);
    return /^(?:[:|]\d{1,5})?(?:\/\d{1,3})?$/.test(after)
      ? text.slice(1, end) + after.replace(/^[:|]\d{1,5}/, '')
      : text;
  }
  const bare = text.replace(/[|#]\d{1,5}$/, '').replace(/\/(?:tcp|udp)$/i, '');
  return bare.includes('.') && bare.indexOf(':') === bare.lastIndexOf(':')
    ? bare.replace(/:\d{0,5}$/, '')
    : bare;
}

function withoutPrefix(text: string): { address: string; prefix: string | undefined } {
  const slash = text.indexOf('/');
  if (slash < 0) return { address: text, prefix: '' };
  const prefix = text.slice(slash + 1);
  return { address: text.slice(0, slash), prefix: /^\d{1,3}$/.test(prefix) ? prefix : undefined };
}

function withoutZone(address: string): string {
  const percent = address.indexOf('%');
  return percent < 0 ? address : address.slice(0, percent);
}
