import { Cron } from 'croner';
import type { TickRecord } from '../../store/run-log.ts';

const FIELDS = 6;
/** A tick may be late: the host is restarted, or another instance takes the timer over. */
const GRACE_MS = 15 * 60_000;

/** When the hourly check is due next, and why it is not or will not be made. */
export interface ScheduleState {
  /** ISO 8601 UTC; null where the timer never fires. */
  readonly nextTick: string | null;
  /** One sentence; undefined where all is well. */
  readonly problem: string | undefined;
}

export interface ScheduleInputs {
  /** RETRAIN_SCHEDULE as set. */
  readonly schedule: string;
  readonly isDisabled: boolean;
  /** `undefined` where storage did not answer or nothing ever ticked. */
  readonly lastTick: TickRecord | undefined;
  readonly startedAtMs: number;
  readonly nowMs: number;
}

/**
 * Reads the schedule as the host does, which disables a timer whose schedule it cannot read and says so in its log
 * alone. A timer that should have fired since this instance started, and has not, is a problem as well.
 */
export function scheduleState(inputs: ScheduleInputs): ScheduleState {
  const { schedule, isDisabled, lastTick, startedAtMs, nowMs } = inputs;
  const cron = parsed(schedule);
  const next = cron?.nextRun(new Date(nowMs)) ?? null;
  if (cron === undefined)
    return never(
      `RETRAIN_SCHEDULE is no schedule of six fields: \`${schedule}\`; nothing is retrained by time`,
    );
  if (next === null)
    return never(`RETRAIN_SCHEDULE \`${schedule}\` never comes; nothing is retrained by time`);
  if (isDisabled) return never('the function retrainHourly is disabled; nothing is retrained by time');
  const dueMs = cron.nextRun(new Date(startedAtMs))?.getTime() ?? Infinity;
  const seenMs = lastTick === undefined ? -Infinity : Date.parse(lastTick.at);
  const isMissed = dueMs + GRACE_MS < nowMs && seenMs < dueMs;
  return {
    nextTick: next.toISOString(),
    problem: isMissed
      ? `the hourly check was due at ${new Date(dueMs).toISOString()} and was not made`
      : undefined,
  };
}

function parsed(schedule: string): Cron | undefined {
  if (schedule.trim().split(/\s+/).length !== FIELDS) return undefined;
  try {
    return new Cron(schedule, { timezone: 'UTC', paused: true, mode: '6-part' });
  } catch {
    return undefined;
  }
}

function never(problem: string): ScheduleState {
  return { nextTick: null, problem };
}

/** Whether an app setting switches a function off, in any of the forms that the host reads. */
export function isFunctionDisabled(name: string, env: Readonly<Record<string, string | undefined>>): boolean {
  return [
    `AzureWebJobs.${name}.Disabled`,
    `AzureWebJobs_${name}_Disabled`,
    `AzureWebJobs__${name}__Disabled`,
  ].some((setting) => /^(true|1)$/i.test(env[setting] ?? ''));
}
