import { folded } from '../values/fold.ts';
import { globOf } from '../values/glob.ts';
import { ANY, foldedTokens, joinedTokens, parsePattern, type Token, withDashes } from '../values/pattern.ts';
import type { FieldTest, Place } from './test.ts';

/** Nothing that a pattern reads otherwise than as it stands. */
const PLAIN = /^(?:[^*?\\]|\\(?![*?\\]))+$/;

/** Test of a text with wildcards, or of its tokens, at a place of the value. */
export function textTest(
  source: string | readonly Token[],
  place: Place,
  isCased: boolean,
  hasDashes: boolean,
): FieldTest {
  // nearly all values are plain texts
  if (typeof source === 'string' && !hasDashes && PLAIN.test(source)) {
    return { kind: 'text', place, text: isCased ? source : folded(source), isCased };
  }
  let tokens: readonly Token[] = typeof source === 'string' ? parsePattern(source) : source;
  if (hasDashes) tokens = withDashes(tokens);
  if (!isCased) tokens = foldedTokens(tokens);
  const open = joinedTokens([
    ...(place === 'end' || place === 'inside' ? [ANY as Token] : []),
    ...tokens,
    ...(place === 'start' || place === 'inside' ? [ANY as Token] : []),
  ]);
  return simplest(open, isCased);
}

/** A glob, or a simpler test that asks the same. */
function simplest(tokens: readonly Token[], isCased: boolean): FieldTest {
  const isOpenAtStart = tokens[0] === ANY;
  const isOpenAtEnd = tokens.length > 0 && tokens.at(-1) === ANY;
  const inner = tokens.slice(
    isOpenAtStart ? 1 : 0,
    tokens.length - (isOpenAtEnd && tokens.length > 1 ? 1 : 0),
  );
  const [text = ''] = inner;
  if (inner.length === 0 && isOpenAtStart) return { kind: 'any' };
  if (inner.length <= 1 && typeof text === 'string') {
    const place = isOpenAtStart ? (isOpenAtEnd ? 'inside' : 'end') : isOpenAtEnd ? 'start' : 'whole';
    return { kind: 'text', place, text, isCased };
  }
  return { kind: 'glob', tokens, glob: globOf(tokens), isCased };
}
