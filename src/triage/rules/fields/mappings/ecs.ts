import { ecs } from '../../../../intake/dialects/elastic/ecs-fields.ts';
import { isObject, type JsonObject, listOf, textOf } from '../../../../intake/values/json-value.ts';
import type { Mapping } from '../mapping.ts';
import type { Observations } from '../observations.ts';
import { readWindowsEvent } from './windows-event.ts';

/** Elastic Common Schema: Kibana alerts, endpoint alerts, Wazuh 5 findings, beats. */
export const elasticCommonSchema: Mapping = {
  name: 'ecs',
  title: 'Elastic Common Schema: `process`, `file`, `registry`, `dns`, `url`, `winlog`, `event.action`',

  recognise: (payload) =>
    '@timestamp' in payload ||
    'ecs' in payload ||
    isObject(payload['process']) ||
    'process.executable' in payload ||
    'process.command_line' in payload,

  read(payload, into) {
    const get = (path: string): unknown => ecs(payload, path);
    const data = get('winlog.event_data');
    const eventId = get('winlog.event_id') ?? get('event.code');
    if (isObject(data) && eventId !== undefined) {
      readWindowsEvent(
        {
          eventId,
          channel: get('winlog.channel'),
          provider: get('winlog.provider_name'),
          computer: get('winlog.computer_name'),
          data,
        },
        into,
      );
    }
    readProcess(payload, into);
    into.file(get('file.path') ?? get('file.name'), get('process.executable'), get('user.name'));
    into.registry(
      get('registry.path') ?? get('registry.key'),
      get('registry.data.strings'),
      get('process.executable'),
    );
    into.dns(get('dns.question.name'), get('process.executable'));
    readWeb(get, into);
    into.operation(get('event.action'));
    into.line([get('message'), get('event.original'), get('powershell.file.script_block_text')]);
    into.word([get('kibana.alert.reason'), get('kibana.alert.rule.description'), get('rule.description')]);
  },
};

function readProcess(payload: JsonObject, into: Observations): void {
  const get = (path: string): unknown => ecs(payload, path);
  into.process(
    {
      image: get('process.executable') ?? get('process.name'),
      commandLine: get('process.command_line') ?? joined(get('process.args')),
      parentImage: get('process.parent.executable') ?? get('process.parent.name'),
      parentCommandLine: get('process.parent.command_line') ?? joined(get('process.parent.args')),
      user: get('user.name'),
      currentDirectory: get('process.working_directory'),
      integrityLevel: get('process.Ext.token.integrity_level_name'),
      originalFileName: get('process.pe.original_file_name'),
      hashes: get('process.hash.sha256'),
      processId: get('process.pid'),
      parentProcessId: get('process.parent.pid'),
    },
    productOfHost(get('host.os.type') ?? get('host.os.family') ?? get('host.os.platform')),
  );
}

function readWeb(get: (path: string) => unknown, into: Observations): void {
  const url = textOf(get('url.full')) ?? textOf(get('url.original'));
  const agent = textOf(get('user_agent.original'));
  if (url === undefined && agent === undefined) return;
  into.web({
    'c-uri': url,
    'cs-host': textOf(get('url.domain')),
    'cs-uri-query': textOf(get('url.query')) ?? url,
    'cs-uri-stem': textOf(get('url.path')),
    'cs-method': textOf(get('http.request.method')),
    'c-useragent': agent,
    'cs-user-agent': agent,
    'sc-status': textOf(get('http.response.status_code')),
  });
}

function joined(args: unknown): string | undefined {
  const words = listOf(args).filter((word) => typeof word === 'string');
  return words.length === 0 ? undefined : words.join(' ');
}

/** Product of a rule's log source by an operating system's name; undefined where it is not one of the three. */
export function productOfHost(value: unknown): string | undefined {
  const name = textOf(value)?.toLowerCase();
  if (name === undefined) return undefined;
  if (name.includes('darwin') || name.includes('mac')) return 'macos';
  if (name.includes('win')) return 'windows';
  return /linux|ubuntu|debian|rhel|centos|suse/.test(name) ? 'linux' : undefined;
}
