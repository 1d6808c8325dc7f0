import { DISPOSITIONS, type Disposition } from '../alert/alert.ts';
import { inPlaceOf } from './feature-catalog.ts';
import { readable } from './feature-definition.ts';
import { familyLabel, RECORD_FAMILIES, type RecordFamily } from './record-families.ts';

/** Tenants from which on what was judged in others may be told: behind fewer, a share says what one of them decided. */
export const LEAST_TENANTS = 5;

/** What stands behind the track record of one key. */
export interface RecordEvidence {
  /** (nClasses,) judged alerts by weight, in the order of DISPOSITIONS. */
  readonly counts: ArrayLike<number>;
  /** Tenants they come from, counted up to {@link LEAST_TENANTS}; 0 where that is not known. */
  readonly tenants: number;
}

export interface AlertRecord {
  readonly evidence: (family: RecordFamily) => RecordEvidence;
  /** Whether everything that was judged is of the alert's own tenant. */
  readonly isOneTenant: boolean;
}

/** How an alert names itself in sentences. */
export interface AlertWords {
  /** The entity that stands for it and the indicator it carries, as the caller wrote them. */
  readonly mainEntity?: string | undefined;
  readonly indicator?: string | undefined;
  /** Kinds of its entities. */
  readonly kinds?: readonly string[];
  /** Its time is that of receipt: it says nothing of when it happened. */
  readonly isTimeOfReceipt?: boolean;
}

/** Families across tenants, with what counts the same within the tenant of the alert, where anything does. */
const ACROSS: Partial<Record<RecordFamily, RecordFamily | undefined>> = {
  rule: 'tenant_rule',
  source: undefined,
  rule_entities_v2: 'tenant_rule_entities_v2',
  tactic_entities_v2: undefined,
  indicator: undefined,
  rule_day: 'tenant_rule_day',
  tactic_entities_day_v2: undefined,
};

/** Where to look for what other tenants judged, while this one has judged nothing. */
const ELSEWHERE: Partial<Record<RecordFamily, RecordFamily>> = {
  tenant_rule: 'rule',
  tenant_rule_entities_v2: 'rule_entities_v2',
  tenant_rule_hours: 'rule',
  tenant_rule_day: 'rule_day',
  tenant_tactic: 'tactic_entities_v2',
  tenant_entity_kind_v2: 'tactic_entities_v2',
};

// `tenant_rule` before `tenant`
const BY_LENGTH = [...RECORD_FAMILIES].sort((a, b) => b.length - a.length);

/** Family and what is said of it, of a track-record column under its name or a former one; undefined for any other. */
export function recordColumn(
  feature: string,
): { readonly family: RecordFamily; readonly what: string } | undefined {
  const column = inPlaceOf(feature);
  const family = BY_LENGTH.find((one) => column.startsWith(`record_${one}_`));
  return family === undefined ? undefined : { family, what: column.slice(`record_${family}_`.length) };
}

/**
 * A track-record column in words: how many judged alerts stand behind it and what they were. Shares are smoothed; where
 * nothing was judged the share is that of others, which is said where {@link LEAST_TENANTS} of them stand behind it.
 */
export function recordWords(feature: string, record: AlertRecord, words: AlertWords): string {
  const { family, what } = recordColumn(feature)!;
  const label = recordLabel(family, words);
  const at = DISPOSITIONS.indexOf(what as Disposition);
  const { counts } = record.evidence(family);
  const total = rounded(counts);
  if (total === 0) return `no alert of ${label} was judged yet${elsewhere(family, at, record)}`;
  if (!mayBeTold(family, record)) return `how alerts of ${label} were judged`;
  const alerts = `judged alert${total === 1 ? '' : 's'} of ${label}`;
  if (at < 0) return `${total} ${alerts}`;
  const n = Math.min(total, Math.round(counts[at]!));
  return `${n} of ${total} ${alerts} ${n === 1 ? 'was' : 'were'} ${readable(DISPOSITIONS[at]!)}`;
}

/** A family as a sentence about one alert names it: by the entities and kinds that it has. */
function recordLabel(
  family: RecordFamily,
  { mainEntity, indicator, kinds = [], isTimeOfReceipt = false }: AlertWords,
): string {
  if (family === 'main_entity_v2' && mainEntity !== undefined) return mainEntity;
  if (family === 'indicator' && indicator !== undefined) return `${indicator}, in any tenant`;
  let label: string = familyLabel(family);
  if (kinds.length > 0) label = label.replace('kinds of entity', `kinds of entity (${kinds.join(', ')})`);
  return isTimeOfReceipt ? label.replace(/(at|in) these hours|on this day/, 'received $&') : label;
}

function elsewhere(family: RecordFamily, at: number, record: AlertRecord): string {
  const other = ELSEWHERE[family];
  if (other === undefined || at < 0) return '';
  const { counts, tenants } = record.evidence(other);
  const total = rounded(counts);
  if (total === 0 || tenants < LEAST_TENANTS) return '';
  const share = Math.round((100 * counts[at]!) / sum(counts));
  return `; elsewhere ${share} % of ${total} judged alerts were ${readable(DISPOSITIONS[at]!)}`;
}

/** Whether the counts are the tenant's own, or those of enough tenants. */
function mayBeTold(family: RecordFamily, record: AlertRecord): boolean {
  if (!(family in ACROSS) || record.isOneTenant) return true;
  const { counts, tenants } = record.evidence(family);
  if (tenants >= LEAST_TENANTS) return true;
  const own = ACROSS[family];
  return own !== undefined && rounded(record.evidence(own).counts) === rounded(counts);
}

const sum = (counts: ArrayLike<number>): number => {
  let total = 0;
  for (let c = 0; c < counts.length; c++) total += counts[c]!;
  return total;
};
const rounded = (counts: ArrayLike<number>): number => Math.round(sum(counts));
