import { ALERT_KEY } from '../../alert/alert.ts';
import { AlertforestError } from '../../errors.ts';

/** ALERT_UNKNOWN of an alert without a judgement. */
export const neverJudged = (alertKey: string): AlertforestError =>
  new AlertforestError('ALERT_UNKNOWN', `No judged alert has the key ${alertKey.slice(0, 64)}.`);

/** @throws AlertforestError ALERT_UNKNOWN for what is no key: it never reaches storage, where keys are parts of rows */
/** The problem of a key that names no alert scored or judged here. */
export const neverSeen = (alertKey: string): AlertforestError =>
  new AlertforestError(
    'ALERT_UNKNOWN',
    `No alert with the key ${alertKey.slice(0, 64)} was scored or judged here.`,
  );

export function checkKey(alertKey: string): void {
  if (!ALERT_KEY.test(alertKey)) throw neverJudged(alertKey);
}
