import type { CompiledCorrelation } from '../compile/compiled-rule.ts';
import { textOfValue } from '../compile/test.ts';
import { ABSENT, type AnyEvent, fieldOf, scalarsOf } from '../match/event-field.ts';
import type { Comparison } from '../read/document.ts';
import { folded } from '../values/fold.ts';
import { numberValue } from '../values/numeric.ts';
import { newMeasure } from './measure.ts';
import { SlidingGroup } from './sliding-group.ts';

export interface CorrelatorOptions {
  /** Whether a correlation is reported when its condition becomes true, or at every event at which it holds. @default 'crossing' */
  readonly report?: 'crossing' | 'holds';
  /** Groups kept over all correlations; the one unused for longest goes first. @default 100_000 */
  readonly maxGroups?: number;
  /** Events kept over all groups. @default 1_000_000 */
  readonly maxEntries?: number;
}

/** A correlation whose condition an event completed. */
export interface CorrelationHit {
  readonly correlation: CompiledCorrelation;
  /** Fields of `group-by` and the group's values, folded. */
  readonly group: readonly (readonly [field: string, value: string])[];
  /** Measured value: a count, a sum, a mean or a percentile. */
  readonly value: number;
}

/** What did not fit into the bounds, or could not be placed. */
export interface Dropped {
  /** Matching events without a time. */
  untimed: number;
  groups: number;
  entries: number;
}

/**
 * Correlates matches over sliding windows in event time. Events may come in any order within a timespan.
 *
 * Bounded: groups and entries beyond the limits are dropped, the longest unused first, and counted.
 */
export class Correlator {
  readonly dropped: Dropped = { untimed: 0, groups: 0, entries: 0 };
  readonly #correlations: readonly CompiledCorrelation[];
  readonly #isHolding: boolean;
  readonly #maxGroups: number;
  readonly #maxEntries: number;
  /** In the order of their last use. */
  readonly #groups = new Map<string, SlidingGroup>();
  readonly #ofRule = new Map<number, number[]>();
  #nEntries = 0;

  /** @param correlations of a `RuleSet`; inner ones stand before those that use them */
  constructor(correlations: readonly CompiledCorrelation[], options: CorrelatorOptions = {}) {
    this.#correlations = correlations;
    this.#isHolding = options.report === 'holds';
    this.#maxGroups = options.maxGroups ?? 100_000;
    this.#maxEntries = options.maxEntries ?? 1_000_000;
    for (const { index, sources } of correlations) {
      for (const source of sources) {
        if (source.kind !== 'rule') continue;
        const list = this.#ofRule.get(source.index) ?? [];
        list.push(index);
        this.#ofRule.set(source.index, list);
      }
    }
  }

  get nGroups(): number {
    return this.#groups.size;
  }

  /** Events that are kept over all groups. */
  get nEntries(): number {
    return this.#nEntries;
  }

  /**
   * Takes an event and gives the reported correlations that it completes.
   *
   * @param rules indexes of the rules that the event matches, those included that only feed correlations
   * @param timeMs time of the event, with its fraction; undefined counts the event as dropped
   * @param isTold it was seen elsewhere: it counts, but a condition that becomes true by it is left for the next event seen
   *   here to report
   */
  observe(
    event: AnyEvent,
    rules: readonly number[],
    timeMs: number | undefined,
    isTold = false,
  ): CorrelationHit[] {
    const concerned = new Set<number>();
    for (const rule of rules) for (const index of this.#ofRule.get(rule) ?? []) concerned.add(index);
    if (concerned.size === 0) return [];
    if (timeMs === undefined) {
      this.dropped.untimed++;
      return [];
    }
    const matched = new Set(rules);
    /** Correlations that hold at this event, which outer ones listen to. */
    const holding = new Set<number>();
    const hits: CorrelationHit[] = [];
    for (const correlation of this.#correlations) {
      const sources = correlation.sources.flatMap(({ kind, index }, place) =>
        (kind === 'rule' ? matched : holding).has(index) ? [place] : [],
      );
      if (sources.length === 0) continue;
      for (const [key, places] of groupsOf(correlation, event, sources)) {
        const hit = this.#add(correlation, key, places, event, timeMs, isTold);
        if (hit === undefined) continue;
        holding.add(correlation.index);
        if (correlation.isReported && !isTold && (hit.isCrossing || this.#isHolding)) {
          const values = JSON.parse(key) as string[];
          const group = correlation.document.groupBy.map((field, i) => [field, values[i]!] as const);
          hits.push({ correlation, group, value: hit.value });
        }
      }
    }
    return hits;
  }

  #add(
    correlation: CompiledCorrelation,
    key: string,
    sources: readonly number[],
    event: AnyEvent,
    timeMs: number,
    isTold: boolean,
  ): { readonly value: number; readonly isCrossing: boolean } | undefined {
    const { document } = correlation;
    const name = `${correlation.index} ${key}`;
    let group = this.#groups.get(name);
    if (group === undefined) group = new SlidingGroup(document.timespanMs, () => newMeasure(document));
    else this.#groups.delete(name);
    this.#groups.set(name, group);
    const isTemporal = document.type.startsWith('temporal');
    const entry = {
      timeMs,
      sources: isTemporal ? sources : NO_SOURCES,
      values: valuesOf(correlation, event, sources[0]!),
    };
    const before = group.entries.length;
    // a temporal correlation without a condition wants every rule
    const bounds =
      document.bounds.length > 0
        ? document.bounds
        : [{ comparison: 'gte' as const, value: correlation.sources.length }];
    const held = group.add(
      entry,
      (value) => value !== undefined && bounds.every((bound) => isWithin(value, bound)),
    );
    const isCrossing = held !== undefined && !group.held;
    group.held = held !== undefined && (group.held || !isTold);
    this.#nEntries += group.entries.length - before;
    this.#bound(group);
    return held === undefined ? undefined : { value: held.value, isCrossing };
  }

  /** Drops what was unused for longest until everything fits; of `current` only the older half of its entries. */
  #bound(current: SlidingGroup): void {
    for (const [name, group] of this.#groups) {
      if (this.#groups.size <= this.#maxGroups && this.#nEntries <= this.#maxEntries) return;
      if (group === current) break;
      this.#groups.delete(name);
      this.#nEntries -= group.entries.length;
      this.dropped.groups++;
      this.dropped.entries += group.entries.length;
    }
    if (this.#nEntries > this.#maxEntries) {
      const n = current.shrink(this.#maxEntries >> 1);
      this.#nEntries -= n;
      this.dropped.entries += n;
    }
  }
}

const NO_SOURCES: readonly number[] = [];
const NO_VALUES: readonly string[] = [];

/** Groups that an event belongs to by the sources that it matched; none for a source whose field is absent. */
function groupsOf(
  { groupFields }: CompiledCorrelation,
  event: AnyEvent,
  sources: readonly number[],
): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const source of sources) {
    const parts: string[] = [];
    for (const field of groupFields[source]!) {
      const text = groupText(fieldOf(event, field));
      if (text === undefined) break;
      parts.push(text);
    }
    if (parts.length < groupFields[source]!.length) continue;
    const key = JSON.stringify(parts);
    const places = groups.get(key);
    if (places === undefined) groups.set(key, [source]);
    else places.push(source);
  }
  return groups;
}

/** Folded text of a value; several values of a list are one text together. */
function groupText(value: unknown): string | undefined {
  if (value === ABSENT || value === undefined || value === null) return undefined;
  if (!Array.isArray(value)) {
    const text = textOfValue(value);
    return text === undefined ? undefined : folded(text);
  }
  const texts = scalarsOf(value).map((scalar) => folded(textOfValue(scalar)!));
  return texts.length === 0 ? undefined : texts.toSorted().join('\u0001');
}

/** Values that an event adds: texts or tuples of them for a count, numbers for a sum; none where a part is missing. */
function valuesOf(
  { document, valueFields }: CompiledCorrelation,
  event: AnyEvent,
  source: number,
): readonly (string | number)[] {
  if (!document.type.startsWith('value_')) return NO_VALUES;
  const found = valueFields[source]!.map((field) => fieldOf(event, field));
  if (document.type !== 'value_count') {
    const scalars = Array.isArray(found[0]) ? scalarsOf(found[0]) : found;
    return scalars.flatMap((scalar) => {
      const number = numberValue(scalar);
      return number === undefined ? [] : [Number(number)];
    });
  }
  if (found.length === 1 && Array.isArray(found[0])) {
    return [...new Set(scalarsOf(found[0]).map((scalar) => folded(textOfValue(scalar)!)))];
  }
  const texts = found.map(groupText);
  return texts.some((text) => text === undefined)
    ? NO_VALUES
    : [texts.length === 1 ? texts[0]! : JSON.stringify(texts)];
}

function isWithin(
  value: number,
  { comparison, value: bound }: { comparison: Comparison; value: number },
): boolean {
  switch (comparison) {
    case 'gt':
      return value > bound;
    case 'gte':
      return value >= bound;
    case 'lt':
      return value < bound;
    case 'lte':
      return value <= bound;
    case 'eq':
      return value === bound;
    case 'neq':
      return value !== bound;
  }
}
