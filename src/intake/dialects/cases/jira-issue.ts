import { isoOfCell } from '../../body/table-dates.ts';
import { outcomeOfWord } from '../../evidence/closing-words.ts';
import { readPartEntities, readTexts } from '../../evidence/part-entities.ts';
import { isObject, type JsonObject, listOf, objectOf, textAt, textOf } from '../../values/json-value.ts';
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
      readPartEntities(customFieldsOf(payload), 'Custom field', draft);
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

  closingOf: (payload) => genericClosing(workflowOf(payload), payload),
  recordOf: (payload) => genericFacts(workflowOf(payload)),
};

/** What a site's own columns hold, by the names that it gave them: `Custom field (Source IP)`. */
function customFieldsOf(payload: JsonObject): JsonObject {
  const fields: Record<string, unknown> = {};
  for (const key in payload) {
    const name = /^Custom field \(([^()]{1,80})\)$/.exec(key)?.[1];
    if (name !== undefined && name !== '__proto__') fields[name] = payload[key];
  }
  return fields;
}

/** The workflow of an issue under the names that the closing reader knows. */
function workflowOf(payload: JsonObject): JsonObject {
  if (SPREADSHEET in payload)
    return {
      status: payload['Status'],
      resolution: payload['Resolution'],
      assignee: payload['Assignee'],
      resolved_at: payload['Resolved'],
      updated: payload['Updated'],
      comments: cellsOf(payload['Comment']).map(commentOfCell),
    };
  const fields = objectOf((objectOf(payload['issue']) ?? payload)['fields']) ?? {};
  return {
    status: stateOf(fields),
    resolution: textAt(fields, 'resolution.name') ?? fields['resolution'],
    closed_by: closerOf(payload),
    assignee: textAt(fields, 'assignee.displayName', 'assignee.name'),
    resolved_at: fields['resolutiondate'],
    updated: fields['updated'],
    comments: objectOf(fields['comment'])?.['comments'] ?? fields['comment'],
  };
}

/** The state of an issue: what a site calls it in its own language counts as done where it is filed there. */
function stateOf(fields: JsonObject): unknown {
  const name = textAt(fields, 'status.name') ?? fields['status'];
  const isDone = textAt(fields, 'status.statusCategory.key') === 'done';
  return isDone && outcomeOfWord(textOf(name)) === undefined ? 'Done' : name;
}

const cellsOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** A comment as the export writes it: `20/Nov/26 10:02 AM;ana;known newsletter tool`. */
function commentOfCell(cell: unknown): JsonObject | undefined {
  const parts = typeof cell === 'string' ? /^([^;]{1,40});([^;]{1,256});(.*)$/s.exec(cell) : null;
  if (parts === null) return undefined;
  const [, time = '', by, text] = parts;
  return { time: isoOfCell(time, 'day'), by, text };
}

/** Who set the state that the webhook tells of. */
function closerOf(payload: JsonObject): unknown {
  const items = listOf(objectOf(payload['changelog'])?.['items']);
  const isState = items.some((item) => isObject(item) && /^(status|resolution)$/.test(String(item['field'])));
  return isState ? textAt(payload, 'user.emailAddress', 'user.displayName', 'user.name') : undefined;
}
