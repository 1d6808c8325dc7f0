import { xmlRecord } from '../../body/xml-record.ts';
import type { AlertDraft } from '../../draft/alert-draft.ts';
import { FlatPayload, type Leaf } from '../../draft/flat-payload.ts';
import { thingsBeside } from '../../envelope/carriage.ts';
import { readPartEntities } from '../../evidence/part-entities.ts';
import { readTextEntities } from '../../evidence/text-entities.ts';
import { type JsonObject, numberOf, textOf } from '../../values/json-value.ts';
import { momentMs } from '../../values/moment.ts';
import { sourceOfProduct } from '../../values/product-name.ts';
import type { Dialect } from '../dialect.ts';
import { isWorkflowName } from '../workflow-names.ts';
import { genericClosing, genericFacts } from './generic-closing.ts';
import { readGenericEntities } from './generic-entities.ts';
import {
  BARE_WORD,
  guessedTimes,
  guessedTitles,
  isOfAnother,
  isOwnTitleName,
  NEAR_ROOT,
  prefixed,
  SORT_NAME,
} from './generic-guesses.ts';
import { GENERIC_FIELDS, GENERIC_TELEMETRY } from './generic-names.ts';
import { readSeverity } from './generic-severity.ts';
import { noticeOf } from './notice-words.ts';
import { ownHosts } from './own-links.ts';
import { isCounter, ROUNDED, rankedIds } from './rank-ids.ts';

/** Longest XML text in a field that is read. */
const MAX_XML = 65_536;
/** Reads an alert of an unknown vendor by common names and by the look of values. */
export const genericAlert: Dialect = {
  name: 'generic',
  title: 'Any other product, by the names of ECS, OCSF and common use',
  reads: {
    recognisedBy: 'everything else',
    id: 'names such as `alert_id`, `uuid`',
    time: 'names such as `detected_at`, `timestamp`',
    severity: 'words first; numbers with a warning',
    tactics: 'fields named after tactics, techniques, MITRE',
    entities: 'names, lists of typed values, and the look of values',
  },
  verdictFields: [
    'status',
    'state',
    'disposition',
    'verdict',
    'classification',
    'resolution',
    'assigned_to',
    'owner',
    'comments',
    'labels',
  ],

  recognise: () => true,

  toAlert(payload, draft) {
    const flat = new FlatPayload(payload, isWorkflowName);
    draft.warn('The format is not known: fields were found by their names.');
    if (flat.truncated)
      draft.warn('The payload is larger than what is searched by name; its far parts were not read.');
    readTitle(flat, draft);
    // The type of a thing that the alert is about is no category of the alert.
    for (const field of ['rule_id', 'rule_name', 'vendor', 'tenant', 'incident_id', 'category'] as const)
      for (const leaf of flat.find(GENERIC_FIELDS[field], NEAR_ROOT))
        if ((field !== 'category' || !isOfAnother(leaf)) && take(draft, field, leaf)) break;
    readSource(flat, draft);
    // When a process began is no time of what it did later.
    for (const field of ['occurred_at', 'created_at'] as const)
      for (const leaf of flat.find(GENERIC_FIELDS[field], NEAR_ROOT + 1))
        if (!isStartOfThing(leaf) && draft.setTime(field, withClock(leaf, payload), leaf.path)) break;
    readGuesses(flat, draft);
    readId(flat, draft);
    readSeverity(flat, draft, payload);
    readScore(flat, draft);
    for (const leaf of flat.leaves)
      if (
        leaf.names.some((name) => /mitre|tactic|technique|killchain/.test(name)) ||
        leaf.names.includes('attack') ||
        isTechnique(Array.isArray(leaf.value) ? leaf.value[0] : leaf.value) ||
        isSigmaTag(Array.isArray(leaf.value) ? leaf.value[0] : leaf.value)
      )
        draft.attack(leaf.value, leaf.path);
    readGenericEntities(flat, draft);
    // The event that a record was made of, as XML in a field: what it is about is the alert's, its names are not.
    for (const { value, path } of flat.leaves)
      if (typeof value === 'string' && value.length <= MAX_XML && value.startsWith('<'))
        readPartEntities(xmlRecord(value), path, draft);
    const things = thingsBeside(payload);
    if (things !== undefined) readGenericEntities(new FlatPayload(things, isWorkflowName), draft);
    readTextEntities(textsOf(flat), draft, ownHosts(flat, draft.get('id')));
    for (const [name, candidates] of Object.entries(GENERIC_TELEMETRY))
      for (const leaf of flat.find(candidates)) draft.measure(name, leaf.value, leaf.path);
    // A sensor's word about itself may have neither an id nor a title.
    if (draft.get('id') === undefined && draft.get('title') === undefined) {
      const notice = noticeOf(payload);
      if (notice !== undefined) draft.constant('title', notice.reason);
    }
  },

  skipOf: noticeOf,

  closingOf: genericClosing,
  recordOf: genericFacts,
};

function isTechnique(value: unknown): boolean {
  return (
    typeof value === 'string' && value.length <= 9 && value[0] === 'T' && /^T\d{4}(\.\d{3})?$/.test(value)
  );
}

/** Sigma's tags, which rules of many engines keep: `attack.t1059.001`. */
function isSigmaTag(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('attack.');
}

function isStartOfThing(leaf: Leaf): boolean {
  return /^start|^creat/.test(leaf.names.at(-1) ?? '') && isOfAnother(leaf);
}

const CLOCK = /^\d{1,2}:\d{2}:\d{2}(\.\d{1,9})?$/;

/**
 * The day of a record that writes day and clock apart, `date` and `time`, `event_date` and `event_time`; else the value as
 * it is. Undefined for the clock alone.
 */
function withClock({ value, path }: Leaf, payload: JsonObject): unknown {
  if (typeof value !== 'string') return value;
  if (CLOCK.test(value)) return undefined;
  const day = /^(.*?)(date)$/i.exec(path);
  if (day === null || !/^[\d/.-]{8,10}$/.test(value)) return value;
  const word = day[2] === 'date' ? 'time' : day[2] === 'DATE' ? 'TIME' : 'Time';
  const clock = payload[`${day[1]}${word}`];
  return typeof clock === 'string' && CLOCK.test(clock) ? `${value.replaceAll('.', '-')} ${clock}` : value;
}

function take(
  draft: AlertDraft,
  field: 'id' | 'title' | 'rule_id' | 'rule_name' | 'vendor' | 'tenant' | 'incident_id' | 'category',
  leaf: Leaf,
): boolean {
  return draft.set(field, leaf.value, leaf.path);
}

/** Lists whose elements name what was found: the name of an element of any other is that of a part. */
const RAISES =
  /(alert|rule|finding|detection|incident|threat|event|signature|polic(y|ie)|violation|issue|match(e)?|technique|indicator|reason|malware|categor(y|ie)|anomal(y|ie)|attack|filter|problem|result|item|data|record)s?$/;

// What a mail is called says nothing of what was found in it.
const SENDERS = ['from', 'sender', 'mailfrom', 'senderaddress', 'fromaddress'];

function readTitle(flat: FlatPayload, draft: AlertDraft): void {
  const isMail = [...flat.find(SENDERS, 1)].some(({ value }) => String(value).includes('@'));
  // `name: 'Program change'` at the root is the record's own, whatever a threat or policy in it is called.
  const own = flat.find(['name'], 1).next().value;
  const ownName = own !== undefined && isWords(own) ? [own] : [];
  const said = ownName.length > 0 || [...flat.find(SAYS_WHAT, 1)].some(isWords);
  for (const leaf of [
    ...[...flat.find(GENERIC_FIELDS.own_title, NEAR_ROOT)].filter(
      ({ names }) => ownName.length === 0 || names.at(-1) !== 'threatname',
    ),
    // A vendor's own word before it: ProblemTitle.
    ...flat.leaves.filter(({ names }) => names.length === 1 && isOwnTitleName(names[0] as string)),
    ...ownName,
    // Behaviours that were seen have a category; other indicators are things.
    ...(flat.find(BEHAVIOUR_KIND, 2).next().done ? [] : flat.find(BEHAVIOUR_NAME, 2)),
    ...[...flat.find(EVENT_NAME, NEAR_ROOT)].filter(isWords),
    // What stands deeper under a plain name is more likely that of a thing than a type in words at the root.
    ...[...flat.find(GENERIC_FIELDS.title, NEAR_ROOT)].filter(({ names, isListed }) =>
      names.at(-1) === 'name'
        ? !(isListed && !RAISES.test(names.at(-2) ?? '')) && (!said || names.length === 1)
        : (!isMail || names.at(-1) !== 'subject') &&
          // what a rule is described as, beside a name of what happened
          !(said && names.length > 1 && names.at(-1) === 'description'),
    ),
  ])
    if (isPhrase(leaf) && (!isOfAnother(leaf) || isBehaviour(leaf)) && take(draft, 'title', leaf)) return;
}

const isBehaviour = ({ names, isListed }: Leaf): boolean => !isListed && names.join('.') === 'indicator.name';

/** `eventid: 'cowrie.login.failed'` names a kind, another event id this one event. */
function isOnlyId({ names, value }: Leaf): boolean {
  return names.at(-1) === 'eventid' && !/^[a-z]+([._-][a-z]+){1,6}$/i.test(String(value));
}

const EVENT_NAME = ['eventname'];
const BEHAVIOUR_KIND = ['indicator.category'];
const BEHAVIOUR_NAME = ['indicator.name'];
const SAYS_WHAT = ['alerttype', 'findingtype', 'eventtype', 'type', 'event', 'info', 'cat'];

/** Words of a sentence, as people read them. */
function isWords({ value }: Leaf): boolean {
  if (typeof value !== 'string' || !value.includes(' ')) return false;
  const words = value.slice(0, 200).split(' ');
  return words.filter((word) => /\p{L}\p{L}/u.test(word)).length > 1;
}

/** What no known name holds is looked for by parts of names and the look of values. */
function readGuesses(flat: FlatPayload, draft: AlertDraft): void {
  if (draft.get('title') === undefined)
    for (const leaf of flat.find(SAYS_WHAT, 1)) if (isWords(leaf) && take(draft, 'title', leaf)) break;
  if (draft.get('title') === undefined)
    for (const leaf of guessedTitles(flat)) if (isPhrase(leaf) && take(draft, 'title', leaf)) break;
  if (draft.get('title') === undefined)
    for (const leaf of [
      ...flat.find(GENERIC_FIELDS.weak_title, NEAR_ROOT),
      ...flat.find(['name'], NEAR_ROOT),
    ])
      if (
        isPhrase(leaf) &&
        !isOfAnother(leaf) &&
        !isOnlyId(leaf) &&
        // the type of a part is how it is laid out, or what it is
        !(leaf.isListed && leaf.names.at(-1) === 'type') &&
        take(draft, 'title', leaf)
      )
        break;
  // `terminatingRuleId: 'AWSManagedRulesSQLi'`: a rule that has only an id is called by it.
  for (const leaf of prefixed(flat, /[a-z]ruleid$/)) {
    if (!isPhrase(leaf)) continue;
    take(draft, 'rule_id', leaf);
    take(draft, 'title', leaf);
  }
  if (draft.get('title') === undefined)
    for (const leaf of flat.leaves)
      if (leaf.names.length === 1 && SORT_NAME.test(leaf.names[0] as string) && isPhrase(leaf))
        if (take(draft, 'title', leaf)) break;
  if (!draft.hasTime('occurred_at'))
    for (const leaf of guessedTimes(flat))
      if (momentMs(leaf.value) !== undefined && draft.setTime('occurred_at', leaf.value, leaf.path)) break;
}

/**
 * The id that says most about the alert itself. What is unique only within something is combined with it: a document's
 * id with the rule that matched it, a small number with the customer or the start time.
 */
function readId(flat: FlatPayload, draft: AlertDraft): void {
  const ranked = rankedIds(flat);
  const own = ranked.find(({ leaf }) => leaf.names.length === 1 && leaf.names[0] === 'id')?.leaf;
  const counter = own !== undefined && isCounter(own) ? textOf(own.value) : undefined;
  for (const { leaf, isDocument } of ranked) {
    if (!take(draft, 'id', leaf)) continue;
    const id = draft.get('id') as string;
    if (isDocument) draft.constant('id_scope', draft.get('rule_id') ?? draft.get('rule_name') ?? '');
    else if (/^(uuid|guid)$/.test(leaf.names.at(-1) ?? '') && counter !== undefined)
      // The uuid may be the machine's: with the number beside it it is one alert either way.
      draft.constant('id_scope', counter);
    else if (/^\d{1,10}$/.test(id)) {
      // It counts within the box that gave it, where the record names one.
      for (const box of flat.find(BOXES, NEAR_ROOT)) {
        const name = textOf(box.value);
        if (name !== undefined) draft.constant('id_scope', name);
      }
      draft.idIsCounter();
    }
    return;
  }
  for (const leaf of flat.leaves)
    if (
      leaf.names.length === 1 &&
      /id$/.test(leaf.names[0] as string) &&
      ROUNDED.test(textOf(leaf.value) ?? '')
    )
      draft.warn(`The id in \`${leaf.path}\` was rounded by a spreadsheet and is not used.`);
  // Nothing identifies the alert: what tells two of one title and moment apart.
  for (const leaf of flat.leaves)
    if (leaf.names.length <= NEAR_ROOT && TELLS_APART.test(leaf.names.at(-1) ?? ''))
      draft.distinct(leaf.value);
}

const BOXES = [
  'machineid',
  'sensorid',
  'installationid',
  'applianceid',
  'collectorid',
  'managerid',
  'serverid',
  'consoleid',
  'engineid',
  'deviceid',
  'devid',
  'serialnumber',
];

const TELLS_APART =
  /^(message|msg|description|body|text|summary|shortmessage|fulllog|raw|original|flowid|sessionid|connid|srcport|sport|dstport|dport|sourceport|destport|destinationport|spt|dpt|port|logid|sequence|seq|msgid|procid|nodeid|processid|pid)$/;

function isPhrase(leaf: Leaf): boolean {
  // LogScale's tags: `#type`, `#repo`
  if (leaf.path.startsWith('#')) return false;
  const text = textOf(leaf.value);
  if (text === undefined || /^[\d:.-]+$/.test(text) || text.startsWith('{') || BARE_WORD.test(text))
    return false;
  // the path of a policy or a resource, the address of whoever did it
  return !/^\/[\w.-]{1,64}\/[\w./-]{1,400}$|^[\w.+-]{1,64}@[\w.-]{1,190}$/.test(text);
}

function readSource(flat: FlatPayload, draft: AlertDraft): void {
  for (const leaf of flat.find(GENERIC_FIELDS.product, NEAR_ROOT)) {
    const product = textOf(leaf.value);
    if (product === undefined || product.length > 64 || /^[\d.:]+$|:\/\//.test(product)) continue;
    draft.set('source', sourceOfProduct(product), leaf.path);
    return;
  }
  const vendor = draft.get('vendor');
  draft.constant('source', vendor === undefined ? 'unknown' : sourceOfProduct(vendor));
}

function textsOf(flat: FlatPayload): { text: string; path: string }[] {
  const texts: { text: string; path: string }[] = [];
  for (const leaf of flat.leaves) {
    if (leaf.names.length > NEAR_ROOT || typeof leaf.value !== 'string') continue;
    if (PROSE.test(leaf.names.at(-1) ?? '')) texts.push({ text: leaf.value, path: leaf.path });
  }
  return texts;
}

const PROSE =
  /(message|description|summary)$|^(msg|title|body|text|fulllog|details|subject|sub|note|comment|analysis|reason|explanation|output|syslogheader)$/;

function readScore(flat: FlatPayload, draft: AlertDraft): void {
  for (const leaf of flat.find(GENERIC_FIELDS.vendor_score, NEAR_ROOT)) {
    const number = numberOf(leaf.value);
    if (number === undefined || number < 0 || number > 100) continue;
    draft.score(number, leaf.path, number > 0 && number <= 1 ? 100 : 1);
    return;
  }
}
