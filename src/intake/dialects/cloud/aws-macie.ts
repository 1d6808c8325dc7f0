import type { Severity } from '../../../alert/alert.ts';
import { at, numberOf, objectOf, textOf } from '../../values/json-value.ts';
import type { Dialect } from '../dialect.ts';

// Severity is a word with a score of 1, 2 or 3 beside it.
const SCORES: readonly Severity[] = ['unknown', 'low', 'medium', 'high'];

/**
 * A finding of Amazon Macie.
 *
 * @see https://docs.aws.amazon.com/macie/latest/APIReference/findings-describe.html
 */
export const awsMacie: Dialect = {
  name: 'aws_macie',
  title: 'Amazon Macie finding',
  reads: {
    recognisedBy: '`resourcesAffected` (botocore)',
    id: '`id`',
    time: '`createdAt`',
    severity: '`severity.description`, `.score`',
    tactics: '-',
    entities: 'bucket, object, actor',
  },
  verdictFields: ['archived', 'updatedAt', 'count'],

  recognise: (payload) =>
    objectOf(payload['resourcesAffected']) !== undefined && objectOf(payload['severity']) !== undefined,

  toAlert(payload, draft) {
    draft.text('id', payload, 'id');
    draft.text('title', payload, 'title', 'description', 'type');
    draft.text('rule_id', payload, 'type');
    draft.text('rule_name', payload, 'type');
    draft.text('category', payload, 'category', 'type');
    draft.text('tenant', payload, 'accountId');
    draft.constant('source', 'aws_macie');
    draft.constant('vendor', 'Amazon');
    draft.severity(textOf(at(payload, 'severity.description')), 'severity.description');
    const score = numberOf(at(payload, 'severity.score'));
    if (score !== undefined) draft.setSeverity(SCORES[score] ?? 'unknown', 'severity.score');
    draft.time('occurred_at', payload, 'createdAt');
    draft.entity(
      'cloud_resource',
      at(payload, 'resourcesAffected.s3Bucket.arn'),
      'resourcesAffected.s3Bucket.arn',
      'impacted',
    );
    draft.entity(
      'file',
      at(payload, 'resourcesAffected.s3Object.path') ?? at(payload, 'resourcesAffected.s3Object.key'),
      'resourcesAffected.s3Object',
      'impacted',
    );
    const actor = objectOf(at(payload, 'policyDetails.actor'));
    draft.entity('ip', at(actor, 'ipAddressDetails.ipAddressV4'), 'policyDetails.actor.ipAddressDetails');
    for (const name of [
      'iamUser.userName',
      'assumedRole.arn',
      'federatedUser.arn',
      'root.arn',
      'awsAccount.principalId',
    ])
      draft.entity('user', at(actor, `userIdentity.${name}`), `policyDetails.actor.userIdentity.${name}`);
  },
};
