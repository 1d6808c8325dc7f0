import type { Group } from './group.ts';
import type { KeyTrack } from './key-track.ts';

/** A key's cells as they are stored. */
export interface KeyTrackState {
  readonly key: number;
  readonly cells: Int32Array;
  /** Position of the group of each; {@link NO_GROUP} where the key was too common to join. */
  readonly groups: Int32Array;
  /** Absent in what a build wrote that knew no difference. */
  readonly late?: Int32Array;
}

export const NO_GROUP = -1;

/** The cells of many keys in a few long arrays: three small ones for each key would take ten times as long to make. */
export class TracksCapture {
  readonly length: number;
  readonly #keys: Float64Array;
  /** Where the cells of each key begin, and the end of all. */
  readonly #from: Int32Array;
  readonly #cells: Int32Array;
  readonly #groups: Int32Array;
  /** Of the few keys that have any. */
  readonly #late = new Map<number, readonly number[]>();

  /** @param nCells of all tracks */
  constructor(tracks: ReadonlyMap<number, KeyTrack>, nCells: number, positions: ReadonlyMap<Group, number>) {
    this.length = tracks.size;
    this.#keys = new Float64Array(tracks.size);
    this.#from = new Int32Array(tracks.size + 1);
    this.#cells = new Int32Array(nCells);
    this.#groups = new Int32Array(nCells);
    let n = 0;
    let to = 0;
    for (const [key, { cells, groups, late }] of tracks) {
      this.#keys[n] = key;
      if (late.size > 0) this.#late.set(n, [...late]);
      for (let i = 0; i < cells.length; i++) {
        this.#cells[to] = cells[i]!;
        this.#groups[to++] = positions.get(groups[i]!.current()) ?? NO_GROUP;
      }
      this.#from[++n] = to;
    }
  }

  at(position: number): KeyTrackState {
    const from = this.#from[position]!;
    const to = this.#from[position + 1]!;
    return {
      key: this.#keys[position]!,
      late: Int32Array.from(this.#late.get(position) ?? []),
      cells: this.#cells.slice(from, to),
      groups: this.#groups.slice(from, to),
    };
  }
}
