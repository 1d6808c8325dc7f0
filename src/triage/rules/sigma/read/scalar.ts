/** A number as it is written, so that `010`, `1.50` and integers beyond 2^53 keep their digits. */
export interface NumberText {
  readonly n: string;
}

/** A value in a rule. JSON holds it unchanged. */
export type Scalar = string | boolean | null | NumberText;

export const isNumberText = (value: unknown): value is NumberText =>
  typeof value === 'object' && value !== null && 'n' in value;

/** Text of a value as it is compared; null has none. */
export const textOf = (value: Exclude<Scalar, null>): string =>
  typeof value === 'object' ? value.n : String(value);

const NUMBER = /^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|0o[0-7]+|0x[0-9a-fA-F]+)$/;

/**
 * Value of a scalar without quotes: `yes` and dates are text, `0x17` and `1e3` numbers.
 *
 * @see YAML 1.2.2, section 10.3.2, core schema
 */
export function plainScalar(source: string): Scalar {
  switch (source) {
    case '':
    case '~':
    case 'null':
    case 'Null':
    case 'NULL':
      return null;
    case 'true':
    case 'True':
    case 'TRUE':
      return true;
    case 'false':
    case 'False':
    case 'FALSE':
      return false;
  }
  const first = source.charCodeAt(0);
  // digits, sign or dot
  if (((first >= 48 && first <= 57) || first === 43 || first === 45 || first === 46) && NUMBER.test(source)) {
    return { n: source };
  }
  return source;
}

/** A value as messages show it. */
export function shortScalar(value: Scalar): string {
  if (value === null) return 'null';
  if (typeof value === 'object') return `the number ${value.n}`;
  if (typeof value === 'boolean') return String(value);
  return `the text \`${value.length > 60 ? `${value.slice(0, 60)}...` : value}\``;
}
