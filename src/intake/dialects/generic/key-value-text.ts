/** Longest text that is searched for pairs, and pairs that are kept. */
const MAX_LENGTH = 256 * 1024;
const MAX_PAIRS = 2000;
/** Longest name of a pair; of a longer word the last characters count. */
const MAX_NAME = 80;

const NAME_PART = /[\w.:{}-]/;
const NAME_START = /[A-Za-z_]/;
const BARE_END = /[,\s"']/g;

/**
 * The pairs of a text like `1596545116, search_name="…", count='17'`; a repeated key becomes a list. Linear in the text:
 * it is entered at its equals signs, and a quote that is never closed is looked for once. With `:` as the mark it reads
 * `action:"Prevent"; src:"203.0.113.70"`.
 */
export function keyValuePairs(whole: string, mark: '=' | ':' = '='): Record<string, string | string[]> {
  const text = whole.slice(0, MAX_LENGTH);
  const pairs: Record<string, string | string[]> = {};
  // Quotes of which no more is closed in this text.
  const open = new Set<string>();
  let nPairs = 0;
  let from = 0;
  for (let equals = text.indexOf(mark); equals >= 0; equals = text.indexOf(mark, from)) {
    const name = nameBefore(text, from, equals);
    // A colon also stands in times and addresses: behind it only a quoted value counts.
    const isValue = name !== '' && (mark === '=' || text[equals + 1] === '"');
    const value = isValue ? valueAfter(text, equals + 1, open) : undefined;
    from = value?.end ?? equals + 1;
    if (value === undefined || name === '__proto__') continue;
    if (++nPairs > MAX_PAIRS) break;
    const known = Object.hasOwn(pairs, name) ? pairs[name] : undefined;
    if (known === undefined) pairs[name] = value.text;
    else if (Array.isArray(known)) known.push(value.text);
    else pairs[name] = [known, value.text];
  }
  return pairs;
}

/** The word that ends at `end`, not before `from`; empty where there is none. */
function nameBefore(text: string, from: number, end: number): string {
  let start = end;
  const least = Math.max(from, end - MAX_NAME);
  while (start > least && NAME_PART.test(text[start - 1] as string)) start--;
  while (start < end && !NAME_START.test(text[start] as string)) start++;
  return text.slice(start, end);
}

interface PairValue {
  readonly text: string;
  /** Position behind it. */
  readonly end: number;
}

function valueAfter(text: string, start: number, open: Set<string>): PairValue | undefined {
  const quote = text[start];
  if (quote === '"' || quote === "'") {
    const end = open.has(quote) ? undefined : closingQuote(text, start + 1, quote);
    if (end === undefined) {
      open.add(quote);
      return undefined;
    }
    const inside = text.slice(start + 1, end);
    return { text: quote === '"' ? inside.replace(/\\(.)/g, '$1') : inside, end: end + 1 };
  }
  BARE_END.lastIndex = start;
  const end = BARE_END.exec(text)?.index ?? text.length;
  return end === start ? undefined : { text: text.slice(start, end), end };
}

/** The position of the quote that closes; a backslash hides the next character between double quotes. */
function closingQuote(text: string, start: number, quote: string): number | undefined {
  if (quote === "'") {
    const end = text.indexOf(quote, start);
    return end < 0 ? undefined : end;
  }
  for (let position = start; position < text.length; position++) {
    if (text[position] === '\\') position++;
    else if (text[position] === quote) return position;
  }
  return undefined;
}
