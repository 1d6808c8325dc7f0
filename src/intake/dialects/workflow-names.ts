import { localName } from './local-names.ts';

// Words of verdicts and of the work on an alert. Nothing at or below a name with one of them is read: it changes after
// the alert was raised, and what the alert turned out to be must not reach a feature.
const WORKFLOW_WORDS = new Set(
  (
    'verdict verdicts judgement judgment disposition dispositions classification classifications determination resolution resolve resolved resolver ' +
    'closed closing closure close closer assigned assignee assignees assignment assign analyst analysts reviewed reviewer review ' +
    'comment comments feedback triage triaged acknowledged acknowledgement acknowledge acked ack mute muted muting snooze snoozed ' +
    'suppressed suppression archived archive archiving mitigated mitigation remediation remediated watcher watchers tasks ' +
    'investigation investigator investigated truth groundtruth decision decisions escalated escalation workflow ' +
    'dismissed dismissal reopened handler handledby handling handled outcome approver approvers approval treated treatment editor edited'
  ).split(' '),
);
// The same in keys that are written without any mark between their words.
const JOINED =
  /verdict|disposition|^classif|determination|groundtruth|falsepositive|truepositive|assigned(to|by|at|group|user)?$|assignee|(closed|resolved|updated|modified|muted|acked|acknowledged|reviewed|dismissed|archived|triaged|approved)(by|at|on|time|date|reason|user|comment)|^resolution|^clos(e|ing)reason|^(alert|incident|event|case|finding|ticket|issue)(status|state|owner)$|^(sub)?status(id|name|label|detail)?$|^state(id)?$|^owner(id|name|email)?$|^notes?$|^labeltruth|^reviewe[dr]|^workflow|^feedback|^comments?$|^analyst|^investigat|^(status|state|case|alert|ticket|change|update|modification|incident)?history$|^(work|change|audit|activity)logs?$|^activities$/;
// Words before or after which status, state and owner say how the observed thing is, not how far the work on the alert is.
const OBSERVED = new Set(
  (
    'http code response login logon signin sign auth authentication exit tcp conn connection health service process port link dns ' +
    'request file resource device bucket app application key host asset repo repository group disk power vpn tls cert certificate ' +
    'country province us region job scan account user instance mfa session audit'
  ).split(' '),
);

const WORKERS =
  /^(assigned|closing|closed|resolved|resolving|reviewed|acknowledged|handled|triaged|dismissed|approved|updated|modified)$/;

const answers = new Map<string, boolean>();
const MAX_ANSWERS = 4000;

/**
 * Whether a key, as the payload spells it, names a verdict or the work on an alert. Judged by its words
 * (`muteInitiator`, `alert_owner`), wherever in the key they stand.
 */
export function isWorkflowName(key: string): boolean {
  if (key.length >= 64) return false;
  let answer = answers.get(key);
  if (answer === undefined) {
    answer = isWorkflow(localName(key) ?? key);
    if (answers.size >= MAX_ANSWERS) answers.clear();
    answers.set(key, answer);
  }
  return answer;
}

function isWorkflow(key: string): boolean {
  const words = wordsOfKey(key);
  if (words.some((word) => OBSERVED.has(word)) && words.length > 1)
    return (
      words.some((word) => /^(verdict|disposition|assignee|triage)$/.test(word)) ||
      // Who works on it: assignedUser, closing_user_id, resolvedByAccount.
      (/^(user|account)$/.test(words.find((word) => OBSERVED.has(word)) ?? '') &&
        WORKERS.test(words[0] ?? ''))
    );
  if (words.some((word) => WORKFLOW_WORDS.has(word))) return true;
  const last = words.at(-1) ?? '';
  if (words.length > 1 && /^(status|state|stage|substatus|owner|owners)$/.test(last)) return true;
  return JOINED.test(words.join(''));
}

/** Words of a key in lower case: at capitals, digits apart, at every mark. */
export function wordsOfKey(key: string): readonly string[] {
  return key
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
