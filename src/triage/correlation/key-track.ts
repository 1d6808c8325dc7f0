import type { Group } from './group.ts';

/** Cells of seven days. */
export const WEEK_CELLS = 1_008;
/** Cells of a day: the least that a share of cells is taken of. */
const DAY_CELLS = 144;

/** Cells in which one key was notable in about the last week, in order, each with the group it belongs to. */
export class KeyTrack {
  readonly cells: number[] = [];
  readonly groups: Group[] = [];
  /** Cells in which only alerts were notable that came more than an hour late: they join, and make no key common. */
  readonly late = new Set<number>();

  /** Position of the first cell >= `cell`. */
  lowerBound(cell: number): number {
    const { cells } = this;
    let low = cells.length;
    // the newest cells are asked for nearly always
    while (low > 0 && cells[low - 1]! >= cell) {
      if (cells.length - low > 8) return this.#bisect(cell, low);
      low--;
    }
    return low;
  }

  #bisect(cell: number, high: number): number {
    let low = 0;
    let end = high;
    while (low < end) {
      const middle = (low + end) >> 1;
      if (this.cells[middle]! < cell) low = middle + 1;
      else end = middle;
    }
    return low;
  }

  /**
   * Share of the cells of the week up to `cell` in which the key was notable, `cell` included, 0-1. Never the share of
   * alerts: one host may raise nine in ten of them during an attack.
   *
   * @param watchedCells cells for which the tenant has been watched
   */
  occupancy(cell: number, watchedCells: number): number {
    const to = this.lowerBound(cell + 1);
    const from = this.lowerBound(cell - WEEK_CELLS + 1);
    const isCounted = to > 0 && this.cells[to - 1] === cell;
    let nLate = 0;
    for (const one of this.late) if (one !== cell && one > cell - WEEK_CELLS && one <= cell) nLate++;
    return (
      (to - from - nLate + (isCounted ? 0 : 1)) / Math.min(WEEK_CELLS, Math.max(DAY_CELLS, watchedCells))
    );
  }

  insert(cell: number, group: Group, isLate: boolean): void {
    const at = this.lowerBound(cell);
    if (isLate) this.late.add(cell);
    this.cells.splice(at, 0, cell);
    this.groups.splice(at, 0, group);
  }

  /** Forgets cells before `cell`. @returns how many */
  forgetBefore(cell: number): number {
    const at = this.lowerBound(cell);
    for (const one of this.late) if (one < cell) this.late.delete(one);
    this.cells.splice(0, at);
    this.groups.splice(0, at);
    return at;
  }
}
