import type { RowBatch } from './row-batches.ts';

/** A file that is opened when the merge comes to its time. */
export interface BatchSource {
  /** ms since 1970 of its first row; NaN where no row has a time, which comes last. */
  readonly firstTime: number;
  open(): AsyncGenerator<RowBatch>;
}

/** A source that is open: where it stands and the time of its next row. */
interface Open {
  readonly batches: AsyncGenerator<RowBatch>;
  readonly place: number;
  batch: RowBatch;
  at: number;
  /** A row without a time goes with the one before it. */
  time: number;
}

const NO_ROWS: RowBatch = { rows: [], texts: [] };

/**
 * Rows of several sources by their times; equal times come in the order of the sources. Each source keeps the order in
 * which its rows stand: a file that is not in order of time itself is merged by its next row. Open are those alone whose
 * rows the merge has reached, so that a year of rotated files holds one of them at a time.
 *
 * @param sources in the order of their first times
 */
export async function* mergedBatches(sources: readonly BatchSource[]): AsyncGenerator<RowBatch> {
  const open: Open[] = [];
  let nBegun = 0;
  try {
    for (;;) {
      let { first, second } = leastTwo(open);
      while (nBegun < sources.length) {
        const { firstTime } = sources[nBegun] as BatchSource;
        if (first !== undefined && !(firstTime <= first.time)) break;
        const begun = await begin(sources[nBegun] as BatchSource, nBegun++);
        if (begun !== undefined) open.push(begun);
        ({ first, second } = leastTwo(open));
      }
      if (first === undefined) return;
      const due = Math.min(second?.time ?? Infinity, timeOf(sources[nBegun]));
      // of equal times the earlier source goes first
      const isFirst = first.place < (second?.place ?? Infinity);
      yield run(first, due, isFirst);
      if (first.at >= first.batch.rows.length && !(await refill(first))) open.splice(open.indexOf(first), 1);
    }
  } finally {
    await Promise.all(open.map(({ batches }) => batches.return(undefined)));
  }
}

const timeOf = (source: BatchSource | undefined): number =>
  source === undefined || Number.isNaN(source.firstTime) ? Infinity : source.firstTime;

async function begin({ firstTime, open }: BatchSource, place: number): Promise<Open | undefined> {
  const time = Number.isNaN(firstTime) ? Infinity : firstTime;
  const begun: Open = { batches: open(), place, batch: NO_ROWS, at: 0, time };
  return (await refill(begun)) ? begun : undefined;
}

/** @returns whether there is a next row */
async function refill(one: Open): Promise<boolean> {
  for (;;) {
    const { done, value } = await one.batches.next();
    if (done) return false;
    if (value.rows.length === 0) continue;
    one.batch = value;
    one.at = 0;
    settle(one);
    return true;
  }
}

function settle(one: Open): void {
  const time = one.batch.rows[one.at]?.time ?? Number.NaN;
  if (!Number.isNaN(time)) one.time = time;
}

/** Takes rows of a source until another's turn has come, or those at hand end; at least one. */
function run(one: Open, due: number, isFirst: boolean): RowBatch {
  const { batch, at: from } = one;
  do {
    one.at++;
    settle(one);
  } while (one.at < batch.rows.length && (one.time < due || (isFirst && one.time === due)));
  if (from === 0 && one.at === batch.rows.length) return batch;
  return { rows: batch.rows.slice(from, one.at), texts: batch.texts.slice(from, one.at) };
}

function leastTwo(open: readonly Open[]): { first: Open | undefined; second: Open | undefined } {
  let first: Open | undefined;
  let second: Open | undefined;
  for (const one of open) {
    if (first === undefined || isBefore(one, first)) {
      second = first;
      first = one;
    } else if (second === undefined || isBefore(one, second)) second = one;
  }
  return { first, second };
}

const isBefore = (a: Open, b: Open): boolean => a.time < b.time || (a.time === b.time && a.place < b.place);
