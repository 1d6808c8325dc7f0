import { type JsonObject, listOf, objectsOf, textOf } from '../../../../intake/values/json-value.ts';
import type { Mapping } from '../mapping.ts';
import type { Observations } from '../observations.ts';
import { productOfHost } from './ecs.ts';

/** Cortex XDR alerts: one row, or rows under `events[]`; a scalar is now and then a list. */
export const cortex: Mapping = {
  name: 'cortex',
  title: 'Cortex XDR: `actor_process_*`, `causality_actor_process_*`, `action_*`, `events[]`',

  recognise: (payload) =>
    'actor_process_image_name' in payload ||
    'causality_actor_process_image_name' in payload ||
    'matching_service_rule_id' in payload ||
    objectsOf(payload['events']).some((event) => 'actor_process_image_name' in event),

  read(payload, into) {
    readRow(payload, into);
    for (const event of objectsOf(payload['events'])) readRow(event, into);
    into.word(payload['description']);
  },
};

function readRow(row: JsonObject, into: Observations): void {
  const product = productOfHost(row['agent_os_type']);
  const first = (name: string): unknown => listOf(row[name])[0];
  const causality = {
    parentImage: first('causality_actor_process_image_path') ?? first('causality_actor_process_image_name'),
    parentCommandLine: first('causality_actor_process_command_line'),
  };
  const started = textOf(first('action_process_image_command_line'));
  if (started !== undefined) {
    into.process(
      {
        image: first('action_process_image_path') ?? first('action_process_image_name'),
        commandLine: started,
        parentImage: first('actor_process_image_path') ?? first('actor_process_image_name'),
        parentCommandLine: first('actor_process_command_line'),
        user: first('user_name'),
      },
      product,
    );
  }
  into.process(
    {
      image: first('actor_process_image_path') ?? first('actor_process_image_name'),
      commandLine: first('actor_process_command_line'),
      ...causality,
      user: first('user_name'),
      hashes: first('actor_process_image_sha256'),
    },
    product,
  );
  into.file(first('action_file_path'), first('actor_process_image_path'));
  into.registry(
    first('action_registry_full_key') ?? first('action_registry_key_name'),
    first('action_registry_data'),
  );
  into.dns(first('dns_query_name'));
  into.operation(first('operation_name'));
}
