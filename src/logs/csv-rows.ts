import { AlertforestError } from '../errors.ts';
import { type TableRow, TableRows } from '../reading/table-rows.ts';
import type { TextInput } from './open-text.ts';
import type { Misfit } from './skip-counts.ts';
import { NOT_UTF8, TOO_LONG, textLines } from './text-lines.ts';

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

/**
 * Rows of a CSV file below its header, with the line each begins on. A row with another number of fields than the
 * header, with a quote that is never closed or longer than a line may be comes without cells and with the column at
 * which it went wrong; the rows below it are read.
 *
 * @throws AlertforestError REQUEST_INVALID where the input is empty, a required column is missing or a name stands twice
 */
export async function* csvRows(input: TextInput, options: CsvOptions): AsyncGenerator<CsvRow> {
  const rows = new TableRows(',');
  let header: readonly string[] | undefined;
  const read = (row: TableRow): CsvRow | undefined => {
    if (header !== undefined) return csvRow(header, row, options);
    header = headerOf(row, options);
    return undefined;
  };
  for await (const { line, text, isUtf8 } of textLines(input)) {
    const misfit = text === undefined ? TOO_LONG : isUtf8 ? undefined : NOT_UTF8;
    if (text === undefined || misfit !== undefined) {
      yield { line, row: undefined, misfit };
      continue;
    }
    for (const found of rows.push(line, text)) {
      const row = read(found);
      if (row !== undefined) yield row;
    }
  }
  for (const found of rows.end()) {
    const row = read(found);
    if (row !== undefined) yield row;
  }
  if (header === undefined)
    throw new AlertforestError('REQUEST_INVALID', `Expected rows, ${options.name} is empty.`);
}

function headerOf(
  { line, cells }: TableRow,
  { name, required = [], isLenient = false }: CsvOptions,
): string[] {
  const invalid = (message: string): AlertforestError =>
    new AlertforestError('REQUEST_INVALID', `${name}, line ${line}: ${message}`);
  if (cells === undefined) throw invalid('expected a header, got a quote that is never closed.');
  const header = cells.map((cell) => (isLenient ? cell.trim().toLowerCase() : cell));
  const twice = [...new Set(header.filter((cell, at) => cell !== '' && header.indexOf(cell) !== at))];
  if (twice.length > 0) throw invalid(`expected every column once, got ${twice.join(', ')} more than once.`);
  const missing = required.filter((column) => !header.includes(column));
  if (missing.length > 0) throw invalid(`expected the columns ${missing.join(', ')}.`);
  return header;
}

function csvRow(header: readonly string[], { line, cells, text }: TableRow, options: CsvOptions): CsvRow {
  if (cells === undefined) {
    const misfit = { column: '1', expected: 'a row of the table', got: 'a quote that is never closed' };
    return { line, row: undefined, misfit };
  }
  if (cells.length !== header.length)
    return { line, row: undefined, misfit: lengthMisfit(header, cells, line, text) };
  const { isLenient = false } = options;
  const row: Record<string, string> = {};
  for (let at = 0; at < header.length; at++) {
    const name = header[at] as string;
    const cell = cells[at] as string;
    // Columns without a name stand at the end of many exports and hold nothing.
    if (name !== '' && name !== '__proto__') row[name] = isLenient ? cell.trim() : cell;
  }
  return { line, row, misfit: undefined };
}

function lengthMisfit(
  header: readonly string[],
  cells: readonly string[],
  from: number,
  text: string,
): Misfit {
  const isShort = cells.length < header.length;
  const last = from + text.split('\n').length - 1;
  const over = last > from ? ` on the lines ${from} to ${last}` : '';
  return {
    column: isShort ? (header[cells.length] as string) : String(header.length + 1),
    expected: `${header.length} fields`,
    got: `${cells.length}${over}`,
  };
}
