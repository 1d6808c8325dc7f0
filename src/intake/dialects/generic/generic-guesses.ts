import type { FlatPayload, Leaf } from '../../draft/flat-payload.ts';
import { textOf } from '../../values/json-value.ts';

/** Names of the alert's own id, title and type are looked for near the root: deeper ones belong to its parts. */
export const NEAR_ROOT = 3;

// Ends of names, for products that put a word of their own before the common one: detectname.
const TITLE_NAME =
  /(alert|rule|threat|detect|detection|event|incident|signature|investigation|finding|offense|issue|attack|malware|virus|intel|protection|violation|anomaly|problem|alarm|insight|breach|policy)[a-z]{0,8}(name|title|description|desc|type|summary|message|msg)s?$/;
const ANY_TITLE_NAME =
  /(title|description|summary|message|sentence|auditevent|indication|operation|subject|classification|activity|action|eventtype|reason)$/;
// A vendor's own word before the name, `expel_name`; names of other things are no title.
const OTHER_NAME =
  /(user|host|(?<!pro)file|process|device|machine|computer|account|domain|server|client|agent|asset|group|org|organization|customer|tenant|product|vendor|provider|source|destination|node|pod|container|image|cluster|region|service|resource|app|application|site|zone|network|interface|log|field|first|last|login|logon|display|common|dns|vm|instance|bucket|role|attachment|sender|recipient|location|country|city|sensor|module|engine|parent|path|table|index|key|tag|label|object|function|method|owner|assignee|analyst|team|category|platform|os)name$/;
/** Names at the root that say of what sort a record is, where nothing else does: `aph_type`. */
export const SORT_NAME =
  /^(?!(user|host|file|device|os|content|object|product|machine|account|client|log|record|source|destination|asset|resource|agent|sensor|data|mime|media|ip|scan|engine|protocol|malware|action|drive)type$|[a-z]{0,16}(rule|policy)type$)[a-z]{0,16}(type|kind|module|protocol)$/;
/** What was done or came out, as products write it in a field called action or reason: no title. */
export const BARE_WORD =
  /^(block(ed)?|allow(ed)?|den(y|ied)|permit(ted)?|drop(ped)?|alert(ed)?|log(ged)?|detect(ed)?|prevent(ed)?|quarantined?|monitor(ed)?|reset|reject(ed)?|success|failure|failed|pass(ed)?|create[d]?|update[d]?|new|open|none|unknown|default|true|false|yes|no|y|n)$/i;
const TIME_NAME =
  /(time|date|timestamp|seen|created|detected|occurred|published|observed|raised|occured|utc|start|at|ts|end)(utc|epoch|ms|std|[mun]?secs?|millis|nanos)?$|^(date|time)(of)?[a-z]{3,16}$|^first[a-z]{3,12}$/;
const LATER_NAME = /(updat|modif|clos|resolv|expir|end|last|process|ingest|due|pars)/;
const ISO_DATE = /^\d{4}-\d\d-\d\d[T ]\d/;

/** Whether a name at the root says that it is the alert's title, with any word of the vendor's in it: alertProfileName. */
export function isOwnTitleName(name: string): boolean {
  return (
    /(title|headline)$/.test(name) ||
    (OWN_NAME.test(name) && !OTHER_NAME.test(name) && !name.endsWith('rulename'))
  );
}

const OWN_NAME = /^(alert|alarm|incident|offense|finding|detection|problem)[a-z]{3,12}name$/;

/** Leaves that may hold the alert's title, likeliest first. */
export function guessedTitles(flat: FlatPayload): Leaf[] {
  return ranked(flat, (name, leaf) => {
    const text = textOf(leaf.value);
    if (text === undefined || text.length < 3 || BARE_WORD.test(text) || isOfAnother(leaf)) return 0;
    if (TITLE_NAME.test(name) && !OTHER_NAME.test(name))
      // `alertRuleName`: the rule that forwards, where a policy found it.
      return /(rule|policy)type$/.test(name) ? 0 : /type$|^(alert|notification)rule/.test(name) ? 2 : 3;
    // EventBridge's word for what happened
    if (name === 'detailtype') return 2.5;
    if (ANY_TITLE_NAME.test(name)) return 2;
    if (/[a-z]{3}displayname$/.test(name)) return 1;
    return /[a-z]name$/.test(name) && !OTHER_NAME.test(name) ? 1 : 0;
  });
}

// Things that an alert is about: a name or description in one of them is the thing's.
const OTHERS =
  /^(?:primary|affected|impacted|related|targeted|compromised|involved|suspicious|dominant)?(user|users|host|hosts|device|devices|machine|machines|computer|asset|assets|primaryasset|account|accounts|actor|actors|customer|tenant|organization|org|resource|resources|file|files|process|app|application|destination|source|src|dst|network|endpoint|participants?|principal|client|server|agent|sensor|container|node|pod|location|geo|owner|entity|entities|indicators?|observables?|labels|tags|vector|repo|repository|projects?|senders?|recipients?|initiator|target|clusters?|deployments?|sites?|groups?|packages?|manufacturer|series|analy[sz]er|probe|scanner|collector|reporter|observer|tool|datasource|driver|tactics?|techniques?|subtechniques?|mitre[a-z]{0,12}|headers?|cookies|parameters?|params|[a-z]{2,16}edby|enabledfor)$/;

/** Whether a leaf stands in one of the things that the alert is about. */
export function isOfAnother({ names }: Leaf): boolean {
  if (names.length < 2) return false;
  if (OTHERS.test(names.at(-2) ?? '')) return true;
  // The operating system of a device; but a detection in a file is the alert.
  return names.length > 2 && OTHERS.test(names.at(-3) ?? '') && PART_OF_THING.test(names.at(-2) ?? '');
}

const PART_OF_THING =
  /^(os|model|platform|browser|hardware|vendor|manufacturer|type|role|group|location|geo|network)$/;

/** Leaves that may hold the time it happened, likeliest first: by name and form, times of later work last. */
export function guessedTimes(flat: FlatPayload): Leaf[] {
  return ranked(
    flat,
    (name, leaf) => {
      const looksLikeTime = typeof leaf.value === 'string' && ISO_DATE.test(leaf.value);
      if (!looksLikeTime && !TIME_NAME.test(name)) return 0;
      return (looksLikeTime ? 2 : 1) + (TIME_NAME.test(name) ? 1 : 0) + (LATER_NAME.test(name) ? -2 : 0) + 2;
    },
    NEAR_ROOT + 2,
  );
}

function ranked(flat: FlatPayload, rank: (name: string, leaf: Leaf) => number, maxDepth = NEAR_ROOT): Leaf[] {
  const found: { leaf: Leaf; rank: number }[] = [];
  for (const leaf of flat.leaves) {
    const name = leaf.names.at(-1);
    if (name === undefined || name.length > 64 || leaf.names.length > maxDepth) continue;
    const score = rank(name, leaf);
    if (score > 0) found.push({ leaf, rank: score });
  }
  return found
    .sort((a, b) => b.rank - a.rank || a.leaf.names.length - b.leaf.names.length)
    .map(({ leaf }) => leaf);
}

/** Leaves near the root whose name has a vendor's own word before a common one: `expel_severity`. */
export function prefixed(flat: FlatPayload, name: RegExp): Leaf[] {
  return flat.leaves.filter(({ names }) => names.length <= NEAR_ROOT && name.test(names.at(-1) ?? ''));
}
