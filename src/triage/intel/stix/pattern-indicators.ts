import { domainName } from '../../../intake/values/host-name.ts';
import { ipNetwork } from '../../../intake/values/ip-address.ts';
import type { IndicatorKind, IndicatorValue } from '../indicator.ts';
import { indicatorValue } from '../indicator-value.ts';
import { parseStixPattern, type StixComparison, type StixExpression, StixPatternError } from './pattern.ts';

/** What of a pattern can be looked up, with what was left out of it. */
export interface PatternIndicators {
  readonly values: readonly IndicatorValue[];
  readonly warnings: readonly string[];
}

/**
 * The values of a STIX pattern of level 1 that an alert can be compared with. Of comparisons joined by AND those with a
 * value count and the others (a port, a file's name) only narrow; of those joined by OR each stands for itself.
 *
 * @throws StixPatternError that names why there is none
 */
export function indicatorsOfPattern(pattern: string): PatternIndicators {
  const found = valuesOf(parseStixPattern(pattern));
  if (found.values.length === 0) throw new StixPatternError(found.refusals[0] ?? 'nothing to look up');
  const values = new Map(
    found.values.map((value) => [`${value.type} ${value.isBelow} ${value.value}`, value]),
  );
  return {
    values: [...values.values()],
    warnings: found.leftOut.map((what) => `Left out of a pattern: ${what}.`),
  };
}

interface Found {
  readonly values: readonly IndicatorValue[];
  /** Why a comparison gave none. */
  readonly refusals: readonly string[];
  /** Alternatives that are not looked up while others of the same pattern are. */
  readonly leftOut: readonly string[];
}

function valuesOf(expression: StixExpression): Found {
  if (expression.kind === 'comparison') return valuesOfComparison(expression);
  const parts = expression.parts.map(valuesOf);
  const values = parts.flatMap((part) => part.values);
  const refusals = parts.flatMap((part) => part.refusals);
  const empty = parts.filter((part) => part.values.length === 0).flatMap((part) => part.refusals.slice(0, 1));
  const leftOut = expression.kind === 'or' && values.length > 0 ? empty : [];
  return { values, refusals, leftOut: [...parts.flatMap((part) => part.leftOut), ...leftOut] };
}

const NONE = { values: [], leftOut: [] };

function valuesOfComparison(comparison: StixComparison): Found {
  const kind = kindOf(comparison);
  if (typeof kind !== 'string') return { ...NONE, refusals: [kind.refusal] };
  const { operator, values } = comparison;
  const allowed = operator === '=' || operator === 'IN' || (operator === 'ISSUBSET' && kind === 'ip');
  const isLike = operator === 'LIKE' && kind === 'domain';
  if (!allowed && !isLike) return { ...NONE, refusals: [`the operator ${operator} on ${kind}`] };
  const read: IndicatorValue[] = [];
  for (const literal of values) {
    const value = typeof literal === 'string' ? readValueOf(kind, literal, isLike) : undefined;
    if (value === undefined) return { ...NONE, refusals: [`a value that is no ${kind}`] };
    read.push(value);
  }
  return { values: read, refusals: [], leftOut: [] };
}

function readValueOf(kind: IndicatorKind, text: string, isLike: boolean): IndicatorValue | undefined {
  if (isLike) {
    const isPlain = !/[%_]/.test(text.replace(/^%\./, ''));
    return isPlain ? indicatorValue('domain', text.replace(/^%\./, '*.')) : undefined;
  }
  // traffic may be with a name as well as with an address
  if (kind === 'ip' && ipNetwork(text.trim()) === undefined && domainName(text)?.kind === 'name')
    return indicatorValue('domain', text);
  return indicatorValue(kind, text);
}

const FILE_DIGESTS = /^(?:md5|sha1|sha256|sha384|sha512)$/;

/** The kind of indicator behind a path, or why there is none. */
function kindOf({ objectType, path }: StixComparison): IndicatorKind | { readonly refusal: string } {
  const steps = path.filter((step) => step !== '[*]');
  const [first = ''] = steps;
  const last = steps.at(-1) ?? '';
  const hashesAt = steps.indexOf('hashes');
  if (hashesAt >= 0) {
    const name = (steps[hashesAt + 1] ?? '').replace(/[^a-z0-9]/gi, '').toLowerCase();
    if (objectType === 'x509-certificate') return { refusal: 'a digest of a certificate, which is no file' };
    return FILE_DIGESTS.test(name)
      ? 'hash'
      : { refusal: `a digest that is of no file (${name.slice(0, 20) || 'unnamed'})` };
  }
  if (last === 'value') {
    if (objectType === 'ipv4-addr' || objectType === 'ipv6-addr')
      return steps.length === 1 ? 'ip' : refusal(objectType, steps);
    if (objectType === 'domain-name')
      return first === 'value' ? 'domain' : first === 'resolves_to_refs' ? 'ip' : refusal(objectType, steps);
    if (objectType === 'url') return 'url';
    if (objectType === 'email-addr') return steps.length === 1 ? 'email' : refusal(objectType, steps);
    if (objectType === 'network-traffic' && (first === 'src_ref' || first === 'dst_ref')) return 'ip';
    // whom a message went to is who was attacked
    if (objectType === 'email-message' && (first === 'from_ref' || first === 'sender_ref')) return 'email';
  }
  return refusal(objectType, steps);
}

function refusal(objectType: string, steps: readonly string[]): { readonly refusal: string } {
  return { refusal: `a kind that is not looked up (${`${objectType}:${steps.join('.')}`.slice(0, 60)})` };
}
