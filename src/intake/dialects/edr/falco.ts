import type { EntityKind, Severity } from '../../../alert/alert.ts';
import { listOf, lookup, objectOf, textOf } from '../../values/json-value.ts';
import type { Dialect } from '../dialect.ts';

// Falco's priorities are those of syslog; notice is a finding there, not mere information.
const PRIORITIES: Readonly<Record<string, Severity>> = {
  emergency: 'critical',
  alert: 'critical',
  critical: 'critical',
  error: 'high',
  warning: 'medium',
  notice: 'low',
  informational: 'informational',
  info: 'informational',
  debug: 'informational',
};

const FIELDS: readonly (readonly [EntityKind, string])[] = [
  ['user', 'user.name'],
  ['process', 'proc.cmdline'],
  ['process', 'proc.name'],
  ['file', 'fd.name'],
  ['file', 'proc.exepath'],
  ['ip', 'fd.cip'],
  ['ip', 'fd.sip'],
  ['ip', 'fd.rip'],
  ['host', 'k8s.pod.name'],
  ['other', 'container.name'],
  ['cloud_resource', 'container.image.repository'],
  ['user', 'ka.user.name'],
  ['user', 'ct.user'],
  ['ip', 'ct.srcip'],
];

/** An event of Falco or falcosidekick. */
export const falco: Dialect = {
  name: 'falco',
  title: 'Falco event',
  reads: {
    recognisedBy: '`output_fields` with `priority`',
    id: '`uuid`',
    time: '`time`',
    severity: '`priority`',
    tactics: '`tags`',
    entities: '`output_fields`, `hostname`',
  },
  verdictFields: [],

  recognise: (payload) => 'output_fields' in payload && 'rule' in payload && 'priority' in payload,

  toAlert(payload, draft) {
    draft.text('id', payload, 'uuid');
    draft.text('title', payload, 'rule', 'output');
    draft.text('rule_id', payload, 'rule');
    draft.text('rule_name', payload, 'rule');
    draft.text('category', payload, 'source');
    draft.constant('source', 'falco');
    draft.constant('vendor', 'Falco');
    const priority = textOf(payload['priority'])?.toLowerCase();
    if (priority !== undefined) draft.setSeverity(lookup(PRIORITIES, priority) ?? 'unknown', 'priority');
    const fields = objectOf(payload['output_fields']) ?? {};
    draft.time('occurred_at', payload, 'time');
    draft.setTime('occurred_at', fields['evt.time'], 'output_fields.evt.time');
    draft.attack(
      listOf(payload['tags']).map((tag) => textOf(tag)?.replace(/^mitre_/, '') ?? ''),
      'tags',
    );
    draft.entity('host', payload['hostname'], 'hostname', 'impacted');
    for (const [kind, name] of FIELDS) {
      // A field that could not be resolved comes as its own name.
      if (fields[name] !== name && fields[name] !== '<NA>')
        draft.entity(kind, fields[name], `output_fields.${name}`);
    }
  },
};
