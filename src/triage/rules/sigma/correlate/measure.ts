import type { CorrelationDocument } from '../read/document.ts';

/** What one event adds to a window: the sources that it matched, and its values. */
export interface Entry {
  readonly timeMs: number;
  /** Places in the correlation's list of rules. */
  readonly sources: readonly number[];
  /** Texts for `value_count`, numbers for the other values. */
  readonly values: readonly (string | number)[];
}

/** Measured value of the entries of a window, which are added at its end and removed at its start. */
export interface Measure {
  add(entry: Entry): void;
  remove(entry: Entry): void;
  /** Undefined where there is nothing to measure. `window` are the entries, in the order of their time. */
  value(window: Window): number | undefined;
}

/** Entries `from` to `to`, the last one excluded. */
export interface Window {
  readonly entries: readonly Entry[];
  readonly from: number;
  readonly to: number;
}

export function newMeasure({ type, percentile }: CorrelationDocument): Measure {
  switch (type) {
    case 'event_count':
      return new EventCount();
    case 'value_count':
      return new Occurrences((entry) => entry.values);
    case 'temporal':
      return new Occurrences((entry) => entry.sources);
    case 'temporal_ordered':
      return new OrderedSources();
    case 'value_sum':
      return new Sum(false);
    case 'value_avg':
      return new Sum(true);
    case 'value_percentile':
      return new Percentile(percentile);
    case 'value_median':
      return new Percentile(50);
  }
}

class EventCount implements Measure {
  #count = 0;
  add(): void {
    this.#count++;
  }
  remove(): void {
    this.#count--;
  }
  value(): number {
    return this.#count;
  }
}

/** Number of different values. */
class Occurrences implements Measure {
  readonly #valuesOf: (entry: Entry) => readonly (string | number)[];
  readonly #counts = new Map<string | number, number>();

  constructor(valuesOf: (entry: Entry) => readonly (string | number)[]) {
    this.#valuesOf = valuesOf;
  }

  add(entry: Entry): void {
    for (const value of this.#valuesOf(entry)) this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
  }

  remove(entry: Entry): void {
    for (const value of this.#valuesOf(entry)) {
      const left = this.#counts.get(value)! - 1;
      if (left === 0) this.#counts.delete(value);
      else this.#counts.set(value, left);
    }
  }

  value(): number {
    return this.#counts.size;
  }
}

/** Sum or mean of the numbers; undefined without any. */
class Sum implements Measure {
  readonly #isMean: boolean;
  #sum = 0;
  #count = 0;
  /** Values with a fraction in the window: what is taken off again would leave a rounding error behind. */
  #nFractions = 0;

  constructor(isMean: boolean) {
    this.#isMean = isMean;
  }

  add({ values }: Entry): void {
    for (const value of values as readonly number[]) {
      this.#sum += value;
      this.#count++;
      if (!Number.isSafeInteger(value)) this.#nFractions++;
    }
  }

  remove({ values }: Entry): void {
    for (const value of values as readonly number[]) {
      this.#sum -= value;
      this.#count--;
      if (!Number.isSafeInteger(value)) this.#nFractions--;
    }
  }

  value({ entries, from, to }: Window): number | undefined {
    if (this.#count === 0) {
      this.#sum = 0;
      return undefined;
    }
    let sum = this.#sum;
    if (this.#nFractions > 0 || !Number.isSafeInteger(sum)) {
      sum = 0;
      for (let i = from; i < to; i++)
        for (const value of entries[i]!.values as readonly number[]) sum += value;
      this.#sum = sum;
    }
    return this.#isMean ? sum / this.#count : sum;
  }
}

/** Percentile with linear interpolation between the two nearest values; undefined without any. */
class Percentile implements Measure {
  readonly #percentile: number;
  readonly #sorted: number[] = [];

  constructor(percentile: number) {
    this.#percentile = percentile;
  }

  /** Place of the first value that is not below `value`. */
  #placeOf(value: number): number {
    let low = 0;
    let high = this.#sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#sorted[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  add({ values }: Entry): void {
    for (const value of values as readonly number[]) this.#sorted.splice(this.#placeOf(value), 0, value);
  }

  remove({ values }: Entry): void {
    for (const value of values as readonly number[]) this.#sorted.splice(this.#placeOf(value), 1);
  }

  value(): number | undefined {
    const sorted = this.#sorted;
    if (sorted.length === 0) return undefined;
    const place = (this.#percentile / 100) * (sorted.length - 1);
    const low = sorted[Math.floor(place)]!;
    const high = sorted[Math.ceil(place)]!;
    return low + (high - low) * (place - Math.floor(place));
  }
}

/** Length of the longest run of rules that occur in the listed order, each by its own event. */
class OrderedSources implements Measure {
  add(): void {}
  remove(): void {}

  value({ entries, from, to }: Window): number {
    // longest[s]: rules in order that end with source s
    const longest: number[] = [];
    let best = 0;
    for (let i = from; i < to; i++) {
      // the last source first, so that an event does not follow itself
      const sources = entries[i]!.sources;
      for (let k = sources.length - 1; k >= 0; k--) {
        const source = sources[k]!;
        let before = 0;
        for (let s = 0; s < source; s++) before = Math.max(before, longest[s] ?? 0);
        longest[source] = Math.max(longest[source] ?? 0, before + 1);
        best = Math.max(best, longest[source]!);
      }
    }
    return best;
  }
}
