import type { FlatPayload, Leaf } from '../draft/flat-payload.ts';
import { textOf } from '../values/json-value.ts';

/** Leaves this many names deep may still belong to the alert itself. */
const NEAR_ROOT = 3;

// As the build before guessed. Ends of names, for products that put a word of their own before the common one:
// systemalertid, detectname.
const ID_NAME =
  /(alert|event|incident|detect|detection|threat|finding|offense|case|message|composite|notification|signal|record|transaction|unique|request)[a-z]{0,8}(id|uid|uuid|guid|key|hash)$/;
const ANY_ID_NAME = /(id|uid|uuid|guid)$/;
const OTHER_ID =
  /(tenant|user|account|process|parent|session|device|host|agent|rule|policy|customer|site|group|org|organization|workspace|subscription|correlation|client|vendor|type|category|product|sensor|machine|file|source|pattern|tactic|technique|resource|valid|paid|grid|asset|endpoint|actor|class|template)(id|uid|uuid|guid)s?$/;
const TITLE_NAME =
  /(alert|rule|threat|detect|detection|event|incident|signature|investigation|finding|offense|issue|attack)[a-z]{0,8}(name|title|description|desc|type|summary|message)$/;
const ANY_TITLE_NAME =
  /(title|description|summary|message|operation|subject|classification|activity|action|eventtype)$/;
const TIME_NAME =
  /(time|date|timestamp|seen|created|detected|occurred|published|observed|raised|utc|start|at|ts|end)(utc|epoch|ms|std)?$/;
const LATER_NAME = /(updat|modif|clos|resolv|expir|end|last|process|ingest|due|pars)/;
const ISO_DATE = /^\d{4}-\d\d-\d\d[T ]\d/;

/** Leaves that held the alert's id, likeliest first. */
export function formerIds(flat: FlatPayload): Leaf[] {
  return ranked(flat, (name, leaf) => {
    if (leaf.value === true || leaf.value === false) return 0;
    if (ID_NAME.test(name)) return 2;
    return ANY_ID_NAME.test(name) && !OTHER_ID.test(name) ? 1 : 0;
  });
}

/** Leaves that held the alert's title, likeliest first. */
export function formerTitles(flat: FlatPayload): Leaf[] {
  return ranked(flat, (name, leaf) => {
    const text = textOf(leaf.value);
    if (text === undefined || text.length < 3) return 0;
    if (TITLE_NAME.test(name)) return 2;
    return ANY_TITLE_NAME.test(name) ? 1 : 0;
  });
}

/** Leaves that held the time it happened, likeliest first: by name and form, times of later work last. */
export function formerTimes(flat: FlatPayload): Leaf[] {
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
