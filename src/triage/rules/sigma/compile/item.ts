import { LIMITS } from '../limits.ts';
import type { DetectionItem } from '../read/document.ts';
import { isNumberText, type Scalar, shortScalar, textOf } from '../read/scalar.ts';
import { Refusal } from '../refusal.ts';
import { hasHostBits, parseCidr } from '../values/cidr.ts';
import { canonicalNumber, numericOf } from '../values/numeric.ts';
import { Regex } from '../values/regex.ts';
import { encodedTexts } from './encoded-texts.ts';
import { allOf, anyOf, type Expression, not } from './expression.ts';
import { type ModifierChain, readModifiers } from './modifier-chain.ts';
import { expandedTokens, type Placeholders } from './placeholders.ts';
import type { FieldTest } from './test.ts';
import { textTest } from './text-test.ts';

/** What compiling an item needs from its rule. */
export interface ItemContext {
  readonly placeholders: Placeholders;
  /** Regular expressions were compiled before, so that they need not be until they are asked. */
  readonly areChecked?: boolean;
  readonly lint: (message: string, at: number) => void;
}

/** Expression of one `field|modifiers: values`. */
export function compileItem(item: DetectionItem, context: ItemContext): Expression {
  const chain = readModifiers(item.modifiers, item.at);
  const isKeyword = item.field === '';
  // a keyword is searched for; it is never a whole value
  const placed: ModifierChain =
    isKeyword && chain.kind === 'text' && chain.place === 'whole' ? { ...chain, place: 'inside' } : chain;
  if (isKeyword && !['text', 'regex', 'cidr'].includes(chain.kind)) {
    throw new Refusal(`Expected a field before \`|${item.modifiers.join('|')}\`, got none.`, item.at);
  }
  if (chain.isAll && item.values.length === 1) {
    context.lint('`all` with a single value says nothing.', item.at);
  }
  if (item.isList && item.values.length > 1 && item.values.includes(null)) {
    context.lint(
      'null stands in a list, where the specification does not allow it; it is read as one more value.',
      item.at,
    );
  }
  const field = item.field.replaceAll(' ', '');
  const operands = item.values.map((value) => {
    const tests = testsOf(value, placed, item, context);
    return anyOf(tests.map((test): Expression => ({ op: 'test', field, test })));
  });
  let expression = chain.isAll ? allOf(operands) : anyOf(operands);
  if (chain.kind === 'exists' && item.values[0] === false) expression = not(expression);
  return chain.isNegated ? not(expression) : expression;
}

/** Tests one of which must hold for one value. */
function testsOf(
  value: Scalar,
  chain: ModifierChain,
  item: DetectionItem,
  context: ItemContext,
): FieldTest[] {
  const { at } = item;
  const name = [item.field, ...item.modifiers].join('|');
  const wrong = (expected: string): never => {
    throw new Refusal(`Expected \`${name}\` to have ${expected}, got ${shortScalar(value)}.`, at);
  };
  switch (chain.kind) {
    case 'exists':
      if (typeof value !== 'boolean' || item.values.length > 1) wrong('true or false');
      return [{ kind: 'exists' }];
    case 'fieldref':
      if (typeof value !== 'string' || value === '') return wrong('the name of a field');
      return [
        { kind: 'fieldref', field: value.replaceAll(' ', ''), place: chain.place, isCased: chain.isCased },
      ];
    case 'compare': {
      const number = isNumberText(value) ? numericOf(canonicalNumber(value.n)) : undefined;
      if (number === undefined) return wrong('a number');
      if (chain.timePart === undefined) return [{ kind: 'compare', order: chain.order, value: number }];
      if (typeof number === 'bigint' || !Number.isInteger(number)) return wrong('a whole number');
      return [{ kind: 'time', part: chain.timePart, order: chain.order, value: number }];
    }
    case 'cidr':
      if (typeof value !== 'string') return wrong('a network');
      return expandedValue(value, chain, item, context).map((text) => cidrTest(text, name, at, context));
    case 'regex': {
      if (value === null || typeof value === 'boolean') return wrong('a regular expression');
      return regexTexts(textOf(value), chain, item, context).map((pattern) => {
        const regex = new Regex({ pattern, ...chain.flags });
        if (!context.areChecked) regex.check(at);
        return { kind: 'regex', regex };
      });
    }
    case 'text':
      return textTests(value, chain, item, context, wrong);
  }
}

function textTests(
  value: Scalar,
  chain: ModifierChain,
  item: DetectionItem,
  context: ItemContext,
  wrong: (expected: string) => never,
): FieldTest[] {
  const { at } = item;
  if (value === null) {
    if (item.modifiers.some((name) => !['all', 'neq', 'cased'].includes(name)) || item.field === '') {
      return wrong('a text');
    }
    return [{ kind: 'null' }];
  }
  if (typeof value !== 'string') {
    if (chain.encodings.length > 0 || chain.expands || chain.hasDashes) return wrong('a text');
    if (item.modifiers.some((name) => ['contains', 'startswith', 'endswith'].includes(name))) {
      context.lint(
        `\`${[item.field, ...item.modifiers].join('|')}\` has ${shortScalar(value)}, which is read as text.`,
        at,
      );
    }
  }
  const text = textOf(value);
  if (chain.encodings.length > 0) {
    const { texts, isShort } = encodedTexts(text, chain.encodings, at);
    if (isShort) context.lint('base64 of fewer than 3 bytes is found in many texts by chance.', at);
    return texts.map((encoded) => textTest([encoded], chain.place, chain.isCased, false));
  }
  if (chain.expands) {
    const { alternatives, nPlaceholders } = expandedTokens(text, context.placeholders, at, LIMITS.ruleAtoms);
    if (nPlaceholders === 0) context.lint('`expand` stands where no placeholder is.', at);
    return alternatives.map((tokens) => textTest(tokens, chain.place, chain.isCased, chain.hasDashes));
  }
  const tests: FieldTest[] = [textTest(text, chain.place, chain.isCased, chain.hasDashes)];
  if (isNumberText(value) && chain.place === 'whole') {
    const canonical = canonicalNumber(value.n);
    // `010` and `1.0` are the numbers 10 and 1, and the texts that they are written as
    if (canonical !== value.n) tests.push({ kind: 'number', text: canonical });
  }
  if (text === '' && chain.place !== 'whole') context.lint('an empty text is found in every value.', at);
  return tests;
}

/** Literal texts of a value whose placeholders are written out; itself where it has none. */
function expandedValue(
  value: string,
  chain: ModifierChain,
  item: DetectionItem,
  context: ItemContext,
): string[] {
  if (!chain.expands) return [value];
  const { alternatives } = expandedTokens(value, context.placeholders, item.at, LIMITS.ruleAtoms);
  return alternatives.map((tokens) => tokens.filter((token) => typeof token === 'string').join(''));
}

function regexTexts(
  value: string,
  chain: ModifierChain,
  item: DetectionItem,
  context: ItemContext,
): string[] {
  const anchored = (pattern: string): string => {
    if (chain.place === 'start') return `^(?:${pattern})`;
    return chain.place === 'end' ? `(?:${pattern})$` : pattern;
  };
  if (!chain.expands) return [anchored(value)];
  let patterns = [''];
  for (const [i, part] of value.split(/%([A-Za-z0-9_.-]+)%/).entries()) {
    const tails =
      i % 2 === 0
        ? [part]
        : expandedValue(`%${part}%`, chain, item, context).map((text) =>
            text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&'),
          );
    patterns = patterns.flatMap((head) => tails.map((tail) => head + tail));
    if (patterns.length > LIMITS.ruleAtoms) {
      throw new Refusal(
        `Expected at most ${LIMITS.ruleAtoms} values once placeholders are written out.`,
        item.at,
      );
    }
  }
  return patterns.map(anchored);
}

function cidrTest(text: string, name: string, at: number, context: ItemContext): FieldTest {
  const cidr = parseCidr(text);
  if (cidr === undefined) throw new Refusal(`Expected \`${name}\` to have a network, got \`${text}\`.`, at);
  if (hasHostBits(cidr)) {
    throw new Refusal(
      `Expected \`${name}\` to have a network, got the host \`${text}\`: bits behind its prefix are set.`,
      at,
    );
  }
  if (!text.includes('/')) context.lint(`\`${text}\` has no prefix and is read as one address.`, at);
  return { kind: 'cidr', cidr, text: text.toLowerCase() };
}
