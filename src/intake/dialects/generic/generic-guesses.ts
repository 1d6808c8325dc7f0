import type { FlatPayload, Leaf } from '../../draft/flat-payload.ts';
import { textOf } from '../../values/json-value.ts';

/** Leaves this many names deep may still belong to the alert itself. */
const NEAR_ROOT = 3;

// Ends of names, for products that put a word of their own before the common one: detectname.
const TITLE_NAME =
  /(alert|rule|threat|detect|detection|event|incident|signature|investigation|finding|offense|issue|attack|malware|virus|intel|protection|violation|anomaly)[a-z]{0,8}(name|title|description|desc|type|summary|message|msg)$/;
const ANY_TITLE_NAME =
  /(title|description|summary|message|operation|subject|classification|activity|action|eventtype|reason)$/;
// A vendor's own word before the name, `expel_name`; names of other things are no title.
const OTHER_NAME =
  /(user|host|file|process|device|machine|computer|account|domain|server|client|agent|asset|group|org|organization|customer|tenant|product|vendor|provider|source|destination|node|pod|container|image|cluster|region|service|resource|app|application|site|zone|network|interface|log|field|first|last|login|logon|display|common|dns|vm|instance|bucket|role|attachment|sender|recipient|location|country|city|sensor|module|engine|parent|path|table|index|key|tag|label|object|function|method|owner|assignee|analyst|team|policy|category|platform|os)name$/;
/** What was done or came out, as products write it in a field called action or reason: no title. */
const BARE_WORD =
  /^(block(ed)?|allow(ed)?|den(y|ied)|permit(ted)?|drop(ped)?|alert(ed)?|log(ged)?|detect(ed)?|prevent(ed)?|quarantined?|monitor(ed)?|reset|reject(ed)?|success|failure|failed|pass(ed)?|create[d]?|update[d]?|new|open|none|unknown|true|false)$/i;
const TIME_NAME =
  /(time|date|timestamp|seen|created|detected|occurred|published|observed|raised|occured|utc|start|at|ts|end)(utc|epoch|ms|std)?$/;
const LATER_NAME = /(updat|modif|clos|resolv|expir|end|last|process|ingest|due|pars)/;
const ISO_DATE = /^\d{4}-\d\d-\d\d[T ]\d/;

/** Leaves that may hold the alert's title, likeliest first. */
export function guessedTitles(flat: FlatPayload): Leaf[] {
  return ranked(flat, (name, leaf) => {
    const text = textOf(leaf.value);
    if (text === undefined || text.length < 3 || BARE_WORD.test(text) || isOfAnother(leaf)) return 0;
    if (TITLE_NAME.test(name) && !OTHER_NAME.test(name)) return name.endsWith('type') ? 2 : 3;
    if (ANY_TITLE_NAME.test(name)) return 2;
    return /[a-z]name$/.test(name) && !OTHER_NAME.test(name) ? 1 : 0;
  });
}

// Things that an alert is about: a name or description in one of them is the thing's.
const OTHERS =
  /^(user|users|host|hosts|device|devices|machine|machines|computer|asset|assets|primaryasset|account|accounts|actor|actors|customer|tenant|organization|org|resource|resources|file|files|process|app|application|destination|source|src|dst|network|endpoint|participants?|principal|client|server|agent|sensor|container|node|pod|location|geo|owner|entities|indicators?|observables?|labels|tags|vector)$/;

/** Whether a leaf stands in one of the things that the alert is about. */
export function isOfAnother({ names }: Leaf): boolean {
  return names.length > 1 && OTHERS.test(names.at(-2) ?? '');
}

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
