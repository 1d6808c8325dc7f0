const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * The end of the JSON document that begins at `start` with a bracket: the position behind its last bracket, or undefined
 * where it does not end in this text. Linear; strings are passed over by their quotes.
 */
export function endOfDocument(text: string, start: number): number | undefined {
  let depth = 0;
  for (let position = start; position < text.length; position++) {
    const unit = text.charCodeAt(position);
    if (unit === QUOTE) {
      const end = endOfString(text, position);
      if (end === undefined) return undefined;
      position = end - 1;
    } else if (unit === 0x7b || unit === 0x5b) depth++;
    else if (unit === 0x7d || unit === 0x5d) {
      depth--;
      if (depth === 0) return position + 1;
    }
  }
  return undefined;
}

/**
 * A JSON document that was cut off, closed behind the last value that came whole: `{"a":1,"b":{"c":"d` becomes
 * `{"a":1,"b":{}}`. A text that was cut inside a string keeps what is there of it, except of an object's key. Undefined
 * where nothing can be kept.
 */
export function closeCutDocument(text: string, start: number): string | undefined {
  const open: ('{' | '[')[] = [];
  // Position up to which the text can be kept, and the brackets that are open there.
  let keep = -1;
  let kept: readonly ('{' | '[')[] = [];
  let position = start;
  let isKey = false;
  const mark = (end: number): void => {
    keep = end;
    kept = [...open];
  };
  while (position < text.length) {
    const unit = text[position] as string;
    if (unit === '{' || unit === '[') {
      open.push(unit);
      isKey = unit === '{';
      mark(position + 1);
      position++;
    } else if (unit === '}' || unit === ']') {
      open.pop();
      position++;
      mark(position);
      if (open.length === 0) break;
    } else if (unit === '"') {
      const end = endOfString(text, position);
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
  return keep < 0 ? undefined : closed(text.slice(start, keep), kept);
}

function closed(text: string, open: readonly ('{' | '[')[]): string {
  let result = text;
  for (let level = open.length - 1; level >= 0; level--) result += open[level] === '{' ? '}' : ']';
  return result;
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

function endOfString(text: string, start: number): number | undefined {
  for (let from = start + 1; from < text.length; ) {
    const end = text.indexOf('"', from);
    if (end < 0) return undefined;
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end + 1;
    from = end + 1;
  }
  return undefined;
}

/** Whether a text that begins with a bracket ends inside a string: no line break may stand there. */
export function endsInString(text: string): boolean {
  for (let position = 0; position < text.length; position++) {
    if (text.charCodeAt(position) !== QUOTE) continue;
    const end = endOfString(text, position);
    if (end === undefined) return true;
    position = end - 1;
  }
  return false;
}
