import type { EntityHistory } from './entity-history.ts';
import { type FeaturePlan, HISTORY_NAMES, LAB_WINDOW, PER_WINDOW, windowNames } from './feature-plan.ts';
import type { LogEvents } from './log-events.ts';

export interface DerivedFeatures {
  readonly names: readonly string[];
  /** (n x names) row-major, NaN where nothing is known. */
  readonly X: Float32Array;
  /** (n,) what the plain detectors ask, no columns of a model where they would learn single places. */
  readonly detectors: {
    readonly gapCv: Float32Array;
    readonly nBefore: Float32Array;
    readonly otherSources: Float32Array;
    readonly uploadZ: Float32Array;
    /** Of failed logins: other sources that failed on the account in the last hour; else 0. */
    readonly onAccount: Float32Array;
    /** Of failed logins with an account that is new to the source: other sources of such in the last hour; else 0. */
    readonly newlyFailing: Float32Array;
  };
}

export type DetectorColumns = DerivedFeatures['detectors'];

/** (n,) columns before anything is known. */
export const newDetectors = (n: number): DetectorColumns => ({
  gapCv: new Float32Array(n).fill(Number.NaN),
  nBefore: new Float32Array(n),
  otherSources: new Float32Array(n),
  uploadZ: new Float32Array(n).fill(Number.NaN),
  onAccount: new Float32Array(n),
  newlyFailing: new Float32Array(n),
});

/** Writes what is known of row i's source before it begins: columns of the model from `from` on, and of the detectors. */
export function putHistory(
  X: Float32Array,
  from: number,
  events: LogEvents,
  i: number,
  place: number,
  history: EntityHistory,
  plan: FeaturePlan,
  detectors: DetectorColumns,
): void {
  const nWindows = windowNames(plan.hasDays).length;
  const source = events.source[i] as number;
  const now = events.start[i] as number;
  const windows = history.windowsOf(source, now);
  let at = from;
  for (let w = 0; w < nWindows; w++, at += PER_WINDOW.length) {
    const window = windows?.[w];
    const n = window?.n ?? 0;
    X[at] = n;
    X[at + 1] = window?.failed ?? 0;
    X[at + 2] = window === undefined || n === 0 ? Number.NaN : window.failed / n;
    X[at + 3] = window?.ports.distinct ?? 0;
    X[at + 4] = window?.targets.distinct ?? 0;
    X[at + 5] = window?.users.distinct ?? 0;
    X[at + 6] = Math.log1p(window?.bytesOut ?? 0);
    X[at + 7] = window?.places.of(place) ?? 0;
    X[at + 8] = window === undefined ? Number.NaN : window.ports.entropy(n);
  }
  const gaps = history.gaps(source, place, now);
  const { z, rank } = history.upload(
    source,
    events.target[i] as number,
    Math.log1p(events.bytesOut[i] as number),
  );
  X[at] = gaps.n;
  X[at + 1] = gaps.mean / 1000;
  X[at + 2] = gaps.cv;
  X[at + 3] = z;
  X[at + 4] = rank;
  detectors.gapCv[i] = gaps.cv;
  detectors.nBefore[i] = gaps.n;
  detectors.uploadZ[i] = z;
  detectors.otherSources[i] = history.otherSources(source, events.target[i] as number);
  at += HISTORY_NAMES.length;
  if (plan.hasLabCounts) {
    const window = windows?.[LAB_WINDOW];
    X[at] = window?.failedLogins ?? 0;
    X[at + 1] = window?.ports.distinct ?? 0;
  }
  if (events.failedLogin[i] !== 1 || (events.user[i] as number) < 0) return;
  const { isNew, onAccount, newlyFailing } = history.login(source, events.user[i] as number, now);
  detectors.onAccount[i] = onAccount;
  if (isNew) detectors.newlyFailing[i] = newlyFailing;
}
