import { ENTITY_KINDS } from '../alert/alert.ts';
import { HashBeginnings, hash64Hex } from './hash64.ts';
import { FAMILY_PLACES as AT, RECORD_FAMILIES } from './record-families.ts';

/** Four hours: a shift's half, coarse enough to be met again and fine enough to tell a nightly job. */
export const BLOCK_MS = 86_400_000 / 6;
const BLOCKS_PER_DAY = 6;

/** What the keys of an alert name beside its time, its main entity and its indicator. */
export interface AlertShape {
  readonly tenant: string | undefined;
  readonly source: string;
  readonly rule: string;
  /** '' where it names neither tactic nor category. */
  readonly tactics: string;
  /** Set of the kinds of its entities, told apart by whether the entity suffered; 0 without entities. */
  readonly parts: number;
}

/** Families whose key ends with a day, a block or the hours of a block: those of all alerts, of a tenant, of its tactics. */
const TIMED = [
  { family: AT.rule_day, unit: 'day' },
  { family: AT.tactic_entities_day_v2, unit: 'day' },
  { family: AT.tenant_rule_hours, unit: 'hours' },
  { family: AT.tenant_rule_day, unit: 'day' },
  { family: AT.tenant_day, unit: 'day' },
  { family: AT.tenant_day_hours, unit: 'block' },
  { family: AT.tenant_tactic_day, unit: 'day' },
] as const;

/** What the keys of {@link TIMED} begin with, as far as the shape has them. */
function beginningsOf({ tenant, source, rule, tactics, parts }: AlertShape): string[][] {
  const beginnings = [
    ['rule_day', source, rule],
    ['tactic_entities_day', tactics, nameOf(parts)],
  ];
  if (tenant === undefined) return beginnings;
  beginnings.push(
    ['tenant_rule_hours', tenant, source, rule],
    ['tenant_rule_day', tenant, source, rule],
    ['tenant_day', tenant],
    ['tenant_day_hours', tenant],
  );
  if (tactics !== '') beginnings.push(['tenant_tactic_day', tenant, tactics]);
  return beginnings;
}

/** Without entities the name of the set is empty. */
const nameOf = (parts: number): string => (parts === 0 ? '' : String(parts));

/** Of the set of kinds in their roles, that of the kinds alone. */
const kindsOf = (parts: number): number =>
  (parts | (parts >>> ENTITY_KINDS.length)) & (2 ** ENTITY_KINDS.length - 1);

/** Keys that neither time nor entities change; '' in all other places. */
function standingKeys({ tenant, source, rule, tactics, parts }: AlertShape, seed: number): string[] {
  const keys = new Array<string>(RECORD_FAMILIES.length).fill('');
  const put = (family: number, ...of: string[]): void => {
    keys[family] = hash64Hex(of, seed);
  };
  const set = nameOf(parts);
  put(AT.source, 'source', source);
  put(AT.rule, 'rule', source, rule);
  put(AT.tactic_entities_v2, 'tactic_entities', tactics, set);
  if (parts !== 0) put(AT.rule_entities_v2, 'rule_entities', source, rule, set);
  if (tenant === undefined) return keys;
  put(AT.tenant, 'tenant', tenant);
  put(AT.tenant_rule, 'tenant_rule', tenant, source, rule);
  if (tactics !== '') put(AT.tenant_tactic, 'tenant_tactic', tenant, tactics);
  if (parts === 0) return keys;
  put(AT.tenant_entity_kind_v2, 'tenant_entity_kind', tenant, String(kindsOf(parts)));
  put(AT.tenant_rule_entities_v2, 'tenant_rule_entities', tenant, source, rule, set);
  return keys;
}

/**
 * Record keys of the alerts of one shape: they share all keys but those of entities and of the time. Those of the time are
 * hashed on from beginnings that are kept, which takes less than it takes to find them where many were kept.
 */
export class ShapeKeys {
  readonly #beginnings: HashBeginnings;
  readonly #nTimed: number;
  /** (nFamilies,) of the block asked for last. */
  readonly #keys: string[];
  #block = Number.NaN;

  /** @param seed of the salt of all keys */
  constructor(shape: AlertShape, seed: number) {
    const beginnings = beginningsOf(shape);
    this.#beginnings = new HashBeginnings(beginnings, seed);
    this.#nTimed = beginnings.length;
    this.#keys = standingKeys(shape, seed);
  }

  /**
   * Keys of an alert of this shape, (nFamilies,), the caller's own: '' where it lacks the value, and for main entity and
   * indicator.
   *
   * @param block {@link BLOCK_MS} since 1970, UTC; NaN where its time cannot be read
   */
  at(block: number): string[] {
    const keys = this.#keys;
    if (Number.isNaN(block)) {
      const undated = keys.slice();
      for (const { family } of TIMED) undated[family] = '';
      return undated;
    }
    if (block !== this.#block) {
      this.#block = block;
      const nDay = Math.floor(block / BLOCKS_PER_DAY);
      const day = String(nDay);
      for (let nth = 0; nth < this.#nTimed; nth++) {
        const { family, unit } = TIMED[nth]!;
        const last = unit === 'day' ? day : String(unit === 'block' ? block : block - nDay * BLOCKS_PER_DAY);
        keys[family] = this.#beginnings.hexOf(nth, last);
      }
    }
    return keys.slice();
  }
}
