import type { Kernel } from '../kernel.ts';
import { seedWords } from '../random.ts';

/** Draws as many rows as there are, with replacement; by their place in `order`, not in the matrix. */
export class Bootstrap {
  readonly #kernel: Kernel;
  readonly #nSamples: number;
  readonly #order: number;
  readonly #counts: number;

  constructor(kernel: Kernel, order: Int32Array) {
    this.#kernel = kernel;
    this.#nSamples = order.length;
    this.#order = kernel.allocate(4 * order.length);
    this.#counts = kernel.allocate(8 * order.length);
    kernel.int32(this.#order, order.length).set(order);
  }

  /** Address of (nSamples,) doubles: how often each row is drawn. The kernel's generator stands after the draw. */
  draw(seed: number): number {
    const { run } = this.#kernel;
    run.seedRandom(...seedWords(seed));
    run.drawBootstrap(this.#counts, this.#order, this.#nSamples);
    return this.#counts;
  }
}
