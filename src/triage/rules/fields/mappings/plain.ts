import { objectOf } from '../../../../intake/values/json-value.ts';
import type { Mapping } from '../mapping.ts';

/** Names many products and scripts use for the same few things; read where no vendor's mapping took the payload. */
export const plain: Mapping = {
  name: 'plain',
  title:
    'Any other payload: `command_line`, `process_name`, `parent_process`, `file_path`, `url`, `message`, `description`',

  recognise: () => true,

  read(payload, into) {
    const raw = objectOf(payload['raw']);
    for (const record of raw === undefined ? [payload] : [payload, raw]) {
      into.process({
        image: record['process_path'] ?? record['image'] ?? record['Image'] ?? record['process_name'],
        commandLine:
          record['command_line'] ?? record['commandLine'] ?? record['CommandLine'] ?? record['cmdline'],
        parentImage: record['parent_process'] ?? record['ParentImage'] ?? record['parent_image'],
        parentCommandLine: record['parent_command_line'] ?? record['ParentCommandLine'],
        user: record['user'] ?? record['username'],
      });
      into.file(record['file_path'] ?? record['filePath'] ?? record['TargetFilename']);
      into.registry(record['registry_key'] ?? record['TargetObject']);
      into.dns(record['query_name'] ?? record['QueryName']);
      into.operation(
        record['event_name'] ?? record['action_name'] ?? record['eventName'] ?? record['operation'],
      );
      into.line([
        record['full_log'],
        record['message'],
        record['log'],
        record['raw_log'],
        record['original_message'],
      ]);
      into.word([record['description'], record['details'], record['summary']]);
    }
  },
};
