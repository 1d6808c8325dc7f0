import ipaddr from 'ipaddr.js';

export type IpScope = 'public' | 'private' | 'reserved' | 'invalid';

const PRIVATE_RANGES = new Set(['private', 'uniqueLocal', 'loopback', 'linkLocal', 'carrierGradeNat']);
const IPV4 = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)){3}$/;

/**
 * Whether an address is reachable from the internet (public), of an inner network (private, loopback, link-local,
 * shared by a carrier), of a range that names no host (multicast, broadcast, documentation, unspecified: reserved), or
 * no address at all. IPv4 within IPv6 counts as the IPv4 address.
 */
export function ipScope(value: string): IpScope {
  const first = firstOctet(value);
  if (first > 0 && first < MULTICAST && !SPECIAL.has(first)) return 'public';
  let scope = remembered.get(value);
  if (scope === undefined) {
    scope = scopeOf(value);
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(value, scope);
  }
  return scope;
}

/** First octets below multicast of which some addresses are special, see ipaddr.js; 0 is too. All others are public. */
const SPECIAL: ReadonlySet<number> = new Set([10, 100, 127, 169, 172, 192, 198, 203]);
const MULTICAST = 224;

/** First octet of an IPv4 address in its plain form, as {@link IPV4} has it; NaN for any other text. */
function firstOctet(text: string): number {
  let first = Number.NaN;
  let octet = Number.NaN;
  let nDots = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 46) {
      if (Number.isNaN(octet) || nDots === 3) return Number.NaN;
      if (nDots === 0) first = octet;
      nDots++;
      octet = Number.NaN;
    } else {
      const digit = unit - 48;
      // an octet that begins with 0 is no more than that
      if (digit < 0 || digit > 9 || octet === 0) return Number.NaN;
      octet = Number.isNaN(octet) ? digit : 10 * octet + digit;
      if (octet > 255) return Number.NaN;
    }
  }
  return nDots === 3 && !Number.isNaN(octet) ? first : Number.NaN;
}

/** One alert asks about its addresses several times, and the next one about the same. */
const remembered = new Map<string, IpScope>();
const MAX_REMEMBERED = 4_096;

function scopeOf(value: string): IpScope {
  if (!isIp(value)) return 'invalid';
  // four plain numbers by now: the library would look for octal, hexadecimal and short forms first
  const address = value.includes(':') ? ipaddr.process(value) : new ipaddr.IPv4(value.split('.').map(Number));
  const range = address.range();
  if (range === 'unicast') return 'public';
  return PRIVATE_RANGES.has(range) ? 'private' : 'reserved';
}

function isIp(text: string): boolean {
  if (text.length < 2 || text.length > 45) return false;
  return text.includes(':') ? ipaddr.IPv6.isValid(text) : IPV4.test(text);
}
