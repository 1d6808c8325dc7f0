import type { Severity } from '../../../alert/alert.ts';
import { pairsOf, readPartEntities } from '../../evidence/part-entities.ts';
import { at, lookup, objectOf, objectsOf, textAt, textOf } from '../../values/json-value.ts';
import type { Dialect } from '../dialect.ts';

// Sev0 critical, Sev1 error, Sev2 warning, Sev3 informational, Sev4 verbose.
const SEVERITIES: Readonly<Record<string, Severity>> = {
  sev0: 'critical',
  sev1: 'high',
  sev2: 'medium',
  sev3: 'informational',
  sev4: 'informational',
};

/**
 * An alert of Azure Monitor in the common schema.
 *
 * @see https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema
 */
export const azureMonitor: Dialect = {
  name: 'azure_monitor',
  title: 'Azure Monitor alert (common alert schema)',
  reads: {
    recognisedBy: '`data.essentials` (common alert schema, Microsoft Learn)',
    id: '`alertId`',
    time: '`firedDateTime`',
    severity: 'Sev0 critical to Sev4 informational',
    tactics: '-',
    entities: '`configurationItems`, `alertTargetIDs`, dimensions',
  },
  verdictFields: [
    'data.essentials.monitorCondition',
    'data.essentials.resolvedDateTime',
    'data.essentials.alertState',
  ],

  recognise(payload) {
    const data = objectOf(payload['data']) ?? payload;
    const essentials = objectOf(data['essentials']);
    return essentials !== undefined && ('alertId' in essentials || 'alertRule' in essentials);
  },

  toAlert(payload, draft) {
    const prefix = 'data' in payload ? 'data.' : '';
    const from = (name: string): string => `${prefix}essentials.${name}`;
    draft.text('id', payload, from('alertId'), from('originAlertId'));
    draft.text('title', payload, from('alertRule'), from('description'));
    draft.text('rule_id', payload, from('alertRuleID'));
    draft.text('rule_name', payload, from('alertRule'));
    draft.text('category', payload, from('signalType'));
    draft.constant('source', 'azure_monitor');
    draft.constant('vendor', 'Microsoft');
    const word = textAt(payload, from('severity'));
    const severity = word === undefined ? undefined : lookup(SEVERITIES, word.toLowerCase());
    if (severity !== undefined) draft.setSeverity(severity, from('severity'));
    else draft.severity(word, from('severity'));
    draft.time('occurred_at', payload, from('firedDateTime'));
    draft.entity('host', at(payload, from('configurationItems')), from('configurationItems'), 'impacted');
    draft.entity('cloud_resource', at(payload, from('alertTargetIDs')), from('alertTargetIDs'), 'impacted');
    const context = objectOf(at(payload, `${prefix}alertContext`)) ?? {};
    for (const condition of objectsOf(at(context, 'condition.allOf')))
      readPartEntities(
        pairsOf(condition['dimensions']),
        `${prefix}alertContext.condition.allOf.dimensions`,
        draft,
      );
    draft.entity(
      'host',
      context['compromisedEntity'] ?? context['CompromisedEntity'],
      `${prefix}alertContext.compromisedEntity`,
    );
    draft.entity('user', context['caller'], `${prefix}alertContext.caller`);
    readPartEntities(context['claims'], `${prefix}alertContext.claims`, draft);
    readPartEntities(at(payload, `${prefix}customProperties`), `${prefix}customProperties`, draft);
  },

  skipOf(payload) {
    const essentials = objectOf((objectOf(payload['data']) ?? payload)['essentials']) ?? {};
    if (!/^resolved$/i.test(textOf(essentials['monitorCondition']) ?? '')) return undefined;
    const ref = textOf(essentials['alertId']);
    return {
      code: 'resolved',
      reason: 'The condition of the alert is over; it keeps the verdict it had.',
      ...(ref === undefined ? {} : { ref }),
    };
  },
};
