import { hasCode } from '../../errors.ts';
import { tooMuch } from '../../reading/json-limits.ts';
import { parseBody } from '../body/parse-body.ts';
import { MAX_TEXT_LENGTH, textInside } from '../values/embedded-text.ts';
import type { JsonObject } from '../values/json-value.ts';
import { streamRecords } from './log-streams.ts';
import { kustoFrameRows, MAX_CELLS, tableRows } from './log-tables.ts';

/** Characters of texts that are opened for one body, the ones within texts and those that were compressed included. */
const MAX_OPENED = 8 * MAX_TEXT_LENGTH;
/** Longer texts are remembered: the search for what an envelope carries comes by them several times. */
const REMEMBERED_LENGTH = 1_024;
/** Work of looking at one value, of a cell and of a character, in the bytes that a slice is measured in. */
const VALUE_UNITS = 512;
const CELL_UNITS = 16;
const CHARACTER_UNITS = 4;

/**
 * What opening the envelopes of one body has found and cost. A few bytes can stand for very much (a table's empty rows,
 * compressed texts, texts in texts), so it is counted over the whole body and before it is built.
 */
export class Opening {
  readonly alerts: unknown[] = [];
  /** For each alert the outermost value that held it and no other. */
  readonly sources: unknown[] = [];
  readonly #maxAlerts: number;
  #nCells = 0;
  #nCharacters = 0;
  #units = 0;
  readonly #texts = new Map<string, unknown>();
  readonly #tables = new WeakMap<object, { readonly rows: JsonObject[] | undefined }>();

  /** @param maxAlerts of the body, those that lie in no envelope included */
  constructor(maxAlerts: number = Infinity) {
    this.#maxAlerts = maxAlerts;
  }

  /** Before the next envelope: equal texts of two records are two records. */
  forgetTexts(): void {
    this.#texts.clear();
  }

  /** Work since it was last asked, as bytes read. */
  takeUnits(): number {
    const units = this.#units + VALUE_UNITS;
    this.#units = 0;
    return units;
  }

  /** @throws AlertforestError BATCH_TOO_LARGE */
  add(alert: unknown): void {
    if (this.alerts.length >= this.#maxAlerts)
      throw tooMuch('alerts in a body', this.#maxAlerts, 'BATCH_TOO_LARGE');
    this.alerts.push(alert);
  }

  /** After a value was opened: where it gave one alert, that one stands for it. */
  gave(value: unknown, nBefore: number): void {
    if (this.alerts.length === nBefore + 1) this.sources[nBefore] = value;
  }

  /** The value of a text that stands where a record should; @throws AlertforestError REQUEST_TOO_LARGE */
  bodyOf(text: string): unknown {
    this.#pay(text.length);
    try {
      return parseBody(text);
    } catch (error) {
      if (hasCode(error, 'REQUEST_INVALID') || hasCode(error, 'NOTHING_READ')) return undefined;
      throw error;
    }
  }

  /** {@link textInside}; @throws AlertforestError REQUEST_TOO_LARGE for too much text */
  textInside(text: string): unknown {
    if (text.length < REMEMBERED_LENGTH) return textInside(text);
    if (this.#texts.has(text)) return this.#texts.get(text);
    const value = textInside(text, (length) => this.#pay(length));
    this.#texts.set(text, value);
    return value;
  }

  /** {@link tableRows}; @throws AlertforestError REQUEST_TOO_LARGE for too many cells, BATCH_TOO_LARGE */
  tableRows(value: JsonObject): JsonObject[] | undefined {
    return this.#rowsOf(value, () => tableRows(value, (rows, columns) => this.#payCells(rows, columns)));
  }

  /** {@link kustoFrameRows}; @throws AlertforestError REQUEST_TOO_LARGE for too many cells, BATCH_TOO_LARGE */
  kustoFrameRows(frames: readonly unknown[]): JsonObject[] | undefined {
    return this.#rowsOf(frames, () =>
      kustoFrameRows(frames, (rows, columns) => this.#payCells(rows, columns)),
    );
  }

  /** {@link streamRecords}; @throws AlertforestError BATCH_TOO_LARGE */
  streamRecords(value: JsonObject): readonly unknown[] | undefined {
    return streamRecords(value, (nRecords) => this.#payCells(nRecords, 1));
  }

  #pay(nCharacters: number): void {
    this.#nCharacters += nCharacters;
    this.#units += nCharacters * CHARACTER_UNITS;
    if (this.#nCharacters > MAX_OPENED)
      throw tooMuch('characters of records in texts', MAX_OPENED, 'REQUEST_TOO_LARGE');
  }

  #rowsOf(value: object, read: () => JsonObject[] | undefined): JsonObject[] | undefined {
    const known = this.#tables.get(value);
    if (known !== undefined) return known.rows;
    const rows = read();
    if (rows !== undefined) this.#tables.set(value, { rows });
    return rows;
  }

  // Rows of nothing cost no byte, but a cell of each column once they are objects.
  #payCells(nRows: number, nColumns: number): void {
    if (nRows > this.#maxAlerts) throw tooMuch('alerts in a body', this.#maxAlerts, 'BATCH_TOO_LARGE');
    this.#nCells += nRows * nColumns;
    this.#units += nRows * nColumns * CELL_UNITS;
    if (this.#nCells > MAX_CELLS) throw tooMuch('cells in a table', MAX_CELLS, 'REQUEST_TOO_LARGE');
  }
}
