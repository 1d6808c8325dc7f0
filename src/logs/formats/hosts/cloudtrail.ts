import { jsonIn } from '../../../intake/values/json-text.ts';
import { isObject } from '../../../intake/values/json-value.ts';
import { address, given, text } from '../cells.ts';
import { type Field, field, flatten, putHost, recordFiller, time } from '../fields.ts';
import type { JsonFormat, JsonObject } from '../log-format.ts';
import { newRow, TIME } from '../log-row.ts';

/** Written in place of a user name that was no name, often a password typed into the wrong field. */
const HIDDEN = 'HIDDEN_DUE_TO_SECURITY_REASONS';

const FIELDS: readonly Field[] = [
  field(TIME, 'eventTime', time.any),
  field('event.action', 'eventName', text),
  field('event.provider', 'eventSource', text),
  field('user_agent.original', 'userAgent', text),
  field(
    'user.name',
    ['userIdentity.userName', 'userIdentity.sessionContext.sessionIssuer.userName'],
    (raw) => (raw === HIDDEN ? undefined : text(raw)),
  ),
];

/** A record out of `lookup-events`, which wraps it as text. */
function unwrapped(record: JsonObject): JsonObject {
  const { CloudTrailEvent: inner } = record;
  const event = typeof inner === 'string' ? jsonIn(inner) : undefined;
  return isObject(event) ? event : record;
}

export const cloudtrail: JsonFormat = {
  name: 'cloudtrail',
  title: 'AWS CloudTrail',
  shape: 'json',
  leaks: ['eventID', 'requestID', 'sharedEventID'],
  recognise: ({ records }) =>
    records.some((record) => {
      const event = unwrapped(record);
      return 'eventSource' in event && 'eventName' in event && 'eventTime' in event;
    })
      ? 'records have eventSource and eventName'
      : undefined,
  reader(times) {
    const fill = recordFiller(FIELDS, times, { drop: ['sourceIPAddress'] });
    return (wrapped, sink) => {
      const record = unwrapped(wrapped);
      if (!('eventName' in record)) return sink.other(record);
      const flat = flatten(record);
      const row = newRow();
      fill(flat, row);
      const source = given(flat['sourceIPAddress']);
      putHost(row, 'source', address(source), source);
      const said = [flat['responseElements.ConsoleLogin'], flat['responseElements.SwitchRole']];
      const hasFailed =
        flat['errorCode'] !== undefined || flat['errorMessage'] !== undefined || said.includes('Failure');
      row.values['event.outcome'] = hasFailed ? 'failure' : 'success';
      sink.row(row);
    };
  },
};
