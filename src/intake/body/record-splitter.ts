import { Unread } from '../unread.ts';
import { looksLikeJson, parseJson } from '../values/json-text.ts';
import { isObject } from '../values/json-value.ts';
import { closeCutDocument, endOfDocument, endsInString } from './json-documents.ts';
import { cutOff, recordOfLine } from './text-line.ts';

/** Characters of one document over several lines that are held; a longer one is given up. */
const MAX_PENDING = 64 * 1024 * 1024;

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
 * its neighbours along. Memory holds one document.
 */
export class RecordSplitter {
  #pending: Line[] = [];
  #nPending = 0;

  /** Takes the next line, without its end; gives the records that are complete by now. */
  push(line: number, text: string): SplitRecord[] {
    if (this.#pending.length === 0) return text.trim() === '' ? [] : this.#start(line, text);
    const torn = this.#isTorn(text);
    if (torn) return [...this.#give(), ...this.push(line, text)];
    this.#pending.push({ line, text });
    this.#nPending += text.length + 1;
    if (this.#nPending > MAX_PENDING) return this.#give();
    // Only a line that closes something can end the document.
    return /[}\]]/.test(text) ? this.#tryEnd() : [];
  }

  /** What is left when the text ends. */
  end(): SplitRecord[] {
    return this.#pending.length === 0 ? [] : this.#give();
  }

  #start(line: number, text: string): SplitRecord[] {
    const first = text.trimStart()[0];
    if (first !== '{' && first !== '[') return [{ line, value: recordOfLine(text, line) }];
    const found: SplitRecord[] = [];
    let position = text.length - text.trimStart().length;
    while (position < text.length) {
      const end = endOfDocument(text, position);
      if (end === undefined) {
        const rest = text.slice(position);
        this.#pending = [{ line, text: rest }];
        this.#nPending = rest.length;
        return found;
      }
      found.push({ line, value: parsedDocument(text.slice(position, end), line) });
      position = end;
      // Commas and blanks between documents that someone joined by hand.
      while (position < text.length && /[\s,;]/.test(text[position] as string)) position++;
      if (position < text.length && text[position] !== '{' && text[position] !== '[') {
        const rest = text.slice(position);
        if (found.length === 1 && found[0]?.value instanceof Unread)
          return [{ line, value: recordOfLine(text, line) }];
        found.push({
          line,
          value: new Unread(`Expected a JSON document, got "${rest.slice(0, 40)}".`, line),
        });
        return found;
      }
    }
    return found;
  }

  /** A document that was torn by a line end cannot go on: the next line is whole by itself. */
  #isTorn(next: string): boolean {
    const last = this.#pending.at(-1)?.text.trimEnd() ?? '';
    const start = next.trimStart();
    if (start[0] !== '{' || !looksLikeJson(start)) return false;
    if (this.#pending.length > 1) return false;
    if (/[[{,:]$/.test(last) && !endsInString(last)) return false;
    return endOfDocument(start, 0) !== undefined;
  }

  #tryEnd(): SplitRecord[] {
    const text = this.#pending.map((one) => one.text).join('\n');
    const end = endOfDocument(text, 0);
    if (end === undefined) return [];
    const line = (this.#pending[0] as Line).line;
    const lastLine = (this.#pending.at(-1) as Line).line;
    this.#clear();
    const rest = text.slice(end).replace(/^[\s,;]+/, '');
    return [
      { line, value: parsedDocument(text.slice(0, end), line) },
      ...(rest === '' ? [] : this.push(lastLine, rest)),
    ];
  }

  /** Gives up on the pending document: each of its lines by itself where that reads any, else as one that is cut off. */
  #give(): SplitRecord[] {
    const lines = this.#pending;
    this.#clear();
    const [first] = lines as [Line];
    if (lines.length > 1) {
      const apart = lines
        .filter(({ text }) => text.trim() !== '')
        .map(({ line, text }) => ({ line, value: lineByItself(text, line) }));
      if (apart.some(({ value }, index) => index > 0 && isObject(value) && !(value instanceof Unread)))
        return apart;
    }
    const text = lines.map((one) => one.text).join('\n');
    const closed = closeCutDocument(text, 0);
    const value = closed === undefined ? undefined : parsedDocument(closed, first.line);
    const isEmpty =
      value === undefined || value instanceof Unread || (isObject(value) && Object.keys(value).length === 0);
    return [
      {
        line: first.line,
        value: isEmpty
          ? new Unread('Expected a JSON document, got one that does not end.', first.line)
          : cutOff(value),
      },
    ];
  }

  #clear(): void {
    this.#pending = [];
    this.#nPending = 0;
  }
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
    const why = error instanceof Error ? error.message : String(error);
    return new Unread(`Expected JSON, got text that does not parse: ${why.slice(0, 200)}`, line);
  }
}
