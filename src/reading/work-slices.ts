import { setImmediate as nextTurn } from 'node:timers/promises';

/** Lets everything else that waits run once. */
export type Pause = () => Promise<unknown>;

/** Bytes read, or their like, between two turns of the event loop; a few milliseconds of work. */
export const SLICE_BYTES = 131_072;

/**
 * Cuts long work into slices: `spend` says what has been done and pauses when a slice is full. Counted and not timed,
 * so that what a slice may cost can be proven.
 */
export class WorkSlices {
  readonly #sliceUnits: number;
  readonly #pause: Pause;
  #spent = 0;

  constructor(sliceUnits: number = SLICE_BYTES, pause: Pause = nextTurn) {
    this.#sliceUnits = sliceUnits;
    this.#pause = pause;
  }

  /** Undefined, and nothing to wait for, while the slice is not full. */
  spend(units: number): Promise<unknown> | undefined {
    this.#spent += units;
    if (this.#spent < this.#sliceUnits) return undefined;
    this.#spent = 0;
    return this.#pause();
  }
}
