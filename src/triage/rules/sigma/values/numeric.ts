const NUMERIC = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?$/;
const INTEGER = /^[+-]?[0-9]+$/;
const MAX_DIGITS = 400;

/**
 * Number that a text stands for, integers beyond 2^53 as bigint; undefined for other texts.
 *
 * Blanks, hexadecimal digits, `true` and the empty text are no numbers. JavaScript compares a bigint with a number by
 * their exact values, so neither is rounded.
 */
export function numericOf(text: string): number | bigint | undefined {
  if (text.length === 0 || text.length > MAX_DIGITS || !NUMERIC.test(text)) return undefined;
  const number = Number(text);
  if (Number.isSafeInteger(number) || !INTEGER.test(text)) return number;
  return BigInt(text.startsWith('+') ? text.slice(1) : text);
}

/** Numeric value of a scalar of an event; undefined for one without. */
export function numberValue(value: unknown): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  return typeof value === 'string' ? numericOf(value) : undefined;
}

/** Text that an event's number has after its way through JSON: `1.0` is 1, `1e3` is 1000, `0x17` is 23. */
export function canonicalNumber(source: string): string {
  const text = source.startsWith('+') ? source.slice(1) : source;
  if (INTEGER.test(text) || /^0[xo]/.test(text))
    return BigInt(text.startsWith('-') ? text.slice(1) : text) === 0n ? '0' : signed(text);
  return String(Number(text));
}

function signed(text: string): string {
  return text.startsWith('-') ? `-${BigInt(text.slice(1))}` : String(BigInt(text));
}
