import { AlertforestError } from '../../errors.ts';
import { Unread } from '../unread.ts';
import { looksLikeJson, parseJson } from '../values/json-text.ts';
import { isObject } from '../values/json-value.ts';
import { closeCutDocument, DocumentEnd, endOfDocument } from './json-documents.ts';
import { cutOff, recordOfLine } from './text-line.ts';

/** Characters of one document over several lines that are held; a longer one is given up. */
const MAX_PENDING = 64 * 1024 * 1024;
/** Lines of a document that was given up in which a record is looked for that stands by itself. */
const MAX_TRIED = 2_000;

interface Line {
  readonly line: number;
  readonly text: string;
}

/** A record, or {@link Unread}, and the line on which it began. */
export interface SplitRecord {
  readonly line: number;
  readonly value: unknown;
}

/**
 * Splits text that comes line by line into records: JSON documents over one line or many, several on one line, and
 * lines of any form that {@link recordOfLine} reads. A line that cannot be read is an {@link Unread} and takes none of
 * its neighbours along. Memory holds one document. Records come as they are asked for, so that a reader may pause between
 * them; all that a line gives must be taken before the next one is pushed.
 */
export class RecordSplitter {
  readonly recordUnits = 1_024;
  readonly #maxPending: number;
  #pending: Line[] = [];
  #nPending = 0;
  /** Has looked at all of the pending lines. */
  #end = new DocumentEnd();

  /** @param maxPending characters of one document over several lines; of a longer one the lines are read apart */
  constructor(maxPending: number = MAX_PENDING) {
    this.#maxPending = maxPending;
  }

  /** Takes the next line, without its end; gives the records that are complete by now. */
  *push(line: number, text: string): Generator<SplitRecord> {
    if (this.#pending.length === 0) {
      if (text.trim() !== '') yield* this.#start(line, text);
      return;
    }
    if (this.#isTorn(text)) {
      yield* this.#give();
      yield* this.push(line, text);
      return;
    }
    this.#pending.push({ line, text });
    this.#nPending += text.length + 1;
    const end = this.#end.find(text);
    if (end !== undefined) yield* this.#ended(end);
    else if (this.#nPending > this.#maxPending) yield* this.#give();
  }

  /** What is left when the text ends. */
  *end(): Generator<SplitRecord> {
    if (this.#pending.length > 0) yield* this.#give();
  }

  *#start(line: number, text: string): Generator<SplitRecord> {
    let position = text.length - text.trimStart().length;
    if ((text[position] !== '{' && text[position] !== '[') || text.includes('[unique_id "')) {
      yield { line, value: recordOfLine(text, line) };
      return;
    }
    for (let nFound = 0; position < text.length; nFound++) {
      const search = new DocumentEnd();
      const end = search.find(text, position);
      if (end === undefined) {
        this.#end = search;
        const rest = text.slice(position);
        this.#pending = [{ line, text: rest }];
        this.#nPending = rest.length;
        return;
      }
      const value = parsedDocument(text.slice(position, end), line);
      position = end;
      // Commas and blanks between documents that someone joined by hand.
      while (position < text.length && /[\s,;]/.test(text[position] as string)) position++;
      const isFollowed = position < text.length && text[position] !== '{' && text[position] !== '[';
      if (isFollowed && nFound === 0 && value instanceof Unread) {
        yield { line, value: recordOfLine(text, line) };
        return;
      }
      yield { line, value };
      if (isFollowed) {
        const rest = text.slice(position, position + 40);
        yield { line, value: new Unread(`Expected a JSON document, got "${rest}".`, line) };
        return;
      }
    }
  }

  /** A document that was torn by a line end cannot go on: the next line is whole by itself. */
  #isTorn(next: string): boolean {
    const last = this.#pending.at(-1)?.text.trimEnd() ?? '';
    const start = next.trimStart();
    if (start[0] !== '{' || !looksLikeJson(start)) return false;
    if (this.#pending.length > 1) return false;
    if (/[[{,:]$/.test(last) && !this.#end.isInString) return false;
    return endOfDocument(start, 0) !== undefined;
  }

  /** The pending document ends at `end` of the last line; what follows there is its own line. */
  *#ended(end: number): Generator<SplitRecord> {
    const { line } = this.#pending[0] as Line;
    const last = this.#pending.pop() as Line;
    const text = [...this.#pending.map((one) => one.text), last.text.slice(0, end)].join('\n');
    this.#clear();
    yield { line, value: parsedDocument(text, line) };
    const rest = last.text.slice(end).replace(/^[\s,;]+/, '');
    if (rest !== '') yield* this.push(last.line, rest);
  }

  /** Gives up on the pending document: each of its lines by itself where that reads any, else as one that is cut off. */
  *#give(): Generator<SplitRecord> {
    const lines = this.#pending;
    this.#clear();
    if (standApart(lines)) {
      for (const { line, text } of lines)
        if (text.trim() !== '') yield { line, value: lineByItself(text, line) };
      return;
    }
    const [first] = lines as [Line];
    const text = lines.map((one) => one.text).join('\n');
    const closed = closeCutDocument(text, 0);
    const value = closed === undefined ? undefined : parsedDocument(closed, first.line);
    const isEmpty =
      value === undefined || value instanceof Unread || (isObject(value) && Object.keys(value).length === 0);
    yield {
      line: first.line,
      value: isEmpty
        ? new Unread('Expected a JSON document, got one that does not end.', first.line)
        : cutOff(value),
    };
  }

  #clear(): void {
    this.#pending = [];
    this.#nPending = 0;
  }
}

/** Whether a line behind the first is a record by itself. */
function standApart(lines: readonly Line[]): boolean {
  return lines.slice(1, MAX_TRIED).some(({ line, text }) => {
    const value = text.trim() === '' ? undefined : lineByItself(text, line);
    return isObject(value) && !(value instanceof Unread);
  });
}

function lineByItself(text: string, line: number): unknown {
  const start = text.trimStart();
  if (start[0] === '{' && looksLikeJson(start)) return parsedDocument(start, line);
  return recordOfLine(text, line);
}

function parsedDocument(text: string, line: number): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof AlertforestError) return new Unread(error.message, line);
    const why = error instanceof Error ? error.message : String(error);
    return new Unread(`Expected JSON, got text that does not parse: ${why.slice(0, 200)}`, line);
  }
}
