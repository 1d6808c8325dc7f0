import { DISPOSITIONS } from '../alert/alert.ts';
import {
  type ColumnHistory,
  type DatedFeature,
  dated,
  define,
  definitionOf,
  type FeatureDefinition,
  readable,
  rounded,
} from './feature-definition.ts';

// Families that came with the second catalogue; see `catalog-history.ts`.
const FIRST: ColumnHistory = { since: 1 };
const SECOND: ColumnHistory = { since: 2 };
/** Asked by what an alert's entities are, of which the reader of the fifth catalogue finds others. */
const reread = (replaces: string, replacedSince: number): ColumnHistory => ({
  since: 5,
  replaces,
  replacedSince,
});

/** Whose past is asked about, in the order of an alert's record keys, in words and since when. */
const FAMILIES = {
  rule: ['this rule', FIRST],
  tenant: ['this tenant', FIRST],
  tenant_rule: ['this rule in this tenant', FIRST],
  tenant_tactic: ['these tactics in this tenant', FIRST],
  tenant_entity_kind_v2: ['these kinds of entity in this tenant', reread('tenant_entity_kind', 1)],
  source: ['this source', FIRST],
  main_entity_v2: ['this main entity', reread('main_entity', 1)],
  tenant_rule_entities_v2: [
    'this rule on these kinds of entity in these roles in this tenant',
    reread('tenant_rule_entities', 1),
  ],
  tenant_rule_hours: ['this rule in this tenant at these hours', FIRST],
  tenant_rule_day: ['this rule in this tenant on this day', FIRST],
  tenant_day: ['this tenant on this day', FIRST],
  tenant_day_hours: ['this tenant in these hours of this day', FIRST],
  tenant_tactic_day: ['these tactics in this tenant on this day', FIRST],
  rule_entities_v2: [
    'this rule on these kinds of entity in these roles, in any tenant',
    reread('rule_entities', 2),
  ],
  tactic_entities_v2: [
    'these tactics on these kinds of entity in these roles, in any tenant',
    reread('tactic_entities', 2),
  ],
  indicator: ['this indicator, in any tenant', SECOND],
  rule_day: ['this rule on this day, in any tenant', SECOND],
  tactic_entities_day_v2: [
    'these tactics on these kinds of entity on this day, in any tenant',
    reread('tactic_entities_day', 2),
  ],
} as const satisfies Record<string, readonly [label: string, history: ColumnHistory]>;

export type RecordFamily = keyof typeof FAMILIES;
export const RECORD_FAMILIES = Object.keys(FAMILIES) as readonly RecordFamily[];

/** Place of each family among an alert's record keys. */
export const FAMILY_PLACES = Object.fromEntries(
  RECORD_FAMILIES.map((family, place) => [family, place]),
) as Readonly<Record<RecordFamily, number>>;

/** A family in words. */
export const familyLabel = (family: RecordFamily): string => FAMILIES[family][0];

const historyOf = (family: RecordFamily): ColumnHistory => FAMILIES[family][1];

/** Names of the families in their order in catalogue number `at`; '' where there was none in the place. */
export const familiesAsOf = (at: number): readonly string[] =>
  RECORD_FAMILIES.map((family) => {
    const { since = 1, replaces = '', replacedSince = 1 } = historyOf(family);
    if (since <= at) return family;
    return replacedSince <= at ? replaces : '';
  });

/** Columns per family: a share per disposition, then log(1 + count). */
export const N_RECORD_COLUMNS_PER_FAMILY = DISPOSITIONS.length + 1;

const featuresOf = (family: RecordFamily): FeatureDefinition[] => [
  ...DISPOSITIONS.map((disposition) =>
    define(
      `record_${family}_${disposition}`,
      'record' as const,
      `Smoothed share of ${readable(disposition)} among judged alerts of ${familyLabel(family)}, 0-1.`,
      (value) =>
        `${Math.round(100 * value)} % of judged alerts of ${familyLabel(family)} were ${readable(disposition)}`,
      definitionOf(historyOf(family)),
    ),
  ),
  define(
    `record_${family}_count_log1p`,
    'record' as const,
    `log(1 + judged alerts of ${familyLabel(family)}); 0 where none is known.`,
    (value) => `${rounded(Math.expm1(value))} judged alerts of ${familyLabel(family)}`,
    definitionOf(historyOf(family)),
  ),
];

/** Track-record columns, family by family in the order of {@link RECORD_FAMILIES}. */
export const RECORD_FEATURES: readonly DatedFeature[] = RECORD_FAMILIES.flatMap((family) =>
  featuresOf(family).map((feature) => {
    const { replaces, ...history } = historyOf(family);
    if (replaces === undefined) return dated(feature, history);
    const former = feature.name.replace(`record_${family}_`, `record_${replaces}_`);
    return dated(feature, { ...history, replaces: former });
  }),
);
