import { ALERT_KEY } from '../../alert/alert.ts';
import { AlertforestError } from '../../errors.ts';

/** ALERT_UNKNOWN of an alert that nobody has judged. */
export const neverJudged = (alertKey: string): AlertforestError =>
  new AlertforestError('ALERT_UNKNOWN', `No judged alert has the key ${alertKey.slice(0, 64)}.`);

/** @throws AlertforestError ALERT_UNKNOWN for what is no key: it never reaches storage, where keys are parts of rows */
export function checkKey(alertKey: string): void {
  if (!ALERT_KEY.test(alertKey)) throw neverJudged(alertKey);
}
