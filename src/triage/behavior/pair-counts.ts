import { gathered, grown, KeyedTable, ROWS_PER_STEP, type TableColumns } from './keyed-table.ts';

/** Length of a cell of event time, seconds. */
export const CELL_S = 600;
/** Cells seen, records and rule totals fade with this time constant, seconds. */
export const WEEK_S = 7 * 86_400;
/** Alerts "now" fade with this time constant, seconds. */
const NOW_TAU_S = 600;
/** Cells behind the newest one of a pair that are remembered one by one. */
const REMEMBERED_CELLS = 32;

/** Arrays of one length, from the longest unseen pair to the newest. */
export interface PairCountsState {
  readonly keys: Float64Array;
  readonly seen: Float32Array;
  readonly record: Float32Array;
  readonly peak: Float32Array;
  readonly busy: Float32Array;
  readonly busyAtS: Float64Array;
  readonly novelty: Float32Array;
  readonly lastCell: Int32Array;
  readonly cells: Uint32Array;
}

/**
 * What is known of (rule, entity) pairs of one tenant.
 *
 * Time is cut into cells of ten minutes, and a pair counts in a cell once: after a flood of thousands of alerts it was
 * seen in one cell, so the second wave is still a surprise. `seen` counts the cells (fading, 7 days), `busy` the alerts
 * of about the last ten minutes, `record` the most of them that any earlier cell has reached (fading, 7 days).
 *
 * The last 32 cells are remembered as bits: a late alert enters its own cell, once, whoever reports it.
 * 40 bytes a pair beside the key.
 */
export class PairCounts implements TableColumns {
  readonly #table: KeyedTable;
  #seen = new Float32Array(0);
  #record = new Float32Array(0);
  #peak = new Float32Array(0);
  #busy = new Float32Array(0);
  #busyAtS = new Float64Array(0);
  #novelty = new Float32Array(0);
  #lastCell = new Int32Array(0);
  #cells = new Uint32Array(0);

  constructor(limit: number) {
    this.#table = new KeyedTable(limit, this);
  }

  get size(): number {
    return this.#table.size;
  }

  /** Entry of a pair, or ABSENT. */
  find(key: number): number {
    return this.#table.find(key);
  }

  /** Entry of a pair, made where it is new; valid until the next call. */
  take(key: number, atS: number): number {
    return this.#table.take(key, atS);
  }

  evict(nowS: number): void {
    this.#table.evict(nowS);
  }

  /** Cells in which the pair was seen before `cell`, faded to it. */
  seenAt(entry: number, cell: number): number {
    return this.#seen[entry]! * fade(cell - this.#lastCell[entry]!);
  }

  /**
   * Whether `cell` is one that the pair has not been seen in. What lies further back than the cells remembered counts
   * as seen: it could not be told from one counted already.
   */
  isNewCell(entry: number, cell: number): boolean {
    if (this.#cells[entry] === 0) return true;
    const back = this.#lastCell[entry]! - cell;
    return back < 0 || (back < REMEMBERED_CELLS && ((this.#cells[entry]! >>> back) & 1) === 0);
  }

  /** The pair is seen in a cell that is new to it, at this novelty. */
  enter(entry: number, cell: number, novelty: number): void {
    const ahead = cell - this.#lastCell[entry]!;
    if (this.#cells[entry] === 0) {
      this.#seen[entry] = 1;
      this.#lastCell[entry] = cell;
      this.#cells[entry] = 1;
    } else if (ahead > 0) {
      const faded = fade(ahead);
      this.#seen[entry] = this.#seen[entry]! * faded + 1;
      this.#record[entry] = Math.max(this.#record[entry]!, this.#peak[entry]!) * faded;
      this.#peak[entry] = 0;
      this.#lastCell[entry] = cell;
      this.#cells[entry] = ahead < REMEMBERED_CELLS ? ((this.#cells[entry]! << ahead) | 1) >>> 0 : 1;
    } else {
      this.#seen[entry] = this.#seen[entry]! + fade(-ahead);
      this.#cells[entry] = (this.#cells[entry]! | (1 << -ahead)) >>> 0;
    }
    this.#novelty[entry] = novelty;
  }

  /** Counts `n` alerts at `atS`. @returns alerts of about the last ten minutes, these included */
  count(entry: number, n: number, atS: number): number {
    const age = atS - this.#busyAtS[entry]!;
    if (age >= 0) {
      this.#busy[entry] = this.#busy[entry]! * Math.exp(-age / NOW_TAU_S) + n;
      this.#busyAtS[entry] = atS;
    } else this.#busy[entry] = this.#busy[entry]! + n * Math.exp(age / NOW_TAU_S);
    const busy = this.#busy[entry]!;
    if (busy > this.#peak[entry]!) this.#peak[entry] = busy;
    return busy;
  }

  /** Alerts of about the last ten minutes before `atS`. */
  busyAt(entry: number, atS: number): number {
    return this.#busy[entry]! * Math.exp(Math.min(0, this.#busyAtS[entry]! - atS) / NOW_TAU_S);
  }

  /** The record as it would stand after entering `cell`. */
  recordAt(entry: number, cell: number): number {
    const ahead = cell - this.#lastCell[entry]!;
    return ahead > 0
      ? Math.max(this.#record[entry]!, this.#peak[entry]!) * fade(ahead)
      : this.#record[entry]!;
  }

  /** Novelty of the pair when it entered its last cell, 0-1. */
  noveltyOf(entry: number): number {
    return this.#novelty[entry]!;
  }

  /** Most alerts within about ten minutes in any earlier cell, faded. */
  recordOf(entry: number): number {
    return this.#record[entry]!;
  }

  /** Cells seen, the running one included. */
  seenOf(entry: number): number {
    return this.#seen[entry]!;
  }

  toState(): PairCountsState {
    const { keys, entries } = this.#table.exported();
    const numbers = (from: Float32Array): Float32Array =>
      gathered(from, entries, new Float32Array(entries.length));
    return {
      keys,
      seen: numbers(this.#seen),
      record: numbers(this.#record),
      peak: numbers(this.#peak),
      busy: numbers(this.#busy),
      busyAtS: gathered(this.#busyAtS, entries, new Float64Array(entries.length)),
      novelty: numbers(this.#novelty),
      lastCell: gathered(this.#lastCell, entries, new Int32Array(entries.length)),
      cells: gathered(this.#cells, entries, new Uint32Array(entries.length)),
    };
  }

  /** Restores what {@link toState} gave, into an empty table, in steps to pause between. */
  *addState(state: PairCountsState): Generator<void> {
    this.#table.reserve(state.keys.length);
    for (let i = 0; i < state.keys.length; i++) {
      if (i % ROWS_PER_STEP === ROWS_PER_STEP - 1) yield;
      const entry = this.#table.take(state.keys[i]!, state.busyAtS[i]!);
      this.#seen[entry] = state.seen[i]!;
      this.#record[entry] = state.record[i]!;
      this.#peak[entry] = state.peak[i]!;
      this.#busy[entry] = state.busy[i]!;
      this.#busyAtS[entry] = state.busyAtS[i]!;
      this.#novelty[entry] = state.novelty[i]!;
      this.#lastCell[entry] = state.lastCell[i]!;
      this.#cells[entry] = state.cells[i]!;
    }
  }

  grow(capacity: number): void {
    this.#seen = grown(this.#seen, new Float32Array(capacity));
    this.#record = grown(this.#record, new Float32Array(capacity));
    this.#peak = grown(this.#peak, new Float32Array(capacity));
    this.#busy = grown(this.#busy, new Float32Array(capacity));
    this.#busyAtS = grown(this.#busyAtS, new Float64Array(capacity));
    this.#novelty = grown(this.#novelty, new Float32Array(capacity));
    this.#lastCell = grown(this.#lastCell, new Int32Array(capacity));
    this.#cells = grown(this.#cells, new Uint32Array(capacity));
  }

  reset(entry: number): void {
    this.#seen[entry] = 0;
    this.#record[entry] = 0;
    this.#peak[entry] = 0;
    this.#busy[entry] = 0;
    this.#busyAtS[entry] = 0;
    this.#novelty[entry] = 0;
    this.#lastCell[entry] = 0;
    this.#cells[entry] = 0;
  }

  worth(entry: number, nowS: number): number {
    return this.seenAt(entry, Math.floor(nowS / CELL_S));
  }
}

/** Share of a count that is left after `cells` cells; time that runs backwards does not make it grow. */
function fade(cells: number): number {
  return cells > 0 ? Math.exp((-cells * CELL_S) / WEEK_S) : 1;
}
