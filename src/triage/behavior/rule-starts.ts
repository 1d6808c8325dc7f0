import { gathered, grown, KeyedTable, ROWS_PER_STEP, type TableColumns } from './keyed-table.ts';

/** On so many entities a rule that is new to a tenant counts as introduced, not as raised by one thing that happened. */
const MIN_ENTITIES = 4;
/** Before that it is news all the same, and an attack that touches many hosts at once is over or known by then, s. */
const MIN_AGE_S = 3_600;
/** After that its own counts say how common it is, s. */
const MAX_AGE_S = 86_400;

/** Arrays of one length, from the longest unseen rule to the newest. */
export interface RuleStartsState {
  readonly keys: Float64Array;
  readonly firstAtS: Float64Array;
  readonly entities: Float32Array;
}

/**
 * When each rule of a tenant began, and on how many entities it has been: a rule that starts on many at once is a new
 * rule or a new sensor, which was not announced. The first moment is a minimum and the entities a sum.
 */
export class RuleStarts implements TableColumns {
  readonly #table: KeyedTable;
  #firstAtS = new Float64Array(0);
  #entities = new Float32Array(0);

  constructor(limit: number) {
    this.#table = new KeyedTable(limit, this);
  }

  /** The rule was seen. @param isNewEntity on an entity on which it had not been */
  see(rule: number, atS: number, isNewEntity: boolean): void {
    const entry = this.#table.take(rule, atS);
    this.#firstAtS[entry] = Math.min(this.#firstAtS[entry]!, atS);
    if (isNewEntity) this.#entities[entry]!++;
  }

  /**
   * Whether the rule is being introduced at `atS`.
   *
   * @param knownFromS until then everything of the tenant was new, and nothing can be told from it
   */
  isIntroduced(rule: number, atS: number, knownFromS: number): boolean {
    const entry = this.#table.find(rule);
    if (entry < 0 || this.#entities[entry]! < MIN_ENTITIES) return false;
    const firstAtS = this.#firstAtS[entry]!;
    const age = atS - firstAtS;
    return firstAtS >= knownFromS && age >= MIN_AGE_S && age < MAX_AGE_S;
  }

  /** Whether the rule was seen for the first time within the last day. @param knownFromS as above */
  isYoung(rule: number, atS: number, knownFromS: number): boolean {
    const entry = this.#table.find(rule);
    const firstAtS = entry < 0 ? atS : this.#firstAtS[entry]!;
    return firstAtS >= knownFromS && atS - firstAtS < MAX_AGE_S;
  }

  toState(): RuleStartsState {
    const { keys, entries } = this.#table.exported();
    return {
      keys,
      firstAtS: gathered(this.#firstAtS, entries, new Float64Array(entries.length)),
      entities: gathered(this.#entities, entries, new Float32Array(entries.length)),
    };
  }

  /** Restores what {@link toState} gave, into an empty table, in steps to pause between. */
  *addState({ keys, firstAtS, entities }: RuleStartsState): Generator<void> {
    this.#table.reserve(keys.length);
    for (let i = 0; i < keys.length; i++) {
      if (i % ROWS_PER_STEP === ROWS_PER_STEP - 1) yield;
      const entry = this.#table.take(keys[i]!, firstAtS[i]!);
      this.#firstAtS[entry] = firstAtS[i]!;
      this.#entities[entry] = entities[i]!;
    }
  }

  grow(capacity: number): void {
    this.#firstAtS = grown(this.#firstAtS, new Float64Array(capacity));
    this.#entities = grown(this.#entities, new Float32Array(capacity));
  }

  reset(entry: number): void {
    this.#firstAtS[entry] = Number.POSITIVE_INFINITY;
    this.#entities[entry] = 0;
  }

  /** All the same: the longest unseen goes. */
  worth(): number {
    return 0;
  }
}
