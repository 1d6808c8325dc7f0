import type { AlertFacts } from '../facts/alert-facts.ts';
import { AMOUNTS, GIVEN, MAX_MEASUREMENT } from '../facts/telemetry-facts.ts';
import { amount, amountOfLog, type Columns, column, count } from '../feature-definition.ts';

/** log(1 + ratio); the ratio of something to next to nothing stays finite. */
const logOfRatio = (ratio: number): number => Math.log1p(Math.min(ratio, MAX_MEASUREMENT));

/** A rate over nothing has no value. */
const rate = (amountOf: number, per: number): number => logOfRatio(amountOf / (per > 0 ? per : Number.NaN));

export const TELEMETRY_COLUMNS: readonly Columns<AlertFacts>[] = [
  ...AMOUNTS.map(([name, label, unit]) =>
    column<AlertFacts>(
      `${name}_log1p`,
      'telemetry',
      `log(1 + telemetry ${name}); missing where absent or negative.`,
      amountOfLog(label, unit),
      ({ telemetry }) => Math.log1p(telemetry.of[name]),
    ),
  ),
  ...GIVEN.map(([name, label]) =>
    column<AlertFacts>(
      name,
      'telemetry',
      `Telemetry ${name} as given.`,
      amount(label),
      ({ telemetry }) => telemetry.of[name],
    ),
  ),
  column(
    'byte_ratio_log1p',
    'telemetry',
    'log(1 + bytes_sent / (bytes_recv + 1)).',
    amountOfLog('bytes sent per byte received'),
    ({ telemetry: { of } }) => logOfRatio(of.bytes_sent / (of.bytes_recv + 1)),
  ),
  column(
    'packets_per_second_log1p',
    'telemetry',
    'log(1 + packets_sent per second of duration).',
    amountOfLog('packets per second'),
    ({ telemetry: { of } }) => rate(of.packets_sent, of.duration_ms / 1000),
  ),
  column(
    'bytes_per_packet_log1p',
    'telemetry',
    'log(1 + bytes_sent / packets_sent).',
    amountOfLog('bytes per packet'),
    ({ telemetry: { of } }) => rate(of.bytes_sent, of.packets_sent),
  ),
  column(
    'bytes_per_second_log1p',
    'telemetry',
    'log(1 + bytes_sent per second of duration).',
    amountOfLog('bytes per second'),
    ({ telemetry: { of } }) => rate(of.bytes_sent, of.duration_ms / 1000),
  ),
  column(
    'night_failed_logins_log1p',
    'telemetry',
    'failed_logins_log1p at night, else 0.',
    amountOfLog('the number of failed logins at night'),
    ({ telemetry, time }) => time.isNight * Math.log1p(telemetry.of.failed_logins),
  ),
  column(
    'night_unique_ports_log1p',
    'telemetry',
    'unique_ports_log1p at night, else 0.',
    amountOfLog('the number of distinct ports at night'),
    ({ telemetry, time }) => time.isNight * Math.log1p(telemetry.of.unique_ports),
  ),
  column(
    'telemetry_count',
    'telemetry',
    'Known measurements given.',
    count('measurement', 'measurements'),
    ({ telemetry }) => telemetry.nKnown,
  ),
];
