import type { JsonObject } from '../values/json-value.ts';
import type { SplitRecord } from './record-splitter.ts';

const MAX_COLUMNS = 1_000;

/** Whether a text is a log of Zeek in columns. */
export function isZeekTable(head: string): boolean {
  return head.startsWith('#separator ') || head.startsWith('#fields\t');
}

/**
 * Reads a log of Zeek as it writes it by default: columns named by `#fields`, `-` for what is not set.
 *
 * @see https://docs.zeek.org/en/master/log-formats.html
 */
export class ZeekTable {
  readonly recordUnits = 2_048;
  #separator = '\t';
  #columns: readonly string[] = [];
  #path: string | undefined;

  *push(line: number, text: string): Generator<SplitRecord> {
    if (text.startsWith('#')) this.#header(text);
    else if (text !== '' && this.#columns.length > 0) yield { line, value: this.#row(text) };
  }

  *end(): Generator<SplitRecord> {}

  #header(text: string): void {
    const separator = /^#separator \\x([0-9a-f]{2})$/i.exec(text)?.[1];
    if (separator !== undefined) this.#separator = String.fromCharCode(Number.parseInt(separator, 16));
    const [name, ...values] = text.split(this.#separator);
    if (name === '#fields') this.#columns = values.slice(0, MAX_COLUMNS);
    if (name === '#path') this.#path = values[0];
  }

  #row(text: string): JsonObject {
    const row: Record<string, string> = this.#path === undefined ? {} : { _path: this.#path };
    const cells = text.split(this.#separator);
    this.#columns.forEach((column, i) => {
      const cell = cells[i];
      if (cell !== undefined && cell !== '-' && cell !== '(empty)' && column !== '__proto__')
        row[column] = cell;
    });
    return row;
  }
}
