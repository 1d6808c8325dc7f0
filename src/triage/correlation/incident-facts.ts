/** An incident before one more alert joined it. */
export interface IncidentBefore {
  readonly nAlerts: number;
  readonly nRules: number;
  /** Seconds; infinite without an alert. */
  readonly firstAtS: number;
  readonly lastAtS: number;
}

/** What correlation says of one alert. */
export interface IncidentFacts {
  readonly notable: boolean;
  /** How far it stands out, >= 0: what the gate and the incident's score are made from. */
  readonly strength: number;
  /** The incident the alert is part of; undefined for one that is not notable. */
  readonly incident:
    | {
        /** 16 hex digits. Provisional: the incident may yet turn out to be part of an earlier one. */
        readonly id: string;
        readonly nAlerts: number;
        readonly nRules: number;
        /** ATT&CK tactic ids in the order they were reached. */
        readonly tactics: readonly string[];
        /** Raw score I: the sum over its rules of 1 - 2^-(strongest), >= 0. */
        readonly rawScore: number;
        readonly firstAtS: number;
        /** Kinds of key by which the alert joined it. */
        readonly joinedBy: readonly string[];
        /** As it stood before this alert. */
        readonly before: IncidentBefore;
      }
    | undefined;
}
