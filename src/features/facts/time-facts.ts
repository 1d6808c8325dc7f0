import { isoMs } from '../../alert/iso-time.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** UTC; NaN where the time cannot be read. */
export class TimeFacts {
  occurredAtMs = Number.NaN;
  /** 0-23. */
  hour = Number.NaN;
  /** Monday 0 to Sunday 6. */
  weekday = Number.NaN;
  isNight = Number.NaN;
  isWeekend = Number.NaN;

  read(occurredAt: string): void {
    this.occurredAtMs = isoMs(occurredAt);
    const sinceMidnight = Math.floor(this.occurredAtMs / HOUR_MS) % 24;
    const hour = sinceMidnight < 0 ? sinceMidnight + 24 : sinceMidnight;
    // 1970-01-01 was a Thursday: day 3 of a week that starts on Monday
    const weekday = (((Math.floor(this.occurredAtMs / DAY_MS) + 3) % 7) + 7) % 7;
    this.hour = hour;
    this.weekday = weekday;
    this.isNight = Number.isNaN(hour) ? Number.NaN : hour < 6 || hour >= 22 ? 1 : 0;
    this.isWeekend = Number.isNaN(weekday) ? Number.NaN : weekday >= 5 ? 1 : 0;
  }
}
