/** Longest text that is searched for pairs, and pairs that are kept. */
const MAX_LENGTH = 256 * 1024;
const MAX_PAIRS = 2000;

const PAIR = /([A-Za-z_][\w.:{}-]{0,79})=(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([^,\s"']+))/g;

/** The pairs of a text like `1596545116, search_name="…", count='17'`; a repeated key becomes a list. */
export function keyValuePairs(text: string): Record<string, string | string[]> {
  const pairs: Record<string, string | string[]> = {};
  let nPairs = 0;
  for (const match of text.slice(0, MAX_LENGTH).matchAll(PAIR)) {
    if (++nPairs > MAX_PAIRS) break;
    const key = match[1] as string;
    if (key === '__proto__') continue;
    const value = match[2]?.replace(/\\(.)/g, '$1') ?? match[3] ?? match[4] ?? '';
    const known = Object.hasOwn(pairs, key) ? pairs[key] : undefined;
    if (known === undefined) pairs[key] = value;
    else if (Array.isArray(known)) known.push(value);
    else pairs[key] = [known, value];
  }
  return pairs;
}
