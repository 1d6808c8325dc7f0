import type { Entry, Measure, Window } from './measure.ts';

/**
 * Entries of one group in the order of their time, and the measure of the window that ends with the newest one.
 *
 * An entry that comes late is judged by the windows that it lies in: those that end with itself or with an entry up to
 * a timespan after it. Entries stay for two timespans, so that late ones find their neighbours.
 */
export class SlidingGroup {
  readonly entries: Entry[] = [];
  /** Whether the condition held at the last event. */
  held = false;
  readonly #spanMs: number;
  readonly #newMeasure: () => Measure;
  readonly #newest: Measure;
  /** First entry of the newest window. */
  #from = 0;

  constructor(spanMs: number, newMeasure: () => Measure) {
    this.#spanMs = spanMs;
    this.#newMeasure = newMeasure;
    this.#newest = newMeasure();
  }

  /** Adds an entry and gives the first measured value of a window around it that `holds`; undefined if none does. */
  add(entry: Entry, holds: (value: number | undefined) => boolean): { readonly value: number } | undefined {
    const { entries } = this;
    const last = entries.at(-1);
    if (last === undefined || entry.timeMs >= last.timeMs) {
      entries.push(entry);
      this.#newest.add(entry);
      this.#advance();
      const value = this.#newest.value({ entries, from: this.#from, to: entries.length });
      return value !== undefined && holds(value) ? { value } : undefined;
    }
    const place = this.#placeBehind(entry.timeMs);
    entries.splice(place, 0, entry);
    if (entry.timeMs >= last.timeMs - this.#spanMs) this.#newest.add(entry);
    else this.#from++;
    return this.#late(place, holds);
  }

  /** Drops the oldest entries until `keep` are left; gives how many were dropped. */
  shrink(keep: number): number {
    const n = Math.max(0, this.entries.length - keep);
    for (let i = this.#from; i < n; i++) this.#newest.remove(this.entries[i]!);
    this.entries.splice(0, n);
    this.#from = Math.max(0, this.#from - n);
    return n;
  }

  /** Moves the start of the newest window, and forgets what lies two timespans back. */
  #advance(): void {
    const { entries } = this;
    const newestMs = entries.at(-1)!.timeMs;
    while (entries[this.#from]!.timeMs < newestMs - this.#spanMs) {
      this.#newest.remove(entries[this.#from]!);
      this.#from++;
    }
    // in large steps, as each moves everything behind it
    if (this.#from < 32 || this.#from * 2 < entries.length) return;
    let n = 0;
    while (n < this.#from && entries[n]!.timeMs < newestMs - 2 * this.#spanMs) n++;
    entries.splice(0, n);
    this.#from -= n;
  }

  /** Place behind all entries up to a time. */
  #placeBehind(timeMs: number): number {
    let low = 0;
    let high = this.entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.entries[middle]!.timeMs <= timeMs) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Slides a window over the ends that reach back to the entry at `place`. */
  #late(
    place: number,
    holds: (value: number | undefined) => boolean,
  ): { readonly value: number } | undefined {
    const { entries } = this;
    const measure = this.#newMeasure();
    const lateMs = entries[place]!.timeMs;
    let from = place;
    while (from > 0 && entries[from - 1]!.timeMs >= lateMs - this.#spanMs) from--;
    for (let i = from; i < place; i++) measure.add(entries[i]!);
    let to = place;
    while (to < entries.length) {
      const endMs = entries[to]!.timeMs;
      if (endMs > lateMs + this.#spanMs) break;
      while (to < entries.length && entries[to]!.timeMs === endMs) measure.add(entries[to++]!);
      while (entries[from]!.timeMs < endMs - this.#spanMs) measure.remove(entries[from++]!);
      const window: Window = { entries, from, to };
      const value = measure.value(window);
      if (value !== undefined && holds(value)) return { value };
    }
    return undefined;
  }
}
