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
}

/** Context of an alert for which no stage has run. */
export const EMPTY_CONTEXT: TriageContext = {
  intelHits: Number.NaN,
  intelConfidence: Number.NaN,
  relatedAlerts: Number.NaN,
  ruleFrequency: Number.NaN,
  rarity: Number.NaN,
  tenantAlerts: Number.NaN,
};
