export interface FeedbackCounterOptions {
  /** Newly judged alerts that start a retrain. */
  readonly retrainAfter: number;
  /** Least time between two counts that nothing asks for, and between two requests. @default 30000 */
  readonly recountAfterMs?: number;
}

/** 'count' asks the store now; 'remind' leaves one delayed queue message; 'wait' does nothing. */
export type CountAdvice = 'count' | 'remind' | 'wait';

/**
 * Decides when an instance counts pending judgements. Counting after every feedback would cost 16 queries each;
 * never counting between the hourly checks would let a full buffer wait. So it counts when the last count plus what
 * was accepted here since reaches `retrainAfter`, else at most once per `recountAfterMs`. A skipped count is left to
 * one delayed queue message, since this instance may be gone before its next feedback.
 */
export class FeedbackCounter {
  readonly #retrainAfter: number;
  readonly #recountAfterMs: number;
  /** What the store said last, undefined before the first count. */
  #lastCount: number | undefined;
  #countedAtMs = Number.NEGATIVE_INFINITY;
  /** Judgements accepted here so far, and how many of them had been when the last count began. */
  #accepted = 0;
  #acceptedBefore = 0;
  #remindedAtMs = Number.NEGATIVE_INFINITY;
  #requestedAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: FeedbackCounterOptions) {
    if (!(options.retrainAfter >= 1)) {
      throw new RangeError(`Expected \`retrainAfter\` >= 1, got ${options.retrainAfter}.`);
    }
    this.#retrainAfter = options.retrainAfter;
    this.#recountAfterMs = options.recountAfterMs ?? 30_000;
  }

  /** At least what is pending of what was accepted here, without asking the store: what came during a count counts twice. */
  get estimate(): number {
    return (this.#lastCount ?? 0) + this.#accepted - this.#acceptedBefore;
  }

  /** After `n` judgements left a marker here. */
  onAccepted(n: number, nowMs: number): CountAdvice {
    if (n <= 0) return 'wait';
    this.#accepted += n;
    const rested = nowMs - this.#countedAtMs >= this.#recountAfterMs;
    const asked = nowMs - this.#requestedAtMs < this.#recountAfterMs;
    if (rested || (this.estimate >= this.#retrainAfter && !asked)) return 'count';
    if (nowMs - this.#remindedAtMs < this.#recountAfterMs) return 'wait';
    return 'remind';
  }

  /** The delayed message was queued; until it is due no other one is needed. */
  onReminded(nowMs: number): void {
    this.#remindedAtMs = nowMs;
  }

  /** The store is about to be asked. @returns what {@link onCounted} is to be told: the answer may leave out what comes from here on */
  onCounting(): number {
    return this.#accepted;
  }

  /** The store's answer to a count that began at `acceptedBefore`; true when a retrain is to be queued now. */
  onCounted(pending: number, acceptedBefore: number, nowMs: number): boolean {
    this.#lastCount = pending;
    this.#acceptedBefore = acceptedBefore;
    this.#countedAtMs = nowMs;
    return pending >= this.#retrainAfter && nowMs - this.#requestedAtMs >= this.#recountAfterMs;
  }

  /** The retrain was queued: what is pending from here on is its business. */
  onRequested(nowMs: number): void {
    this.#requestedAtMs = nowMs;
  }

  /** Seconds after which the delayed message should be seen. */
  get remindAfterSeconds(): number {
    return Math.ceil(this.#recountAfterMs / 1000);
  }
}
