import { type JsonObject, textOf } from '../../../../intake/values/json-value.ts';
import type { Observations } from '../observations.ts';

// Sysmon's event ids in the words of the Sigma taxonomy.
const SYSMON: Readonly<Record<string, string>> = {
  1: 'process_creation',
  2: 'file_change',
  3: 'network_connection',
  5: 'process_termination',
  6: 'driver_load',
  7: 'image_load',
  8: 'create_remote_thread',
  9: 'raw_access_thread',
  10: 'process_access',
  11: 'file_event',
  12: 'registry_event',
  13: 'registry_set',
  14: 'registry_rename',
  15: 'create_stream_hash',
  17: 'pipe_created',
  18: 'pipe_created',
  19: 'wmi_event',
  20: 'wmi_event',
  21: 'wmi_event',
  22: 'dns_query',
  23: 'file_delete',
  25: 'process_tampering',
  26: 'file_delete',
};

const SERVICES: readonly (readonly [channel: string, service: string])[] = [
  ['Microsoft-Windows-Sysmon', 'sysmon'],
  ['Security', 'security'],
  ['System', 'system'],
  ['Application', 'application'],
  ['Microsoft-Windows-PowerShell', 'powershell'],
  ['PowerShellCore', 'powershell'],
  ['Windows PowerShell', 'powershell-classic'],
  ['Microsoft-Windows-TaskScheduler', 'taskscheduler'],
  ['Microsoft-Windows-Windows Defender', 'windefend'],
  ['Microsoft-Windows-WMI-Activity', 'wmi'],
  ['Microsoft-Windows-TerminalServices-LocalSessionManager', 'terminalservices-localsessionmanager'],
  ['Microsoft-Windows-DNS-Server', 'dns-server'],
  ['Microsoft-Windows-NTLM', 'ntlm'],
  ['Microsoft-Windows-Bits-Client', 'bits-client'],
  ['Microsoft-Windows-CodeIntegrity', 'codeintegrity-operational'],
];

export interface WindowsEvent {
  readonly eventId: unknown;
  readonly channel: unknown;
  readonly provider?: unknown;
  readonly computer?: unknown;
  /** Event data; names in any case of the first letter. */
  readonly data: JsonObject;
}

/**
 * One record of the Windows event log under the field names of the Sigma taxonomy, which are the event's own with the
 * first letter raised. A process creation of the Security log (4688) is told as Sysmon tells it.
 */
export function readWindowsEvent(event: WindowsEvent, into: Observations): void {
  const eventId = textOf(event.eventId) ?? '';
  const channel = textOf(event.channel) ?? '';
  const fields: Record<string, unknown> = {
    EventID: eventId,
    Channel: channel,
    Provider_Name: textOf(event.provider),
    Computer: textOf(event.computer),
  };
  for (const name in event.data) {
    const value = textOf(event.data[name]);
    if (value === undefined || name === '__proto__') continue;
    fields[taxonomyName(name)] = plain(value);
  }
  if (eventId === '4688') {
    fields['Image'] ??= fields['NewProcessName'];
    fields['ParentImage'] ??= fields['ParentProcessName'];
    fields['CommandLine'] ??= fields['ProcessCommandLine'];
    fields['User'] ??= fields['SubjectUserName'];
  }
  if (eventId === '22') fields['query'] = fields['QueryName'];
  fields['Hashes'] ??= fields['Hash'];
  const service = SERVICES.find(([prefix]) => channel.startsWith(prefix))?.[1] ?? '-';
  into.record(categoryOf(eventId, service), 'windows', service, fields);
}

/** Names that event data has; senders may invent more, which are worked out each time. */
const MAX_NAMES = 1000;
const names = new Map<string, string>();

/** A name of event data as the Sigma taxonomy writes it. */
function taxonomyName(name: string): string {
  let known = names.get(name);
  if (known === undefined) {
    known = name.charAt(0).toUpperCase() + name.slice(1).replaceAll(' ', '');
    if (names.size < MAX_NAMES) names.set(name, known);
  }
  return known;
}

function categoryOf(eventId: string, service: string): string {
  if (service === 'sysmon') return SYSMON[eventId] ?? '-';
  if (eventId === '4688' && service !== 'system') return 'process_creation';
  if (eventId === '4104') return 'ps_script';
  if (eventId === '4103') return 'ps_module';
  return '-';
}

/** Text of an event as it was logged: some forwarders double backslashes, escape quotes and write entities. */
export function plain(text: string): string {
  if (!text.includes('\\') && !text.includes('&')) return text;
  let value = text;
  if (value.includes('\\\\') && !value.startsWith('\\\\')) value = value.replaceAll('\\\\', '\\');
  else if (value.startsWith('\\\\\\\\')) value = value.replaceAll('\\\\', '\\');
  if (value.includes('\\"')) value = value.replaceAll('\\"', '"');
  if (value.includes('&')) {
    value = value.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"');
    value = value.replaceAll('&amp;', '&');
  }
  return value;
}
