import type { AlertDraft } from '../../draft/alert-draft.ts';
import { readPartEntities, readTexts } from '../../evidence/part-entities.ts';
import { isObject, type JsonObject, objectOf, textAt, textOf } from '../../values/json-value.ts';
import type { Dialect } from '../dialect.ts';

const SEVERITY_LABELS = ['severity', 'priority', 'level', 'severity_level', 'criticality', 'sev'];
// Alerts by which the pipeline shows that it is alive.
const HEARTBEATS = /^(watchdog|dead ?man'?s? ?(switch|snitch)|infoinhibitor|always ?firing)$/i;
// Labels that name the monitoring itself.
const OWN_LABELS = ['alertname', 'job', 'severity', 'prometheus', 'receiver', 'grafana_folder', 'team'];

/** One alert of a Prometheus Alertmanager or Grafana webhook. */
export const alertmanager: Dialect = {
  name: 'alertmanager',
  title: 'Prometheus Alertmanager and Grafana alert (webhook)',
  reads: {
    recognisedBy: "`labels` with `startsAt` (Alertmanager 0.35 recorded; Grafana's webhook documentation)",
    id: '`fingerprint` with `startsAt`',
    time: '`startsAt`',
    severity: 'labels `severity`, `priority`, `level`',
    tactics: 'label or annotation `mitre`, `tactic`, `technique`',
    entities: 'labels, then addresses in annotations; never `generatorURL` or `runbook_url`',
  },
  verdictFields: ['status', 'endsAt'],

  recognise(payload) {
    const labels = payload['labels'];
    return (
      isObject(labels) &&
      'startsAt' in payload &&
      ('fingerprint' in payload || 'annotations' in payload || 'alertname' in labels)
    );
  },

  toAlert(payload, draft) {
    const labels = objectOf(payload['labels']) ?? {};
    const annotations = objectOf(payload['annotations']) ?? {};
    draft.text('id', payload, 'fingerprint');
    // A fingerprint is of the labels alone: the same alert that fires anew has it again.
    draft.text('id_scope', payload, 'startsAt');
    draft.text(
      'title',
      payload,
      'labels.alertname',
      'annotations.summary',
      'annotations.description',
      'annotations.message',
    );
    draft.text('rule_id', payload, 'labels.__alert_rule_uid__', 'labels.rule_uid');
    draft.text('rule_name', payload, 'labels.alertname', 'labels.rulename');
    draft.text('tenant', payload, 'labels.tenant', 'labels.customer', 'labels.org');
    draft.constant('source', isGrafana(payload) ? 'grafana' : 'alertmanager');
    for (const name of SEVERITY_LABELS) draft.severity(labels[name], `labels.${name}`);
    draft.time('occurred_at', payload, 'startsAt');
    for (const name of ['mitre', 'tactic', 'technique', 'mitre_tactic', 'mitre_technique'])
      draft.attack(labels[name] ?? annotations[name], `labels.${name}`);
    readLabels(labels, draft);
    readTexts(annotations, ['description', 'summary', 'message'], draft, 'annotations.');
  },

  skipOf(payload) {
    const ref = textOf(payload['fingerprint']);
    const name = textAt(payload, 'labels.alertname') ?? '';
    if (HEARTBEATS.test(name))
      return { code: 'heartbeat', reason: `${name} shows that the pipeline is alive and is no alert.` };
    if (/^(resolved|ok|normal)$/i.test(textOf(payload['status']) ?? ''))
      return {
        code: 'resolved',
        reason: 'The alert no longer fires; it keeps the verdict it had.',
        ...(ref === undefined ? {} : { ref }),
      };
    return undefined;
  },
};

function isGrafana(payload: JsonObject): boolean {
  return ['dashboardURL', 'panelURL', 'silenceURL', 'valueString', 'orgId'].some((key) => key in payload);
}

function readLabels(labels: JsonObject, draft: AlertDraft): void {
  const rest: Record<string, unknown> = {};
  for (const name in labels) if (!OWN_LABELS.includes(name) && name !== 'instance') rest[name] = labels[name];
  // The address of an exporter carries its port.
  const instance = textOf(labels['instance'])
    ?.replace(/^https?:\/\//, '')
    .split(/[:/]/, 1)[0];
  if (instance !== undefined && instance !== '')
    draft.entity('host', instance, 'labels.instance', 'impacted');
  readPartEntities(rest, 'labels', draft);
}
