import { isObject, objectOf, textOf } from '../../../../intake/values/json-value.ts';
import type { Mapping } from '../mapping.ts';

/** Falco: `output_fields` with dotted names, and the sentence that holds them. */
export const falco: Mapping = {
  name: 'falco',
  title: 'Falco: `output_fields` (`proc.cmdline`, `proc.pname`, `fd.name`, `ka.*`), `output`',

  recognise: (payload) => isObject(payload['output_fields']) && 'rule' in payload,

  read(payload, into) {
    const fields = objectOf(payload['output_fields']) ?? {};
    into.process(
      {
        image: fields['proc.exepath'] ?? fields['proc.name'],
        commandLine: fields['proc.cmdline'],
        parentImage: fields['proc.pexepath'] ?? fields['proc.pname'],
        parentCommandLine: fields['proc.pcmdline'],
        user: fields['user.name'],
      },
      'linux',
    );
    const file = textOf(fields['fd.name']);
    if (file?.startsWith('/')) into.file(file, fields['proc.exepath'] ?? fields['proc.name']);
    const verb = textOf(fields['ka.verb']);
    if (verb !== undefined) into.operation(`${verb} ${textOf(fields['ka.target.resource']) ?? ''}`);
    into.line(payload['output']);
  },
};
