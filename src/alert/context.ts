/**
 * What triage hands to features. Declared here so that neither room imports the other.
 * A number that is NaN was not looked up (its stage is off or had no data); 0 means looked up, nothing found.
 */
export interface TriageContext {
  /** Threat-intelligence hits among the alert's entities, >= 0, or NaN. */
  readonly intelHits: number;
  /** Highest confidence of those hits, 0-100, or NaN. */
  readonly intelConfidence: number;
  /** Other alerts of the last 24 h that share an entity, >= 0, or NaN. */
  readonly relatedAlerts: number;
  /** Share of the tenant's alerts of the last 30 days raised by the same rule, 0-1, or NaN. */
  readonly ruleFrequency: number;
  /** How unusual the hour, the host and the user are for this tenant, 0-1, higher is rarer, or NaN. */
  readonly rarity: number;
  /** Alerts of the tenant in about the last day, this one not counted, judged or not, >= 0, or NaN. */
  readonly tenantAlerts: number;
  /** How far the alert's own pairs of rule and entity are from what they do, >= 0, or NaN while the tenant is new. */
  readonly ownSurprise: number;
  /** The same with the novelty around its entities and in its tenant added, >= 0, or NaN while the tenant is new. */
  readonly surprise: number;
  /** Novelty of its newest pair of rule and entity, 0-1, or NaN while the tenant is new. */
  readonly pairNovelty: number;
  /** Doublings of its alerts of ten minutes beyond twice the record of the week, or NaN while the tenant is new. */
  readonly pairBurst: number;
  /** Novelty around its most shaken entity in about half an hour, >= 0, or NaN while the tenant is new. */
  readonly entityMass: number;
  /** The same of its tenant. */
  readonly tenantMass: number;
  /** Alerts in about a day before this one on the busiest of its entities, >= 0, or NaN. */
  readonly entityAlerts: number;
  /** Alerts that correlation joined with this one, itself included; 0 where it is not notable, NaN where not asked. */
  readonly joinedAlerts: number;
  /** Raw score of the incident they make, >= 0; 0 where it is not notable, NaN where not asked. */
  readonly joinedScore: number;
  /** Furthest kill-chain stage they reached, 1-14; NaN where none is known. */
  readonly joinedStage: number;
  /** Earlier alerts of the vendor's incident, else of the product's own, >= 0, or NaN without one. */
  readonly incidentAlerts: number;
  /** Seconds since its first alert, or NaN. */
  readonly incidentAgeS: number;
  /** Seconds since its latest alert, or NaN for the first. */
  readonly incidentGapS: number;
  /** Distinct rules among its earlier alerts, or NaN. */
  readonly incidentRules: number;
  /** What kind of tenant it is, by its alerts before this one. */
  readonly tenantRules: number;
  readonly tenantAlertsPerIncident: number;
  readonly tenantRuleShare: number;
  readonly tenantNightShare: number;
  readonly tenantWeekendShare: number;
  readonly tenantEntities: number;
  /** (14,) share of its alerts that name each tactic; undefined where not known. */
  readonly tenantTactics: Float64Array | undefined;
}

/** Context of an alert for which no stage has run. */
export const EMPTY_CONTEXT: TriageContext = {
  intelHits: Number.NaN,
  intelConfidence: Number.NaN,
  relatedAlerts: Number.NaN,
  ruleFrequency: Number.NaN,
  rarity: Number.NaN,
  tenantAlerts: Number.NaN,
  ownSurprise: Number.NaN,
  surprise: Number.NaN,
  pairNovelty: Number.NaN,
  pairBurst: Number.NaN,
  entityMass: Number.NaN,
  tenantMass: Number.NaN,
  entityAlerts: Number.NaN,
  joinedAlerts: Number.NaN,
  joinedScore: Number.NaN,
  joinedStage: Number.NaN,
  incidentAlerts: Number.NaN,
  incidentAgeS: Number.NaN,
  incidentGapS: Number.NaN,
  incidentRules: Number.NaN,
  tenantRules: Number.NaN,
  tenantAlertsPerIncident: Number.NaN,
  tenantRuleShare: Number.NaN,
  tenantNightShare: Number.NaN,
  tenantWeekendShare: Number.NaN,
  tenantEntities: Number.NaN,
  tenantTactics: undefined,
};
