/** Lines and characters that one quoted cell may hold; a quote left open costs its own line, not the rows below it. */
const MAX_LINES_IN_ROW = 200;
const MAX_ROW_LENGTH = 1_048_576;
/** How often a line may be read as part of a row that was given up. After that it is read by itself. */
const MAX_READS = 3;

/** A row of a table. */
export interface TableRow {
  /** Line on which it begins, from 1. */
  readonly line: number;
  /** Undefined where its quotes do not fit. */
  readonly cells: readonly string[] | undefined;
  /** As written; lines that a quoted cell spans are joined by LF. */
  readonly text: string;
}

interface OpenLine {
  readonly line: number;
  readonly text: string;
  readonly nReads: number;
}

/**
 * Splits lines into rows of cells as RFC 4180 has it, with any delimiter. A quote inside an unquoted cell is text. A
 * library would refuse the whole table for one quote that is never closed; here it refuses one line. Each line is looked
 * at {@link MAX_READS} times at most, whatever its quotes are.
 */
export class TableRows {
  readonly #delimiter: string;
  /** Lines of the row whose quote is open, and what they have given so far. */
  #lines: OpenLine[] = [];
  #nCharacters = 0;
  #row = new RowCells();

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  push(line: number, text: string): TableRow[] {
    return this.#push({ line, text, nReads: 1 });
  }

  end(): TableRow[] {
    const rows: TableRow[] = [];
    while (this.#lines.length > 0) rows.push(...this.#giveUp());
    return rows;
  }

  #push(next: OpenLine): TableRow[] {
    if (this.#lines.length === 0) {
      const { line, text } = next;
      if (text.trim() === '') return [];
      if (!text.includes('"')) return [{ line, cells: text.split(this.#delimiter), text }];
    }
    this.#lines.push(next);
    this.#nCharacters += next.text.length;
    this.#row.add(next.text, this.#delimiter);
    if (!this.#row.isOpen) {
      const text = this.#lines.map((line) => line.text).join('\n');
      const row = { line: (this.#lines[0] as OpenLine).line, cells: this.#row.cells, text };
      this.#clear();
      return [row];
    }
    const isTooLong = this.#lines.length > MAX_LINES_IN_ROW || this.#nCharacters > MAX_ROW_LENGTH;
    return isTooLong ? this.#giveUp() : [];
  }

  #giveUp(): TableRow[] {
    const [first, ...rest] = this.#lines as [OpenLine, ...OpenLine[]];
    this.#clear();
    const rows: TableRow[] = [unread(first)];
    for (const { line, text, nReads } of rest) {
      if (nReads < MAX_READS) rows.push(...this.#push({ line, text, nReads: nReads + 1 }));
      else if (this.#lines.length > 0) {
        // What is open above was opened by a line that has been read as often.
        rows.push(...this.#lines.map(unread));
        this.#clear();
        rows.push({ line, cells: cellsOf(text, this.#delimiter), text });
      } else rows.push({ line, cells: cellsOf(text, this.#delimiter), text });
    }
    return rows;
  }

  #clear(): void {
    this.#lines = [];
    this.#nCharacters = 0;
    this.#row = new RowCells();
  }
}

const unread = ({ line, text }: OpenLine): TableRow => ({ line, cells: undefined, text });

/** The cells of a row, or undefined where a quote is still open at its end. */
export function cellsOf(text: string, delimiter: string): string[] | undefined {
  const row = new RowCells();
  row.add(text, delimiter);
  return row.isOpen ? undefined : row.cells;
}

/** Reads one row line by line. */
export class RowCells {
  readonly cells: string[] = [];
  #open: string[] | undefined;

  /** Whether the last cell's quote has not been closed. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** Takes the next line of the row, without its end. */
  add(text: string, delimiter: string): void {
    let position = 0;
    if (this.#open !== undefined) {
      this.#open.push('\n');
      position = this.#quoted(text, 0, this.#open, delimiter);
    }
    while (position >= 0) {
      if (text[position] === '"') {
        position = this.#quoted(text, position + 1, [], delimiter);
        continue;
      }
      const next = text.indexOf(delimiter, position);
      this.cells.push(text.slice(position, next < 0 ? text.length : next));
      position = next < 0 ? -1 : next + delimiter.length;
    }
  }

  /** Reads on inside a quoted cell. Where the next cell begins; -1 at the end of the line. */
  #quoted(text: string, start: number, parts: string[], delimiter: string): number {
    let from = start;
    for (;;) {
      const quote = text.indexOf('"', from);
      if (quote < 0) {
        parts.push(text.slice(from));
        this.#open = parts;
        return -1;
      }
      parts.push(text.slice(from, quote));
      if (text[quote + 1] !== '"') {
        from = quote + 1;
        break;
      }
      parts.push('"');
      from = quote + 2;
    }
    this.#open = undefined;
    const next = text.indexOf(delimiter, from);
    this.cells.push(parts.join('') + text.slice(from, next < 0 ? text.length : next).trimEnd());
    return next < 0 ? -1 : next + delimiter.length;
  }
}
