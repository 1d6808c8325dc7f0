const WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON allows none of them in a string
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
const SPACE = /[\t\n\r ]*/y;

/** What may come next: a value, a value or the end of a list, a key or the end of an object, and so on. */
type Next = 'value' | 'item' | 'firstKey' | 'key' | 'colon' | 'after';

/**
 * Offset at which `text` stops being JSON, its length where it only ends too early; undefined where it is JSON.
 * `JSON.parse` of V8 names no position for most errors.
 */
export function jsonErrorOffset(text: string): number | undefined {
  const open: string[] = [];
  let next: Next = 'value';
  let at = end(SPACE, text, 0) ?? 0;
  while (at < text.length) {
    const character = text[at] as string;
    const isClosing = character === '}' || character === ']';
    if (isClosing) {
      const isAllowed = next === 'after' || next === (character === '}' ? 'firstKey' : 'item');
      if (!isAllowed || open.pop() !== (character === '}' ? '{' : '[')) return at;
      next = 'after';
      at++;
    } else if (next === 'after') {
      if (character !== ',' || open.length === 0) return at;
      next = open.at(-1) === '{' ? 'key' : 'value';
      at++;
    } else if (next === 'colon') {
      if (character !== ':') return at;
      next = 'value';
      at++;
    } else if (next === 'key' || next === 'firstKey') {
      if (character !== '"') return at;
      const [stop, isWhole] = stringEnd(text, at);
      if (!isWhole) return stop;
      at = stop;
      next = 'colon';
    } else if (character === '{' || character === '[') {
      open.push(character);
      next = character === '{' ? 'firstKey' : 'item';
      at++;
    } else {
      const [stop, isWhole] = character === '"' ? stringEnd(text, at) : wordEnd(text, at);
      if (!isWhole) return stop;
      at = stop;
      next = 'after';
    }
    at = end(SPACE, text, at) ?? at;
  }
  return next === 'after' && open.length === 0 ? undefined : text.length;
}

function end(pattern: RegExp, text: string, from: number): number | undefined {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** Where a string ends, or where it goes wrong. */
function stringEnd(text: string, from: number): readonly [number, boolean] {
  let at = from + 1;
  for (;;) {
    at = end(PLAIN, text, at) ?? at;
    if (text[at] === '"') return [at + 1, true];
    const escaped = end(ESCAPE, text, at);
    if (escaped === undefined) return [at, false];
    at = escaped;
  }
}

function wordEnd(text: string, from: number): readonly [number, boolean] {
  const stop = end(WORD, text, from);
  return stop === undefined ? [from, false] : [stop, true];
}
