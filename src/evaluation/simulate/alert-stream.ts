import type { Alert } from '../../alert/alert.ts';

/** What a set says an alert belongs to. */
export interface AttackLabel {
  /** Step of the attack in whose time window the alert lies; undefined outside all windows. */
  readonly step: string | undefined;
  /** Step that the alert itself was traced back to; undefined where to none. */
  readonly event: string | undefined;
}

/** One alert of a file that is played. */
export interface StreamAlert {
  /** Position in the file, from 0. */
  readonly index: number;
  /** Its own time, seconds. */
  readonly atS: number;
  /** The deduplicated unit that a person would read: what raised it and where. */
  readonly rule: string;
  readonly host: string;
  /** Undefined where the file has no labels. */
  readonly label: AttackLabel | undefined;
  /** Made anew at each call, so that long files fit. */
  readonly alert: () => Alert;
  /** Further ids by which a file of incidents may name it. */
  readonly aliases?: readonly string[] | undefined;
  /** The record as the sender wrote it, out of its envelope; undefined where the alert itself is all there is. */
  readonly payload: unknown;
  /** The record says no time: the alert stands at the beginning of all time. */
  readonly isTimeOfReceipt: boolean;
}

/** In the order in which they are played: by time, of equal times as in the file. */
export function inTimeOrder(alerts: StreamAlert[]): StreamAlert[] {
  return alerts.sort((a, b) => a.atS - b.atS || a.index - b.index);
}
