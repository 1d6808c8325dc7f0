import { address, given, port, type Raw, text } from '../cells.ts';
import {
  type Field,
  type FlatRecord,
  field,
  flatten,
  putHost,
  recordFiller,
  tableFiller,
} from '../fields.ts';
import type { JsonFormat, JsonObject, RowSink, TableFormat } from '../log-format.ts';
import { type Cell, type LogRow, newRow, put, TIME } from '../log-row.ts';
import { logonData } from './logon-data.ts';

/** Ids of the Security log whose outcome they say themselves. */
const OUTCOMES: Readonly<Record<string, string>> = {
  '4624': 'success',
  '4625': 'failure',
  '4648': 'success',
  '4771': 'failure',
  '4740': 'failure',
};

const ID = [
  'Event.System.EventID',
  'Event.System.EventID.#text',
  'winlog.event_id',
  'event.code',
  'EventID',
  'Id',
  'EventId',
  'event_id',
];
const data = (name: string): string[] => [
  `Event.EventData.${name}`,
  `winlog.event_data.${name}`,
  `EventData.${name}`,
  `event_data.${name}`,
  name,
];

const FIELDS: readonly Field[] = [
  field(
    TIME,
    [
      'Event.System.TimeCreated.#attributes.SystemTime',
      'Event.System.TimeCreated.SystemTime',
      'Event.System.TimeCreated.@SystemTime',
      'System.TimeCreated.SystemTime',
      '@timestamp',
      'EventTime',
      'TimeCreated',
      'TimeGenerated',
      'UtcTime',
    ],
    (raw, times) => times.any(microsoftDate(raw)),
  ),
  field(
    'event.provider',
    ['Event.System.Provider.#attributes.Name', 'winlog.provider_name', 'ProviderName', 'SourceName'],
    text,
  ),
  field(
    'host.name',
    ['Event.System.Computer', 'winlog.computer_name', 'host.name', 'Computer', 'MachineName', 'Hostname'],
    text,
  ),
  field('user.name', [...data('TargetUserName'), 'TargetUser'], text),
  field('source.port', data('IpPort'), (raw) => (Number(given(raw)) === 0 ? undefined : port(raw))),
];

/** `/Date(1772409600000)/`, as PowerShell's older JSON writes times. */
function microsoftDate(raw: Raw): Raw {
  return typeof raw === 'string' ? (/^\/Date\((\d{1,15})/.exec(raw)?.[1] ?? raw) : raw;
}

function settle(flat: FlatRecord, row: LogRow, sink: RowSink): void {
  const id = ID.map((name) => given(flat[name])).find((value) => value !== undefined);
  const source = data('IpAddress')
    .map((name) => given(flat[name]))
    .find((value) => value !== undefined);
  if (source !== undefined && source !== 'LOCAL')
    putHost(row, 'source', address(source.replace(/^::ffff:/i, '')), source);
  if (id !== undefined) {
    row.values['event.action'] = id;
    const kerberos = given(flat[data('Status').find((name) => flat[name] !== undefined) ?? '']);
    const outcome: Cell =
      OUTCOMES[id] ??
      (kerberos === undefined ? undefined : /^(0x)?0+$/.test(kerberos) ? 'success' : 'failure');
    put(row, 'event.outcome', outcome);
  }
  sink.row(row);
}

const hasId = (record: JsonObject): boolean => {
  const flat = flatten(record);
  if (Object.keys(logonData(record)).length > 0) return true;
  const isNamed = ID.some((name) => name !== 'Id' && name !== 'event_id' && flat[name] !== undefined);
  const isLogon = [...data('LogonType'), ...data('TargetUserName'), ...data('IpAddress')].some(
    (name) => flat[name] !== undefined,
  );
  return isNamed && (isLogon || 'Event' in record);
};

export const windowsSecurity: JsonFormat = {
  name: 'windows-security',
  title: 'Windows Security log (JSON export)',
  shape: 'json',
  leaks: ['Event.System.EventRecordID', 'RecordNumber', 'RecordId', 'winlog.record_id'],
  recognise: ({ records }) => (records.some(hasId) ? 'records have an event id and logon data' : undefined),
  reader(times) {
    const fill = recordFiller(FIELDS, times, { drop: [...ID, ...data('IpAddress'), 'Message'] });
    return (record, sink) => {
      const flat = { ...flatten(record), ...logonData(record) };
      if (!ID.some((name) => flat[name] !== undefined)) return sink.other(record);
      const row = newRow();
      fill(flat, row);
      settle(flat, row, sink);
    };
  },
};

export const windowsSecurityTable: TableFormat = {
  name: 'windows-security-table',
  title: 'Windows Security log (CSV export)',
  shape: 'table',
  leaks: ['RecordNumber', 'RecordId', 'EventRecordID'],
  recognise: ({ table }) =>
    table?.header.some((name) => ['EventID', 'EventId', 'Id'].includes(name)) &&
    table.header.some((name) => ['TargetUserName', 'LogonType', 'IpAddress', 'TargetUser'].includes(name))
      ? 'columns of an event id and logon data'
      : undefined,
  reader(header, times) {
    const taken = new Set([...ID, ...data('IpAddress')]);
    const fill = tableFiller(
      FIELDS,
      header.map((name) => (taken.has(name) ? '' : name)),
      times,
    );
    return (cells, sink) => {
      const row = newRow();
      fill(cells, row);
      settle(Object.fromEntries(header.map((name, at) => [name, cells[at]])), row, sink);
    };
  },
};
