import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { AlertforestError } from '../errors.ts';
import type { TextInput } from './open-text.ts';
import type { Misfit } from './skip-counts.ts';
import { MAX_LINE_BYTES } from './text-lines.ts';

export interface CsvRow {
  /** Line on which the row begins, from 1; quoted fields may hold further lines. */
  readonly line: number;
  /** Column name -> cell; undefined where the row has not as many fields as the header. */
  readonly row: Readonly<Record<string, string>> | undefined;
  readonly misfit: Misfit | undefined;
}

export interface CsvOptions {
  /** What the input is called in errors. */
  readonly name: string;
  /** Columns without which nothing can be read. @default none */
  readonly required?: readonly string[];
  /** Trim cells and header, lower the header's case. @default false */
  readonly isLenient?: boolean;
}

const NEWLINE = 0x0a;

/**
 * Rows of a CSV file below its header, with the line each begins on. Lines end with LF or CRLF, also within one file.
 * A row with another number of fields than the header comes without cells and with the column at which it went wrong.
 *
 * @throws AlertforestError REQUEST_INVALID where the input is empty, a required column is missing, a name stands twice,
 * a quote is never closed or a row is longer than {@link MAX_LINE_BYTES}
 */
export async function* csvRows(input: TextInput, options: CsvOptions): AsyncGenerator<CsvRow> {
  const { name, isLenient = false } = options;
  const lines = new LineCounter();
  const source = Readable.from(lines.watch(input));
  // An error overtakes rows that wait to be read, the header among them: its names are taken down at once.
  let names: readonly string[] | undefined;
  const parser = parse({
    record_delimiter: ['\r\n', '\n'],
    info: true,
    trim: isLenient,
    skip_empty_lines: true,
    relax_column_count: true,
    relax_quotes: true,
    max_record_size: MAX_LINE_BYTES,
    // With `info` a record comes wrapped, which the library's types leave out.
    on_record: (one: unknown) => {
      names ??= (one as ParsedRecord).record;
      return one as string[];
    },
  });
  source.on('error', (error) => parser.destroy(error));
  let header: readonly string[] | undefined;
  try {
    for await (const { record, info } of source.pipe(parser) as AsyncIterable<ParsedRecord>) {
      const line = lines.startOf(info);
      if (header === undefined) {
        header = headerOf(record, line, options);
        continue;
      }
      yield record.length === header.length
        ? { line, row: rowOf(header, record), misfit: undefined }
        : { line, row: undefined, misfit: lengthMisfit(header, record, line, lines.line) };
    }
  } catch (error) {
    throw csvError(error, name, names, lines);
  } finally {
    source.destroy();
    parser.destroy();
  }
  if (header === undefined) throw new AlertforestError('REQUEST_INVALID', `Expected rows, ${name} is empty.`);
}

interface ParsedRecord {
  readonly record: string[];
  readonly info: { readonly bytes: number; readonly empty_lines: number };
}

/**
 * Says on which line a record begins. The parser's own count is of where a record ends, and takes the two characters
 * of a line end in a quoted field for two lines; its count of bytes is exact.
 */
class LineCounter {
  /** Line on which the next record begins, but for empty lines before it; after a record the one below it. */
  line = 1;
  #offsets: number[] = [];
  #head = 0;
  #nBytes = 0;
  #nEmpty = 0;

  async *watch(input: TextInput): AsyncGenerator<Buffer> {
    for await (const piece of input) {
      const bytes = Buffer.from(piece as Uint8Array);
      for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1))
        this.#offsets.push(this.#nBytes + at);
      this.#nBytes += bytes.length;
      yield bytes;
    }
  }

  /** Line of the first field that ends beyond `info.bytes`. */
  lineAt(info: ParsedRecord['info'], isFirstField: boolean): number {
    const nEmpty = isFirstField ? info.empty_lines - this.#nEmpty : 0;
    this.startOf(info);
    return this.line + nEmpty;
  }

  /** Of the record whose last byte is before `info.bytes`; records must come in order. */
  startOf({ bytes, empty_lines }: ParsedRecord['info']): number {
    const start = this.line + empty_lines - this.#nEmpty;
    this.#nEmpty = empty_lines;
    while (this.#head < this.#offsets.length && (this.#offsets[this.#head] as number) < bytes) {
      this.#head++;
      this.line++;
    }
    if (this.#head > 10_000) {
      this.#offsets = this.#offsets.slice(this.#head);
      this.#head = 0;
    }
    return start;
  }
}

function headerOf(
  record: readonly string[],
  line: number,
  { name, required = [], isLenient }: CsvOptions,
): string[] {
  const header = record.map((cell) => (isLenient ? cell.trim().toLowerCase() : cell));
  const invalid = (message: string): AlertforestError =>
    new AlertforestError('REQUEST_INVALID', `${name}, line ${line}: ${message}`);
  const twice = [...new Set(header.filter((cell, at) => cell !== '' && header.indexOf(cell) !== at))];
  if (twice.length > 0) throw invalid(`expected every column once, got ${twice.join(', ')} more than once.`);
  const missing = required.filter((column) => !header.includes(column));
  if (missing.length > 0) throw invalid(`expected the columns ${missing.join(', ')}.`);
  return header;
}

function rowOf(header: readonly string[], cells: readonly string[]): Record<string, string> {
  const row: Record<string, string> = {};
  for (let at = 0; at < header.length; at++) {
    const name = header[at] as string;
    // Columns without a name stand at the end of many exports and hold nothing.
    if (name !== '' && name !== '__proto__') row[name] = cells[at] as string;
  }
  return row;
}

function lengthMisfit(
  header: readonly string[],
  cells: readonly string[],
  from: number,
  next: number,
): Misfit {
  const isShort = cells.length < header.length;
  const over = next - 1 > from ? ` on the lines ${from} to ${next - 1}` : '';
  return {
    column: isShort ? (header[cells.length] as string) : String(header.length + 1),
    expected: `${header.length} fields`,
    got: `${cells.length}${over}`,
  };
}

const BROKEN: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quote opens that is never closed, so the rows below cannot be told apart',
  CSV_MAX_RECORD_SIZE: `a row is longer than ${MAX_LINE_BYTES / 1024 / 1024} MiB: a quote left open, or no line ends`,
};

function csvError(
  error: unknown,
  name: string,
  header: readonly string[] | undefined,
  lines: LineCounter,
): unknown {
  if (!(error instanceof CsvError)) return error;
  const { index, bytes, empty_lines } = error as CsvError & ParsedRecord['info'] & { index: number };
  const column = header?.[index] ?? String(index + 1);
  const line = lines.lineAt({ bytes, empty_lines }, index === 0);
  return new AlertforestError(
    'REQUEST_INVALID',
    `${name}, line ${line}, column ${column}: ${BROKEN[error.code] ?? error.message}.`,
    { cause: error },
  );
}
