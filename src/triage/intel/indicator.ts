import type { Tlp } from './tlp.ts';

/** Kinds that can be looked up in an alert. */
export const INDICATOR_KINDS = ['ip', 'domain', 'url', 'hash', 'email'] as const;
export type IndicatorKind = (typeof INDICATOR_KINDS)[number];

/** One value that an alert's entities are compared with. */
export interface IndicatorValue {
  readonly type: IndicatorKind;
  /** In the normal form of its kind; for `ip` an address or a network with its prefix. */
  readonly value: string;
  /** Only names below the domain match, not the domain itself: `*.example.com`. */
  readonly isBelow?: true;
}

/** What a source says about its indicators. Absent means that it does not say. */
export interface IndicatorTerms {
  /** 0-100. 0 is a confidence, absent is not. */
  readonly confidence?: number;
  /** First moment at which it holds, ms. */
  readonly validFromMs?: number;
  /** First moment at which it no longer holds, ms. */
  readonly validUntilMs?: number;
  readonly firstSeenMs?: number;
  readonly tlp?: Tlp;
}

/** One indicator as a source gives it; several values where it names several. */
export interface ReadIndicator extends IndicatorTerms {
  readonly values: readonly IndicatorValue[];
  /** The source's own id, by which a later version replaces an earlier one. */
  readonly id?: string;
  /** Moment of this version, ms. */
  readonly versionMs?: number;
  /** Withdrawn: takes earlier versions with it and holds nothing. */
  readonly isRevoked?: boolean;
  /** Ids of marking definitions that the source brings along. */
  readonly markings?: readonly string[];
  /** What was read otherwise than written, in sentences. */
  readonly warnings?: readonly string[];
}

/** Why something in a source gives no indicator; the reason is one of few, so that they can be counted. */
export interface Refusal {
  readonly reason: string;
  /** Not meant to be one: an allow entry, a deleted attribute, a kind that is not looked up. */
  readonly isExpected: boolean;
}

export type Reading = ReadIndicator | Refusal;

export function isRefusal(reading: Reading): reading is Refusal {
  return 'reason' in reading;
}

/** Something that cannot be read as it should; counts as a fault of the source. */
export function refused(reason: string): Refusal {
  return { reason, isExpected: false };
}

/** Something that is understood and holds no indicator. */
export function passedOver(reason: string): Refusal {
  return { reason, isExpected: true };
}
