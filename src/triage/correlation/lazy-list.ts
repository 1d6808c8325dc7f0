/** A list whose items are made when they are asked for. */
export class LazyList<T> implements Iterable<T> {
  readonly length: number;
  readonly #at: (position: number) => T;

  constructor(length: number, at: (position: number) => T) {
    this.length = length;
    this.#at = at;
  }

  slice(from: number, to: number): T[] {
    const items: T[] = [];
    for (let at = from; at < Math.min(to, this.length); at++) items.push(this.#at(at));
    return items;
  }

  *[Symbol.iterator](): Generator<T> {
    for (let at = 0; at < this.length; at++) yield this.#at(at);
  }
}
