import { Cron } from 'croner';

/** When a timer function is due, in UTC. */
export interface TimerSchedule {
  readonly expression: string;
  /** The first occurrence after `afterMs`, in ms since the epoch; undefined when there is none. */
  nextMs(afterMs: number): number | undefined;
}

const NAMES = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)';
const VALUE = `(?:\\d{1,2}|${NAMES})`;
const PART = `(?:\\*|${VALUE}(?:-${VALUE})?)(?:/\\d{1,2})?`;
const FIELD = new RegExp(`^${PART}(?:,${PART})*$`, 'i');

/**
 * Parses the NCRONTAB expression of a timer trigger: `{second} {minute} {hour} {day} {month} {day-of-week}`, or the
 * five fields without seconds. Days and weekdays must both match, Sunday is 0, times are UTC.
 *
 * Throws `SyntaxError` for what the cron library would take but Azure does not (`L`, `#`, `?`, `@daily`, weekday 7),
 * and for TimeSpan schedules, which the Flex Consumption plan does not run.
 */
export function parseTimerSchedule(expression: string): TimerSchedule {
  const fields = expression.trim().split(/\s+/);
  const isCron = (fields.length === 5 || fields.length === 6) && fields.every((field) => FIELD.test(field));
  if (!isCron || /7/.test(fields.at(-1)?.replaceAll(/\/\d+/g, '') ?? '')) {
    throw new SyntaxError(
      `Expected a schedule of six NCRONTAB fields such as \`0 7 * * * *\`, got \`${expression}\`.`,
    );
  }
  let cron: Cron;
  try {
    const sixFields = fields.length === 5 ? ['0', ...fields] : fields;
    cron = new Cron(sixFields.join(' '), { timezone: 'UTC', mode: '6-part', domAndDow: true, paused: true });
  } catch (cause) {
    throw new SyntaxError(
      `Expected a schedule of six NCRONTAB fields such as \`0 7 * * * *\`, got \`${expression}\`.`,
      { cause },
    );
  }
  return {
    expression,
    nextMs: (afterMs) => cron.nextRun(new Date(afterMs))?.getTime(),
  };
}
