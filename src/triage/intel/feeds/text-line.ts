import { isPlainAddress } from '../../../intake/values/ip-address.ts';
import { passedOver, type Reading, refused } from '../indicator.ts';
import { guessedValue, indicatorValue } from '../indicator-value.ts';

/**
 * Reads a line of a list without columns: bare values, `value # comment`, `cidr ; note`, `ip<TAB>count`, a hosts file
 * (whose address is no indicator), `ExitAddress ip date time`, `||domain^`. A comment or empty line gives undefined.
 */
export function readTextLine(line: string): Reading | undefined {
  const text = line.trim();
  if (text === '' || /^(?:#|;|\/\/|!|\[Adblock)/.test(text)) return undefined;
  const words = text.split(/\s+/, 4);
  const [first = '', second] = words;
  if (/^(?:ExitNode|Published|LastStatus)$/.test(first)) return passedOver('about a node, no address');
  if (first === 'ExitAddress') return readTorLine(words);
  if (second !== undefined && /^(?:127\.0\.0\.1|0\.0\.0\.0|::1?)$/.test(first)) return hostsEntry(second);
  if (second === '-' || /^[\d.]+-[\d.]+$/.test(first)) return refused('a range that is no network');
  const blocked = /^\|\|([^/^]{1,255})\^/.exec(text);
  const value = guessedValue(blocked?.[1] ?? valueAt(text));
  return value === undefined ? refused('a value of no known form') : { values: [value] };
}

function readTorLine(words: readonly string[]): Reading {
  const [, address = '', date = '', time = ''] = words;
  const value = isPlainAddress(address) ? indicatorValue('ip', address) : undefined;
  if (value === undefined) return refused('a value that is no ip');
  const seenMs = Date.parse(`${date}T${time}Z`);
  return Number.isNaN(seenMs) ? { values: [value] } : { values: [value], versionMs: seenMs };
}

function hostsEntry(name: string): Reading {
  if (/^(?:localhost|broadcasthost|local|ip6-\w+|0\.0\.0\.0)(?:\.|$)/i.test(name))
    return passedOver('a name of every machine');
  const value = indicatorValue('domain', name);
  return value === undefined ? refused('a value that is no domain') : { values: [value] };
}

/** The value before a comment: up to a blank, and outside URLs up to a semicolon or comma too. */
function valueAt(text: string): string {
  const end = /:\/\/|\[:/.test(text) ? text.search(/\s/) : text.search(/[\s;,]/);
  return (end < 0 ? text : text.slice(0, end)).replace(/^["']|["']$/g, '');
}
