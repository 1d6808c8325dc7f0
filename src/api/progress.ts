import { AlertforestError } from '../errors.ts';

/** How far a request has come: what its answer says when its time is up before it is done. */
export class Progress {
  #done = 'Nothing was stored.';
  #isOver = false;

  /** @param sentence what has been done and what has not, for the caller */
  say(sentence: string): void {
    this.#done = sentence;
  }

  get done(): string {
    return this.#done;
  }

  /** Says that the caller has been answered: work that has not begun is left. */
  end(): void {
    this.#isOver = true;
  }

  /** @throws AlertforestError DEADLINE_EXCEEDED where the caller has been answered already */
  check(): void {
    if (this.#isOver) throw new AlertforestError('DEADLINE_EXCEEDED', this.#done);
  }
}
