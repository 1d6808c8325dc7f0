import { isStandard, type LogRow, STANDARD_COLUMNS, TIME } from './formats/log-row.ts';
import { SeenRecords } from './seen-records.ts';

/** One column of a reading. */
export interface ReadingColumn {
  readonly column: string;
  readonly values: number;
  readonly missing: number;
  readonly invalid: number;
  /** First lines with a value that cannot be true, at most five. */
  readonly invalid_lines: readonly number[];
  /** Of its numbers; null where it has none. */
  readonly range: { readonly min: number; readonly mean: number; readonly max: number } | null;
}

export type ShownRow = Readonly<Record<string, string | number>>;

/** What was read out of raw logs, before anything is done with it. Names as a file's report has them. */
export interface Reading {
  readonly format: string;
  readonly title: string;
  readonly why: string;
  readonly files: readonly string[];
  readonly rows: number;
  /** Standard columns with a value. */
  readonly columns: readonly string[];
  readonly other_columns: readonly string[];
  /** As they stand in the files, by standard names. */
  readonly first: ShownRow | null;
  readonly last: ShownRow | null;
  readonly quality: {
    /** Column -> rows without a usable value, those with an invalid one among them. */
    readonly missing: Readonly<Record<string, number>>;
    readonly invalid: Readonly<Record<string, number>>;
    /** Records that repeat an earlier one. */
    readonly duplicates: number;
    readonly skipped_lines: number;
    readonly skipped_why: Readonly<Record<string, number>>;
    /** Understood and no rows: other programs, other types of event. */
    readonly other_lines: number;
    readonly not_utf8_lines: number;
    readonly bytes_layer: string;
    readonly one_way: boolean;
    readonly time_zone: string;
    readonly time_is: 'start' | 'end' | 'none';
    readonly leak_columns: readonly string[];
    readonly constant_columns: readonly string[];
    readonly duplicate_columns: readonly string[];
  };
  readonly time: { readonly first: string; readonly last: string; readonly in_order: boolean } | null;
  readonly column_figures: readonly ReadingColumn[];
}

interface ColumnTally {
  n: number;
  invalid: number;
  readonly invalidLines: number[];
  nNumbers: number;
  min: number;
  max: number;
  sum: number;
  readonly first: string | number | undefined;
  isConstant: boolean;
}

const MAX_LINES = 5;
const MAX_REASONS = 20;

/** Words of own columns that repeat the label or tell what is known only afterwards. */
const LEAK_NAMES =
  /^(attack_?(cat|category|type|name|label|id)|label_?\w{0,10}|class|category|target|is_?attack|verdict|closed_by|alerted|malicious|difficulty|(row|record|flow|line|event)_?(id|no|num|number)|id|index|unnamed: ?0)$/i;

/** Counts what comes out of a reader, row by row; memory holds counts and 64 bits a record. */
export class ReadingTally {
  readonly #columns = new Map<string, ColumnTally>();
  readonly #seen = new SeenRecords();
  readonly #skipped: Record<string, number> = {};
  #rows = 0;
  #nSkipped = 0;
  #nOther = 0;
  #nDuplicates = 0;
  #nTimes = 0;
  #nNotUtf8 = 0;
  #first: LogRow | undefined;
  #last: LogRow | undefined;
  #minTime = Number.POSITIVE_INFINITY;
  #maxTime = Number.NEGATIVE_INFINITY;
  #lastTime = Number.NEGATIVE_INFINITY;
  #isInOrder = true;

  get rows(): number {
    return this.#rows;
  }

  get nSkipped(): number {
    return this.#nSkipped;
  }

  get nOther(): number {
    return this.#nOther;
  }

  /** @returns whether the record came before */
  add(row: LogRow, text: string): boolean {
    const isRepeated = this.#seen.add(row.key ?? text);
    if (isRepeated) this.#nDuplicates++;
    this.#rows++;
    this.#first ??= row;
    this.#last = row;
    for (const column in row.values) this.#addValue(column, row.values[column] as string | number);
    for (const column of row.invalid) {
      const tally = this.#tallyOf(column, undefined);
      tally.invalid++;
      if (tally.invalidLines.length < MAX_LINES) tally.invalidLines.push(row.line);
    }
    if (!Number.isNaN(row.time)) this.#addTime(row.time);
    return isRepeated;
  }

  skip(why: string): void {
    this.#nSkipped++;
    const known = why in this.#skipped || Object.keys(this.#skipped).length < MAX_REASONS;
    const key = known ? why : 'other reasons';
    this.#skipped[key] = (this.#skipped[key] ?? 0) + 1;
  }

  other(): void {
    this.#nOther++;
  }

  notUtf8(n: number): void {
    this.#nNotUtf8 += n;
  }

  report(said: {
    readonly format: { readonly name: string; readonly title: string };
    readonly why: string;
    readonly files: readonly string[];
    readonly bytesLayer: string | undefined;
    readonly isOneWay: boolean;
    readonly timeIs: 'start' | 'end';
    readonly leaks: readonly string[];
    readonly zone: string | undefined;
    readonly repeatedNames: readonly string[];
    /** Columns of the header, also those without a value. */
    readonly header: readonly string[];
  }): Reading {
    const hasTimes = this.#nTimes > 0;
    const named = [...this.#columns].filter(([, { n }]) => n > 0).map(([column]) => column);
    const standard = [...named.filter(isStandard), ...(hasTimes ? [TIME] : [])].sort();
    const others = named.filter((column) => !isStandard(column)).sort();
    const missing: Record<string, number> = {};
    const invalid: Record<string, number> = {};
    for (const [column, { n, invalid: nInvalid }] of this.#columns) {
      if (n < this.#rows) missing[column] = this.#rows - n;
      if (nInvalid > 0) invalid[column] = nInvalid;
    }
    if (hasTimes && this.#nTimes < this.#rows) missing[TIME] = this.#rows - this.#nTimes;
    for (const column of said.header)
      if (column !== '' && isStandard(column) && !this.#columns.has(column) && column !== TIME)
        missing[column] = this.#rows;
    return {
      format: said.format.name,
      title: said.format.title,
      why: said.why,
      files: said.files,
      rows: this.#rows,
      columns: standard,
      other_columns: others,
      first: this.#first === undefined ? null : shownRow(this.#first),
      last: this.#last === undefined ? null : shownRow(this.#last),
      quality: {
        missing: sorted(missing),
        invalid: sorted(invalid),
        duplicates: this.#nDuplicates,
        skipped_lines: this.#nSkipped,
        skipped_why: sorted(this.#skipped),
        other_lines: this.#nOther,
        not_utf8_lines: this.#nNotUtf8,
        bytes_layer: said.bytesLayer ?? 'not known',
        one_way: said.isOneWay,
        time_zone: said.zone ?? 'no times: rows are split at random, not by time',
        time_is: hasTimes ? said.timeIs : 'none',
        leak_columns: others.filter((column) => said.leaks.includes(column) || LEAK_NAMES.test(column)),
        constant_columns: named.filter((column) => this.#isConstant(column)).sort(),
        duplicate_columns: said.repeatedNames,
      },
      time: hasTimes
        ? { first: isoTime(this.#minTime), last: isoTime(this.#maxTime), in_order: this.#isInOrder }
        : null,
      column_figures: [...this.#columns]
        .map(([column, tally]) => figuresOf(column, tally, this.#rows))
        .sort((a, b) => rank(a.column) - rank(b.column) || (a.column < b.column ? -1 : 1)),
    };
  }

  #isConstant(column: string): boolean {
    const { n, isConstant } = this.#columns.get(column) as ColumnTally;
    return this.#rows > 1 && n === this.#rows && isConstant;
  }

  #tallyOf(column: string, first: string | number | undefined): ColumnTally {
    let tally = this.#columns.get(column);
    if (tally === undefined) {
      tally = {
        n: 0,
        invalid: 0,
        invalidLines: [],
        nNumbers: 0,
        min: Number.POSITIVE_INFINITY,
        max: Number.NEGATIVE_INFINITY,
        sum: 0,
        first,
        isConstant: true,
      };
      this.#columns.set(column, tally);
    }
    return tally;
  }

  #addValue(column: string, value: string | number): void {
    const tally = this.#tallyOf(column, value);
    tally.n++;
    if (tally.isConstant && value !== tally.first) tally.isConstant = false;
    if (typeof value !== 'number') return;
    tally.nNumbers++;
    tally.sum += value;
    if (value < tally.min) tally.min = value;
    if (value > tally.max) tally.max = value;
  }

  #addTime(time: number): void {
    this.#nTimes++;
    if (time < this.#minTime) this.#minTime = time;
    if (time > this.#maxTime) this.#maxTime = time;
    if (time < this.#lastTime) this.#isInOrder = false;
    this.#lastTime = time;
  }
}

const rank = (column: string): number => {
  const at = STANDARD_COLUMNS.indexOf(column);
  return at === -1 ? STANDARD_COLUMNS.length : at;
};

const sorted = (counts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));

function figuresOf(column: string, tally: ColumnTally, rows: number): ReadingColumn {
  const { n, invalid, invalidLines, nNumbers, min, max, sum } = tally;
  return {
    column,
    values: n,
    missing: rows - n,
    invalid,
    invalid_lines: invalidLines,
    range: nNumbers === 0 ? null : { min, mean: sum / nNumbers, max },
  };
}

/** ISO 8601 to the ms, as written: further digits are cut off, not rounded. */
export function isoTime(ms: number): string {
  const at = new Date(Math.floor(ms));
  return Number.isNaN(at.getTime()) ? 'no time' : at.toISOString();
}

function shownRow({ time, values }: LogRow): ShownRow {
  const shown: Record<string, string | number> = {};
  if (!Number.isNaN(time)) shown[TIME] = isoTime(time);
  for (const column of STANDARD_COLUMNS) {
    const value = values[column];
    if (value !== undefined) shown[column] = value;
  }
  return shown;
}
