import type { Alert, Disposition } from '../alert/alert.ts';

/** One alert of an evaluation set with what it turned out to be. */
export interface LabelledAlert {
  readonly alert: Alert;
  readonly disposition: Disposition;
  /** 0-100, undefined where the set gives none. */
  readonly riskScore: number | undefined;
  /** Alerts of one group never stand on both sides of a split. */
  readonly group: string;
}
