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

  /** By {@link keyDraw}. @param after alert key behind which to begin */
  inOrder(after?: string): PredictionEntry[] {
    const drawn = [...this.#entries].map(([key, { entry }]) => ({ key, draw: keyDraw(key), entry }));
    drawn.sort(byDraw);
    const start = after === undefined ? undefined : { key: after, draw: keyDraw(after) };
    return drawn.filter((one) => start === undefined || byDraw(start, one) < 0).map(({ entry }) => entry);
  }
}

interface Drawn {
  readonly key: string;
  readonly draw: number;
}

const byDraw = (a: Drawn, b: Drawn): number =>
  a.draw - b.draw || (a.key === b.key ? 0 : a.key < b.key ? -1 : 1);
