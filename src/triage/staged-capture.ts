import { setImmediate as nextTurn } from 'node:timers/promises';

/** Takes a part down as it is now, a piece with each step. */
export type Pieces<S> = Generator<Partial<S>, void>;

/**
 * Takes a large state down as it is at one moment without stopping for it: the parts wait, a piece is taken in a turn
 * of the event loop, and a part that is about to change is taken first. So the whole is of the moment it was begun.
 */
export class StagedCapture<S> {
  readonly #waiting = new Map<number, Pieces<S>>();
  readonly #taken = new Map<number, Partial<S>>();

  /** From here on the parts are as they are now; what an earlier one left is given up. */
  begin(parts: Iterable<readonly [number, Pieces<S>]>): void {
    this.#waiting.clear();
    this.#taken.clear();
    for (const [key, pieces] of parts) {
      this.#waiting.set(key, pieces);
      // in the order of the parts, whichever is taken first
      this.#taken.set(key, {});
    }
  }

  /** To be called before the part of `key` changes. */
  before(key: number): void {
    if (this.#waiting.size === 0) return;
    const pieces = this.#waiting.get(key);
    if (pieces === undefined) return;
    this.#waiting.delete(key);
    for (const piece of pieces) Object.assign(this.#taken.get(key)!, piece);
  }

  /** Takes what still waits, a piece a turn. @returns the parts in the order in which they were begun */
  async finish(): Promise<readonly (readonly [number, S])[]> {
    await nextTurn();
    for (const [key, pieces] of this.#waiting) {
      for (const piece of pieces) {
        Object.assign(this.#taken.get(key)!, piece);
        await nextTurn();
      }
      this.#waiting.delete(key);
    }
    // every piece was taken, so the parts are whole
    const taken = Array.from(this.#taken, ([key, part]) => [key, part as S] as const);
    this.#taken.clear();
    return taken;
  }
}
