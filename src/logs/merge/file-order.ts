import type { LogFile, LogOptions } from '../open-logs.ts';

/** A file in its turn, and how its times are read. */
export interface OrderedFile {
  readonly file: LogFile;
  /** ms since 1970; NaN where no row of the first ones has a time. */
  readonly firstTime: number;
  readonly options: LogOptions;
}

/**
 * Files by their first times, then by name, whatever their order here. Where times have no year the widest gap between
 * two files, were they a ring of twelve months, is where they begin: December comes before January, a year earlier.
 */
export function inOrder(files: readonly LogFile[], options: LogOptions): OrderedFile[] {
  const sorted = files.toSorted(
    (a, b) => order(a.firstTime) - order(b.firstTime) || (a.name < b.name ? -1 : 1),
  );
  const { year } = options;
  const open = sorted.filter(({ isYearOpen, firstTime }) => isYearOpen && !Number.isNaN(firstTime));
  const nBefore = year === undefined ? 0 : turnOf(open.map(({ firstTime }) => firstTime));
  const late = new Set(open.slice(0, nBefore));
  const ordered = sorted.map((file): OrderedFile => {
    if (year === undefined || !late.has(file)) return { file, firstTime: file.firstTime, options };
    const turned = new Date(file.firstTime);
    turned.setUTCFullYear(turned.getUTCFullYear() + 1);
    return { file, firstTime: turned.getTime(), options: { ...options, year: year + 1 } };
  });
  return ordered.toSorted((a, b) => order(a.firstTime) - order(b.firstTime));
}

const order = (time: number): number => (Number.isNaN(time) ? Number.POSITIVE_INFINITY : time);

/** Half a year: a gap as wide as that between two files is no pause, the year has turned there. */
const TURN_MS = 183 * 86_400_000;

/** How many of the times, ascending in one year, belong to the next. */
function turnOf(times: readonly number[]): number {
  let widest = TURN_MS;
  let n = 0;
  for (let i = 1; i < times.length; i++) {
    const gap = (times[i] as number) - (times[i - 1] as number);
    if (gap <= widest) continue;
    widest = gap;
    n = i;
  }
  return n;
}
