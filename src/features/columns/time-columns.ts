import type { AlertFacts } from '../facts/alert-facts.ts';
import { type Columns, column, flag } from '../feature-definition.ts';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

export const TIME_COLUMNS: readonly Columns<AlertFacts>[] = [
  column(
    'hour',
    'time',
    'Hour of the day, UTC, 0-23, of occurred_at.',
    (value) => `raised at ${value}:00 UTC`,
    ({ time }) => time.hour,
  ),
  column(
    'weekday',
    'time',
    'Day of the week, UTC, Monday 0 to Sunday 6.',
    (value) => `raised on a ${WEEKDAYS[Math.round(value)] ?? 'day'}`,
    ({ time }) => time.weekday,
  ),
  column(
    'is_night',
    'time',
    '1 from 22:00 to 06:00 UTC, else 0.',
    flag('raised at night', 'raised by day'),
    ({ time }) => time.isNight,
  ),
  column(
    'is_weekend',
    'time',
    '1 on Saturday and Sunday, UTC.',
    flag('raised on a weekend', 'raised on a weekday'),
    ({ time }) => time.isWeekend,
  ),
];
