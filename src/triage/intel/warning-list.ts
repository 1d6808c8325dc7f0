import { RE2JS } from 're2js';
import { domainName } from '../../intake/values/host-name.ts';
import { ipNetwork, numberOfIpv4, startOfIpv4 } from '../../intake/values/ip-address.ts';
import { hostOfUrlValue, urlValue } from '../../intake/values/url-value.ts';

/** A list as MISP publishes it. */
export interface WarningListDocument {
  readonly name: string;
  /** cidr, string, hostname, substring or regex. */
  readonly type: string;
  readonly list: readonly string[];
}

/**
 * Values that are known and not worth a hit. By type, as the MISP server compares: `cidr` by address (a network only
 * where it lies wholly inside), `hostname` by labels (the name, what is below it, and URLs by their host), `string` whole,
 * `substring` anywhere, `regex` with RE2. Letters are folded in all of them.
 *
 * @see https://github.com/MISP/misp-warninglists
 */
export class WarningList {
  readonly name: string;
  readonly #matches: (text: string) => boolean;

  constructor({ name, type, list }: WarningListDocument) {
    this.name = name;
    this.#matches = matcherOf(type, list);
  }

  /** @param value an indicator or entity value in any spelling */
  matches(value: string): boolean {
    return this.#matches(value.trim());
  }
}

function matcherOf(type: string, list: readonly string[]): (text: string) => boolean {
  if (type === 'cidr') return networkMatcher(list);
  if (type === 'hostname') return hostMatcher(list);
  if (type === 'substring') {
    const parts = list.map((entry) => entry.toLowerCase()).filter((entry) => entry !== '');
    return (text) => parts.some((part) => text.toLowerCase().includes(part));
  }
  if (type === 'regex') {
    const patterns = list.map(patternOf);
    return (text) => patterns.some((pattern) => pattern.matcher(text).find());
  }
  const whole = new Set(list.map((entry) => entry.toLowerCase()));
  return (text) => whole.has(text.toLowerCase());
}

/** `/…/i`, `/…/g` or a bare expression. */
function patternOf(entry: string): RE2JS {
  const delimited = /^\/(.*)\/[a-z]*$/s.exec(entry);
  return RE2JS.compile(delimited?.[1] ?? entry, RE2JS.CASE_INSENSITIVE);
}

function networkMatcher(list: readonly string[]): (text: string) => boolean {
  /** By prefix the first addresses of its networks; IPv4 ones as numbers, which are masked without a text. */
  const ipv4 = new Map<number, Set<number>>();
  const ipv6 = new Map<number, Set<string>>();
  for (const entry of list) {
    const network = ipNetwork(entry);
    if (network === undefined) continue;
    const { address, prefix } = network;
    if (address.includes(':')) setIn(ipv6, prefix).add(address);
    else setIn(ipv4, prefix).add(numberOfIpv4(address));
  }
  return (text) => {
    const asked = ipNetwork(text);
    if (asked === undefined) return false;
    if (!asked.address.includes(':')) {
      const number = numberOfIpv4(asked.address);
      for (const [prefix, starts] of ipv4)
        if (prefix <= asked.prefix && starts.has(startOfIpv4(number, prefix))) return true;
      return false;
    }
    for (const [prefix, starts] of ipv6) {
      const around = prefix <= asked.prefix ? ipNetwork(`${asked.address}/${prefix}`) : undefined;
      if (around !== undefined && starts.has(around.address)) return true;
    }
    return false;
  };
}

function setIn<Value>(sets: Map<number, Set<Value>>, key: number): Set<Value> {
  const known = sets.get(key) ?? new Set();
  sets.set(key, known);
  return known;
}

function hostMatcher(list: readonly string[]): (text: string) => boolean {
  const names = new Set<string>();
  for (const entry of list) {
    // entries in the wild begin with a dot, end in a backslash or hold a path
    const name = domainName(entry.replace(/^[.\s]+|(?<![.\\\s])[.\\\s]+$/g, ''));
    if (name !== undefined) names.add(name.value);
  }
  return (text) => {
    const url = /[/:]/.test(text) ? urlValue(text) : undefined;
    let name = url === undefined ? domainName(text)?.value : hostOfUrlValue(url);
    while (name !== undefined && name !== '') {
      if (names.has(name)) return true;
      const dot = name.indexOf('.');
      name = dot < 0 ? undefined : name.slice(dot + 1);
    }
    return false;
  };
}

/** Whether an address is of an inner network or of this machine: as an indicator it would hit everywhere. */
export function isInnerAddress(value: string): boolean {
  const network = ipNetwork(value);
  if (network === undefined) return false;
  if (network.address.includes(':')) return /^(?:::1?$|f[cde])/.test(network.address);
  const number = numberOfIpv4(network.address);
  return INNER.some(
    ([from, prefix]) => network.prefix >= prefix && number >>> (32 - prefix) === from >>> (32 - prefix),
  );
}

const INNER: readonly (readonly [number, number])[] = [
  [0x0a000000, 8],
  [0x7f000000, 8],
  [0xa9fe0000, 16],
  [0xac100000, 12],
  [0xc0a80000, 16],
  [0x64400000, 10],
];
