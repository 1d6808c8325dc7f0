import { Unread } from '../unread.ts';
import { putField } from './put-field.ts';
import type { SplitRecord } from './record-splitter.ts';

const SECTION = /^\[([\p{L}_][\p{L}\p{N} _.-]{0,59})\]$/u;
const NAME = /^[\p{L}_@][\p{L}\p{N} _@()./-]{0,59}$/u;
const REMARK = /^\s*[;#]/;
/** Lines by which the form is told, pairs among them. */
const N_HEAD_LINES = 12;
const LEAST_PAIRS = 2;
const MAX_FIELDS = 1_000;
const MAX_VALUE = 65_536;

const isContent = (line: string): boolean => line.trim() !== '' && !REMARK.test(line);

/** Whether a text is written as `name = value`, a field a line, in sections or without: INI, Java properties. */
export function isIni(head: string): boolean {
  const lines = head
    .split(/\r\n|\n|\r/, 200)
    .filter(isContent)
    .slice(0, N_HEAD_LINES);
  const nPairs = lines.filter((line) => isPair(line)).length;
  const nSections = lines.filter((line) => SECTION.test(line.trim())).length;
  return (
    nPairs >= LEAST_PAIRS && nPairs + nSections === lines.length && (nSections > 0 || lines.length === nPairs)
  );
}

/** One field and no more: a line of several pairs is a record of its own. */
function isPair(line: string): boolean {
  const value = pairOf(line)?.[1];
  return value !== undefined && !/\s[\w.-]+=\S/.test(value.slice(0, 2_000));
}

function pairOf(line: string): [name: string, value: string] | undefined {
  const equals = line.indexOf('=');
  const name = line.slice(0, Math.max(0, equals)).trim();
  return NAME.test(name) ? [name, line.slice(equals + 1).trim()] : undefined;
}

/** Reads the one record of such a text: the fields before the first section, and each section as an object. */
export class IniRecords {
  readonly recordUnits = 1_024;
  readonly #record: Record<string, unknown> = {};
  #place: Record<string, unknown> = this.#record;
  #nFields = 0;

  push(_: number, text: string): readonly SplitRecord[] {
    const line = text.trim();
    if (!isContent(line)) return [];
    const section = SECTION.exec(line)?.[1];
    if (section !== undefined) {
      this.#place = {};
      this.#put(this.#record, section, this.#place);
      return [];
    }
    const pair = pairOf(line);
    if (pair !== undefined) this.#put(this.#place, pair[0], unquoted(pair[1]));
    return [];
  }

  end(): readonly SplitRecord[] {
    const isEmpty = this.#nFields === 0;
    return [{ line: 1, value: isEmpty ? new Unread('Expected fields, got none.', 1) : this.#record }];
  }

  #put(place: Record<string, unknown>, name: string, value: unknown): void {
    if (++this.#nFields <= MAX_FIELDS) putField(place, name, value);
  }
}

function unquoted(value: string): string {
  const isQuoted = value.length > 1 && /["']/.test(value[0] as string) && value.at(-1) === value[0];
  return (isQuoted ? value.slice(1, -1) : value).slice(0, MAX_VALUE);
}
