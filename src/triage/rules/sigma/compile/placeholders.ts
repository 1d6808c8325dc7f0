import { Refusal } from '../refusal.ts';
import { parsePattern, type Token } from '../values/pattern.ts';

/** Values of each placeholder of `expand`, by its name without percent signs. */
export type Placeholders = Readonly<Record<string, readonly (string | number)[]>>;

const PLACEHOLDER = /%([A-Za-z0-9_.-]+)%/;
// a private character marks a percent sign that was escaped, until the wildcards have been read
const LITERAL_PERCENT = '\ue000';

/** Texts of which each may stand for a text with placeholders; as long as the product of their lists. */
export function expandedTokens(
  text: string,
  placeholders: Placeholders,
  at: number,
  limit: number,
): { readonly alternatives: Token[][]; readonly nPlaceholders: number } {
  let source = text.replaceAll('\\%', LITERAL_PERCENT);
  // in `\Users\%name%` the backslash is one of the path: read so where it alone leaves a placeholder
  if (!PLACEHOLDER.test(source) && PLACEHOLDER.test(text)) source = text;
  const restored = (part: string): Token[] =>
    parsePattern(part).map((token) =>
      typeof token === 'string' ? token.replaceAll(LITERAL_PERCENT, '%') : token,
    );
  let alternatives: Token[][] = [[]];
  let nPlaceholders = 0;
  const append = (tails: Token[][]): void => {
    if (alternatives.length * tails.length > limit) {
      throw new Refusal(`Expected at most ${limit} values once placeholders are written out.`, at);
    }
    alternatives = alternatives.flatMap((head) => tails.map((tail) => [...head, ...tail]));
  };
  for (const [i, part] of source.split(/%([A-Za-z0-9_.-]+)%/).entries()) {
    if (i % 2 === 0) {
      append([restored(part)]);
      continue;
    }
    nPlaceholders++;
    const values = Object.hasOwn(placeholders, part) ? placeholders[part]! : [];
    if (values.length === 0) {
      throw new Refusal(`Expected values for the placeholder \`%${part}%\`, got none.`, at);
    }
    append(values.map((value) => [String(value)]));
  }
  return { alternatives, nPlaceholders };
}
