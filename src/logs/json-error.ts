import { type ParseError, parse } from 'jsonc-parser';

/**
 * Offset at which `text` stops being JSON, or that of the word or string it stops in; undefined where it is JSON, or
 * nested so deeply that it cannot be told. `JSON.parse` of V8 names no position for most errors.
 */
export function jsonErrorOffset(text: string): number | undefined {
  const errors: ParseError[] = [];
  try {
    parse(text, errors, { disallowComments: true, allowTrailingComma: false });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
  return errors.length === 0 ? undefined : Math.min(...errors.map(({ offset }) => offset));
}
