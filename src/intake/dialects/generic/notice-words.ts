import { alertShape } from '../../envelope/alert-shape.ts';
import { carriageOf } from '../../envelope/carriage.ts';
import type { Skip } from '../../skip.ts';
import { type JsonObject, keysOf, objectOf, textOf } from '../../values/json-value.ts';
import { wordsOfKey } from '../workflow-names.ts';
import { genericClosing } from './generic-closing.ts';
import { overWord } from './over-words.ts';

const STARTS_WITH_TEST = /^(this is a )?test (notification|message|webhook|alert)\b/i;
const TEST_TITLE =
  /^(this is a )?test (notification|message|webhook|alert)\b[^a-z0-9]{0,8}(from\b.{0,60})?$/i;

/** Keys of one record that are looked at. */
const MAX_KEYS = 200;

/** Notices about an alert, in the words of whoever sends them: a ban that is lifted, a problem that is over. */
export function noticeOf(payload: JsonObject): Skip | undefined {
  const title = textOf(payload['title'] ?? payload['subject'] ?? payload['name'] ?? payload['text']) ?? '';
  if (/(^|[\s:[(])(unban(ned)?|un-ban|ban lifted)([\s:\])]|$)/i.test(title))
    return { code: 'unban', reason: 'A ban was lifted: a notice about an earlier alert, and no alert.' };
  if (/^(\[?(resolved|recovery|recovered|ok|closed)\]?)\s*[:\-\]]/i.test(title))
    return { code: 'resolved', reason: 'The title says that the problem is over.' };
  // "Test alert: suspicious login" of severity high may be a rule's name: nothing that could be an attack is passed over
  const said = title === '' ? (textOf(payload['message']) ?? '') : '';
  if (STARTS_WITH_TEST.test(said) && !ratesSomething(payload) && !holdsAttack(payload))
    return { code: 'test', reason: 'The message says that the sender tries the connection.' };
  if (TEST_TITLE.test(title) || (STARTS_WITH_TEST.test(title) && !ratesSomething(payload)))
    return { code: 'test', reason: 'The title says that the sender tries the connection.' };
  if (BACK_TO_NORMAL.test(title.slice(0, 300)) && !ratesSomething(payload) && !holdsAttack(payload))
    return { code: 'resolved', reason: 'The title says that all is well again.' };
  if (isTry(payload)) return { code: 'test', reason: 'It is marked as a try of the connection.' };
  if (isHealthy(payload)) return { code: 'resolved', reason: 'The check that it is about succeeds again.' };
  const carried = carriageOf(payload)?.notice;
  if (carried !== undefined) return overNotice(carried.path, textOf(carried.value) ?? '');
  let nKeys = 0;
  for (const name of keysOf(payload)) {
    if (++nKeys > MAX_KEYS) break;
    const word = overWord(name, payload[name], () => hasSeverity(payload));
    if (word !== undefined) return overNotice(name, word);
  }
  return ownWordOf(payload) ?? overStatusOf(payload);
}

const BACK_TO_NORMAL =
  /\b((is|are|was) (now )?back (to normal|online|up)|(has|have) recovered[.!]?$|returned to normal|is (up|healthy|reachable) again|no longer (firing|failing|triggered))\b/i;
const OVER_STATUS = /^(resolved|recovered|closed|ok|normal|cleared|ended)$/i;
const ENDED_AT = /^(resolved|ended|end|ends|recovered|closed|finished|cleared)_?(at|time|date)$/i;

/**
 * A plain status says that what was watched is well again, and nobody has judged it: a closed record with a verdict or
 * a person's name is a judgement. Records that rate a finding are none of monitoring.
 */
function overStatusOf(payload: JsonObject): Skip | undefined {
  const inner = objectOf(payload['attributes']);
  for (const place of inner === undefined ? [payload] : [payload, inner]) {
    for (const name of ['status', 'state', 'Status', 'State']) {
      const word = textOf(place[name]);
      if (word === undefined || !OVER_STATUS.test(word)) continue;
      // Nobody who works on an alert calls it recovered.
      const isMonitoring = ratesSomething(place)
        ? keysOf(place).some(isWatched)
        : /^recovered$/i.test(word) || hasEnded(place);
      if (!isMonitoring || holdsAttack(place)) return undefined;
      const closing = genericClosing(payload);
      const isJudged =
        closing !== undefined && (closing.outcome !== 'no_label' || closing.analyst !== undefined);
      return isJudged ? undefined : overNotice(name, word);
    }
  }
  return undefined;
}

const WATCHED = new Set('problem problems monitor check metric threshold probe uptime condition'.split(' '));
const OF_AN_ATTACK = new Set(
  'threat threats malware virus attack attacker technique tactic mitre sha256 sha1 md5 hash hashes user username account src source_ip process file'.split(
    ' ',
  ),
);

/** Names by which monitoring tells what it watches: problem_title, MonitorName; a checksum is none. */
function isWatched(key: string): boolean {
  if (key.length > 32) return false;
  const [first = '', second = '', third] = wordsOfKey(key);
  // New Relic: `alertConditionNames`, `alertPolicyNames`
  return (
    WATCHED.has(first) ||
    (first === 'alert' && /^(condition|polic(y|ies))$/.test(second) && third !== undefined)
  );
}

/** Whether a record names what an attack has touched: then it is no notice of monitoring, whatever else it says. */
function holdsAttack(payload: JsonObject): boolean {
  let nKeys = 0;
  for (const key of keysOf(payload)) {
    if (++nKeys > MAX_KEYS) return false;
    if (key.length > 48 || payload[key] === null || payload[key] === '') continue;
    if (wordsOfKey(key).some((word) => OF_AN_ATTACK.has(word))) return true;
  }
  return false;
}

function hasEnded(payload: JsonObject): boolean {
  return keysOf(payload).some(
    (key) => isWatched(key) || (ENDED_AT.test(key) && payload[key] !== null && payload[key] !== ''),
  );
}

function overNotice(name: string, word: string): Skip {
  return {
    code: /^ack/i.test(word) ? 'acknowledged' : 'resolved',
    reason: `\`${name}\` says ${word}: a notice about an earlier alert, and no alert.`,
  };
}

const TRY_MARK = /^_*(is)?_?test_?(event|alert|notification|message)?_*$/i;

/** `_testEvent_: true`, as the sender marks it itself. */
function isTry(payload: JsonObject): boolean {
  return keysOf(payload).some((key) => key.length <= 24 && payload[key] === true && TRY_MARK.test(key));
}

/** A check's result beside what it checks, where the result is good: Sensu's `check.status` 0, a heartbeat's 1. */
function isHealthy(payload: JsonObject): boolean {
  const check = objectOf(payload['check']);
  if (check?.['status'] === 0 && objectOf(payload['entity']) !== undefined) return true;
  if (/^(passing|passed|ok|healthy|up)$/i.test(textOf(check?.['status']) ?? '') && !ratesSomething(payload))
    return true;
  if ([payload, objectOf(payload['event'])].some(isRecoveredEvent)) return true;
  if (objectOf(payload['heartbeat'])?.['status'] === 1 && objectOf(payload['monitor']) !== undefined)
    return true;
  // Of a request OK says that it went well, and of a check that nothing is wrong.
  return /^ok$/i.test(textOf(payload['status'] ?? payload['state']) ?? '') && keysOf(payload).some(isOfCheck);
}

/** Zabbix: the value of an event is 1 while there is a problem, and says so beside the time of recovery. */
function isRecoveredEvent(event: JsonObject | undefined): boolean {
  return (
    event !== undefined &&
    textOf(event['value']) === '0' &&
    keysOf(event).some((key) => key.startsWith('recovery') && (textOf(event[key]) ?? '') !== '')
  );
}

function isOfCheck(key: string): boolean {
  return key.length <= 32 && /^(detector|monitor|check|trigger|condition)/i.test(key);
}

const KIND =
  /^(type|event|action|kind|topic|(event|message|msg|record|notification|log|alert)_?(simple)?(type|kind|name)(_?id)?|(web)?hook_?(event|type))$/i;
const TITLES = ['title', 'ProblemTitle', 'subject', 'name', 'message', 'text'];
const TRIES_TITLE = /^([\w.-]{1,32} ){0,3}test (notification|message|webhook|alert|event|run)[.!]?$/i;
const TRIES =
  /^((webhook|hook|connection|integration|alert)[._ -])?test([._ -](event|message|notification|webhook|alert))?$/i;
const ALIVE =
  /^(sensor|agent|collector|device|ping)?[._ -]?(heart[._ -]?beat|keep[._ -]?alive)([._ -]?(activated|received|recovered|ok))?$/i;
const AGENT_STATE =
  /^(agent|sensor|collector|forwarder)[._ -]?(connected|online|started|registered|enrolled)$/i;

/**
 * A record whose own kind says that it is about its sender: a try of the connection, a sign of life, a sensor that has
 * come up. Only where it rates nothing: a finding of such a kind has a severity.
 */
function ownWordOf(payload: JsonObject): Skip | undefined {
  if (ratesSomething(payload)) return undefined;
  for (const place of [payload, objectOf(payload['data']), objectOf(payload['event'])])
    for (const name of TITLES)
      if (TRIES_TITLE.test(textOf(place?.[name])?.slice(0, 160) ?? ''))
        return { code: 'test', reason: `\`${name}\` says that the sender tries the connection.` };
  // A finding called ping has a name of its own, or says whom it is about.
  const isBare = (): boolean =>
    TITLES.every((name) => payload[name] === undefined || /^(message|text)$/.test(name)) &&
    !holdsAttack(payload);
  let nKeys = 0;
  for (const name of keysOf(payload)) {
    if (++nKeys > MAX_KEYS) break;
    if (name.length > 20 || !KIND.test(name)) continue;
    const word = textOf(payload[name])?.slice(0, 64) ?? '';
    if (TRIES.test(word) || (/^([a-z]{2,16}[._:-])?ping$/i.test(word) && isBare()))
      return { code: 'test', reason: `\`${name}\` says that the sender tries the connection.` };
    if (ALIVE.test(word) && !saysMissing(payload))
      return { code: 'heartbeat', reason: `\`${name}\` says ${word}: a sign of life.` };
    if (AGENT_STATE.test(word))
      return { code: 'sensor_status', reason: `\`${name}\` says ${word}: a sensor about itself.` };
  }
  return undefined;
}

/** A sign of life that does not come is news. */
function saysMissing(payload: JsonObject): boolean {
  return [...TITLES, 'status', 'state', 'summary', 'description'].some((name) =>
    /\b(miss(ed|ing)?|lost|fail(ed|ure)?|stop(ped|s)?|no|not|never|late|down|dead|offline|time(d ?)?out|error)\b/i.test(
      textOf(payload[name])?.slice(0, 400) ?? '',
    ),
  );
}

function hasSeverity(payload: JsonObject): boolean {
  const severity = textOf(payload['severity'] ?? payload['Severity']);
  return severity !== undefined && !/^(info(rmational)?|none|ok|clear(ed)?)$/i.test(severity);
}

function ratesSomething(payload: JsonObject): boolean {
  const severity = textOf(
    payload['severity'] ?? payload['Severity'] ?? payload['level'] ?? payload['alertLevel'],
  );
  if (severity !== undefined) return !/^(info(rmational)?|none|ok)$/i.test(severity);
  return alertShape(payload).hasSeverity;
}
