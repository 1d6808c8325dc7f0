import { keyDraw } from '../../alert/key-draw.ts';
import type { PredictionEntry, PredictionLog } from '../../store/prediction-log.ts';
import { isHeldOut } from './holdout.ts';

/** A logged alert as the detector sees it. */
export interface TrafficRow {
  readonly alertKey: string;
  readonly group: string;
  readonly scoredAtMs: number;
  readonly catalogId: string;
  readonly columns: Float32Array;
}

/**
 * Seeded draw of at most `size` alerts, the same whatever the order in which they come: those with the smallest
 * {@link keyDraw}, which is the order in which the log gives them. An alert scored twice is one row, the latest. Held-out groups are never admitted.
 */
export class TrafficReservoir {
  readonly #size: number;
  readonly #rows = new Map<string, { readonly draw: number; readonly row: TrafficRow }>();
  /** Largest draw that can still get in. */
  #ceiling = Number.POSITIVE_INFINITY;

  constructor(size: number) {
    if (!Number.isInteger(size) || size < 1)
      throw new RangeError(`Expected \`size\` to be an integer >= 1, got ${size}.`);
    this.#size = size;
  }

  add(row: TrafficRow): void {
    if (isHeldOut(row.group)) return;
    const draw = keyDraw(row.alertKey);
    if (draw > this.#ceiling) return;
    const known = this.#rows.get(row.alertKey);
    if (known !== undefined && known.row.scoredAtMs >= row.scoredAtMs) return;
    this.#rows.set(row.alertKey, { draw, row });
    if (this.#rows.size >= 2 * this.#size) this.#trim();
  }

  /** The draw, sorted by alert key. */
  rows(): TrafficRow[] {
    this.#trim();
    return [...this.#rows.values()].map(({ row }) => row).sort((a, b) => (a.alertKey < b.alertKey ? -1 : 1));
  }

  #trim(): void {
    if (this.#rows.size <= this.#size) return;
    const ordered = [...this.#rows.values()].sort(
      (a, b) => a.draw - b.draw || (a.row.alertKey < b.row.alertKey ? -1 : 1),
    );
    for (const { row } of ordered.slice(this.#size)) this.#rows.delete(row.alertKey);
    this.#ceiling = ordered[this.#size - 1]!.draw;
  }
}

const DAY_MS = 86_400_000;

/** A bounded draw of what was logged in the last `days`; reads little more than it gives. */
export async function drawTraffic(
  log: PredictionLog,
  options: { readonly nowMs: number; readonly days: number; readonly size: number },
): Promise<TrafficRow[]> {
  const rows: TrafficRow[] = [];
  for await (const entry of log.entriesSince(options.nowMs - options.days * DAY_MS)) {
    if (!isHeldOut(entry.snapshot.group) && rows.push(trafficRow(entry)) >= options.size) break;
  }
  return rows.sort((a, b) => (a.alertKey < b.alertKey ? -1 : 1));
}

/**
 * The earlier draw and the new one as one draw of the last `days`: where the log has been dropped since, or was off, the
 * earlier one still stands.
 */
export function mergeTraffic(
  previous: readonly TrafficRow[],
  drawn: readonly TrafficRow[],
  options: { readonly nowMs: number; readonly days: number; readonly size: number },
): TrafficRow[] {
  const fromMs = options.nowMs - options.days * DAY_MS;
  const reservoir = new TrafficReservoir(options.size);
  for (const row of previous) if (row.scoredAtMs >= fromMs) reservoir.add(row);
  for (const row of drawn) if (row.scoredAtMs >= fromMs) reservoir.add(row);
  return reservoir.rows();
}

function trafficRow({ snapshot, scoredAt }: PredictionEntry): TrafficRow {
  return {
    alertKey: snapshot.alertKey,
    group: snapshot.group,
    scoredAtMs: Date.parse(scoredAt),
    catalogId: snapshot.catalogId,
    columns: snapshot.columns,
  };
}
