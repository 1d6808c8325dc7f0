/** Keeps what was made last, by what it was made from; what failed is made again by the next caller. */
export class LatestByKey<T> {
  #latest: { readonly key: string; readonly value: Promise<T> } | undefined;

  /** @param make called where the latest was made from something else */
  get(key: string, make: () => Promise<T>): Promise<T> {
    if (this.#latest?.key === key) return this.#latest.value;
    const value = make();
    this.#latest = { key, value };
    value.catch(() => {
      if (this.#latest?.value === value) this.#latest = undefined;
    });
    return value;
  }
}
