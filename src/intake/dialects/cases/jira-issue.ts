import { readTexts } from '../../evidence/part-entities.ts';
import { type JsonObject, objectOf, textAt, textOf } from '../../values/json-value.ts';
import type { Dialect } from '../dialect.ts';
import { genericClosing, genericFacts } from '../generic/generic-closing.ts';

const SPREADSHEET = 'Issue key';

/**
 * An issue of Jira: a row of its CSV export, or the record of its API and webhook.
 *
 * @see https://developer.atlassian.com/server/jira/platform/webhooks/
 */
export const jiraIssue: Dialect = {
  name: 'jira_issue',
  title: 'Jira issue (CSV export, API, webhook)',
  reads: {
    recognisedBy: '`Issue key`; `key` with `fields.summary`',
    id: 'issue key',
    time: '`created`',
    severity: 'priority',
    tactics: '-',
    entities: 'names in summary and description',
  },
  verdictFields: [
    'Status',
    'Resolution',
    'Resolved',
    'Assignee',
    'Comment',
    'Updated',
    'Labels',
    'fields.status',
    'fields.resolution',
    'fields.assignee',
    'fields.comment',
    'issue.fields.status',
    'issue.fields.resolution',
    'issue.fields.assignee',
  ],

  recognise(payload) {
    if (SPREADSHEET in payload) return 'Summary' in payload;
    const issue = objectOf(payload['issue']) ?? payload;
    const fields = objectOf(issue['fields']);
    return fields !== undefined && typeof issue['key'] === 'string' && 'summary' in fields;
  },

  toAlert(payload, draft) {
    draft.constant('source', 'jira');
    draft.constant('vendor', 'Atlassian');
    if (SPREADSHEET in payload) {
      draft.set('id', payload[SPREADSHEET], SPREADSHEET);
      draft.set('title', payload['Summary'], 'Summary');
      draft.set('category', payload['Issue Type'], 'Issue Type');
      draft.severity(payload['Priority'], 'Priority');
      draft.setTime('occurred_at', payload['Created'], 'Created');
      readTexts(payload, ['Description', 'Summary'], draft);
      return;
    }
    const issue = (objectOf(payload['issue']) ?? payload) as JsonObject;
    const fields = objectOf(issue['fields']) ?? {};
    const from = issue === payload ? '' : 'issue.';
    draft.set('id', issue['key'], `${from}key`);
    draft.set('title', fields['summary'], `${from}fields.summary`);
    draft.set('category', textAt(fields, 'issuetype.name'), `${from}fields.issuetype.name`);
    draft.severity(
      textAt(fields, 'priority.name') ?? textOf(fields['priority']),
      `${from}fields.priority.name`,
    );
    draft.setTime('occurred_at', fields['created'], `${from}fields.created`);
    readTexts(fields, ['description', 'summary'], draft, `${from}fields.`);
  },

  verdictOf: (payload) => genericClosing(workflowOf(payload)),
  recordOf: (payload) => genericFacts(workflowOf(payload)),
};

/** The workflow of an issue under the names that the closing reader knows. */
function workflowOf(payload: JsonObject): JsonObject {
  if (SPREADSHEET in payload)
    return {
      status: payload['Status'],
      resolution: payload['Resolution'],
      assignee: payload['Assignee'],
      resolved_at: payload['Resolved'],
      updated: payload['Updated'],
    };
  const fields = objectOf((objectOf(payload['issue']) ?? payload)['fields']) ?? {};
  return {
    status: textAt(fields, 'status.name') ?? fields['status'],
    resolution: textAt(fields, 'resolution.name') ?? fields['resolution'],
    assignee: textAt(fields, 'assignee.displayName', 'assignee.name'),
    resolved_at: fields['resolutiondate'],
    updated: fields['updated'],
  };
}
