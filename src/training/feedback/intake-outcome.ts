import type { Alert } from '../../alert/alert.ts';
import type { Closing } from '../../alert/closing.ts';
import type { AlertSnapshot } from '../../alert/snapshot.ts';
import { AlertforestError } from '../../errors.ts';
import type { FullAlerts, SubmitStatus } from '../../store/feedback-store.ts';
import type { TargetStores } from './feedback-target.ts';
import type { FoundSnapshots } from './judged-snapshot.ts';

/** A clock skew that real products show; a time further ahead is a mistake. */
const MAX_AHEAD_MS = 24 * 3_600_000;

export interface IntakeDeps extends TargetStores {
  readonly snapshotOf: (alert: Alert) => AlertSnapshot;
  readonly now: () => number;
  readonly found?: FoundSnapshots;
  readonly full?: FullAlerts;
  /** Told of work that is not paid for yet, in alerts looked up and written. */
  readonly spend?: (units: number) => void;
}

/** Who sends the judgement, as far as the wire knows. */
export interface Sender {
  readonly name: string | undefined;
  /** True where the name was proven; a name in the body is then ignored. */
  readonly verified: boolean;
}

export interface IntakeOutcome {
  readonly status: SubmitStatus;
  readonly alertKey: string | undefined;
  readonly reason: string | undefined;
  /** A word in the place of the verdict that is in no vocabulary. */
  readonly unread?: string | undefined;
  readonly warnings?: readonly string[];
  /** What became of each further alert that took this label, members of a closed incident. */
  readonly members: readonly SubmitStatus[];
  /** Keys of the alerts whose label changed. */
  readonly changed: readonly string[];
  /** How the closing was read; undefined for open records. */
  readonly closing?: Closing | undefined;
}

/** @throws AlertforestError FEEDBACK_INVALID that names the field */
export function refuseFuture(path: string, moment: string, nowMs: number): void {
  if (Date.parse(moment) <= nowMs + MAX_AHEAD_MS) return;
  throw new AlertforestError('FEEDBACK_INVALID', `\`${path}\` lies in the future.`, {
    issues: [
      { path, message: `Expected a time up to now (${new Date(nowMs).toISOString()}), got ${moment}.` },
    ],
  });
}
