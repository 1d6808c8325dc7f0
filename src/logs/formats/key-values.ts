const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const EQUALS = 0x3d;
const isBlank = (code: number): boolean => code === 0x20 || code === 0x09 || code === 0x2c;

/**
 * Pairs of a line `name=value other="quoted, with blanks"`, separated by blanks or commas; what stands before the first
 * pair is passed over. A name that comes twice keeps its first value.
 */
export function keyValues(line: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  let at = 0;
  while (at < line.length) {
    while (at < line.length && isBlank(line.charCodeAt(at))) at++;
    const start = at;
    while (at < line.length && line.charCodeAt(at) !== EQUALS && !isBlank(line.charCodeAt(at))) at++;
    if (line.charCodeAt(at) !== EQUALS) continue;
    const name = line.slice(start, at);
    at++;
    let value: string;
    if (line.charCodeAt(at) === QUOTE) {
      const from = ++at;
      while (at < line.length && line.charCodeAt(at) !== QUOTE)
        at += line.charCodeAt(at) === BACKSLASH ? 2 : 1;
      value = line.slice(from, Math.min(at, line.length));
      at++;
    } else {
      const from = at;
      while (at < line.length && !isBlank(line.charCodeAt(at))) at++;
      value = line.slice(from, at);
    }
    if (name !== '' && name !== '__proto__' && !Object.hasOwn(pairs, name)) pairs[name] = value;
  }
  return pairs;
}
