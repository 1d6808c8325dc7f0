import { localName } from '../dialects/local-names.ts';
import { Unread } from '../unread.ts';
import type { SplitRecord } from './record-splitter.ts';

/** Labels that a text must have at least, and lines by which it is told. */
const LEAST_LABELS = 3;
const N_HEAD_LINES = 12;
const MAX_LABELS = 500;
const MAX_VALUE = 65_536;
const LABEL = /^[\p{L}@_][\p{L}\p{N} _@()./-]{0,59}$/u;
// Of an alert at least one label must speak, or any notes would be one.
const OF_ALERT =
  /alert|alarm|incident|severity|priority|title|rule|threat|detection|finding|event|signature/i;

interface Labelled {
  readonly label: string;
  readonly value: string;
}

/** `Label: value`, or a label alone. */
function labelled(line: string): Labelled | undefined {
  const colon = line.indexOf(':');
  if (colon <= 0 || colon > 64) return undefined;
  const next = line[colon + 1];
  if (next !== undefined && next !== ' ' && next !== '\t') return undefined;
  const label = line.slice(0, colon).trim();
  return LABEL.test(label) ? { label, value: line.slice(colon + 1).trim() } : undefined;
}

/** Whether a text is written as `Label: value`, a field a line, as in mails and by PowerShell's Format-List. */
export function isLabelled(head: string): boolean {
  const lines = head
    .split(/\r\n|\n|\r/, 200)
    .filter((line) => line.trim() !== '')
    .slice(0, N_HEAD_LINES);
  const labels = lines.flatMap((line) => labelled(line)?.label ?? []);
  const nDistinct = new Set(labels).size;
  return (
    nDistinct >= LEAST_LABELS &&
    labels.length * 3 >= lines.length * 2 &&
    labels.some((label) => OF_ALERT.test(label) || OF_ALERT.test(localName(label) ?? ''))
  );
}

/**
 * Reads records whose fields stand one a line behind their labels. A blank line and a label that was there before begin the
 * next record; a line without a label goes on with the field above it. A label that comes twice gives a list.
 */
export class LabelledLines {
  readonly recordUnits = 1_024;
  #fields: Record<string, string | string[]> = {};
  #labels = new Set<string>();
  #first = 0;
  #last: string | undefined;
  #isAfterBlank = false;

  *push(line: number, text: string): Generator<SplitRecord> {
    if (text.trim() === '') {
      this.#isAfterBlank = true;
      return;
    }
    const field = labelled(text);
    if (field === undefined) this.#goOn(text.trim());
    else {
      if (this.#isAfterBlank && this.#labels.has(field.label)) yield* this.end();
      this.#put(field, line);
    }
    this.#isAfterBlank = false;
  }

  *end(): Generator<SplitRecord> {
    const fields = this.#fields;
    const line = this.#first;
    const nLabels = this.#labels.size;
    this.#fields = {};
    this.#labels = new Set();
    this.#last = undefined;
    if (nLabels === 0) return;
    const value =
      nLabels >= 2 ? fields : new Unread('Expected a record of several labelled lines, got one line.', line);
    yield { line, value };
  }

  #put({ label, value }: Labelled, line: number): void {
    if (this.#labels.size === 0) this.#first = line;
    if (this.#labels.size >= MAX_LABELS || label === '__proto__') return;
    const text = value.slice(0, MAX_VALUE);
    const known = this.#labels.has(label) ? this.#fields[label] : undefined;
    this.#labels.add(label);
    this.#last = label;
    if (known === undefined || known === '') this.#fields[label] = text;
    else if (text !== '') this.#fields[label] = Array.isArray(known) ? [...known, text] : [known, text];
  }

  #goOn(text: string): void {
    const known = this.#last === undefined ? undefined : this.#fields[this.#last];
    if (this.#last === undefined || typeof known !== 'string' || known.length > MAX_VALUE) return;
    this.#fields[this.#last] = known === '' ? text : `${known} ${text}`;
  }
}
