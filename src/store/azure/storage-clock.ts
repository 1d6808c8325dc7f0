/**
 * The clock of storage, as its answers tell it (the `Date` header, in whole seconds) and as it runs on in between.
 * Time between answers is taken from the monotonic clock of this process, so nothing that happens to the clock of
 * the machine matters.
 */
export class StorageClock {
  #dateMs: number | undefined;
  #heardAtMs = 0;

  /** Takes in the headers of an answer; one without a date changes nothing. */
  hear(headers: { get(name: string): string | undefined }): void {
    const dateMs = Date.parse(headers.get('date') ?? '');
    if (Number.isNaN(dateMs)) return;
    this.#dateMs = dateMs;
    this.#heardAtMs = performance.now();
  }

  /** Milliseconds since 1970, up to a second behind; `undefined` before the first answer. */
  now(): number | undefined {
    return this.#dateMs === undefined ? undefined : this.#dateMs + performance.now() - this.#heardAtMs;
  }
}
