import { KeyCounts } from './count-window.ts';

/** Attempts that one account, or the whole log, keeps; a window that would hold more counts the newest. */
const MAX_ATTEMPTS = 4_096;
const HOUR_MS = 3_600_000;

interface Attempt {
  readonly end: number;
  readonly source: number;
}

/** Sources of failed logins on one account, or of some kind of them in the whole log, within the last hour. */
export class FailingSources {
  readonly #sources = new KeyCounts();
  #attempts: Attempt[] = [];
  /** Place of the oldest attempt that counts. */
  #from = 0;

  /** What {@link FailingSources.from} makes the same again of. */
  toState(): readonly Attempt[] {
    return this.#attempts.slice(this.#from);
  }

  static from(attempts: readonly Attempt[]): FailingSources {
    const made = new FailingSources();
    for (const attempt of attempts) made.enter(attempt);
    return made;
  }

  enter(attempt: Attempt): void {
    this.#attempts.push(attempt);
    this.#sources.add(attempt.source);
    if (this.#attempts.length - this.#from > MAX_ATTEMPTS) this.#letGo();
  }

  /** Sources but this one that failed in the hour before `now`. */
  others(source: number, now: number): number {
    while (this.#from < this.#attempts.length && (this.#attempts[this.#from] as Attempt).end < now - HOUR_MS)
      this.#letGo();
    return this.#sources.distinct - (this.#sources.of(source) > 0 ? 1 : 0);
  }

  #letGo(): void {
    this.#sources.take((this.#attempts[this.#from++] as Attempt).source);
    // in lots: moving the rest for every attempt would cost more than the attempts
    if (this.#from > 256 && this.#from > this.#attempts.length / 2) {
      this.#attempts = this.#attempts.slice(this.#from);
      this.#from = 0;
    }
  }
}
