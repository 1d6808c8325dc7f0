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
  if (!isIp(value)) return 'invalid';
  const range = ipaddr.process(value).range();
  if (range === 'unicast') return 'public';
  return PRIVATE_RANGES.has(range) ? 'private' : 'reserved';
}

/** Whether the text is a plain IPv4 address in four decimals or an IPv6 address. */
export function isIp(text: string): boolean {
  if (text.length < 2 || text.length > 45) return false;
  return text.includes(':') ? ipaddr.IPv6.isValid(text) : IPV4.test(text);
}

/**
 * The address in a text, lower case: without port (`10.0.0.1:56`, `[::1]:80`), prefix length and zone, IPv4 within IPv6
 * unwrapped. Undefined where there is none.
 */
export function ipIn(text: string): string | undefined {
  if (IPV4.test(text)) return text;
  if (text.length < 2 || text.length > 80) return undefined;
  let address = text;
  if (address.startsWith('[')) address = address.slice(1, Math.max(1, address.indexOf(']')));
  else if (address.includes('.') && address.indexOf(':') === address.lastIndexOf(':'))
    address = address.replace(/:\d+$/, '');
  address = address
    .replace(/\/\d{1,3}$/, '')
    .replace(/%.*$/, '')
    .toLowerCase();
  if (IPV4.test(address)) return address;
  if (!address.includes(':') || !ipaddr.IPv6.isValid(address)) return undefined;
  return address.includes('.') || address.startsWith('::ffff:')
    ? ipaddr.process(address).toString()
    : address;
}
