import { MAX_JSON_MEMBERS as MAX_COLUMNS, tooMuch } from '../../reading/json-limits.ts';
import { cellsOf, type TableRow, TableRows } from '../../reading/table-rows.ts';
import { withNote } from '../envelope/carriage.ts';
import { Unread } from '../unread.ts';
import { jsonIn } from '../values/json-text.ts';
import type { JsonObject } from '../values/json-value.ts';
import type { SplitRecord } from './record-splitter.ts';
import { type DateOrder, isNumericDate, isoOfCell, orderShown } from './table-dates.ts';

/** Rows by which a column's order of day and month is decided, and whether its ids were rounded. */
const N_DECIDING = 10_000;
/** Characters of a header by which its delimiter is told. */
const HEAD_LENGTH = 64 * 1024;
const DELIMITERS = [',', ';', '\t', '|'];
// Header words of which a table of alerts has at least one; a table without any is told by its content-type.
const ALERT_COLUMN =
  /^"?(@?timestamp|time|_time|date|created|createdat|timegenerated.*|severity|alertseverity|priority|title|summary|name|alert.?(id|name|title)|rule.?(id|name)?|id|_id|event.?(id|time)|incident.*|issue.?key|number|short.?description|description|message|kibana\..*|host\.name|source\.ip)"?$/i;
const ID_COLUMN = /(^|[^a-z])(id|uid|uuid|key|number|guid)$|id$/i;
const NO_LIST =
  /title|description|message|summary|reason|comment|(rule|alert|event|signature|threat)[._ ]?name|command|query|path|args|agent|_raw/i;

/** Whether a text is a table with a header, told by its content-type or by its first two lines. */
export function isTable(text: string, contentType: string): boolean {
  if (/\b(csv|tab-separated-values)\b/i.test(contentType)) return true;
  const [first = '', second = ''] = firstLines(text);
  if (/^"?sep=."?$/i.test(first.trim()) || /^"?sep=\t"?$/i.test(first)) return true;
  if (second === '' || /[{}<>]|=/.test(first)) return false;
  const delimiter = delimiterOf(first);
  const header = cellsOf(first, delimiter);
  if (header === undefined || header.length < 2) return false;
  const names = header.map((cell) => cell.trim());
  if (
    !names.every(
      (name) => name.length < 80 && (name === '' || /^[\p{L}_@#][\p{L}\p{N}_@ .\-/()[\]:#]*$/u.test(name)),
    )
  )
    return false;
  return names.some((name) => ALERT_COLUMN.test(name));
}

function firstLines(text: string): string[] {
  return text
    .slice(0, 64 * 1024)
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '')
    .slice(0, 2);
}

/** The delimiter that cuts a header into the most cells. */
function delimiterOf(header: string): string {
  let best = ',';
  let most = 0;
  for (const delimiter of DELIMITERS) {
    const n = cellsOf(header, delimiter)?.length ?? 0;
    if (n > most) {
      most = n;
      best = delimiter;
    }
  }
  return best;
}

interface Column {
  readonly name: string;
  /** Zone that the header names, `TimeGenerated [UTC]`. */
  readonly zone: string | undefined;
  /** Of the deciding rows: cells that are dates in digits, long numbers, and those of them that end in zeros. */
  nDates: number;
  nLong: number;
  nRounded: number;
  order: DateOrder | undefined;
  isAmbiguous: boolean;
  isRounded: boolean;
}

/**
 * Reads a table as people hand it round, line by line: any delimiter, Excel's `sep=`, repeated columns as lists, several
 * values in a cell, times as Kibana, Jira, Excel and Splunk write them, ids that a spreadsheet rounded. The first
 * {@link N_DECIDING} rows are held until day and month are told apart; a later row that contradicts them is refused.
 */
export class CsvTable {
  #rows: TableRows | undefined;
  #columns: Column[] | undefined;
  #held: TableRow[] | undefined = [];
  #isKibana = false;
  #isSplunk = false;
  #delimiter: string | undefined;
  #nCells = 0;
  readonly #maxCells: number;

  /** @param maxCells cells of all rows; beyond it the table is refused */
  constructor(maxCells = Number.POSITIVE_INFINITY) {
    this.#maxCells = maxCells;
  }

  /** Names of the header; undefined until it has come. */
  get columns(): readonly string[] | undefined {
    return this.#columns?.map(({ name }) => name);
  }

  get recordUnits(): number {
    return 1_024 + 32 * (this.#columns?.length ?? 0);
  }

  /**
   * All that a line gives must be taken before the next one is pushed.
   *
   * @throws AlertforestError REQUEST_TOO_LARGE for too many columns or cells
   */
  *push(line: number, text: string): Generator<SplitRecord> {
    if (this.#rows === undefined) {
      const clean = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
      if (clean.trim() === '') return;
      const separator = /^"?sep=(.)"?$/i.exec(clean);
      if (separator !== null && this.#delimiter === undefined) {
        this.#delimiter = separator[1];
        return;
      }
      this.#delimiter ??= delimiterOf(clean.slice(0, HEAD_LENGTH));
      this.#rows = new TableRows(this.#delimiter);
      yield* this.#take(this.#rows.push(line, clean));
    } else yield* this.#take(this.#rows.push(line, text));
  }

  *end(): Generator<SplitRecord> {
    yield* this.#take(this.#rows?.end() ?? []);
    yield* this.#release();
  }

  *#take(rows: readonly TableRow[]): Generator<SplitRecord> {
    for (const row of rows) {
      this.#nCells += row.cells?.length ?? 0;
      if (this.#nCells > this.#maxCells)
        throw tooMuch('cells in a table', this.#maxCells, 'REQUEST_TOO_LARGE');
      if (this.#columns === undefined) this.#columns = this.#header(row);
      // Markdown draws a line below the header.
      else if (row.cells?.every((cell) => /^(:?-{2,}:?)?$/.test(cell.trim())) && row.text.includes('--'))
        continue;
      else if (this.#held !== undefined) {
        this.#held.push(row);
        this.#learn(row);
        if (this.#held.length >= N_DECIDING) yield* this.#release();
      } else yield this.#record(row);
    }
  }

  #header({ cells = [] }: TableRow): Column[] {
    if (cells.length > MAX_COLUMNS) throw tooMuch('columns in a table', MAX_COLUMNS, 'REQUEST_TOO_LARGE');
    const columns = cells.map((cell): Column => {
      const whole = cell.trim();
      const zone = /\[([^[\]]{1,32})\]$/.exec(whole);
      const name = zone === null ? whole : whole.slice(0, zone.index).trimEnd();
      return {
        name,
        zone: zone?.[1],
        nDates: 0,
        nLong: 0,
        nRounded: 0,
        order: undefined,
        isAmbiguous: false,
        isRounded: false,
      };
    });
    this.#isKibana = columns.some(({ name }) => name.startsWith('kibana.') || name === '@timestamp');
    this.#isSplunk = columns.some(({ name }) => name.startsWith('__mv_'));
    return columns;
  }

  /** Notes what a row shows of its columns. */
  #learn({ cells = [] }: TableRow): void {
    this.#columns?.forEach((column, position) => {
      const cell = cells[position]?.trim() ?? '';
      if (cell === '') return;
      if (isNumericDate(cell)) {
        column.nDates++;
        column.order ??= orderShown(cell);
      } else if (/^\d{16,}$/.test(cell)) {
        column.nLong++;
        if (/^\d{15}0+$/.test(cell)) column.nRounded++;
      }
    });
  }

  /** Decides what only many rows show, and gives the rows held so far. */
  *#release(): Generator<SplitRecord> {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const column of this.#columns ?? []) {
      const { nDates, nLong, nRounded } = column;
      column.isAmbiguous = nDates > 0 && column.order === undefined;
      column.isRounded = ID_COLUMN.test(column.name) && nLong > 1 && nRounded === nLong;
    }
    for (const row of held) yield this.#record(row);
  }

  #record({ line, cells }: TableRow): SplitRecord {
    const columns = this.#columns as Column[];
    if (cells === undefined)
      return {
        line,
        value: new Unread('Expected a row of the table, got a quote that is never closed.', line),
      };
    let nCells = cells.length;
    while (nCells > columns.length && cells[nCells - 1]?.trim() === '') nCells--;
    if (nCells !== columns.length)
      return {
        line,
        value: new Unread(`Expected ${columns.length} cells as in the header, got ${nCells}.`, line),
      };
    const record: Record<string, unknown> = {};
    const notes: string[] = [];
    for (let position = 0; position < columns.length; position++) {
      const column = columns[position] as Column;
      const cell = (cells[position] as string).trim();
      if (cell === '' || column.name === '' || column.name === '__proto__') continue;
      const value = this.#value(column, cell, notes);
      if (value instanceof Unread) return { line, value: new Unread(value.problem, line) };
      if (value !== undefined) put(record, column.name, value);
    }
    return { line, value: notes.reduce<JsonObject>(withNote, this.#isSplunk ? multivalued(record) : record) };
  }

  #value(column: Column, cell: string, notes: string[]): unknown {
    if (/^[[{]/.test(cell)) return jsonIn(cell) ?? cell;
    if (ID_COLUMN.test(column.name) && (column.isRounded || /^\d[.,]?\d*E\+\d{2}$/i.test(cell))) {
      notes.push(`The id in \`${column.name}\` was rounded by a spreadsheet and is not used.`);
      return undefined;
    }
    if (isNumericDate(cell)) {
      const shown = orderShown(cell);
      const order = column.order ?? (cell.includes('.') ? 'day' : 'month');
      if (shown !== undefined && shown !== order)
        return new Unread(
          `Expected the ${order} first in \`${column.name}\`, as in the rows above, got "${cell}".`,
        );
      if (column.isAmbiguous)
        notes.push(`\`${column.name}\` may have the day or the month first; the ${order} was taken first.`);
      return isoOfCell(cell, order) ?? cell;
    }
    const iso = isoOfCell(cell, 'day');
    if (iso !== undefined) return iso;
    if (this.#isKibana && cell.includes(', ') && !NO_LIST.test(column.name)) {
      const parts = cell.split(', ');
      if (parts.every((part) => part !== '' && !/\s/.test(part))) return parts;
    }
    return cell;
  }
}

function put(record: Record<string, unknown>, name: string, value: unknown): void {
  const known = Object.hasOwn(record, name) ? record[name] : undefined;
  if (known === undefined) record[name] = value;
  else if (Array.isArray(known)) known.push(value);
  else record[name] = [known, value];
}

/** Splunk writes several values as the lines of a cell and again in `__mv_` columns as `$a$;$b$`, `$` doubled. */
function multivalued(record: Record<string, unknown>): Record<string, unknown> {
  for (const name of Object.keys(record)) {
    if (!name.startsWith('__mv_')) continue;
    const text = record[name];
    delete record[name];
    if (typeof text !== 'string' || !text.startsWith('$')) continue;
    const values = dollarList(text);
    if (values.length > 0) record[name.slice(5)] = values;
  }
  return record;
}

/** The values of `$a$;$b$`, in which a doubled `$` is one of the value. */
function dollarList(text: string): string[] {
  const values: string[] = [];
  for (let position = text.indexOf('$'); position >= 0; ) {
    let value = '';
    let from = position + 1;
    let end = text.indexOf('$', from);
    while (end >= 0 && text[end + 1] === '$') {
      value += text.slice(from, end + 1);
      from = end + 2;
      end = text.indexOf('$', from);
    }
    if (end < 0) break;
    values.push(value + text.slice(from, end));
    position = text.indexOf('$', end + 1);
  }
  return values;
}
