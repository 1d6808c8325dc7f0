import type { LogRow } from '../formats/log-row.ts';

/** Values of a text column that are told apart; further ones are one. */
const MAX_WORDS = 1_000_000;

export interface LogTableOptions {
  /** Columns that nobody will ask for. */
  readonly skip?: Iterable<string>;
  /** The columns that somebody will ask for. @default all */
  readonly only?: Iterable<string>;
  /** Rows to begin with. @default 1024 */
  readonly capacity?: number;
}

/** Columns of rows in flat arrays that grow: some 8 bytes a number and 4 a text, whatever the row held. */
export class LogTable {
  #n = 0;
  #time: Float64Array;
  readonly #numbers = new Map<string, Float64Array>();
  readonly #texts = new Map<string, TextColumn>();
  readonly #skip: ReadonlySet<string>;
  readonly #only: ReadonlySet<string> | undefined;

  constructor({ skip = [], only, capacity = 1_024 }: LogTableOptions = {}) {
    this.#skip = new Set(skip);
    this.#only = only === undefined ? undefined : new Set(only);
    this.#time = new Float64Array(capacity);
  }

  get n(): number {
    return this.#n;
  }

  /** (n,) ms since 1970, NaN where a row has none. */
  get time(): Float64Array {
    return this.#time.subarray(0, this.#n);
  }

  get numberNames(): string[] {
    return [...this.#numbers.keys()].sort();
  }

  get textNames(): string[] {
    return [...this.#texts.keys()].sort();
  }

  add(row: LogRow): void {
    const at = this.#n++;
    if (at === this.#time.length) this.#time = grown(this.#time, Number.NaN);
    this.#time[at] = row.time;
    for (const column in row.values) {
      if (this.#skip.has(column) || this.#only?.has(column) === false) continue;
      const value = row.values[column] as string | number;
      if (typeof value === 'number') this.#putNumber(column, at, value);
      else this.#putText(column, at, value);
    }
  }

  /** (n,) values of a column, NaN where it has no number. */
  numbers(column: string): Float64Array {
    const values = this.#numbers.get(column);
    const whole = new Float64Array(this.#n).fill(Number.NaN);
    if (values !== undefined) whole.set(values.subarray(0, this.#n));
    return whole;
  }

  /** (n,) index into the words of a column, -1 where it has no text. */
  codes(column: string): Int32Array {
    const text = this.#texts.get(column);
    const whole = new Int32Array(this.#n).fill(-1);
    if (text !== undefined) whole.set(text.codes.subarray(0, this.#n));
    return whole;
  }

  words(column: string): readonly string[] {
    return this.#texts.get(column)?.words ?? [];
  }

  #putNumber(column: string, at: number, value: number): void {
    let values = this.#numbers.get(column);
    if (values === undefined) values = new Float64Array(this.#time.length).fill(Number.NaN);
    while (at >= values.length) values = grown(values, Number.NaN);
    values[at] = value;
    this.#numbers.set(column, values);
  }

  #putText(column: string, at: number, value: string): void {
    let text = this.#texts.get(column);
    if (text === undefined) {
      text = { codes: new Int32Array(this.#time.length).fill(-1), words: [], known: new Map() };
      this.#texts.set(column, text);
    }
    while (at >= text.codes.length) text.codes = grown(text.codes, -1);
    let code = text.known.get(value);
    if (code === undefined) {
      code = Math.min(text.words.length, MAX_WORDS);
      if (text.words.length < MAX_WORDS) {
        text.known.set(value, code);
        text.words.push(value);
      }
    }
    text.codes[at] = code;
  }
}

interface TextColumn {
  codes: Int32Array;
  readonly words: string[];
  readonly known: Map<string, number>;
}

function grown<T extends Float64Array | Int32Array>(values: T, fill: number): T {
  const larger = new (values.constructor as new (n: number) => T)(2 * values.length).fill(fill) as T;
  larger.set(values);
  return larger;
}
