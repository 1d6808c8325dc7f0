import { textOf } from '../../values/json-value.ts';
import type { Dialect } from '../dialect.ts';

/**
 * An investigation of Amazon Detective.
 *
 * @see https://docs.aws.amazon.com/detective/latest/APIReference/API_GetInvestigation.html
 */
export const awsDetective: Dialect = {
  name: 'aws_detective',
  title: 'Amazon Detective investigation',
  reads: {
    recognisedBy: '`InvestigationId` with `EntityArn` (botocore)',
    id: '`InvestigationId` in its graph',
    time: '`CreatedTime`',
    severity: '`Severity`',
    tactics: '-',
    entities: '`EntityArn`',
  },
  verdictFields: ['State', 'Status'],

  recognise: (payload) => 'InvestigationId' in payload && 'EntityArn' in payload,

  toAlert(payload, draft) {
    draft.text('id', payload, 'InvestigationId');
    // The id is unique within the behaviour graph.
    draft.text('id_scope', payload, 'GraphArn');
    const type = textOf(payload['EntityType'])?.toLowerCase().replaceAll('_', ' ');
    draft.set('title', `Detective investigation of an ${type ?? 'entity'}`, 'EntityType');
    draft.text('category', payload, 'EntityType');
    draft.set(
      'tenant',
      /^arn:aws[\w-]*:detective:[^:]*:(\d+):/.exec(textOf(payload['GraphArn']) ?? '')?.[1],
      'GraphArn',
    );
    draft.constant('source', 'aws_detective');
    draft.constant('vendor', 'Amazon');
    draft.severity(payload['Severity'], 'Severity');
    draft.time('occurred_at', payload, 'ScopeStartTime', 'CreatedTime');
    draft.time('created_at', payload, 'CreatedTime');
    draft.entity('cloud_resource', payload['EntityArn'], 'EntityArn', 'impacted');
  },
};
