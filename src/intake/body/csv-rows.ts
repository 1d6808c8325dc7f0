/** Lines that one quoted cell may hold; a quote left open costs its own line, not the rows below it. */
const MAX_LINES_IN_ROW = 200;

/** A row of a table and the line on which it began; no cells where its quotes do not fit. */
export interface TableRow {
  readonly line: number;
  readonly cells: readonly string[] | undefined;
}

/**
 * Splits lines into rows of cells as RFC 4180 has it, with any delimiter. A quote inside an unquoted cell is text. A
 * library would refuse the whole table for one quote that is never closed; here it refuses one line.
 */
export class CsvRows {
  readonly #delimiter: string;
  #open: { line: number; text: string }[] = [];

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  push(line: number, text: string): TableRow[] {
    this.#open.push({ line, text });
    const [first] = this.#open as [{ line: number; text: string }];
    if (this.#open.length === 1 && text.trim() === '') {
      this.#open = [];
      return [];
    }
    const cells = cellsOf(this.#open.map((one) => one.text).join('\n'), this.#delimiter);
    if (cells !== undefined) {
      this.#open = [];
      return [{ line: first.line, cells }];
    }
    return this.#open.length > MAX_LINES_IN_ROW ? this.#giveUp() : [];
  }

  end(): TableRow[] {
    return this.#open.length === 0 ? [] : this.#giveUp();
  }

  #giveUp(): TableRow[] {
    const [first, ...rest] = this.#open as [
      { line: number; text: string },
      ...{ line: number; text: string }[],
    ];
    this.#open = [];
    const rows: TableRow[] = [{ line: first.line, cells: undefined }];
    for (const { line, text } of rest) rows.push(...this.push(line, text));
    // What the lines below leave open in turn is given up by the next call.
    return rows;
  }
}

/** The cells of a row, or undefined where a quote is still open at its end. */
export function cellsOf(text: string, delimiter: string): string[] | undefined {
  const cells: string[] = [];
  let position = 0;
  for (;;) {
    if (text[position] === '"') {
      let cell = '';
      let from = position + 1;
      for (;;) {
        const quote = text.indexOf('"', from);
        if (quote < 0) return undefined;
        cell += text.slice(from, quote);
        if (text[quote + 1] === '"') {
          cell += '"';
          from = quote + 2;
        } else {
          position = quote + 1;
          break;
        }
      }
      const next = text.indexOf(delimiter, position);
      const tail = text.slice(position, next < 0 ? text.length : next);
      cells.push(cell + tail.trimEnd());
      if (next < 0) return cells;
      position = next + delimiter.length;
    } else {
      const next = text.indexOf(delimiter, position);
      cells.push(text.slice(position, next < 0 ? text.length : next));
      if (next < 0) return cells;
      position = next + delimiter.length;
    }
  }
}
