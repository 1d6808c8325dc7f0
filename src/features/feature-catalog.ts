import { createHash } from 'node:crypto';
import { DISPOSITIONS, ENTITY_KINDS, SEVERITIES } from '../alert/alert.ts';
import { TACTICS } from '../alert/attack-tactics.ts';
import { CONTEXT_FEATURES, STAGE_FEATURES } from './context-features.ts';
import {
  amount,
  amountOfLog,
  count,
  define,
  type FeatureDefinition,
  type FeatureGroup,
  flag,
  readable,
  rounded,
} from './feature-definition.ts';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** Hashed buckets per kind of word; powers of two. */
export const N_SOURCE_BUCKETS = 8;
export const N_CATEGORY_BUCKETS = 8;
export const N_TOKEN_BUCKETS = 16;
export const N_TECHNIQUE_BUCKETS = 8;

const buckets = (
  prefix: string,
  nBuckets: number,
  group: FeatureGroup,
  description: string,
  what: string,
): FeatureDefinition[] =>
  Array.from({ length: nBuckets }, (_, bucket) =>
    define(
      `${prefix}_${bucket}`,
      group,
      `${description} that hash to bucket ${bucket} of ${nBuckets}.`,
      flag(`${what} of group ${bucket}`, `no ${what} of group ${bucket}`),
    ),
  );

const entityLabel = (kind: string): string => kind.replaceAll('_', ' ');

const ALERT_FEATURES: FeatureDefinition[] = [
  define(
    'severity',
    'alert',
    'Severity from 0 (informational) to 4 (critical); missing where unknown.',
    (value) => `severity is ${SEVERITIES[Math.round(value)] ?? rounded(value)}`,
  ),
  define('vendor_score', 'alert', "The vendor's own score, 0-100.", amount("the vendor's score")),
  define(
    'technique_count',
    'alert',
    'ATT&CK techniques named.',
    count('ATT&CK technique', 'ATT&CK techniques'),
  ),
  define(
    'subtechnique_count',
    'alert',
    'Of these, sub-techniques.',
    count('sub-technique', 'sub-techniques'),
  ),
  define(
    'title_length_log1p',
    'alert',
    'log(1 + characters of the title).',
    amountOfLog('the length of the title'),
  ),
  define(
    'report_delay_log1p',
    'alert',
    'log(1 + seconds from occurred_at to created_at); missing where either is, or where the order is reversed.',
    amountOfLog('the delay between event and alert', ' s'),
  ),
];

const TACTIC_FEATURES: FeatureDefinition[] = [
  ...TACTICS.map((tactic) =>
    define(
      `tactic_${tactic.name}`,
      'tactics',
      `1 where ATT&CK tactic ${tactic.id} is named, else 0.`,
      flag(`tactic ${readable(tactic.name)}`, `no tactic ${readable(tactic.name)}`),
    ),
  ),
  define(
    'tactic_count',
    'tactics',
    'Distinct enterprise tactics named.',
    count('ATT&CK tactic', 'ATT&CK tactics'),
  ),
  define(
    'kill_chain_stage',
    'tactics',
    'Furthest kill-chain stage among the tactics, 1-14; missing without a tactic.',
    (value) => `furthest kill-chain stage is ${readable(TACTICS[Math.round(value) - 1]?.name ?? '')}`,
  ),
];

const TIME_FEATURES: FeatureDefinition[] = [
  define(
    'hour',
    'time',
    'Hour of the day, UTC, 0-23, of occurred_at.',
    (value) => `raised at ${value}:00 UTC`,
  ),
  define(
    'weekday',
    'time',
    'Day of the week, UTC, Monday 0 to Sunday 6.',
    (value) => `raised on a ${WEEKDAYS[Math.round(value)] ?? 'day'}`,
  ),
  define('is_night', 'time', '1 from 22:00 to 06:00 UTC, else 0.', flag('raised at night', 'raised by day')),
  define(
    'is_weekend',
    'time',
    '1 on Saturday and Sunday, UTC.',
    flag('raised on a weekend', 'raised on a weekday'),
  ),
];

const ENTITY_FEATURES: FeatureDefinition[] = [
  ...ENTITY_KINDS.map((kind) =>
    define(
      `${kind}_count`,
      'entities',
      `Entities of kind ${kind}.`,
      count(`${entityLabel(kind)} entity`, `${entityLabel(kind)} entities`),
    ),
  ),
  define('entity_count', 'entities', 'Entities of any kind.', count('entity', 'entities')),
  define(
    'entity_kind_count',
    'entities',
    'Distinct kinds among them.',
    count('kind of entity', 'kinds of entity'),
  ),
  define(
    'public_ip_count',
    'entities',
    'Addresses that are globally reachable.',
    count('public address', 'public addresses'),
  ),
  define(
    'private_ip_count',
    'entities',
    'Addresses of private, loopback, link-local and other special ranges.',
    count('private address', 'private addresses'),
  ),
  define('asset_count', 'entities', 'Hosts, users and cloud resources.', count('asset', 'assets')),
  define(
    'indicator_count',
    'entities',
    'Public addresses, hashes, urls, domains and email addresses.',
    count('indicator', 'indicators'),
  ),
  define(
    'attacker_count',
    'entities',
    'Entities in the role attacker.',
    count('attacker entity', 'attacker entities'),
  ),
  define(
    'impacted_count',
    'entities',
    'Entities in the role victim or impacted.',
    count('impacted entity', 'impacted entities'),
  ),
];

const TELEMETRY_FEATURES: FeatureDefinition[] = [
  ...(
    [
      ['bytes_sent', 'bytes sent', ''],
      ['bytes_recv', 'bytes received', ''],
      ['duration_ms', 'the duration', ' ms'],
      ['packets_sent', 'packets sent', ''],
      ['packets_recv', 'packets received', ''],
      ['failed_logins', 'the number of failed logins', ''],
      ['unique_ports', 'the number of distinct ports', ''],
      ['payload_size', 'the payload size', ' bytes'],
      ['event_count', 'the number of events', ''],
    ] as const
  ).map(([name, label, unit]) =>
    define(
      `${name}_log1p`,
      'telemetry',
      `log(1 + telemetry ${name}); missing where absent or negative.`,
      amountOfLog(label, unit),
    ),
  ),
  define('status_code', 'telemetry', 'Telemetry status_code as given.', amount('the status code')),
  define('alert_triggered', 'telemetry', 'Telemetry alert_triggered as given.', amount('the sensor flag')),
  define(
    'byte_ratio_log1p',
    'telemetry',
    'log(1 + bytes_sent / (bytes_recv + 1)).',
    amountOfLog('bytes sent per byte received'),
  ),
  define(
    'packets_per_second_log1p',
    'telemetry',
    'log(1 + packets_sent per second of duration).',
    amountOfLog('packets per second'),
  ),
  define(
    'bytes_per_packet_log1p',
    'telemetry',
    'log(1 + bytes_sent / packets_sent).',
    amountOfLog('bytes per packet'),
  ),
  define(
    'bytes_per_second_log1p',
    'telemetry',
    'log(1 + bytes_sent per second of duration).',
    amountOfLog('bytes per second'),
  ),
  define(
    'night_failed_logins_log1p',
    'telemetry',
    'failed_logins_log1p at night, else 0.',
    amountOfLog('the number of failed logins at night'),
  ),
  define(
    'night_unique_ports_log1p',
    'telemetry',
    'unique_ports_log1p at night, else 0.',
    amountOfLog('the number of distinct ports at night'),
  ),
  define('telemetry_count', 'telemetry', 'Known measurements given.', count('measurement', 'measurements')),
];

/** Every stateless column in order: a position here is a column everywhere. */
export const STATELESS_FEATURES: readonly FeatureDefinition[] = [
  ...ALERT_FEATURES,
  ...TACTIC_FEATURES,
  ...buckets('source', N_SOURCE_BUCKETS, 'source', '1 for sources', 'a source'),
  ...TIME_FEATURES,
  ...ENTITY_FEATURES,
  ...buckets('category', N_CATEGORY_BUCKETS, 'tokens', "Words of the vendor's category", 'a category word'),
  ...buckets('token', N_TOKEN_BUCKETS, 'tokens', 'Words of title and rule name', 'a title word'),
  ...buckets('technique', N_TECHNIQUE_BUCKETS, 'tokens', 'ATT&CK techniques', 'an ATT&CK technique'),
  ...TELEMETRY_FEATURES,
  ...CONTEXT_FEATURES,
  ...STAGE_FEATURES,
];

export const STATELESS_NAMES: readonly string[] = STATELESS_FEATURES.map((feature) => feature.name);

/** Position of every stateless column by name. */
export const STATELESS_COLUMNS: ReadonlyMap<string, number> = new Map(
  STATELESS_NAMES.map((name, column) => [name, column]),
);

/** Position of a stateless column. @throws RangeError for a name that the catalogue does not hold */
export function statelessColumn(name: string): number {
  const column = STATELESS_COLUMNS.get(name);
  if (column === undefined) throw new RangeError(`Expected \`name\` to be a stateless feature, got ${name}.`);
  return column;
}

/** Whose past is asked about, in the order of an alert's record keys. */
export const RECORD_FAMILIES = [
  'rule',
  'tenant',
  'tenant_rule',
  'tenant_tactic',
  'tenant_entity_kind',
  'source',
  'main_entity',
  'tenant_rule_entities',
  'tenant_rule_hours',
  'tenant_rule_day',
  'tenant_day',
  'tenant_day_hours',
  'tenant_tactic_day',
  'rule_entities',
  'tactic_entities',
  'indicator',
  'rule_day',
  'tactic_entities_day',
] as const;
export type RecordFamily = (typeof RECORD_FAMILIES)[number];

const FAMILY_LABELS: Record<RecordFamily, string> = {
  rule: 'this rule',
  tenant: 'this tenant',
  tenant_rule: 'this rule in this tenant',
  tenant_tactic: 'these tactics in this tenant',
  tenant_entity_kind: 'these kinds of entity in this tenant',
  source: 'this source',
  main_entity: 'this main entity',
  tenant_rule_entities: 'this rule on these kinds of entity in these roles in this tenant',
  tenant_rule_hours: 'this rule in this tenant at these hours',
  tenant_rule_day: 'this rule in this tenant on this day',
  tenant_day: 'this tenant on this day',
  tenant_day_hours: 'this tenant in these hours of this day',
  tenant_tactic_day: 'these tactics in this tenant on this day',
  rule_entities: 'this rule on these kinds of entity in these roles, in any tenant',
  tactic_entities: 'these tactics on these kinds of entity in these roles, in any tenant',
  indicator: 'this indicator, in any tenant',
  rule_day: 'this rule on this day, in any tenant',
  tactic_entities_day: 'these tactics on these kinds of entity on this day, in any tenant',
};

/** Columns per family: a share per disposition, then log(1 + count). */
export const N_RECORD_COLUMNS_PER_FAMILY = DISPOSITIONS.length + 1;

/**
 * A track-record column in words, with how many judged alerts stand behind it. Shares are drawn towards those of all
 * alerts, the more the fewer were judged; where none was, the share is that of others and says nothing of this family.
 */
export function recordWords(family: RecordFamily, feature: string, value: number, nJudged: number): string {
  const label = FAMILY_LABELS[family];
  if (nJudged === 0) return `no alert of ${label} was judged yet`;
  const alerts = nJudged === 1 ? 'the one judged alert' : `the ${nJudged} judged alerts`;
  const disposition = DISPOSITIONS.find((one) => feature === `record_${family}_${one}`);
  if (disposition === undefined)
    return `${nJudged === 1 ? 'one alert' : `${nJudged} alerts`} of ${label} ${nJudged === 1 ? 'was' : 'were'} judged`;
  return `of ${alerts} of ${label} ${Math.round(100 * value)} % were ${readable(disposition)} (smoothed)`;
}

/** Track-record columns, family by family in the order of {@link RECORD_FAMILIES}. */
export const RECORD_FEATURES: readonly FeatureDefinition[] = RECORD_FAMILIES.flatMap((family) => [
  ...DISPOSITIONS.map((disposition) =>
    define(
      `record_${family}_${disposition}`,
      'record' as const,
      `Smoothed share of ${readable(disposition)} among judged alerts of ${FAMILY_LABELS[family]}, 0-1.`,
      (value) =>
        `${Math.round(100 * value)} % of judged alerts of ${FAMILY_LABELS[family]} were ${readable(disposition)}`,
    ),
  ),
  define(
    `record_${family}_count_log1p`,
    'record' as const,
    `log(1 + judged alerts of ${FAMILY_LABELS[family]}); 0 where none is known.`,
    (value) => `${rounded(Math.expm1(value))} judged alerts of ${FAMILY_LABELS[family]}`,
  ),
]);

const DEFINITIONS: ReadonlyMap<string, FeatureDefinition> = new Map(
  [...STATELESS_FEATURES, ...RECORD_FEATURES].map((feature) => [feature.name, feature]),
);

/** Definition of a column of either kind; `undefined` where this build does not know it. */
export function featureDefinition(name: string): FeatureDefinition | undefined {
  return DEFINITIONS.get(name);
}

/** 12 hex digits over names and definition versions of every column, record families included. */
export const CATALOG_ID: string = createHash('sha256')
  .update(
    JSON.stringify(
      [...STATELESS_FEATURES, ...RECORD_FEATURES].map((feature) => [feature.name, feature.definition]),
    ),
  )
  .digest('hex')
  .slice(0, 12);
