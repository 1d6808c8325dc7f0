import { MAX_JSON_DEPTH } from '../../reading/json-limits.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Looks for the end of a JSON document in text that comes in pieces, and looks at each character once. */
export class DocumentEnd {
  #depth = 0;
  #isInString = false;

  /** Whether the text so far ends inside a string. */
  get isInString(): boolean {
    return this.#isInString;
  }

  /**
   * The position in `text` behind the document's last bracket, or undefined where it goes on. No piece may end in the
   * middle of an escape: the pieces are lines.
   */
  find(text: string, from = 0): number | undefined {
    let position = from;
    if (this.#isInString) {
      const end = quoteEnd(text, position);
      if (end === undefined) return undefined;
      this.#isInString = false;
      position = end;
    }
    for (; position < text.length; position++) {
      const unit = text.charCodeAt(position);
      if (unit === QUOTE) {
        const end = quoteEnd(text, position + 1);
        if (end === undefined) {
          this.#isInString = true;
          return undefined;
        }
        position = end - 1;
      } else if (unit === 0x7b || unit === 0x5b) this.#depth++;
      else if ((unit === 0x7d || unit === 0x5d) && --this.#depth === 0) return position + 1;
    }
    return undefined;
  }
}

/**
 * The end of the JSON document that begins at `start` with a bracket: the position behind its last bracket, or undefined
 * where it does not end in this text. Linear; strings are passed over by their quotes.
 */
export function endOfDocument(text: string, start: number): number | undefined {
  return new DocumentEnd().find(text, start);
}

/**
 * A JSON document that was cut off, closed behind the last value that came whole: `{"a":1,"b":{"c":"d` becomes
 * `{"a":1,"b":{}}`. A text that was cut inside a string keeps what is there of it, except of an object's key. Undefined
 * where nothing can be kept, and where it is nested too deeply to be read.
 */
export function closeCutDocument(text: string, start: number): string | undefined {
  const open: ('{' | '[')[] = [];
  // Position up to which the text can be kept. Every bracket moves it, so those open at the end were open there too.
  let keep = -1;
  let position = start;
  let isKey = false;
  const mark = (end: number): void => {
    keep = end;
  };
  while (position < text.length) {
    const unit = text[position] as string;
    if (unit === '{' || unit === '[') {
      if (open.push(unit) > MAX_JSON_DEPTH) return undefined;
      isKey = unit === '{';
      mark(position + 1);
      position++;
    } else if (unit === '}' || unit === ']') {
      open.pop();
      position++;
      mark(position);
      if (open.length === 0) break;
    } else if (unit === '"') {
      const end = quoteEnd(text, position + 1);
      if (end === undefined) {
        if (!isKey) return closed(`${text.slice(start, lastWholeUnit(text))}"`, open);
        break;
      }
      position = end;
      if (!isKey) mark(position);
    } else if (unit === ',') {
      isKey = open.at(-1) === '{';
      position++;
    } else if (unit === ':') {
      isKey = false;
      position++;
    } else if (/[\s]/.test(unit)) position++;
    else {
      const from = position;
      while (position < text.length && /[^\s,\]}]/.test(text[position] as string)) position++;
      // A number or word at the very end may be cut itself.
      if (position < text.length && position > from) mark(position);
    }
  }
  return keep < 0 ? undefined : closed(text.slice(start, keep), open);
}

function closed(text: string, open: readonly ('{' | '[')[]): string {
  return (
    text +
    open
      .map((bracket) => (bracket === '{' ? '}' : ']'))
      .reverse()
      .join('')
  );
}

// An escape that was cut in the middle would not parse.
function lastWholeUnit(text: string): number {
  const cutEscape = /\\(?:u[0-9a-f]{0,3})?$/i.exec(text.slice(-8));
  if (cutEscape === null) return text.length;
  let backslashes = 0;
  const at = text.length - cutEscape[0].length;
  while (text.charCodeAt(at - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1 ? at : text.length;
}

/** The position behind the quote that ends the string in which `start` lies, or undefined. */
function quoteEnd(text: string, start: number): number | undefined {
  for (let from = start; from < text.length; ) {
    const end = text.indexOf('"', from);
    if (end < 0) return undefined;
    let backslashes = 0;
    while (end - backslashes > start && text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end + 1;
    from = end + 1;
  }
  return undefined;
}

/**
 * A JSON text without the commas that stand before a closing bracket, as templates write lists: `[{"a":1},]`. Undefined
 * where there is none. Linear; strings are passed over by their quotes.
 */
export function withoutLastCommas(text: string): string | undefined {
  let result = '';
  let from = 0;
  let comma = -1;
  for (let position = 0; position < text.length; position++) {
    const unit = text.charCodeAt(position);
    if (unit <= 0x20) continue;
    if (comma >= 0 && (unit === 0x7d || unit === 0x5d)) {
      result += text.slice(from, comma);
      from = comma + 1;
    }
    comma = unit === 0x2c ? position : -1;
    if (unit === QUOTE) {
      const end = quoteEnd(text, position + 1);
      if (end === undefined) return undefined;
      position = end - 1;
    }
  }
  return from === 0 ? undefined : result + text.slice(from);
}
