import { readPartEntities } from '../../evidence/part-entities.ts';
import { at, objectsOf, textAt } from '../../values/json-value.ts';
import type { Dialect } from '../dialect.ts';

/**
 * A finding of Amazon Inspector (v2).
 *
 * @see https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html
 */
export const awsInspector: Dialect = {
  name: 'aws_inspector',
  title: 'Amazon Inspector finding',
  reads: {
    recognisedBy: '`findingArn` (botocore)',
    id: '`findingArn`',
    time: '`firstObservedAt`',
    severity: '`severity`',
    tactics: '-',
    entities: '`resources`',
  },
  verdictFields: ['status', 'updatedAt', 'lastObservedAt'],

  recognise: (payload) => 'findingArn' in payload && ('awsAccountId' in payload || 'severity' in payload),

  toAlert(payload, draft) {
    draft.text('id', payload, 'findingArn');
    draft.text('title', payload, 'title', 'description', 'type');
    draft.text(
      'rule_id',
      payload,
      'packageVulnerabilityDetails.vulnerabilityId',
      'codeVulnerabilityDetails.detectorId',
    );
    draft.text('rule_name', payload, 'title');
    draft.text('category', payload, 'type');
    draft.text('tenant', payload, 'awsAccountId');
    draft.constant('source', 'aws_inspector');
    draft.constant('vendor', 'Amazon');
    draft.severity(payload['severity'], 'severity');
    draft.score(at(payload, 'inspectorScore'), 'inspectorScore', 10);
    draft.time('occurred_at', payload, 'firstObservedAt', 'updatedAt');
    for (const resource of objectsOf(payload['resources'])) {
      draft.entity('cloud_resource', resource['id'], 'resources.id', 'impacted');
      draft.entity(
        'ip',
        at(resource, 'details.awsEc2Instance.ipV4Addresses'),
        'resources.details',
        'impacted',
      );
      draft.entity(
        'ip',
        at(resource, 'details.awsEc2Instance.ipV6Addresses'),
        'resources.details',
        'impacted',
      );
      draft.entity(
        'other',
        textAt(resource, 'details.awsEcrContainerImage.repositoryName'),
        'resources.details',
        'impacted',
      );
      readPartEntities(resource['details'], 'resources.details', draft);
    }
  },
};
