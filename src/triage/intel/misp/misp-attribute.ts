import { type JsonObject, objectsOf, textOf } from '../../../intake/values/json-value.ts';
import { type IndicatorKind, type IndicatorValue, passedOver, type Reading, refused } from '../indicator.ts';
import { indicatorValue } from '../indicator-value.ts';
import { momentOfIndicator } from '../moment-of-indicator.ts';
import { stricterTlp, type Tlp, tlpOfWord } from '../tlp.ts';

// Types that can be looked up in an alert; `to_ids` is on by default for many others.
const PLAIN: Readonly<Record<string, IndicatorKind>> = {
  'ip-src': 'ip',
  'ip-dst': 'ip',
  'ip-src|port': 'ip',
  'ip-dst|port': 'ip',
  ip: 'ip',
  domain: 'domain',
  hostname: 'domain',
  'hostname|port': 'domain',
  url: 'url',
  md5: 'hash',
  sha1: 'hash',
  sha256: 'hash',
  sha384: 'hash',
  sha512: 'hash',
  email: 'email',
  'email-src': 'email',
  'email-dst': 'email',
  'email-reply-to': 'email',
};
const FILE_COMPOSITE = /^(?:filename\|(?:md5|sha1|sha256|sha384|sha512)|malware-sample)$/;

/** Whether a value says yes: true, 1, "1", "true". Everything else, absence too, does not. */
function isYes(value: unknown): boolean {
  return (
    value === true ||
    value === 1 ||
    value === '1' ||
    (typeof value === 'string' && /^true$/i.test(value.trim()))
  );
}

/**
 * Reads an attribute of a MISP event, feed or CSV export. Only types that can be looked up count, only with `to_ids`, and
 * never when deleted. Of a composite the parts that can be looked up count: both of `domain|ip`, the digest of
 * `filename|sha256` (behind the last bar), the address of `ip-dst|port`.
 *
 * @see https://www.misp-standard.org/rfc/misp-standard-core.html
 */
export function readMispAttribute(attribute: JsonObject): Reading {
  const type = textOf(attribute['type'])?.toLowerCase() ?? '';
  const value = textOf(attribute['value']);
  if (isYes(attribute['deleted'])) return passedOver('deleted');
  if (!isYes(attribute['to_ids'])) return passedOver('`to_ids` is off');
  const isKnown = Object.hasOwn(PLAIN, type) || FILE_COMPOSITE.test(type) || type === 'domain|ip';
  if (!isKnown) return passedOver(`a type that is not looked up (${type.slice(0, 30)})`);
  if (value === undefined) return refused('an attribute without a value');
  const values = valuesOf(type, value);
  if (values.length === 0) return refused(`a value that is no ${type}`);
  const tags = objectsOf(attribute['Tag']);
  const tlp = tlpOfTags(tags);
  const confidence = confidenceOfTags(tags);
  const versionMs = momentOfIndicator(attribute['timestamp']);
  const firstSeenMs = momentOfIndicator(attribute['first_seen']);
  return {
    values,
    ...(typeof attribute['uuid'] === 'string' ? { id: attribute['uuid'] } : {}),
    ...(versionMs === undefined ? {} : { versionMs }),
    ...(firstSeenMs === undefined ? {} : { firstSeenMs }),
    ...(tlp === undefined ? {} : { tlp }),
    ...(confidence === undefined ? {} : { confidence }),
  };
}

function valuesOf(type: string, value: string): IndicatorValue[] {
  const bar = value.lastIndexOf('|');
  const parts: (IndicatorValue | undefined)[] = [];
  if (type === 'domain|ip') {
    const first = bar < 0 ? value : value.slice(0, bar);
    parts.push(
      indicatorValue('domain', first),
      bar < 0 ? undefined : indicatorValue('ip', value.slice(bar + 1)),
    );
  } else if (FILE_COMPOSITE.test(type)) parts.push(indicatorValue('hash', value.slice(bar + 1)));
  else {
    const isWithPort = type.endsWith('|port') && bar >= 0;
    parts.push(indicatorValue(PLAIN[type] as IndicatorKind, isWithPort ? value.slice(0, bar) : value));
  }
  return parts.filter((part) => part !== undefined);
}

const CONFIDENCE_WORDS: Readonly<Record<string, number>> = {
  'completely-confident': 100,
  'usually-confident': 75,
  'fairly-confident': 50,
  'rarely-confident': 25,
  unconfident: 0,
};

/** The strictest TLP among the tags of an attribute or event. */
export function tlpOfTags(tags: readonly JsonObject[]): Tlp | undefined {
  let tlp: Tlp | undefined;
  for (const { name } of tags.slice(0, 500))
    if (typeof name === 'string' && /^tlp:/i.test(name)) tlp = stricterTlp(tlp, tlpOfWord(name));
  return tlp;
}

/** The confidence that a tag of MISP's own taxonomy gives, 0-100. */
export function confidenceOfTags(tags: readonly JsonObject[]): number | undefined {
  for (const { name } of tags.slice(0, 500)) {
    const word =
      typeof name === 'string' ? /^misp:confidence-level="([a-z-]{1,40})"$/.exec(name)?.[1] : undefined;
    if (word !== undefined && Object.hasOwn(CONFIDENCE_WORDS, word)) return CONFIDENCE_WORDS[word];
  }
  return undefined;
}
