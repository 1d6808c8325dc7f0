import { type HourlyCheckDeps, hourlyCheck } from '../api/hourly-check.ts';
import type { Base } from './base.ts';

/** The hourly check; gives its events. */
export type Hourly = (isPastDue: boolean) => ReturnType<typeof hourlyCheck>;

export function createHourly(
  { settings, stores, now }: Base,
  parts: Pick<HourlyCheckDeps, 'operations' | 'drift' | 'followJudgements' | 'inspect'>,
): Hourly {
  const deps: HourlyCheckDeps = {
    ...parts,
    feedback: stores.feedback,
    runs: stores.runs,
    predictions: stores.predictions,
    predictionLogWeeks: settings.PREDICTION_LOG_WEEKS,
    now,
  };
  return (isPastDue) => hourlyCheck(isPastDue, deps);
}
