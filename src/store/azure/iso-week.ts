export const DAY_MS = 86_400_000;
export const WEEK_MS = 7 * DAY_MS;

/** Start of the ISO week (Monday 00:00 UTC) that holds this moment, in ms. */
export function isoWeekStartMs(atMs: number): number {
  const dayMs = Math.floor(atMs / DAY_MS) * DAY_MS;
  // 1970-01-01, day 0, was a Thursday.
  const daysSinceMonday = (((dayMs / DAY_MS + 3) % 7) + 7) % 7;
  return dayMs - daysSinceMonday * DAY_MS;
}

/** ISO year and week of a moment as `yyyyww`: 2027-01-01 is in `202653`. Text order is time order. */
export function isoWeek(atMs: number): string {
  const startMs = isoWeekStartMs(atMs);
  // The year of a week is the year of its Thursday, and its first week holds January 4th.
  const year = new Date(startMs + 3 * DAY_MS).getUTCFullYear();
  const week = Math.round((startMs - isoWeekStartMs(Date.UTC(year, 0, 4))) / WEEK_MS) + 1;
  return `${String(year).padStart(4, '0')}${String(week).padStart(2, '0')}`;
}
