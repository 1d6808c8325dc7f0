import { Refusal } from '../refusal.ts';
import { UTF16_MODIFIERS, type Utf16Modifier } from '../values/encodings.ts';
import { TIME_PARTS, type TimePart } from '../values/time-part.ts';
import type { Order, Place } from './test.ts';

export type Encoding = Utf16Modifier | 'base64' | 'base64offset';

/** What the modifiers of one field say, their order checked. */
export interface ModifierChain {
  /** How the value itself is meant. */
  readonly kind: 'text' | 'regex' | 'cidr' | 'compare' | 'exists' | 'fieldref';
  readonly place: Place;
  readonly encodings: readonly Encoding[];
  readonly order: Order;
  readonly timePart: TimePart | undefined;
  readonly flags: {
    readonly ignoresCase: boolean;
    readonly isMultiline: boolean;
    readonly isDotAll: boolean;
  };
  readonly isAll: boolean;
  readonly isNegated: boolean;
  readonly isCased: boolean;
  readonly hasDashes: boolean;
  readonly expands: boolean;
}

const PLACES: Readonly<Record<string, Place>> = { contains: 'inside', startswith: 'start', endswith: 'end' };
const ORDERS: Readonly<Record<string, Order>> = { gt: 'gt', gte: 'gte', lt: 'lt', lte: 'lte' };
const FLAGS: Readonly<Record<string, 'i' | 'm' | 's'>> = {
  i: 'i',
  ignorecase: 'i',
  m: 'm',
  multiline: 'm',
  s: 's',
  dotall: 's',
};

/** Which modifiers may stand beside each kind of value. */
const COMPANIONS: Readonly<Record<ModifierChain['kind'], readonly string[]>> = {
  text: [
    'contains',
    'startswith',
    'endswith',
    'cased',
    'windash',
    'expand',
    'base64',
    'base64offset',
    ...UTF16_MODIFIERS,
  ],
  regex: ['re', ...Object.keys(FLAGS), 'contains', 'startswith', 'endswith', 'cased', 'expand'],
  cidr: ['cidr', 'expand'],
  compare: [...Object.keys(ORDERS), ...TIME_PARTS],
  exists: ['exists'],
  fieldref: ['fieldref', 'contains', 'startswith', 'endswith', 'cased'],
};

/**
 * Reads the modifiers of a field.
 *
 * @throws Refusal for one that is unknown, stands twice, or cannot act where it stands
 * @see Sigma modifiers appendix 2.1
 */
export function readModifiers(modifiers: readonly string[], at: number): ModifierChain {
  const has = (name: string): boolean => modifiers.includes(name);
  const refuse = (message: string): never => {
    throw new Refusal(message, at);
  };
  for (const [i, name] of modifiers.entries()) {
    if (modifiers.indexOf(name) !== i) refuse(`Expected each modifier once, got \`${name}\` twice.`);
  }
  const places = modifiers.filter((name) => name in PLACES);
  const orders = modifiers.filter((name) => name in ORDERS);
  const timeParts = modifiers.filter((name): name is TimePart => TIME_PARTS.includes(name as TimePart));
  const kind = has('re')
    ? 'regex'
    : has('cidr')
      ? 'cidr'
      : has('exists')
        ? 'exists'
        : has('fieldref')
          ? 'fieldref'
          : orders.length + timeParts.length > 0
            ? 'compare'
            : 'text';
  for (const name of modifiers) {
    if (name === 'all' || name === 'neq' || COMPANIONS[kind].includes(name)) continue;
    if (!Object.values(COMPANIONS).some((names) => names.includes(name))) {
      refuse(`Expected a modifier of Sigma 2.1, got \`${name}\`.`);
    }
    const other = {
      regex: 're',
      cidr: 'cidr',
      exists: 'exists',
      fieldref: 'fieldref',
      compare: 'a comparison',
    };
    refuse(
      kind === 'text'
        ? `Expected \`${name}\` behind \`re\`, got it without.`
        : `Expected \`${name}\` without ${other[kind]}, got both.`,
    );
  }
  for (const group of [places, orders, timeParts]) {
    if (group.length > 1) refuse(`Expected one of ${group.join(', ')}, got all of them.`);
  }
  if (kind === 'regex' && modifiers.filter((name) => name !== 'all' && name !== 'neq')[0] !== 're') {
    refuse('Expected `re` as the first modifier, as no other can prepare its pattern.');
  }
  const firstOrder = modifiers.findIndex((name) => name in ORDERS);
  const firstPart = modifiers.findIndex((name) => TIME_PARTS.includes(name as TimePart));
  if (firstOrder >= 0 && firstPart > firstOrder) {
    refuse(`Expected \`${timeParts[0]}\` before \`${orders[0]}\`: the part is taken, then compared.`);
  }
  return {
    kind,
    place: places.length === 0 ? 'whole' : PLACES[places[0]!]!,
    encodings: encodingsOf(modifiers, at),
    order: orders.length === 0 ? 'eq' : ORDERS[orders[0]!]!,
    timePart: timeParts[0],
    flags: {
      ignoresCase: modifiers.some((name) => FLAGS[name] === 'i'),
      isMultiline: modifiers.some((name) => FLAGS[name] === 'm'),
      isDotAll: modifiers.some((name) => FLAGS[name] === 's'),
    },
    isAll: has('all'),
    isNegated: has('neq'),
    isCased: has('cased'),
    hasDashes: has('windash'),
    expands: has('expand'),
  };
}

/** Encodings in their order; wildcards, which `contains` and its kin add, may only come behind them. */
function encodingsOf(modifiers: readonly string[], at: number): Encoding[] {
  const names = ['base64', 'base64offset', ...UTF16_MODIFIERS] as const;
  const encodings = modifiers.filter((name): name is Encoding => (names as readonly string[]).includes(name));
  if (encodings.length === 0) return [];
  const lastEncoding = modifiers.lastIndexOf(encodings.at(-1)!);
  const place = modifiers.findIndex((name) => name in PLACES);
  if (place >= 0 && place < lastEncoding) {
    throw new Refusal(
      `Expected \`${encodings.join('|')}|${modifiers[place]}\`, got \`${modifiers.join('|')}\`: what was encoded has no place for wildcards.`,
      at,
    );
  }
  if (modifiers.includes('windash')) {
    throw new Refusal(`Expected \`windash\` without \`${encodings[0]}\`, got both.`, at);
  }
  const offset = encodings.indexOf('base64offset');
  if (offset >= 0 && offset < encodings.length - 1) {
    throw new Refusal('Expected `base64offset` as the last encoding, as it gives several texts.', at);
  }
  return encodings;
}
