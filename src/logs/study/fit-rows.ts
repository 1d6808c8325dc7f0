import { createRandom, deriveSeed } from '../../trees/random.ts';
import type { LogTable } from '../windows/log-table.ts';
import { type RowLabels, valueReader } from './row-labels.ts';

/** Attacks of a kind up to which all are learned from. */
const RARE = 2_000;

export const sum = (values: Int32Array): number => values.reduce((total, value) => total + value, 0);

export function kindsOf(labels: RowLabels, rows: Int32Array): string[] {
  const kinds = new Set<string>();
  for (const i of rows)
    if (labels.attack[i] === 1) kinds.add(labels.kinds[labels.kind[i] as number] as string);
  return [...kinds].sort();
}

/** Column and values of rows that leave the fit part. */
export interface HoldOut {
  readonly column: string;
  readonly values: readonly string[];
}

export function heldRows(
  table: LogTable,
  holdOut: HoldOut | undefined,
): ((i: number) => boolean) | undefined {
  if (holdOut === undefined) return undefined;
  const values = new Set(holdOut.values);
  const value = valueReader(table, holdOut.column);
  return (i) => values.has(value(i) ?? '');
}

export function spanMs(time: Float64Array, rows: Int32Array): number {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const i of rows) {
    const at = time[i] as number;
    if (at < least) least = at;
    if (at > most) most = at;
  }
  return most > least ? most - least : 0;
}

/** By time, then by what is in a row, so that the order of lines in the files decides nothing. */
export function sortRows(
  rows: Int32Array,
  time: Float64Array,
  labels: RowLabels,
  X: Float32Array,
  width: number,
): void {
  const content = (a: number, b: number): number => {
    for (let f = 0; f < width; f++) {
      const x = X[a * width + f] as number;
      const y = X[b * width + f] as number;
      if (x !== y && !(Number.isNaN(x) && Number.isNaN(y)))
        return Number.isNaN(x) ? -1 : Number.isNaN(y) ? 1 : x - y;
    }
    return 0;
  };
  const when = (i: number): number => (Number.isNaN(time[i]) ? 0 : (time[i] as number));
  rows.sort(
    (a, b) =>
      when(a) - when(b) ||
      (labels.attack[a] as number) - (labels.attack[b] as number) ||
      content(a, b) ||
      a - b,
  );
}

/** At most so many rows: all attacks of rare kinds, of the rest a share drawn by the seed. */
export function sampled(rows: Int32Array, labels: RowLabels, maxRows: number, seed: number): Int32Array {
  if (rows.length <= maxRows) return rows;
  const counts = new Int32Array(labels.kinds.length);
  for (const i of rows) if (labels.attack[i] === 1) counts[labels.kind[i] as number]!++;
  const isRare = (i: number): boolean =>
    labels.attack[i] === 1 && (counts[labels.kind[i] as number] as number) <= RARE;
  const nRare = rows.filter(isRare).length;
  const share = Math.max(0, maxRows - nRare) / (rows.length - nRare);
  const random = createRandom(deriveSeed(seed, 31));
  return rows.filter((i) => {
    const draw = random.next();
    return isRare(i) || draw < share;
  });
}
