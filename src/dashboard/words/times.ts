const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const clockSeconds = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'short' });
const day = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' });

/** The full time in UTC, for the pointer that rests on a short one. */
export const utc = (moment: string): string =>
  `${new Date(moment).toISOString().replace('T', ' ').slice(0, 19)} UTC`;

/** `8 s ago` up to an hour; then the viewer's clock, with the day where it is not today. */
export function ago(moment: string, nowMs = Date.now()): string {
  const pastMs = nowMs - Date.parse(moment);
  if (pastMs < 0) return at(moment, nowMs);
  if (pastMs < MINUTE_MS) return `${Math.floor(pastMs / 1000)} s ago`;
  if (pastMs < HOUR_MS) return `${Math.floor(pastMs / MINUTE_MS)} min ago`;
  return at(moment, nowMs);
}

/** The viewer's clock: `02:07`, `Wed 21:07` within a week, `3 Mar 21:07` before. */
export function at(moment: string, nowMs = Date.now()): string {
  const date = new Date(moment);
  if (date.toDateString() === new Date(nowMs).toDateString()) return clock.format(date);
  const isNear = Math.abs(nowMs - date.getTime()) < 6 * DAY_MS;
  return `${isNear ? weekday.format(date) : day.format(date)} ${clock.format(date)}`;
}

/** `01:48–03:09`, with the day before the first where it is not today. */
export function span(first: string, last: string, nowMs = Date.now()): string {
  const from = at(first, nowMs);
  if (Date.parse(last) - Date.parse(first) < MINUTE_MS) return from;
  const isSameDay = new Date(first).toDateString() === new Date(last).toDateString();
  return `${from}–${isSameDay ? clock.format(new Date(last)) : at(last, nowMs)}`;
}

export const clockOf = (ms: number): string => clock.format(new Date(ms));
export const secondsOf = (ms: number): string => clockSeconds.format(new Date(ms));

/** 5400 -> `1 h 30 min`. */
export function lasting(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h ${Math.round((seconds % 3600) / 60)} min`;
  return `${Math.round(seconds / 86_400)} days`;
}
