/** Digits that a double cannot hold for sure. */
const LONG_NUMBER = /[:[,\s]-?\d{16}/;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * JSON text in which every whole number beyond 2^53 is a text of its digits, so that parsing keeps them: ids that differ
 * in their last digit stay two. Everything else is left as it is. Linear in the length; a text without long numbers comes
 * back untouched.
 */
export function quoteLongIntegers(text: string): string {
  if (!LONG_NUMBER.test(text)) return text;
  const parts: string[] = [];
  let copied = 0;
  let position = 0;
  while (position < text.length) {
    const unit = text.charCodeAt(position);
    if (unit === QUOTE) {
      position = endOfString(text, position);
    } else if (isDigit(unit) || unit === 0x2d) {
      const end = endOfNumber(text, position);
      const number = text.slice(position, end);
      if (end - position >= 16 && /^-?\d+$/.test(number) && !Number.isSafeInteger(Number(number))) {
        parts.push(text.slice(copied, position), '"', number, '"');
        copied = end;
      }
      position = end;
    } else position++;
  }
  if (copied === 0) return text;
  parts.push(text.slice(copied));
  return parts.join('');
}

function endOfString(text: string, start: number): number {
  let position = start + 1;
  while (position < text.length) {
    const end = text.indexOf('"', position);
    if (end < 0) return text.length;
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end + 1;
    position = end + 1;
  }
  return text.length;
}

function endOfNumber(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && /[\d.eE+-]/.test(text[end] as string)) end++;
  return end;
}

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}
