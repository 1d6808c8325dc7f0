import { hashText, lastHash } from '../features/hash64.ts';

const AUDIT_SEED = 0xa0d17;

/** Most alerts one audit sample stands for: that of the default share. Below it the estimate leans to the judged. */
export const MAX_AUDIT_WEIGHT = 50;

/**
 * How many alerts a judged one stands for where models and policies are measured. Of the alerts that would have been
 * closed only the audit sample is judged, so each of its alerts stands for 1 / share of them; the bound keeps one
 * judgement from deciding everything where the share is tiny.
 *
 * @param auditShare in (0, 1], `undefined` for an alert that was looked at in any case
 */
export function auditWeight(auditShare: number | undefined): number {
  return auditShare === undefined ? 1 : Math.min(MAX_AUDIT_WEIGHT, 1 / auditShare);
}

/**
 * Whether an alert belongs to the audit sample: decided by the hash of its key, so that it is the same on every
 * instance and cannot be chosen.
 *
 * @param share in [0, 1]
 */
export function isAuditSample(alertKey: string, share: number): boolean {
  hashText(alertKey, AUDIT_SEED);
  return lastHash[0]! / 2 ** 32 < share;
}
