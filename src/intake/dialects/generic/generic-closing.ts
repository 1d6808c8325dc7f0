import type { Closing, RecordFacts } from '../../../alert/closing.ts';
import { closingOf } from '../../evidence/closing.ts';
import { falseAlarmReason, outcomeOfPair, outcomeOfWord } from '../../evidence/closing-words.ts';
import { changesOf, type RecordChange } from '../../evidence/record-changes.ts';
import { mergeOf, mergeReason } from '../../evidence/record-merge.ts';
import {
  isObject,
  type JsonObject,
  keysOf,
  listOf,
  lookup,
  objectOf,
  textAt,
  textOf,
} from '../../values/json-value.ts';
import { momentOf } from '../../values/moment.ts';
import { localName } from '../local-names.ts';
import { stateOfWord } from './state-words.ts';

// Names of the parts of a closing over case tools and consoles: TheHive, IRIS, XSOAR, ServiceNow, InsightIDR, Datadog,
// Google SecOps and what is built like them. The first that holds a text counts.
const STATUS = names(
  'status status_name statusName state state_name current_status incident_state alert_status alertStatus case_status stage workflow_status',
);
const VERDICT = names(
  'resolutionStatus resolution_status archive_reason archiveReason closeReason close_reason closingReason closing_reason closureReason closure_reason',
  'close_code closeCode resolution_code resolutionReason disposition verdict classification determination resolution alert_resolution_status',
  'case_outcome caseOutcome outcome_name analyst_verdict analystVerdict outcome conclusion quality judgement judgment',
);
const DETAIL = names(
  'status_reason Status_Reason statusReason impactStatus classificationReason classification_reason sub_status substatus',
);
const CLOSER = names(
  'closed_by closedBy closingUserId closing_user closedByUser resolved_by resolvedBy closed_by_user modified_by modifiedBy _updatedBy state_update_user idpUserId updatedBy updated_by lastModifiedBy last_modified_by last_updated_by lastUpdatedBy',
);
const OWNER = names(
  'owner operator responder technician assignee assigned_to assignedTo assignedUser owner_name analyst',
);
const COMMENT = names(
  'close_notes closeNotes closeComment closing_comment closing_note close_comment archive_comment archiveComment resolution_comment resolution_notes rootCause',
);
const CLOSED_AT = names(
  'closed_at closedAt closed closed_time close_date closeDate closedate closedDate date_closed closing_date endDate resolved_at resolvedAt resolved_time closed_time closedTime closeTime',
);
const CHANGED_AT = names(
  'modified updated_at updatedAt _updatedAt updateTime update_time sys_updated_on last_updated lastUpdated last_modified modified_date modification_date modification_time state_update_timestamp stateUpdateTimestamp last_update_time updated',
);
/** Lists of who did what to the record. */
const CHANGES = names('comments notes work_notes activities history timeline audit_log');
/** Places where products keep the workflow of an alert apart from the alert. */
const PARTS = names('triage feedbackSummary workflow case incident investigation review');
/** Objects that hold how a case was closed, whose plain `reason` is the verdict. */
const CLOSURES = names(
  'closureDetails closure_details closeDetails close_details closure closing closureInfo resolution disposition',
);
const DEPTH = 4;

// XSOAR's incident status and IRIS's alert status are numbers of their own.
const XSOAR_STATUS: Readonly<Record<string, 'open' | 'closed'>> = {
  0: 'open',
  1: 'open',
  2: 'closed',
  3: 'closed',
};
const IRIS_OUTCOMES: Readonly<Record<string, string>> = {
  1: 'not applicable',
  2: 'true positive',
  3: 'false positive',
  4: 'legitimate',
  5: 'unknown',
};
// ServiceNow's security incidents close with 3 (and 7 for incidents), cancelled is 4 or 8.
const SERVICENOW_STATE: Readonly<Record<string, 'open' | 'closed'>> = {
  3: 'closed',
  4: 'closed',
  7: 'closed',
  8: 'closed',
};

function names(...lines: readonly string[]): readonly string[] {
  return lines.flatMap((line) => line.split(' '));
}

/** A text, or that of an object that stands for a choice or a person. */
function wordOf(value: unknown): string | undefined {
  if (!isObject(value)) return textOf(value);
  return textAt(
    value,
    'display_value',
    'displayValue',
    'status_name',
    'resolution_status_name',
    'email',
    'emailAddress',
    'handle',
    'login',
    'username',
    'userName',
    'displayName',
    'userPrincipalName',
    'user_login',
    'user_name',
    'itemValue',
    'name',
    'value',
    'label',
    'reason',
  );
}

// The same in any spelling, and by the words of a name, for products that put others between: dismissed_reason,
// event_status, assignedAdmin. The state of what was observed is none of the record.
const OBSERVED =
  'port|host|service|agent|device|sensor|conn|connection|session|tcp|link|network|process|login|http|response|mitigation|remediation|health|power|scan|job';
const BY_WORDS: readonly (readonly [part: readonly string[], words: RegExp])[] = [
  [STATUS, new RegExp(`^(?!(${OBSERVED})(status|state)$)[a-z]{1,16}(status|state)$`)],
  [
    VERDICT,
    /^(alert|final|analyst|soc|case|incident|human)(verdict|judge?ment|determination)$|^(dismiss(ed|al)?|ignored?|resolved?|clos(ed?|ing|ure)|archived?|suppress(ed|ion)?|resolution|disposition)(reason|code|as|verdict|classification|type)$/,
  ],
  [CLOSER, /^(clos|resolv|dismiss|ignor|archiv|complet|suppress)e?d?(by|user|byuser|byname|byemail)$/],
  // The agent of a ticket is a person.
  [OWNER, /^assign(ed|ee)[a-z]{0,12}$|^ticket(agent|responder|owner)(name|email)?$/],
  [COMMENT, /^(clos(ed?|ing|ure)|resolution)(note|comment|text)s?$/],
  [CLOSED_AT, /^(clos|resolv|finish|dismiss)ed(at|on|time|date)$/],
];
const SPELLINGS = new Map(
  BY_WORDS.map(([part]) => [part, new Set(part.map((name) => name.toLowerCase().replace(/[^a-z]/g, '')))]),
);
const MAX_KEYS = 200;

// Keys come back alert after alert; cleared when full so that payloads cannot grow it.
const partOfKey = new Map<string, readonly string[] | undefined>();
const MAX_KNOWN = 4000;

// What tools put before the fields that a site has made itself, and before all of a record's.
const OF_THE_SITE = /^(dynamic_?field|custom_?field|custom|udf|cf|u)_+/i;
const OF_THE_RECORD = /^(ticket|case|issue|request)(?=[a-z]{5})/;

/** The part of a closing that a key names by its words. */
function partNamed(key: string): readonly string[] | undefined {
  if (key.length > 32) return undefined;
  if (!partOfKey.has(key)) {
    if (partOfKey.size >= MAX_KNOWN) partOfKey.clear();
    const own = key.replace(OF_THE_SITE, '');
    const name = (localName(own) ?? own).toLowerCase().replace(/[^a-z]/g, '');
    const plain = name.replace(OF_THE_RECORD, '');
    partOfKey.set(
      key,
      BY_WORDS.find(
        ([part, words]) =>
          SPELLINGS.get(part)?.has(name) ||
          words.test(name) ||
          (plain !== name && SPELLINGS.get(part)?.has(plain)),
      )?.[0],
    );
  }
  return partOfKey.get(key);
}

function byWords(place: JsonObject, part: readonly string[]): string | undefined {
  let nKeys = 0;
  for (const key of keysOf(place)) {
    if (++nKeys > MAX_KEYS) return undefined;
    const word = partNamed(key) === part ? wordOf(place[key]) : undefined;
    if (word !== undefined) return word;
  }
  return undefined;
}

function first(places: readonly JsonObject[], keys: readonly string[]): string | undefined {
  const named = firstNamed(places, keys);
  if (named !== undefined || !BY_WORDS.some(([part]) => part === keys)) return named;
  for (const place of places) {
    const word = byWords(place, keys);
    if (word !== undefined) return word;
  }
  return undefined;
}

function firstNamed(places: readonly JsonObject[], keys: readonly string[]): string | undefined {
  for (const place of places) {
    for (const key of keys) {
      const word = wordOf(place[key]);
      if (word !== undefined) return word;
    }
  }
  return undefined;
}

/** The record itself and the objects in it that hold its workflow, the innermost first. */
function workflowPlaces(payload: JsonObject): JsonObject[] {
  const places: JsonObject[] = [payload];
  const enter = (from: JsonObject, depth: number): void => {
    if (depth >= DEPTH) return;
    for (const key of ['attributes', 'custom', ...PARTS]) {
      const part = objectOf(from[key]) ?? (key === 'attributes' ? objectOf(from['properties']) : undefined);
      if (part === undefined) continue;
      if ((PARTS as readonly string[]).includes(key)) places.unshift(part);
      enter(part, depth + 1);
    }
  };
  enter(payload, 0);
  // Orca's state is an object of all that was done.
  const state = objectOf(payload['state']);
  if (state !== undefined && 'status' in state) places.unshift(state);
  const own = objectOf(payload['custom_fields']) ?? objectOf(payload['customFields']);
  if (own !== undefined) places.push(own);
  for (const name of ['custom_fields', 'customFields', 'dynamic_fields', 'DynamicField']) {
    const listed = fieldsOf(payload[name]);
    if (listed !== undefined) places.push(listed);
  }
  return places;
}

/** The fields of a list of pairs, `[{name: 'Verdict', value: 'False positive'}]`. */
function fieldsOf(list: unknown): JsonObject | undefined {
  if (!Array.isArray(list)) return undefined;
  const fields: Record<string, unknown> = {};
  for (const field of list.slice(0, MAX_KEYS)) {
    if (!isObject(field)) continue;
    const name = textOf(field['name'] ?? field['Name'] ?? field['label'] ?? field['title']);
    if (name !== undefined && name !== '__proto__') fields[name] ??= field['value'] ?? field['Value'];
  }
  return fields as JsonObject;
}

/** Whether the record is over, undefined where nothing says it. */
function lifeOf(
  payload: JsonObject,
  places: readonly JsonObject[],
): { isClosed: boolean; word: string | undefined } {
  const status = first(places, STATUS);
  const state = stateOfWord(status ?? '');
  if (state === 'open') return { isClosed: false, word: status };
  // the verdict itself in the place of the status
  if (state === 'closed' || isLabel(status)) return { isClosed: true, word: status };
  const number = /^\d+$/.exec(status ?? '')?.[0];
  if (number !== undefined) {
    const isServiceNow = 'sys_id' in payload || 'close_code' in payload;
    const code = lookup(isServiceNow ? SERVICENOW_STATE : XSOAR_STATUS, number);
    if (code === 'closed' && (isServiceNow || 'closeReason' in payload || 'closingUserId' in payload))
      return { isClosed: true, word: status };
    // Ticket systems count their states up to solved and closed, each in its own way; all say when that was.
    if (Number(number) >= 4 && momentAt([payload], CLOSED_AT) !== undefined)
      return { isClosed: true, word: status };
  }
  // IRIS has no status of a case but the day it was closed.
  const isClosed = status === undefined && first([payload], ['close_date', 'closing_date']) !== undefined;
  return { isClosed, word: status };
}

/** The record itself where a case tool's webhook carries it beside what has changed. */
function recordIn(payload: JsonObject): JsonObject {
  const inner = objectOf(payload['object']) ?? objectOf(payload['result']);
  return inner === undefined || 'status' in payload || 'state' in payload ? payload : inner;
}

/** What a closed record of a case tool, or of a product without a dialect, says by common names. */
export function genericClosing(posted: JsonObject, record = posted): Closing | undefined {
  const payload = recordIn(posted);
  const places = workflowPlaces(payload);
  const { isClosed, word: status } = lifeOf(payload, places);
  if (!isClosed) return undefined;
  const merged = mergeOf(payload);
  const closure = CLOSURES.map((name) => objectOf(payload[name])).filter((part) => part !== undefined);
  const isVerdict = isLabel(status);
  const stated = first(places, VERDICT) ?? first(closure, [...VERDICT, 'reason']) ?? irisOutcome(payload);
  // A status that is the verdict says more than a reason beside it that is none.
  const given = isVerdict && (outcomeOfWord(stated) ?? 'no_label') === 'no_label' ? undefined : stated;
  // Some tools end a case with the verdict itself as its status.
  const reason = first(places, ['reason']);
  const detail = reason ?? first(places, DETAIL);
  // What is in the place of the verdict may be prose about the work, with the verdict beside it.
  const beside = outcomeOfWord(given) === undefined && isLabel(detail) ? detail : undefined;
  const word = beside ?? given ?? (isVerdict ? status : undefined);
  const outcome = merged.mergedInto === undefined ? outcomeOfPair(word, detail) : 'no_label';
  const closedAt = momentAt(places, CLOSED_AT);
  const people = [
    ...places,
    ...closure,
    ...closure.map((part) => ({ closed_by: part['user'] ?? part['by'] })),
  ];
  const history = historyOf(payload);
  return closingOf({
    record,
    outcome: outcome === 'no_label' && given !== undefined ? (fromReason(given, reason) ?? outcome) : outcome,
    word,
    raw: [status, word, reason],
    ...(merged.mergedInto === undefined
      ? { reason: falseAlarmReason(word) ?? word }
      : { reason: mergeReason(payload) }),
    closedAt,
    trace: {
      tags: listOf(payload['tags']),
      closers: [first(people, CLOSER)],
      owners: [first(places, OWNER)],
      comments: [first(people, COMMENT) ?? closingSummary(payload)],
      changes: [...CHANGES.flatMap((name) => changesOf(payload[name])), ...history],
      changedAt: changedAtOf(payload, places, history),
    },
  });
}

/** TheHive asks for a summary when a case is closed; elsewhere it is what the alert is called. */
const closingSummary = (payload: JsonObject): string | undefined =>
  'impactStatus' in payload || 'resolutionStatus' in payload || '_type' in payload
    ? textOf(payload['summary'])
    : undefined;

function isLabel(word: string | undefined): boolean {
  return (outcomeOfWord(word) ?? 'no_label') !== 'no_label';
}

/** A verdict that says nothing by itself beside a reason that does. */
function fromReason(verdict: string, reason: string | undefined): Closing['outcome'] | undefined {
  return /unspecified$/i.test(verdict) ? outcomeOfWord(reason) : undefined;
}

/** Facts of such a record, closed or open. */
export function genericFacts(posted: JsonObject): RecordFacts {
  const payload = recordIn(posted);
  const places = workflowPlaces(payload);
  const changedAt = changedAtOf(payload, places) ?? momentAt(places, CLOSED_AT);
  const owner = first(places, OWNER);
  return {
    ...(changedAt === undefined ? {} : { changedAt }),
    isIncident: false,
    ...mergeOf(payload),
    ...(owner === undefined ? {} : { owners: [owner] }),
  };
}

/** IRIS keeps the changes of an alert under the time of each, in seconds: `{"1763712000.1": {user, action}}`. */
function historyOf(payload: JsonObject): RecordChange[] {
  return Object.entries(objectOf(payload['modification_history']) ?? {})
    .slice(-200)
    .flatMap(([time, change]) => {
      const at = momentOf(Number(time));
      return at === undefined || !isObject(change)
        ? []
        : [{ at, by: textOf(change['user']), text: textOf(change['action']) }];
    });
}

/** When the record was last changed: as it says, by its history, or by the verdict given in Google's feedback. */
function changedAtOf(
  payload: JsonObject,
  places: readonly JsonObject[],
  history: readonly RecordChange[] = historyOf(payload),
): string | undefined {
  const said = momentAt(places, CHANGED_AT);
  if (said !== undefined) return said;
  const times = history.flatMap(({ at }) => at ?? []);
  if (times.length > 0) return times.sort().at(-1);
  const feedback = objectOf(payload['feedbackSummary'] ?? payload['feedback_summary']);
  return momentOf(feedback?.['createTime'] ?? feedback?.['create_time']);
}

function irisOutcome(payload: JsonObject): string | undefined {
  const id = textOf(payload['alert_resolution_status_id'] ?? payload['status_id']);
  return id === undefined || !('alert_resolution_status_id' in payload || 'case_id' in payload)
    ? undefined
    : lookup(IRIS_OUTCOMES, id);
}

function momentAt(places: readonly JsonObject[], keys: readonly string[]): string | undefined {
  for (const place of places) {
    for (const key of keys) {
      const moment = momentOf(place[key]);
      if (moment !== undefined) return moment;
    }
  }
  if (keys !== CLOSED_AT) return undefined;
  for (const place of places) {
    const moment = momentOf(byWords(place, keys));
    if (moment !== undefined) return moment;
  }
  return undefined;
}
