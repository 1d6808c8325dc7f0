import { isEmptyWord } from '../../../intake/values/json-value.ts';
import {
  type IndicatorKind,
  type IndicatorTerms,
  type IndicatorValue,
  passedOver,
  type Reading,
  refused,
} from '../indicator.ts';
import { guessedValue, indicatorValue } from '../indicator-value.ts';
import { readMispAttribute } from '../misp/misp-attribute.ts';
import { momentOfIndicator } from '../moment-of-indicator.ts';
import { tlpOfWord } from '../tlp.ts';
import { kindOfTypeWord, plainWord } from './type-words.ts';

type Role =
  | 'value'
  | 'type'
  | 'confidence'
  | 'firstSeen'
  | 'validFrom'
  | 'validUntil'
  | 'action'
  | 'toIds'
  | 'deleted'
  | 'mustBeYes'
  | 'tlp'
  | 'id';

/** Names of columns and keys, as lower-case letters and digits. */
const ROLES: Readonly<Record<Role, string>> = {
  value: 'value iocvalue indicator indicatorvalue ioc observable observablevalue threatvalue entry',
  type: 'type ioctype indicatortype kind observabletype valuetype datatype',
  confidence:
    'confidence confidencelevel confidencescore score abuseconfidencescore abuseconfidence riskscore',
  firstSeen: 'firstseen firstseenutc firstseenat dateadded',
  validFrom: 'validfrom activefrom',
  validUntil:
    'validuntil expiration expirationtime expires expiresat expirationdate expirydate expirationdatetime',
  action: 'action',
  toIds: 'toids',
  deleted: 'deleted',
  mustBeYes: 'verified online isactive active enabled',
  tlp: 'tlp tlplevel trafficlight',
  id: 'uuid iocid indicatorid phishid sblid',
};

const ROLE_BY_NAME = new Map<string, Role>();
for (const [role, names] of Object.entries(ROLES))
  for (const name of names.split(' ')) ROLE_BY_NAME.set(name, role as Role);

/** What a column holds: a part of an indicator, or values of one kind; undefined for what is not looked at. */
type Column = { readonly role: Role } | { readonly kind: IndicatorKind } | undefined;

function columnOf(name: string): Column {
  const word = plainWord(name);
  const role = ROLE_BY_NAME.get(word);
  if (role !== undefined) return { role };
  const kind = kindOfTypeWord(word);
  return kind === undefined || word === 'hash' || word === 'hashes' ? kind && { kind } : { kind };
}

/** How the columns of a feed are read. */
export class FeedColumns {
  readonly #columns: readonly Column[];

  /** @param names header of the feed, or keys of an object, in the order of the cells */
  constructor(names: readonly string[]) {
    const columns = names.map(columnOf);
    const hasType = columns.some(
      (column) => column !== undefined && 'role' in column && column.role === 'type',
    );
    const hasValue = columns.some(
      (column) => column !== undefined && 'role' in column && column.role === 'value',
    );
    // beside a typed value, columns named after a kind say something about it (the host of a URL, the file's name)
    this.#columns = columns.map((column) =>
      column !== undefined && 'kind' in column && hasType && hasValue ? undefined : column,
    );
  }

  /** Whether any column holds an indicator. */
  get hasIndicators(): boolean {
    return this.#columns.some(
      (column) => column !== undefined && ('kind' in column || column.role === 'value'),
    );
  }

  /** @param cells as text; a cell that is missing or says nothing counts as absent */
  read(cells: readonly string[]): Reading {
    const parts: Partial<Record<Role, string>> = {};
    const values: IndicatorValue[] = [];
    const wrong: string[] = [];
    for (const [at, column] of this.#columns.entries()) {
      const cell = cells[at]?.trim() ?? '';
      if (column === undefined || cell === '' || isEmptyWord(cell)) continue;
      if ('role' in column) {
        if (column.role === 'mustBeYes') {
          if (!/^(?:yes|true|1|y|active)$/i.test(cell)) return passedOver('no longer or not yet confirmed');
        } else parts[column.role] ??= cell;
      } else {
        const value = indicatorValue(column.kind, cell);
        if (value === undefined) wrong.push(column.kind);
        else values.push(value);
      }
    }
    if (parts.action !== undefined && /^allow/i.test(parts.action)) return passedOver('an allow entry');
    const terms = termsOf(parts);
    if (typeof terms === 'string') return refused(terms);
    if (parts.toIds !== undefined && parts.type !== undefined) {
      const reading = readMispAttribute({ ...mispOf(parts), deleted: parts.deleted });
      return 'reason' in reading ? reading : { ...reading, ...terms };
    }
    if (parts.value !== undefined) {
      const typed = typedValue(parts.value, parts.type);
      if (typeof typed === 'string') return typed.startsWith('a kind') ? passedOver(typed) : refused(typed);
      values.push(typed);
    }
    if (values.length === 0)
      return refused(wrong.length > 0 ? `a value that is no ${wrong[0]}` : 'a row without a value');
    return { values, ...terms };
  }
}

function mispOf(parts: Partial<Record<Role, string>>): Record<string, unknown> {
  return { type: parts.type, value: parts.value, to_ids: parts.toIds, uuid: parts.id };
}

function typedValue(value: string, type: string | undefined): IndicatorValue | string {
  if (type === undefined) return guessedValue(value) ?? 'a value of no known form';
  const kind = kindOfTypeWord(type);
  if (kind === undefined) return `a kind that is not looked up (${type.slice(0, 30)})`;
  return indicatorValue(kind, value) ?? `a value that is no ${kind}`;
}

function termsOf(parts: Partial<Record<Role, string>>): (IndicatorTerms & { readonly id?: string }) | string {
  const terms: { -readonly [Name in keyof IndicatorTerms]: IndicatorTerms[Name] } & { id?: string } = {};
  if (parts.confidence !== undefined) {
    const confidence = confidenceOf(parts.confidence);
    if (confidence === undefined) return 'a confidence that is no number from 0 to 100';
    terms.confidence = confidence;
  }
  const firstSeenMs = momentOfIndicator(parts.firstSeen);
  const validFromMs = momentOfIndicator(parts.validFrom);
  const validUntilMs = momentOfIndicator(parts.validUntil);
  if (parts.validUntil !== undefined && validUntilMs === undefined)
    return 'an end of validity that is no time';
  if (firstSeenMs !== undefined) terms.firstSeenMs = firstSeenMs;
  if (validFromMs !== undefined) terms.validFromMs = validFromMs;
  if (validUntilMs !== undefined) terms.validUntilMs = validUntilMs;
  const tlp = parts.tlp === undefined ? undefined : tlpOfWord(parts.tlp);
  if (tlp !== undefined) terms.tlp = tlp;
  return terms;
}

// The scale that STIX recommends for none, low, medium and high.
const CONFIDENCE_WORDS: Readonly<Record<string, number>> = {
  none: 0,
  low: 15,
  med: 50,
  medium: 50,
  moderate: 50,
  high: 85,
};

/** A confidence from a number from 0 to 100 or from a word. */
export function confidenceOf(text: string): number | undefined {
  const word = text.trim().toLowerCase();
  if (Object.hasOwn(CONFIDENCE_WORDS, word)) return CONFIDENCE_WORDS[word];
  const number = /^\d{1,3}(?:\.\d+)?%?$/.test(word) ? Number.parseFloat(word) : Number.NaN;
  return number >= 0 && number <= 100 ? Math.round(number) : undefined;
}
