/** A token bucket per name: `perMinute` tokens a minute, at most one minute's worth saved up. */
export class Quota {
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();

  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /**
   * Takes `n` tokens of `name`. Returns 0 when they were there, else the seconds until they will be, and takes none.
   * A request larger than a whole minute's worth passes when the bucket is full, so that it is slowed, not refused
   * permanently.
   */
  take(name: string, n: number): number {
    const nowMs = this.#now();
    const bucket = this.#buckets.get(name) ?? { tokens: this.#perMinute, atMs: nowMs };
    const perMs = this.#perMinute / 60_000;
    bucket.tokens = Math.min(this.#perMinute, bucket.tokens + (nowMs - bucket.atMs) * perMs);
    bucket.atMs = nowMs;
    this.#buckets.set(name, bucket);
    const needed = Math.min(n, this.#perMinute);
    if (bucket.tokens < needed) return Math.max(1, Math.ceil((needed - bucket.tokens) / perMs / 1000));
    bucket.tokens -= n;
    return 0;
  }

  /**
   * Settles what work turned out to be, after a `take`: more than was taken is owed, and the next request waits for it;
   * a negative `n` gives back what was not used.
   */
  spend(name: string, n: number): void {
    const bucket = this.#buckets.get(name);
    if (bucket !== undefined) bucket.tokens = Math.min(this.#perMinute, bucket.tokens - n);
  }
}
