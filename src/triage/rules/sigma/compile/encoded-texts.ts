import { Refusal } from '../refusal.ts';
import { base64Of, base64Offsets, type Utf16Modifier, utf16Bytes } from '../values/encodings.ts';
import { literalOf, parsePattern } from '../values/pattern.ts';
import type { Encoding } from './modifier-chain.ts';

/**
 * Texts that a value stands for once it is encoded; several for `base64offset`.
 *
 * @returns `isShort` where fewer than 3 bytes were looked for at an offset
 */
export function encodedTexts(
  value: string,
  encodings: readonly Encoding[],
  at: number,
): { readonly texts: readonly string[]; readonly isShort: boolean } {
  const literal = literalOf(parsePattern(value));
  if (literal === undefined) {
    throw new Refusal(`Expected a text without wildcards before \`${encodings[0]}\`, got \`${value}\`.`, at);
  }
  if (literal === '') throw new Refusal(`Expected a text before \`${encodings[0]}\`, got an empty one.`, at);
  let bytes: Buffer = Buffer.from(literal, 'utf8');
  let text = literal;
  for (const [i, encoding] of encodings.entries()) {
    if (encoding === 'base64offset') {
      if (bytes.length < 2) {
        throw new Refusal(
          'Expected at least 2 bytes for `base64offset`, got 1, which is found in every text by chance.',
          at,
        );
      }
      return { texts: base64Offsets(bytes), isShort: bytes.length < 3 };
    }
    if (encoding === 'base64') {
      text = base64Of(bytes);
      bytes = Buffer.from(text, 'latin1');
      continue;
    }
    // encodings of text act on text, so one behind another reads the bytes so far as characters
    bytes = utf16Bytes(i === 0 ? literal : text, encoding as Utf16Modifier);
    text = bytes.toString('latin1');
  }
  return { texts: [text], isShort: false };
}
