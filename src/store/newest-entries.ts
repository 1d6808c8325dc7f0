import { keyDraw } from '../alert/key-draw.ts';
import type { PredictionEntry } from './prediction-log.ts';

/** Gathers verdicts in any order and keeps the newest of each alert. */
export class NewestEntries {
  readonly #entries = new Map<string, { readonly entry: PredictionEntry; readonly scoredAtMs: number }>();

  add(entry: PredictionEntry): void {
    const scoredAtMs = Date.parse(entry.scoredAt);
    const { alertKey } = entry.snapshot;
    if (scoredAtMs > (this.#entries.get(alertKey)?.scoredAtMs ?? Number.NEGATIVE_INFINITY))
      this.#entries.set(alertKey, { entry, scoredAtMs });
  }

  /** By {@link keyDraw}. */
  inOrder(): PredictionEntry[] {
    const drawn = [...this.#entries].map(([key, { entry }]) => ({ key, draw: keyDraw(key), entry }));
    return drawn.sort((a, b) => a.draw - b.draw || (a.key < b.key ? -1 : 1)).map(({ entry }) => entry);
  }
}
