import { Unread } from '../unread.ts';
import { htmlRecords, isHtml } from './html-records.ts';
import { MAX_MARKUP, rootOf } from './markup-tree.ts';
import type { SplitRecord } from './record-splitter.ts';
import { recordOfLine } from './text-line.ts';
import { xmlRecord } from './xml-record.ts';

/** Characters in which the first element of a document must begin. */
const MAX_PROLOG = 8_192;

/** Whether a text begins as XML or HTML does. */
export const isMarkup = (head: string): boolean => isHtml(head) || rootOf(head) !== undefined;

/**
 * Reads XML documents that stand one behind the other, each over one line or many, and a page of HTML. A document that
 * cannot be read takes none of its neighbours along.
 */
export class MarkupRecords {
  readonly recordUnits = 4_096;
  #lines: string[] = [];
  #nCharacters = 0;
  #first = 0;
  #root: string | undefined;
  /** Elements of the root's name that are open, since a document may nest them. */
  #nOpen = 0;
  #isPage = false;
  #isTooLong = false;

  *push(line: number, text: string): Generator<SplitRecord> {
    if (this.#lines.length === 0) {
      if (text.trim() === '') return;
      if (!text.trimStart().startsWith('<')) {
        yield { line, value: recordOfLine(text, line) };
        return;
      }
      this.#first = line;
    } else if (this.#isTorn(text)) yield* this.end();
    this.#nCharacters += text.length + 1;
    this.#isTooLong ||= this.#nCharacters > MAX_MARKUP;
    if (!this.#isTooLong) this.#lines.push(text);
    if (this.#root !== undefined) this.#nOpen += this.#opened(text);
    else if (this.#nCharacters - text.length <= MAX_PROLOG) this.#begin();
    if (this.#root !== undefined && !this.#isPage && this.#nOpen <= 0) yield* this.end();
  }

  #begin(): void {
    const head = this.#lines.join('\n');
    this.#isPage ||= isHtml(head);
    this.#root = rootOf(head);
    if (this.#root !== undefined) this.#nOpen = this.#opened(head);
  }

  /** A document on one line that does not end cannot go on: the next line is whole by itself. */
  #isTorn(text: string): boolean {
    const root = this.#root;
    if (root === undefined || this.#isPage || this.#lines.length > 1) return false;
    return text.startsWith(`<${root}`) && text.trimEnd().endsWith(`</${root}>`) && this.#opened(text) === 0;
  }

  *end(): Generator<SplitRecord> {
    if (this.#lines.length === 0) return;
    const text = this.#lines.join('\n');
    const line = this.#first;
    const values = this.#isTooLong
      ? [new Unread(`Expected XML or HTML of at most ${MAX_MARKUP} characters, got more.`, line)]
      : this.#isPage
        ? htmlRecords(text)
        : documentsOf(text);
    this.#clear();
    if (values.length === 0)
      yield { line, value: new Unread('Expected a record in XML or HTML, got none that can be read.', line) };
    for (const value of values) yield { line, value };
  }

  /** How many elements of the root's name the text opens more than it closes. */
  #opened(text: string): number {
    const root = this.#root ?? '';
    return countOf(text, `<${root}`) - countOf(text, `</${root}>`) - (this.#isEmptyRoot(text) ? 1 : 0);
  }

  #isEmptyRoot(text: string): boolean {
    const trimmed = text.trim();
    return (
      trimmed.startsWith(`<${this.#root}`) &&
      trimmed.endsWith('/>') &&
      trimmed.indexOf('>') === trimmed.length - 1
    );
  }

  #clear(): void {
    this.#lines = [];
    this.#nCharacters = 0;
    this.#root = undefined;
    this.#nOpen = 0;
    this.#isPage = false;
    this.#isTooLong = false;
  }
}

/** How often an opening or closing tag stands in a text; of `<alert` not where it goes on, `<alertId`. */
function countOf(text: string, tag: string): number {
  let n = 0;
  for (let at = text.indexOf(tag); at >= 0; at = text.indexOf(tag, at + 1))
    if (tag.endsWith('>') || !/[\w:.-]/.test(text[at + tag.length] ?? ' ')) n++;
  return n;
}

function documentsOf(text: string): unknown[] {
  const record = xmlRecord(text);
  return record === undefined ? [] : [record];
}
