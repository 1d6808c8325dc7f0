/** A whole number as JSON writes it. */
const WHOLE = /^-?[1-9]\d*$/;

/**
 * The JSON text of a number that keeps all its digits: itself where a double does, else its digits in quotes. Whole
 * numbers beyond 2^53 are ids and nanoseconds, and one digit off is another id. Fractions are measures and stay
 * numbers, but for what a double calls infinite.
 */
export function exactNumber(token: string): string {
  const value = Number(token);
  const isKept = WHOLE.test(token) ? Number.isSafeInteger(value) : Math.abs(value) !== Infinity;
  return isKept ? token : `"${token}"`;
}
