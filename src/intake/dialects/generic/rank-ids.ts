import type { FlatPayload, Leaf } from '../../draft/flat-payload.ts';
import { textOf } from '../../values/json-value.ts';

/** An id deeper than this belongs to a part of the alert. */
const MAX_DEPTH = 3;

const OWN =
  '(alert|finding|detection|detect|incident|issue|insight|violation|alarm|offense|offence|observation|signal|notification|notable|investigation|composite|anomaly|breach|detectionevent|securityevent)';
const OWN_ID = new RegExp(
  `^(system|vendor|source)?${OWN}(unique)?(id|uid|uuid|guid|key|arn|number|ref|hash|identifier|(?<=unique)info)$`,
);
const OWN_PARENT = new RegExp(
  `^${OWN}(info|details|data)?$|^(event|transaction|message|payload|data|body|match|detail|meta(data)?)$`,
);
// Names in order of what they identify: the alert, then its message, then a record around it.
const NAMES: Readonly<Record<string, number>> = {
  dedupkey: 88,
  messagekey: 76,
  sourceref: 86,
  fingerprint: 84,
  uuid: 82,
  guid: 82,
  id: 80,
  alias: 78,
  uniqueid: 78,
  externalid: 74,
  eventuuid: 74,
  eventuid: 74,
  rrn: 74,
  transactionid: 72,
  eventid: 70,
  identifier: 68,
  arn: 66,
  uid: 64,
  threatid: 62,
  incidentserialno: 62,
  serialno: 40,
  caseid: 58,
  caseref: 58,
  guidstring: 56,
  ticketid: 58,
  casenumber: 58,
  ticketnumber: 58,
  issuekey: 76,
  recordid: 50,
  messageid: 48,
  sid: 46,
  trackingid: 44,
  requestid: 40,
  reference: 36,
  number: 34,
};
// Whose id it is when it is not the alert's, by the name itself or by what it stands in.
const OTHER =
  /(tenant|user|account|process|parent|session|device|host|agent|rule|policy|customer|site|group|org|organization|workspace|subscription|correlation|client|vendor|type|category|product|sensor|machine|file|pattern|tactic|technique|resource|asset|endpoint|actor|class|template|node|model|box|flow|thread|task|job|monitor|detector|signature|message(type)?|msg|log|proc|action|attack|dev|virus|config|owner|assignee|author|creator|cluster|region|project|key|document|index|query|search|report|playbook|integration|provider|service|image|container|pod|network|vpc|instance|bucket|volume|channel|team|stream|input|source|target|principal|publisher|feed|computer|workstation|server|vm|origin|scanner|engine|analyzer|module|appliance|probe|collector|manager|console|gateway|firewall|interface|vlan|zone|app|application|company|profile|scenario|label|tag|acl|schema|version|scan|run|campaign|execution|operation|ca|cert|trace|span|protocol|proto|sign|substream)$/;
const OTHER_ID = /(unique)?(id|uid|uuid|guid|identifier)s?$/;
/** What every name of an id ends in that is not in {@link NAMES}. */
const ID_END = /((id|key|arn|number|ref|hash|identifier)s?|uniqueinfo)$/;
// Numbers of syslog and of operating systems: of the process that wrote, of the kind of message.
const NEVER =
  /^(pid|ppid|tid|procid|processid|msgid|logid|flowid|nodeid|sessionid|eventcode|sequence|sequenceid|seq|serial|alarmarn|uidnumber|gid|euid|auid|vd|devid|domainid|customerid|orgid)$/;

// Products put a word of their own between: eventoriginid, logrecorduuid.
const EVENT_ID = /^(event|message|record)[a-z]{1,12}(id|uid|uuid|guid)$/;

export interface RankedId {
  readonly leaf: Leaf;
  /** Whether only a document's own id: two rules on one document are two alerts. */
  readonly isDocument: boolean;
}

/** Leaves that may hold the alert's own id, likeliest first: by what they identify, then by how near the root they stand. */
export function rankedIds(flat: FlatPayload): RankedId[] {
  const found: { leaf: Leaf; rank: number; isDocument: boolean }[] = [];
  for (const leaf of flat.leaves) {
    const depth = leaf.names.length;
    const name = leaf.names.at(-1);
    if (name === undefined || name.length > 48 || depth > MAX_DEPTH) continue;
    const isDocument = depth === 1 && leaf.path === '_id';
    const rank = isDocument ? 45 : rankOfLeaf(leaf, name);
    if (rank > 0 && isIdentity(leaf, name)) found.push({ leaf, rank, isDocument });
  }
  const own = found.find(({ leaf }) => leaf.names.length === 1 && leaf.names[0] === 'id');
  // EventBridge numbers its events, beside the id of what they are about.
  if (own !== undefined && !flat.find(['detailtype'], 1).next().done) own.rank = 50;
  // Beside an id of the record's own and its own name, a detection is what found it.
  const proper = found.find(({ leaf }) => isProperId(leaf));
  if (proper !== undefined && !flat.find(['detectionname'], 1).next().done)
    for (const one of found)
      if (one.leaf.names.at(-1) === 'detectionid' && one !== proper)
        one.rank = Math.min(one.rank, proper.rank - 1);
  // Of a transaction there are several events, each a document of its own.
  const document = found.find(({ isDocument }) => isDocument);
  if (document !== undefined && flat.find(['index'], 1).next().done)
    for (const one of found)
      if (one.leaf.names.at(-1) === 'transactionid') one.rank = Math.min(one.rank, document.rank - 1);
  // `Uuid` beside `Quuid`, of Tencent: both are the machine's.
  const isMachines = flat.leaves.some(
    ({ names }) => names.length === 1 && /^[a-z]uuid$/.test(names[0] ?? ''),
  );
  // A record that has a proper id beside a uuid gives that of a thing: of the machine, of the agent.
  if (own !== undefined && (!isCounter(own.leaf) || isMachines))
    for (const one of found)
      if (/^(uuid|guid)$/.test(one.leaf.names.at(-1) ?? '')) one.rank = Math.min(one.rank, 79);
  // A counter says less than what the record calls its incident's or alert's uuid.
  if (own !== undefined && isCounter(own.leaf))
    for (const one of found) if (isOwnUuid(one.leaf)) one.rank = Math.max(one.rank, 81);
  return found.sort((a, b) => b.rank - a.rank);
}

/** A number that counts within one installation: beside another id of the record it tells only together with that one. */
export const isCounter = ({ value }: Leaf): boolean => /^\d{1,6}$/.test(textOf(value) ?? '');

/** The root's plain `id` that is no counter, or what it calls its alert. */
function isProperId(leaf: Leaf): boolean {
  const [name = ''] = leaf.names;
  return leaf.names.length === 1 && ((name === 'id' && !isCounter(leaf)) || name === 'alertid');
}

function isOwnUuid({ names, value }: Leaf): boolean {
  return (
    names.length === 1 &&
    OWN_ID.test(names[0] as string) &&
    /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(textOf(value) ?? '')
  );
}

function rankOfLeaf(leaf: Leaf, name: string): number {
  // A short log id is the kind of message, a long one that of the line.
  if (name === 'logid' && leaf.names.length === 1 && (textOf(leaf.value)?.length ?? 0) >= 16) return 52;
  const rank = rankOf(name, leaf.names.at(-2), leaf.names.length);
  // The id of one of several parts is none of the whole.
  return leaf.isListed ? rank - 45 : rank;
}

function rankOf(name: string, parent: string | undefined, depth: number): number {
  if (NAMES[name] === undefined && !ID_END.test(name)) return 0;
  if (NEVER.test(name)) return 0;
  if (OWN_ID.test(name)) {
    // What stands in a part of a name of its own, `CustomFields.alertid`, says less than the record's id.
    const isOwn = depth === 1 || OWN_PARENT.test(parent ?? '');
    return (name.startsWith('incident') ? 60 : 100) - 12 * (depth - 1) - (isOwn ? 0 : 20);
  }
  const known = NAMES[name] ?? (depth === 1 && EVENT_ID.test(name) ? 55 : undefined);
  if (depth === 1) return known ?? (isOthers(name) ? 0 : OTHER_ID.test(name) ? 20 : 0);
  // Deeper, a plain id is the alert's only in what is called so.
  if (parent === undefined || known === undefined) return 0;
  if (parent === 'request' && name === 'id') return 24;
  if (OWN_PARENT.test(parent) || (name === 'requestid' && parent.startsWith('http')))
    return known - 10 * (depth - 1);
  return 0;
}

function isOthers(name: string): boolean {
  return OTHER_ID.test(name) && OTHER.test(name.replace(OTHER_ID, ''));
}

/** An id as a spreadsheet rounds it: many have the same. */
export const ROUNDED = /^\d(\.\d{1,15})?E\+\d{1,2}$/i;

/** Ids of Windows events are 16 bits wide. */
const MAX_WINDOWS_EVENT = 65_535;

const depthOf = ({ names }: Leaf): number => names.length;

// A Windows event id (4625), a user's number or another small one names a kind, not this one alert.
function isIdentity(leaf: Leaf, name: string): boolean {
  if (typeof leaf.value === 'boolean' || Array.isArray(leaf.value))
    return Array.isArray(leaf.value) && leaf.value.length === 1;
  const text = textOf(leaf.value);
  if (text === undefined || text.length > 512 || /^0+$/.test(text) || ROUNDED.test(text)) return false;
  // WELF begins every record with id=firewall.
  if (depthOf(leaf) === 1 && name === 'id' && text === 'firewall') return false;
  // `eventid: 'cowrie.login.failed'`
  if (name === 'eventid' && /^[a-z]+([._-][a-z]+){1,6}$/i.test(text)) return false;
  const namesKind =
    /^(eventid|uid|threatid|reference|sid|recordid)$/.test(name) || leaf.names.at(-2) === 'event';
  return !namesKind || !/^\d{1,6}$/.test(text) || (name === 'eventid' && Number(text) > MAX_WINDOWS_EVENT);
}
