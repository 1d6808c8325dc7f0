import { type JsonObject, objectsOf, textOf } from '../../../intake/values/json-value.ts';
import { passedOver, type Reading, refused } from '../indicator.ts';
import { momentOfIndicator } from '../moment-of-indicator.ts';
import { stricterTlp, type Tlp, tlpOfMarking, tlpOfWord } from '../tlp.ts';
import { StixPatternError } from './pattern.ts';
import { indicatorsOfPattern } from './pattern-indicators.ts';

/** Objects of a bundle that hold no indicator and are no fault of it. */
export function isStixObject(object: JsonObject): boolean {
  const id = object['id'];
  return typeof id === 'string' && typeof object['type'] === 'string' && id.startsWith(`${object['type']}--`);
}

/**
 * Reads a STIX indicator, 2.1 or 2.0. What the standard demands and writers leave out is taken as meant, with a warning:
 * a missing `valid_from` is `created`, never the moment of reading. A pattern in another language, a confidence outside
 * 0-100 or a validity that ends before it begins is refused by name. An indicator typed `benign` is an allow entry.
 *
 * @see https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html#_muftrcpnf89v
 */
export function readStixIndicator(object: JsonObject): Reading {
  if (object['type'] !== 'indicator') return passedOver('another kind of STIX object');
  const warnings: string[] = [];
  const base = {
    ...(typeof object['id'] === 'string' ? { id: object['id'] } : {}),
    ...optional('versionMs', momentOfIndicator(object['modified'] ?? object['created'])),
  };
  if (object['revoked'] === true || object['revoked'] === 'true')
    return { ...base, values: [], isRevoked: true };
  const language = textOf(object['pattern_type'])?.toLowerCase();
  if (language !== undefined && language !== 'stix')
    return refused(`a pattern in another language (${language.slice(0, 20)})`);
  const pattern = object['pattern'];
  if (typeof pattern !== 'string') return refused('an indicator without a pattern');
  if (isBenign(object)) return passedOver('an allow entry');
  const confidence = confidenceOf(object['confidence']);
  if (confidence === 'refused') return refused('a confidence that is no number from 0 to 100');
  const validity = validityOf(object, warnings);
  if (typeof validity === 'string') return refused(validity);
  try {
    const found = indicatorsOfPattern(pattern);
    return {
      ...base,
      values: found.values,
      ...optional('confidence', confidence),
      ...validity,
      ...optional('tlp', tlpOf(object)),
      ...optional('markings', ownMarkings(object)),
      ...warned([...warnings, ...found.warnings]),
    };
  } catch (error) {
    if (error instanceof StixPatternError) return refused(`a pattern with ${error.message}`);
    throw error;
  }
}

function isBenign(object: JsonObject): boolean {
  const types = object['indicator_types'] ?? object['labels'];
  return (
    Array.isArray(types) &&
    types.some((type) => typeof type === 'string' && /^(?:benign|allow(?:list)?)$/i.test(type))
  );
}

function confidenceOf(value: unknown): number | 'refused' | undefined {
  if (value === undefined || value === null || value === '') return undefined;
  const number = typeof value === 'string' && /^\s*\d{1,3}(?:\.\d+)?\s*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && number >= 0 && number <= 100 ? Math.round(number) : 'refused';
}

function validityOf(
  object: JsonObject,
  warnings: string[],
): { readonly validFromMs?: number; readonly validUntilMs?: number } | string {
  const from = object['valid_from'];
  const until = object['valid_until'];
  let validFromMs = momentOfIndicator(from);
  if (from !== undefined && from !== null && validFromMs === undefined)
    return 'a `valid_from` that is no time';
  if (validFromMs === undefined) {
    validFromMs = momentOfIndicator(object['created']);
    warnings.push('An indicator has no `valid_from`: `created` stands in.');
  }
  const validUntilMs = momentOfIndicator(until);
  if (until !== undefined && until !== null && validUntilMs === undefined)
    return 'a `valid_until` that is no time';
  if ([from, until].some((time) => typeof time === 'string' && /[+-]\d\d:?\d\d$/.test(time.trim())))
    warnings.push('A time of an indicator has an offset where STIX wants UTC.');
  if (validFromMs !== undefined && validUntilMs !== undefined && validUntilMs <= validFromMs)
    return 'a validity that ends before it begins';
  return { ...optional('validFromMs', validFromMs), ...optional('validUntilMs', validUntilMs) };
}

/** The strictest TLP among the markings that the standard fixes. */
export function tlpOf(object: JsonObject): Tlp | undefined {
  let tlp: Tlp | undefined;
  const refs = object['object_marking_refs'];
  for (const ref of Array.isArray(refs) ? refs.slice(0, 50) : [])
    if (typeof ref === 'string') tlp = stricterTlp(tlp, tlpOfMarking(ref));
  return tlp;
}

/** Ids of markings that only the bundle itself explains. */
export function ownMarkings(object: JsonObject): readonly string[] | undefined {
  const refs = object['object_marking_refs'];
  if (!Array.isArray(refs)) return undefined;
  const own = refs
    .slice(0, 50)
    .filter((ref): ref is string => typeof ref === 'string' && tlpOfMarking(ref) === undefined);
  return own.length === 0 ? undefined : own;
}

/** TLP of a marking definition that a bundle brings along, in the form of either version. */
export function tlpOfDefinition(object: JsonObject): Tlp | undefined {
  const known = typeof object['id'] === 'string' ? tlpOfMarking(object['id']) : undefined;
  if (known !== undefined) return known;
  const definition = object['definition'] as JsonObject | undefined;
  const extensions = object['extensions'] as JsonObject | undefined;
  const words = [
    definition?.['tlp'],
    ...objectsOf(Object.values(extensions ?? {})).map((part) => part['tlp_2_0']),
    object['name'],
  ];
  for (const word of words) {
    const tlp = typeof word === 'string' ? tlpOfWord(word) : undefined;
    if (tlp !== undefined) return tlp;
  }
  return undefined;
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { [key in Name]?: Value } {
  return value === undefined ? {} : ({ [name]: value } as { [key in Name]?: Value });
}

function warned(warnings: readonly string[]): { warnings?: readonly string[] } {
  return warnings.length === 0 ? {} : { warnings };
}
