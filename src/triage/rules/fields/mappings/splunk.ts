import { keyValuePairs } from '../../../../intake/dialects/generic/key-value-text.ts';
import { jsonIn } from '../../../../intake/values/json-text.ts';
import { isObject, textOf } from '../../../../intake/values/json-value.ts';
import type { Mapping } from '../mapping.ts';

/** Splunk notables and findings in the names of the Common Information Model, from the row or from `_raw`. */
export const splunk: Mapping = {
  name: 'splunk',
  title:
    'Splunk CIM: `process`, `parent_process`, `file_path`, `registry_path`, `query`, `url`, `http_user_agent`',

  recognise: (payload) => 'search_name' in payload || '_raw' in payload || 'orig_sourcetype' in payload,

  read(payload, into) {
    const raw = textOf(payload['_raw']);
    const more = jsonIn(raw);
    const inRaw = isObject(more) ? more : raw === undefined ? {} : keyValuePairs(raw);
    const get = (name: string): unknown => payload[name] ?? inRaw[name];
    into.process({
      image: get('process_path') ?? get('process_name'),
      commandLine: get('process') ?? get('CommandLine'),
      parentImage: get('parent_process_path') ?? get('parent_process_name'),
      parentCommandLine: get('parent_process'),
      user: get('user'),
      integrityLevel: get('process_integrity_level'),
      originalFileName: get('original_file_name'),
      hashes: get('process_hash'),
    });
    into.file(get('file_path') ?? get('file_name'), get('process_path'));
    into.registry(get('registry_path') ?? get('registry_key_name'), get('registry_value_data'));
    into.dns(get('query'));
    const url = textOf(get('url'));
    const agent = textOf(get('http_user_agent'));
    if (url !== undefined || agent !== undefined)
      into.web({
        'c-uri': url,
        'cs-method': textOf(get('http_method')),
        'c-useragent': agent,
        'cs-user-agent': agent,
      });
    into.operation([get('eventName'), get('command'), get('Operation')]);
    into.word([
      get('savedsearch_description'),
      get('rule_description'),
      get('signature'),
      get('description'),
    ]);
    if (!isObject(more)) into.line(raw);
  },
};
