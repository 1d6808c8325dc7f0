/** What the history of a tenant says about one alert. A number that is NaN is not known yet. */
export interface BehaviorFacts {
  /**
   * How far the alert's own (rule, entity) pairs are from what they do, >= 0: of a rare pair novelty x doublings of
   * its count, of a known pair doublings beyond twice its record of the week. The highest over the alert's entities.
   */
  readonly own: number;
  /** own + shares of the novelty around the alert: `surprise` is what `score` is made from, >= 0. */
  readonly surprise: number;
  /** 1 - 2^-surprise, 0-1; NaN until the tenant was watched for a day. */
  readonly score: number;
  /** Novelty of the alert's newest pair when it entered the running cell, 0-1. */
  readonly novelty: number;
  /** Position of its entity among those that join; -1 where no pair is new. */
  readonly newest: number;
  /** Doublings of the alerts of ten minutes beyond twice the record of the week; negative below it. */
  readonly burst: number;
  /** Its rule was raised for the first time within the last day, in a tenant that was watched for longer. */
  readonly isNewRule: boolean;
  /** Novelty around the alert's entities in about half an hour, this alert included, >= 0: of the most shaken one. */
  readonly entityMass: number;
  /** The same of the whole tenant. */
  readonly tenantMass: number;
  /** Alerts in about a day before this one on the busiest of its entities, >= 0. */
  readonly related: number;
  /** Alerts of the tenant in about a day before this one, >= 0; NaN until the stream was watched for a day. */
  readonly tenantAlerts: number;
  /** The same, known from the tenant's first alert on. */
  readonly alertsSoFar: number;
  /** Seconds for which the tenant had been watched. */
  readonly watchedS: number;
  /** Moment at which the alert was counted, seconds: its own, brought into the bounds of docs/behavior.md. */
  readonly countedAtS: number;
  /** It came more than an hour behind the newest alert of its tenant: it counts in volumes and teaches no pair. */
  readonly isLate: boolean;
}
