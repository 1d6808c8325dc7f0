import { hash64, lastHash } from '../features/hash64.ts';

const AUDIT_SEED = 0xa0d17;

/**
 * Whether an alert belongs to the audit sample: decided by the hash of its key, so that it is the same on every
 * instance and nobody can pick.
 *
 * @param share in [0, 1]
 */
export function isAuditSample(alertKey: string, share: number): boolean {
  hash64([alertKey], AUDIT_SEED);
  return lastHash[0]! / 2 ** 32 < share;
}
