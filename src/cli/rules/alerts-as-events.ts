import { unwrapEnvelope } from '../../intake/envelope/unwrap-envelope.ts';
import { normalizeAlert } from '../../intake/normalize.ts';
import { projectAlert, type RuleFacts } from '../../triage/rules/fields/project-alert.ts';
import type { SourcedEvent } from './match-events.ts';

/**
 * Events of an alert in any known format, or of every alert in an envelope.
 *
 * @param facts what earlier stages would have found out
 * @throws AlertforestError ALERT_INVALID where the payload is no alert
 */
export function alertsAsEvents(payload: unknown, facts?: RuleFacts): readonly SourcedEvent[] {
  return unwrapEnvelope(payload).flatMap((single) => {
    const { alert, opened } = normalizeAlert(single, { receivedAt: new Date().toISOString() });
    return projectAlert(alert, opened, { facts }).map(({ event, logsource }) => ({
      event,
      logsource,
      time: alert.occurred_at,
    }));
  });
}
