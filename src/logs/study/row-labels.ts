import { AlertforestError } from '../../errors.ts';
import { cellsOf } from '../../reading/table-rows.ts';
import { isStandard, TIME } from '../formats/log-row.ts';
import { LogTimes } from '../formats/log-times.ts';
import type { LogTable } from '../windows/log-table.ts';

/** What each row is said to be. */
export interface RowLabels {
  /** (n,) 1 attack, 0 not, -1 not known. */
  readonly attack: Int8Array;
  /** (n,) index into `kinds`; 0 is what is no attack or unnamed. */
  readonly kind: Int32Array;
  /** `normal` first. */
  readonly kinds: readonly string[];
  /** In words. */
  readonly from: string;
}

/** One time in which rows of some entities are an attack of a kind. */
export interface LabelWindow {
  readonly startMs: number;
  readonly endMs: number;
  /** Standard column -> value; every one must be the row's. */
  readonly where: readonly (readonly [column: string, value: string])[];
  readonly kind: string;
}

const NORMAL = 'normal';
const NORMAL_WORDS = /^(0|0\.0|no|false|normal|benign|none|background|legit(imate)?|clean|good)$/i;

/** Notes labels row by row; kinds get numbers as they come. */
export class LabelWriter {
  readonly attack: Int8Array;
  readonly kind: Int32Array;
  readonly #codes = new Map([[NORMAL, 0]]);

  constructor(n: number) {
    this.attack = new Int8Array(n).fill(-1);
    this.kind = new Int32Array(n);
  }

  put(i: number, isAttack: boolean, word: string | undefined): void {
    this.attack[i] = isAttack ? 1 : 0;
    if (!isAttack) return;
    const name = word ?? 'attack';
    let code = this.#codes.get(name);
    if (code === undefined) {
      code = this.#codes.size;
      this.#codes.set(name, code);
    }
    this.kind[i] = code;
  }

  labels(from: string): RowLabels {
    return { attack: this.attack, kind: this.kind, kinds: [...this.#codes.keys()], from };
  }
}

/** Text or number of a column in a row, as text; undefined where it has neither. */
export function valueReader(table: LogTable, column: string): (i: number) => string | undefined {
  const codes = table.codes(column);
  const words = table.words(column);
  const numbers = table.numbers(column);
  return (i) => {
    const code = codes[i] as number;
    if (code >= 0) return words[code];
    const number = numbers[i] as number;
    return Number.isNaN(number) ? undefined : String(number);
  };
}

/** Labels that the file brings: a label of 0 or 1 with the attack's name where the format has one. */
export function ownLabels(table: LogTable): RowLabels | undefined {
  const label = table.numbers('label');
  if (label.every((value) => Number.isNaN(value))) return undefined;
  const attack = valueReader(table, 'attack');
  const writer = new LabelWriter(table.n);
  label.forEach((value, i) => {
    if (!Number.isNaN(value)) writer.put(i, value === 1, attack(i));
  });
  return writer.labels('the column label');
}

/**
 * Reads the column that a format took for its label under the name the file may have had for it (`Label` of
 * CICFlowMeter): the attack's name where there is one, else 1 or 0.
 */
function ownLabelReader(table: LogTable): (i: number) => string | undefined {
  const label = valueReader(table, 'label');
  const attack = valueReader(table, 'attack');
  return (i) => (label(i) === '1' ? (attack(i) ?? '1') : label(i));
}

/**
 * Labels out of a column: `COL` alone takes words such as normal and benign, 0 and false for no attack, every other word
 * for the kind of an attack; `COL=a,b` takes those words for attacks and the rest for none. `label`, in any case, is the label of the
 * format with the names of its attacks.
 *
 * @throws AlertforestError REQUEST_INVALID where no row has the column
 */
export function targetLabels(table: LogTable, target: string): RowLabels {
  const at = target.indexOf('=');
  const column = at === -1 ? target : target.slice(0, at);
  const words =
    at === -1
      ? undefined
      : new Set(
          target
            .slice(at + 1)
            .split(',')
            .map((word) => word.trim()),
        );
  const isOwn = column.toLowerCase() === 'label';
  const plain = valueReader(table, isOwn ? 'label' : column);
  const value = isOwn ? ownLabelReader(table) : plain;
  const writer = new LabelWriter(table.n);
  let n = 0;
  for (let i = 0; i < table.n; i++) {
    const word = value(i);
    if (word === undefined) continue;
    n++;
    const isAttack =
      words === undefined ? !NORMAL_WORDS.test(word) : words.has(word) || words.has(plain(i) as string);
    writer.put(i, isAttack, word === '1' ? undefined : word);
  }
  if (n > 0) return writer.labels(`the column ${column}`);
  const known = [...new Set([...table.numberNames, ...table.textNames])].slice(0, 40).join(', ');
  throw new AlertforestError(
    'REQUEST_INVALID',
    `No row has a column ${column} to learn from; there are ${known}.`,
  );
}

/**
 * Reads `start,end,source.ip,destination.ip,label`; other standard columns may stand between, empty cells mean any.
 *
 * @throws AlertforestError REQUEST_INVALID naming the line and what was expected
 */
export function readLabelWindows(text: string, name: string): LabelWindow[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const header = (cellsOf(lines[0] ?? '', ',') ?? []).map((cell) => cell.trim());
  const missing = ['start', 'end', 'label'].find((column) => !header.includes(column));
  const wrong = (line: number, what: string): AlertforestError =>
    new AlertforestError('REQUEST_INVALID', `${name}, line ${line}: ${what}.`);
  if (missing !== undefined)
    throw wrong(1, `expected the columns start, end and label, ${missing} is missing`);
  const conditions = header.filter((column) => !['start', 'end', 'label'].includes(column));
  const unknown = conditions.find((column) => !isStandard(column) || column === TIME);
  if (unknown !== undefined) throw wrong(1, `expected standard columns such as source.ip, got ${unknown}`);
  const times = new LogTimes(name);
  return lines.slice(1).map((line, i) => {
    const cells = (cellsOf(line, ',') ?? []).map((cell) => cell.trim());
    const of = (column: string): string => cells[header.indexOf(column)] ?? '';
    const startMs = times.any(of('start'));
    const endMs = times.any(of('end'));
    if (typeof startMs !== 'number' || typeof endMs !== 'number' || endMs < startMs)
      throw wrong(i + 2, 'expected a start and a later end, ISO 8601');
    if (of('label') === '') throw wrong(i + 2, 'expected a label');
    return {
      startMs,
      endMs,
      where: conditions.flatMap((column) => (of(column) === '' ? [] : [[column, of(column)] as const])),
      kind: of('label'),
    };
  });
}

/**
 * Labels by windows: a row whose time lies in one and that has its values is an attack of its kind, the others are
 * nothing, or no attacks where `isRestNormal`.
 *
 * @throws AlertforestError REQUEST_INVALID where no window matches a row
 */
export function windowLabels(
  table: LogTable,
  windows: readonly LabelWindow[],
  isRestNormal: boolean,
): RowLabels {
  const writer = new LabelWriter(table.n);
  const readers = new Map(
    [...new Set(windows.flatMap(({ where }) => where.map(([column]) => column)))].map((column) => [
      column,
      valueReader(table, column),
    ]),
  );
  const { time } = table;
  let nMatched = 0;
  for (let i = 0; i < table.n; i++) {
    const at = time[i] as number;
    const window = windows.find(
      ({ startMs, endMs, where }) =>
        at >= startMs && at <= endMs && where.every(([column, value]) => readers.get(column)?.(i) === value),
    );
    if (window !== undefined) {
      const isAttack = !NORMAL_WORDS.test(window.kind);
      writer.put(i, isAttack, window.kind);
      nMatched++;
    } else if (isRestNormal) writer.put(i, false, undefined);
  }
  if (nMatched > 0) return writer.labels(`${windows.length} windows`);
  throw new AlertforestError(
    'REQUEST_INVALID',
    `None of the ${windows.length} windows matches a row: their times are UTC unless they say otherwise, --timezone is that of the logs.`,
  );
}
