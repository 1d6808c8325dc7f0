import { isObject, type JsonObject, objectOf, textOf } from '../../../../intake/values/json-value.ts';
import type { Mapping } from '../mapping.ts';
import type { Observations } from '../observations.ts';
import { readSuricata } from './suricata.ts';
import { readWindowsEvent } from './windows-event.ts';

/** Wazuh 3 and 4: Windows events under `data.win`, file integrity under `syscheck`, everything else in `full_log`. */
export const wazuh: Mapping = {
  name: 'wazuh',
  title: 'Wazuh 4 alert: `data.win`, `syscheck`, `data.audit`, `full_log`',

  recognise: (payload) =>
    isObject(payload['rule']) && ('decoder' in payload || 'manager' in payload || 'syscheck' in payload),

  read(payload, into) {
    const data = objectOf(payload['data']) ?? {};
    const win = objectOf(data['win']);
    if (win !== undefined) readWindows(win, into);
    else into.line(payload['full_log']);
    readSyscheck(objectOf(payload['syscheck']), into);
    readAudit(objectOf(data['audit']), into);
    if (isObject(data['alert'])) readSuricata(data, into);
    readDecoded(payload, data, into);
  },
};

function readWindows(win: JsonObject, into: Observations): void {
  const system = objectOf(win['system']) ?? {};
  readWindowsEvent(
    {
      eventId: system['eventID'],
      channel: system['channel'],
      provider: system['providerName'],
      computer: system['computer'],
      data: objectOf(win['eventdata']) ?? {},
    },
    into,
  );
  // the text repeats the event data, where there is any
  if (!isObject(win['eventdata'])) into.line(system['message']);
}

function readSyscheck(check: JsonObject | undefined, into: Observations): void {
  if (check === undefined) return;
  const path = textOf(check['path']);
  if (path?.startsWith('HKEY_')) into.registry(`${path}\\${textOf(check['value_name']) ?? ''}`);
  else into.file(path, objectOf(objectOf(check['audit'])?.['process'])?.['name'], check['uname_after']);
}

function readAudit(audit: JsonObject | undefined, into: Observations): void {
  if (audit === undefined) return;
  const execve = objectOf(audit['execve']);
  const words =
    execve === undefined
      ? []
      : Object.keys(execve)
          .sort()
          .map((key) => textOf(execve[key]) ?? '');
  into.process(
    { image: audit['exe'], commandLine: words.join(' ') || audit['command'], currentDirectory: audit['cwd'] },
    'linux',
  );
}

function readDecoded(payload: JsonObject, data: JsonObject, into: Observations): void {
  const program =
    textOf(objectOf(payload['predecoder'])?.['program_name']) ??
    textOf(objectOf(payload['decoder'])?.['name']);
  into.process({ commandLine: data['command'], user: data['srcuser'], parentImage: program }, 'linux');
  const url = textOf(data['url']);
  if (url !== undefined) {
    const line = textOf(payload['full_log']) ?? '';
    into.record('webserver', '-', program ?? '-', {
      'cs-method': textOf(data['protocol']),
      'cs-uri-stem': url.split('?', 1)[0],
      'cs-uri-query': url,
      'c-uri': url,
      'sc-status': textOf(data['id']),
      'c-ip': textOf(data['srcip']),
      'cs-user-agent': /"([^"]*)"\s*$/.exec(line)?.[1],
    });
  }
  for (const part of ['aws', 'office365', 'gcp', 'github']) {
    const nested = objectOf(data[part]);
    if (nested === undefined) continue;
    into.operation([nested['eventName'], nested['Operation'], nested['action']]);
    into.operation(objectOf(nested['protoPayload'])?.['methodName']);
  }
}
