import { TACTICS } from '../../alert/attack-tactics.ts';
import type { TriageContext } from '../../alert/context.ts';
import {
  amount,
  amountOfLog,
  type ColumnHistory,
  type Columns,
  column,
  columnPerKind,
  count,
  readable,
} from '../feature-definition.ts';

// Catalogues that brought columns; see `catalog-history.ts`.
const WITH_TENANT_ALERTS: ColumnHistory = { since: 3 };
const WITH_STAGES: ColumnHistory = { since: 4 };

/** What was asked about an alert's surroundings before the stages around the models were there. */
const FORMER_COLUMNS: readonly Columns<TriageContext>[] = [
  column(
    'intel_hits',
    'context',
    'Threat-intelligence hits among the entities.',
    count('threat-intelligence hit', 'threat-intelligence hits'),
    ({ intelHits }) => intelHits,
  ),
  column(
    'intel_confidence',
    'context',
    'Highest confidence of these hits, 0-100.',
    amount('the confidence of threat intelligence'),
    ({ intelConfidence }) => intelConfidence,
  ),
  column(
    'related_alerts_log1p',
    'context',
    'log(1 + alerts of the last 24 hours that share an entity).',
    amountOfLog('the number of related alerts of the last day'),
    ({ relatedAlerts }) => Math.log1p(relatedAlerts),
  ),
  column(
    'rule_frequency',
    'context',
    "Share of the tenant's alerts of 30 days raised by this rule, 0-1.",
    amount("the rule's share of the tenant's alerts"),
    ({ ruleFrequency }) => ruleFrequency,
  ),
  column(
    'rarity',
    'context',
    'How unusual hour, host and user are for the tenant, 0-1, higher is rarer.',
    amount('the rarity of hour, host and user'),
    ({ rarity }) => rarity,
  ),
  column(
    'tenant_alerts_log1p',
    'context',
    'log(1 + alerts of the tenant in about the last day, judged or not, fading with a time constant of 24 hours).',
    amountOfLog("the number of the tenant's alerts in about a day"),
    ({ tenantAlerts }) => Math.log1p(tenantAlerts),
    WITH_TENANT_ALERTS,
  ),
];

const share =
  (of: string): ((value: number) => string) =>
  (value) =>
    `${Math.round(100 * value)} % of ${of}`;

/** What the stages before the models found out, at the moment of the alert. */
const STAGE_COLUMNS: readonly Columns<TriageContext>[] = [
  column(
    'own_surprise',
    'context',
    "How far the alert's own pairs of rule and entity are from what they do, >= 0; missing in a tenant's first day.",
    amount('the surprise of this rule on these entities'),
    ({ ownSurprise }) => ownSurprise,
    WITH_STAGES,
  ),
  column(
    'surprise',
    'context',
    "own_surprise with the novelty around the entities and in the tenant added; missing in a tenant's first day.",
    amount('the surprise with what happened around it'),
    ({ surprise }) => surprise,
    WITH_STAGES,
  ),
  column(
    'pair_novelty',
    'context',
    "Novelty of the newest pair of rule and entity, 0-1; missing in a tenant's first day.",
    amount('the novelty of this rule on these entities'),
    ({ pairNovelty }) => pairNovelty,
    WITH_STAGES,
  ),
  column(
    'pair_burst',
    'context',
    "Doublings of the pair's alerts of ten minutes beyond twice its record of the week; missing in a tenant's first day.",
    amount('the burst beyond the record of the week'),
    ({ pairBurst }) => pairBurst,
    WITH_STAGES,
  ),
  column(
    'entity_mass',
    'context',
    "Novelty of half an hour around the most shaken entity; missing in a tenant's first day.",
    amount('the novelty around its entities'),
    ({ entityMass }) => entityMass,
    WITH_STAGES,
  ),
  column(
    'tenant_mass',
    'context',
    "Novelty of half an hour in the tenant; missing in a tenant's first day.",
    amount('the novelty in the tenant'),
    ({ tenantMass }) => tenantMass,
    WITH_STAGES,
  ),
  column(
    'entity_alerts_log1p',
    'context',
    'log(1 + alerts of about a day on the busiest entity, fading with a time constant of 24 hours).',
    amountOfLog('the number of alerts on its busiest entity in about a day'),
    ({ entityAlerts }) => Math.log1p(entityAlerts),
    WITH_STAGES,
  ),
  column(
    'joined_alerts_log1p',
    'context',
    'log(1 + alerts that correlation joined with this one, itself included); 0 where it does not stand out.',
    amountOfLog('the number of alerts joined with it'),
    ({ joinedAlerts }) => Math.log1p(joinedAlerts),
    WITH_STAGES,
  ),
  column(
    'joined_score',
    'context',
    'Raw score of the incident they make; 0 where the alert does not stand out.',
    amount('the raw score of its incident'),
    ({ joinedScore }) => joinedScore,
    WITH_STAGES,
  ),
  column(
    'joined_stage',
    'context',
    'Furthest kill-chain stage that the joined alerts reached, 1-14; missing without a tactic.',
    (value) => `its incident reached ${readable(TACTICS[Math.round(value) - 1]?.name ?? '')}`,
    ({ joinedStage }) => joinedStage,
    WITH_STAGES,
  ),
  column(
    'incident_alerts_log1p',
    'context',
    "log(1 + earlier alerts of the vendor's incident, else of the product's own); missing without one.",
    amountOfLog('the number of earlier alerts of its incident'),
    ({ incidentAlerts }) => Math.log1p(incidentAlerts),
    WITH_STAGES,
  ),
  column(
    'incident_age_log1p',
    'context',
    'log(1 + seconds since the first alert of that incident); missing without one.',
    amountOfLog('the age of its incident', ' s'),
    ({ incidentAgeS }) => Math.log1p(incidentAgeS),
    WITH_STAGES,
  ),
  column(
    'incident_gap_log1p',
    'context',
    'log(1 + seconds since the latest alert of that incident); missing for the first.',
    amountOfLog('the time since the alert before it in its incident', ' s'),
    ({ incidentGapS }) => Math.log1p(incidentGapS),
    WITH_STAGES,
  ),
  column(
    'incident_rules',
    'context',
    'Distinct rules among the earlier alerts of that incident; missing without one.',
    count('rule in its incident so far', 'rules in its incident so far'),
    ({ incidentRules }) => incidentRules,
    WITH_STAGES,
  ),
  column(
    'tenant_rules_log1p',
    'context',
    'log(1 + distinct rules of the tenant so far).',
    amountOfLog("the number of the tenant's rules"),
    ({ tenantRules }) => Math.log1p(tenantRules),
    WITH_STAGES,
  ),
  column(
    'tenant_alerts_per_incident',
    'context',
    'Alerts an incident of the tenant so far, fading over a week.',
    amount("the tenant's alerts an incident"),
    ({ tenantAlertsPerIncident }) => tenantAlertsPerIncident,
    WITH_STAGES,
  ),
  column(
    'tenant_rule_share',
    'context',
    "Share of this rule among the tenant's alerts so far, 0-1, fading over a week.",
    share("the tenant's alerts are of this rule"),
    ({ tenantRuleShare }) => tenantRuleShare,
    WITH_STAGES,
  ),
  column(
    'tenant_night_share',
    'context',
    "Share of the tenant's alerts so far at night, 0-1, fading over a week.",
    share("the tenant's alerts come at night"),
    ({ tenantNightShare }) => tenantNightShare,
    WITH_STAGES,
  ),
  column(
    'tenant_weekend_share',
    'context',
    "Share of the tenant's alerts so far on a weekend, 0-1, fading over a week.",
    share("the tenant's alerts come on a weekend"),
    ({ tenantWeekendShare }) => tenantWeekendShare,
    WITH_STAGES,
  ),
  column(
    'tenant_entities',
    'context',
    'Entities an alert of the tenant so far, fading over a week.',
    amount("the tenant's entities an alert"),
    ({ tenantEntities }) => tenantEntities,
    WITH_STAGES,
  ),
  columnPerKind(
    'context',
    TACTICS,
    ({ id, name }) => [
      `tenant_${name}_share`,
      `Share of the tenant's alerts so far that name ${id}, 0-1, fading over a week.`,
      share(`the tenant's alerts name ${readable(name)}`),
    ],
    ({ tenantTactics }) => tenantTactics,
    WITH_STAGES,
  ),
];

/** Every column that depends on the alerts before this one. */
export const CONTEXT_COLUMNS: readonly Columns<TriageContext>[] = [...FORMER_COLUMNS, ...STAGE_COLUMNS];
