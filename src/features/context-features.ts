import { TACTICS } from '../alert/attack-tactics.ts';
import {
  amount,
  amountOfLog,
  count,
  define,
  type FeatureDefinition,
  readable,
} from './feature-definition.ts';

/** What was asked about an alert's surroundings before the stages around the models were there. */
export const CONTEXT_FEATURES: readonly FeatureDefinition[] = [
  define(
    'intel_hits',
    'context',
    'Threat-intelligence hits among the entities.',
    count('threat-intelligence hit', 'threat-intelligence hits'),
  ),
  define(
    'intel_confidence',
    'context',
    'Highest confidence of these hits, 0-100.',
    amount('the confidence of threat intelligence'),
  ),
  define(
    'related_alerts_log1p',
    'context',
    'log(1 + alerts of the last 24 hours that share an entity).',
    amountOfLog('the number of related alerts of the last day'),
  ),
  define(
    'rule_frequency',
    'context',
    "Share of the tenant's alerts of 30 days raised by this rule, 0-1.",
    amount("the rule's share of the tenant's alerts"),
  ),
  define(
    'rarity',
    'context',
    'How unusual hour, host and user are for the tenant, 0-1, higher is rarer.',
    amount('the rarity of hour, host and user'),
  ),
  define(
    'tenant_alerts_log1p',
    'context',
    'log(1 + alerts of the tenant in about the last day, judged or not, fading with a time constant of 24 hours).',
    amountOfLog("the number of the tenant's alerts in about a day"),
  ),
];

const share =
  (of: string): ((value: number) => string) =>
  (value) =>
    `${Math.round(100 * value)} % of ${of}`;

/** What the stages before the models found out, at the moment of the alert. */
export const STAGE_FEATURES: readonly FeatureDefinition[] = [
  define(
    'own_surprise',
    'context',
    "How far the alert's own pairs of rule and entity are from what they do, >= 0; missing in a tenant's first day.",
    amount('the surprise of this rule on these entities'),
  ),
  define(
    'surprise',
    'context',
    "own_surprise with the novelty around the entities and in the tenant added; missing in a tenant's first day.",
    amount('the surprise with what happened around it'),
  ),
  define(
    'pair_novelty',
    'context',
    "Novelty of the newest pair of rule and entity, 0-1; missing in a tenant's first day.",
    amount('the novelty of this rule on these entities'),
  ),
  define(
    'pair_burst',
    'context',
    "Doublings of the pair's alerts of ten minutes beyond twice its record of the week; missing in a tenant's first day.",
    amount('the burst beyond the record of the week'),
  ),
  define(
    'entity_mass',
    'context',
    "Novelty of half an hour around the most shaken entity; missing in a tenant's first day.",
    amount('the novelty around its entities'),
  ),
  define(
    'tenant_mass',
    'context',
    "Novelty of half an hour in the tenant; missing in a tenant's first day.",
    amount('the novelty in the tenant'),
  ),
  define(
    'entity_alerts_log1p',
    'context',
    'log(1 + alerts of about a day on the busiest entity, fading with a time constant of 24 hours).',
    amountOfLog('the number of alerts on its busiest entity in about a day'),
  ),
  define(
    'joined_alerts_log1p',
    'context',
    'log(1 + alerts that correlation joined with this one, itself included); 0 where it does not stand out.',
    amountOfLog('the number of alerts joined with it'),
  ),
  define(
    'joined_score',
    'context',
    'Raw score of the incident they make; 0 where the alert does not stand out.',
    amount('the raw score of its incident'),
  ),
  define(
    'joined_stage',
    'context',
    'Furthest kill-chain stage that the joined alerts reached, 1-14; missing without a tactic.',
    (value) => `its incident reached ${readable(TACTICS[Math.round(value) - 1]?.name ?? '')}`,
  ),
  define(
    'incident_alerts_log1p',
    'context',
    "log(1 + earlier alerts of the vendor's incident, else of the product's own); missing without one.",
    amountOfLog('the number of earlier alerts of its incident'),
  ),
  define(
    'incident_age_log1p',
    'context',
    'log(1 + seconds since the first alert of that incident); missing without one.',
    amountOfLog('the age of its incident', ' s'),
  ),
  define(
    'incident_gap_log1p',
    'context',
    'log(1 + seconds since the latest alert of that incident); missing for the first.',
    amountOfLog('the time since the alert before it in its incident', ' s'),
  ),
  define(
    'incident_rules',
    'context',
    'Distinct rules among the earlier alerts of that incident; missing without one.',
    count('rule in its incident so far', 'rules in its incident so far'),
  ),
  define(
    'tenant_rules_log1p',
    'context',
    'log(1 + distinct rules of the tenant so far).',
    amountOfLog("the number of the tenant's rules"),
  ),
  define(
    'tenant_alerts_per_incident',
    'context',
    'Alerts an incident of the tenant so far, fading over a week.',
    amount("the tenant's alerts an incident"),
  ),
  define(
    'tenant_rule_share',
    'context',
    "Share of this rule among the tenant's alerts so far, 0-1, fading over a week.",
    share("the tenant's alerts are of this rule"),
  ),
  define(
    'tenant_night_share',
    'context',
    "Share of the tenant's alerts so far at night, 0-1, fading over a week.",
    share("the tenant's alerts come at night"),
  ),
  define(
    'tenant_weekend_share',
    'context',
    "Share of the tenant's alerts so far on a weekend, 0-1, fading over a week.",
    share("the tenant's alerts come on a weekend"),
  ),
  define(
    'tenant_entities',
    'context',
    'Entities an alert of the tenant so far, fading over a week.',
    amount("the tenant's entities an alert"),
  ),
  ...TACTICS.map((tactic) =>
    define(
      `tenant_${tactic.name}_share`,
      'context',
      `Share of the tenant's alerts so far that name ${tactic.id}, 0-1, fading over a week.`,
      share(`the tenant's alerts name ${readable(tactic.name)}`),
    ),
  ),
];
