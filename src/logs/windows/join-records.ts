import type { LogFormat, SplitRecords } from '../formats/log-format.ts';
import type { LogRow } from '../formats/log-row.ts';

/** Connections that wait for their next record; the one that was silent longest goes on. */
const MAX_OPEN = 200_000;
/** Records between two looks for connections that no record can go on with. */
const LOOK_EVERY = 4_096;

const SUMS = [
  'source.bytes',
  'source.packets',
  'destination.bytes',
  'destination.packets',
  'network.bytes',
  'network.packets',
] as const;
const KEY = [
  'network.transport',
  'source.ip',
  'source.port',
  'destination.ip',
  'destination.port',
  'network.direction',
] as const;

export interface EventRows {
  add(row: LogRow, isRepeated: boolean): void;
  /** Takes what no record can go on with, by the time of the last one. */
  tick(): void;
  /** Says that no row follows. */
  end(): void;
}

/**
 * Makes events of records, for everything that learns or scores: what a format writes in several records becomes one
 * row, what it writes twice is taken once. Other formats' rows go through as they are.
 *
 * @param take gets each event when it is whole: in the order of their last records
 */
export function eventRows(format: LogFormat, take: (row: LogRow) => void): EventRows {
  if (format.splits !== undefined) return new JoinedRecords(format.splits, take);
  const isTakenOnce = format.isReportedTwice === true;
  return {
    add(row, isRepeated) {
      if (!(isTakenOnce && isRepeated)) take(row);
    },
    tick: () => {},
    end: () => {},
  };
}

interface Connection {
  readonly row: LogRow;
  startMs: number;
  endMs: number;
  nRecords: number;
}

/** Sums the records of a connection: counts, time from first to last, the state of the last. */
class JoinedRecords implements EventRows {
  readonly #splits: SplitRecords;
  readonly #take: (row: LogRow) => void;
  /** By who speaks with whom; the one that got a record last stands last. */
  readonly #open = new Map<string, Connection>();
  #nRecords = 0;
  #nowMs = Number.NEGATIVE_INFINITY;

  constructor(splits: SplitRecords, take: (row: LogRow) => void) {
    this.#splits = splits;
    this.#take = take;
  }

  add(row: LogRow, isRepeated: boolean): void {
    // the same record again, out of files that overlap, carried nothing more
    if (isRepeated) return;
    if (Number.isNaN(row.time) || row.values['source.ip'] === undefined) {
      this.#take(row);
      return;
    }
    const key = KEY.map((column) => row.values[column]).join(' ');
    const before = this.#open.get(key);
    if (before !== undefined) {
      this.#open.delete(key);
      if (this.#goesOn(before, row)) {
        join(before, row);
        this.#keep(key, before, row);
        return;
      }
      this.#take(finished(before));
    }
    const copy: LogRow = { ...row, values: { ...row.values }, invalid: [...row.invalid] };
    this.#keep(key, { row: copy, startMs: row.time, endMs: endOf(row), nRecords: 1 }, row);
  }

  tick(): void {
    for (const [key, { row, endMs }] of this.#open)
      if (this.#nowMs - endMs > this.#splits.maxGapMs(row)) this.#letGo(key);
  }

  end(): void {
    for (const connection of this.#open.values()) this.#take(finished(connection));
    this.#open.clear();
  }

  #goesOn({ row: joined, startMs, endMs }: Connection, row: LogRow): boolean {
    if (this.#splits.isFirst?.(row)) return false;
    const gapMs = Math.max(row.time - endMs, startMs - endOf(row));
    return gapMs <= this.#splits.maxGapMs(joined);
  }

  #keep(key: string, connection: Connection, last: LogRow): void {
    if (this.#splits.isLast?.(last)) {
      this.#take(finished(connection));
      return;
    }
    this.#open.set(key, connection);
    this.#nRecords++;
    if (this.#open.size > MAX_OPEN) this.#letGo(this.#open.keys().next().value as string);
    this.#nowMs = last.time;
    if (this.#nRecords % LOOK_EVERY === 0) this.tick();
  }

  #letGo(key: string): void {
    const connection = this.#open.get(key) as Connection;
    this.#open.delete(key);
    this.#take(finished(connection));
  }
}

const endOf = ({ time, values }: LogRow): number => time + ((values['duration_ms'] as number) || 0);

function join(connection: Connection, last: LogRow): void {
  const { row } = connection;
  const { values } = last;
  for (const column of SUMS) {
    const more = values[column];
    if (typeof more === 'number') row.values[column] = ((row.values[column] as number) || 0) + more;
  }
  connection.startMs = Math.min(connection.startMs, last.time);
  connection.endMs = Math.max(connection.endMs, endOf(last));
  connection.nRecords++;
  for (const column of ['connection.state', 'attack'] as const)
    if (values[column] !== undefined) row.values[column] = values[column];
  if (values['label'] !== undefined)
    row.values['label'] = Math.max((row.values['label'] as number) || 0, values['label'] as number);
}

function finished({ row, startMs, endMs, nRecords }: Connection): LogRow {
  if (nRecords === 1) return row;
  row.time = startMs;
  row.values['duration_ms'] = Math.round((endMs - startMs) * 1e3) / 1e3;
  return row;
}
