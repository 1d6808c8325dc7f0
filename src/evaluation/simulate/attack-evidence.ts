import type { StreamAlert } from './alert-stream.ts';

/** Starts of the stretches outside all windows that a window is compared with, seconds apart. */
const STRIDE_S = 600;
/** A rule on a host is evidence where so few stretches outside raise it as often. */
const RARE_SHARE = 0.005;
/** This step goes on from the first day to the last: its label is evidence in one window alone. */
const LASTING = { event: 'dnsteal', window: 'service_stop' } as const;

interface Window {
  readonly step: string;
  readonly fromS: number;
  readonly toS: number;
}

/**
 * Alerts that show a step of the attack, as positions in `alerts`. A time window also holds what would have been raised
 * anyway. So an alert within a step's window is evidence where it was traced back to the attack, or where its rule and
 * host raise as much as in the window in less than 0.5 % of the equally long stretches outside all windows.
 *
 * @param alerts in time order, labelled
 */
export function attackEvidence(alerts: readonly StreamAlert[]): Set<number> {
  const evidence = new Set<number>();
  const startS = alerts[0]?.atS ?? 0;
  const endS = alerts.at(-1)?.atS ?? 0;
  const windows = windowsOf(alerts);
  const times = timesByLine(alerts);
  const isInside = (fromS: number, toS: number): boolean =>
    windows.some((window) => fromS <= window.toS && toS >= window.fromS);
  for (const { step, fromS, toS } of windows) {
    const lengthS = toS - fromS;
    const free: number[] = [];
    for (let atS = startS; atS + lengthS <= endS; atS += STRIDE_S) {
      if (!isInside(atS, atS + lengthS)) free.push(atS);
    }
    const rare = new Map<string, boolean>();
    for (const [position, alert] of alerts.entries()) {
      if (alert.label?.step !== step) continue;
      const { event } = alert.label;
      if (event !== undefined && !(event === LASTING.event && step !== LASTING.window)) {
        evidence.add(position);
        continue;
      }
      const key = lineKey(alert);
      let isRare = rare.get(key);
      if (isRare === undefined) {
        const ofLine = times.get(key)!;
        const inWindow = countWithin(ofLine, fromS, toS);
        const asMany = free.filter((atS) => countWithin(ofLine, atS, atS + lengthS) >= inWindow).length;
        isRare = asMany < RARE_SHARE * free.length;
        rare.set(key, isRare);
      }
      if (isRare) evidence.add(position);
    }
  }
  return evidence;
}

function windowsOf(alerts: readonly StreamAlert[]): Window[] {
  const windows = new Map<string, { step: string; fromS: number; toS: number }>();
  for (const { label, atS } of alerts) {
    if (label?.step === undefined) continue;
    const window = windows.get(label.step);
    if (window === undefined) windows.set(label.step, { step: label.step, fromS: atS, toS: atS });
    else window.toS = atS;
  }
  return [...windows.values()];
}

const lineKey = ({ rule, host }: StreamAlert): string => `${rule}\u0000${host}`;

function timesByLine(alerts: readonly StreamAlert[]): Map<string, number[]> {
  const times = new Map<string, number[]>();
  for (const alert of alerts) {
    const key = lineKey(alert);
    const list = times.get(key);
    if (list === undefined) times.set(key, [alert.atS]);
    else list.push(alert.atS);
  }
  return times;
}

function countWithin(sorted: readonly number[], fromS: number, toS: number): number {
  return lowerBound(sorted, toS + 1) - lowerBound(sorted, fromS);
}

function lowerBound(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
