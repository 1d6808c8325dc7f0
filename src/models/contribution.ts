/** Parts of the blend that a column can move. */
export type ExplanationPart = 'classifier' | 'anomaly' | 'scorer' | 'context' | 'rule';

/** Points of final_score that one column adds (or takes) through one part of the blend. */
export interface Contribution {
  readonly part: ExplanationPart;
  /** Name of the column; `rule_score`, or the name of a non-linear end. */
  readonly feature: string;
  /** Value of the column, null where missing. */
  readonly value: number | null;
  readonly points: number;
}
