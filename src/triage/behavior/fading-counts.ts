import { gathered, grown, KeyedTable, ROWS_PER_STEP, type TableColumns } from './keyed-table.ts';

/** Arrays of one length, from the longest unseen key to the newest. */
export interface FadingCountsState {
  readonly keys: Float64Array;
  readonly values: Float64Array;
  readonly atS: Float64Array;
}

/**
 * A number per key that fades with one time constant: what was added `tauS` seconds ago counts 1/e. Adding is
 * commutative, late additions included: each is worth exp(-age / tau) whenever it comes in. A value in the future of
 * the moment asked for does not grow.
 */
export class FadingCounts implements TableColumns {
  readonly #tauS: number;
  readonly #table: KeyedTable;
  #values = new Float64Array(0);
  /** Moment at which the value was true, seconds. */
  #atS = new Float64Array(0);

  constructor(tauS: number, limit: number) {
    this.#tauS = tauS;
    this.#table = new KeyedTable(limit, this);
  }

  get size(): number {
    return this.#table.size;
  }

  valueOf(key: number, nowS: number): number {
    const entry = this.#table.find(key);
    return entry < 0 ? 0 : this.worth(entry, nowS);
  }

  /** @returns the value at `atS` after adding */
  add(key: number, amount: number, atS: number): number {
    const entry = this.#table.take(key, atS);
    const age = atS - this.#atS[entry]!;
    if (age >= 0) {
      this.#values[entry] = this.#values[entry]! * Math.exp(-age / this.#tauS) + amount;
      this.#atS[entry] = atS;
    } else this.#values[entry] = this.#values[entry]! + amount * Math.exp(age / this.#tauS);
    return this.worth(entry, atS);
  }

  toState(): FadingCountsState {
    const { keys, entries } = this.#table.exported();
    return {
      keys,
      values: gathered(this.#values, entries, new Float64Array(entries.length)),
      atS: gathered(this.#atS, entries, new Float64Array(entries.length)),
    };
  }

  /** Takes in what {@link toState} gave, in steps to pause between; into an empty table it restores it. */
  *addState({ keys, values, atS }: FadingCountsState): Generator<void> {
    this.#table.reserve(keys.length);
    for (let i = 0; i < keys.length; i++) {
      if (i % ROWS_PER_STEP === ROWS_PER_STEP - 1) yield;
      this.add(keys[i]!, values[i]!, atS[i]!);
    }
  }

  grow(capacity: number): void {
    this.#values = grown(this.#values, new Float64Array(capacity));
    this.#atS = grown(this.#atS, new Float64Array(capacity));
  }

  reset(entry: number): void {
    this.#values[entry] = 0;
    this.#atS[entry] = 0;
  }

  worth(entry: number, nowS: number): number {
    return this.#values[entry]! * Math.exp(Math.min(0, this.#atS[entry]! - nowS) / this.#tauS);
  }
}
