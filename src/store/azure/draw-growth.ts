/** Share of the keys that the first look takes: some hundred rows of a month at 100 alerts a second. */
const FIRST_SHARE = 2 ** -20;
/** Entries that a look should bring: few at first, more for those who go on. */
const FIRST_ENTRIES = 2_000;
const MOST_ENTRIES = 16_000;
/** Most that a look grows by where the one before found nothing to go by. */
const MOST_GROWTH = 64;

/**
 * Cuts the draw of a log of unknown size into looks, each a range of draws in [0, 1], so that none brings much more
 * than {@link MOST_ENTRIES} entries and few are needed for a small log. The one before tells how dense the log is.
 */
export class DrawGrowth {
  readonly #start: number;
  #from: number;
  #to: number;
  #nFound = 0;
  #wanted = FIRST_ENTRIES;

  /** @param start draw to begin at, in [0, 1) */
  constructor(start = 0) {
    this.#start = start;
    this.#from = start;
    this.#to = Math.min(1, start + FIRST_SHARE);
  }

  get from(): number {
    return this.#from;
  }

  get to(): number {
    return this.#to;
  }

  /** Goes on behind a look that brought `nEntries`. Whether anything is left. */
  next(nEntries: number): boolean {
    if (this.#to >= 1) return false;
    this.#nFound += nEntries;
    const done = this.#to - this.#start;
    const share = this.#nFound === 0 ? Number.POSITIVE_INFINITY : (this.#wanted * done) / this.#nFound;
    this.#from = this.#to;
    this.#to = Math.min(1, this.#to + Math.min(share, done * (MOST_GROWTH - 1)));
    if (nEntries > 0) this.#wanted = Math.min(2 * this.#wanted, MOST_ENTRIES);
    return true;
  }
}
