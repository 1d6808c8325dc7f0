import { isObject } from '../values/json-value.ts';
import type { RecordChange } from './record-changes.ts';
import type { WrittenOn } from './written-on.ts';

/** The word by which a record shows that this service has worked on it. */
export const OWN_TAG = 'alertforest';
/** The tag by which a record shows that our own playbook closed it. */
const OWN_CLOSING_TAG = /^alertforest[-_ ]?closed$/i;

/** Everything on a record that tells who closed it; each dialect fills in what its vendor has. */
export interface ClosingTrace {
  /** What stands anywhere on the record, whatever else the dialect reads of it: here marks of our own are looked for. */
  readonly written?: WrittenOn;
  /** Labels or tags, as texts or objects with a name. */
  readonly tags?: readonly unknown[];
  /** The vendor's own word on who it was: a field for it, or a reason only machines or only people can give. */
  readonly marker?: 'person' | 'machine' | undefined;
  /** Whoever made the closing change. */
  readonly closers?: readonly (string | undefined)[];
  /** Whom the record is assigned to. Where no closer is named, the owner stands for one. */
  readonly owners?: readonly (string | undefined)[];
  /** What was written when it was closed. */
  readonly comments?: readonly (string | undefined)[];
  /** The one text that our playbook writes in the same call in which it tags: another one there was written later. */
  readonly besideOwnTag?: string | undefined;
  readonly changes?: readonly RecordChange[];
  /** ISO 8601 UTC: when it was closed, and when it was changed last, by the first of `closers`. */
  readonly closedAt?: string | undefined;
  readonly changedAt?: string | undefined;
}

// Names under which playbooks, managed identities, rules and integrations work.
const MACHINE =
  /playbook|logic ?app|automat|managed identity|service principal|\bsoar\b|bot\b|\bapi\b|alertforest|suppress|mirror|auto[-_ ]?(clos|resol)|\brule\b|^system$/i;
// Products copy changes of people and of their own alike: the name alone says neither.
const PRODUCT =
  /^(microsoft|azure)\b.*\b(defender|xdr|sentinel|security|365|entra)\b|^(defender|sentinel|xdr)\b|^(crowdstrike|sentinelone|elastic|kibana|splunk|cortex|qradar|carbon black|datadog|google secops|chronicle|wiz|trend)\b/i;
const APPLICATION_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** What kind of actor a name stands for; `product` and undefined say nothing. */
export function actorOf(name: string | undefined): 'person' | 'machine' | 'product' | undefined {
  const text = name?.trim();
  if (text === undefined || text === '' || /^(unassigned|nobody|n\/a|null|-)$/i.test(text)) return undefined;
  // An address is a person's, or that of a mailbox a machine uses under a machine's name.
  if (PRODUCT.test(text)) return 'product';
  if (MACHINE.test(text)) return 'machine';
  return APPLICATION_ID.test(text) ? 'product' : 'person';
}

/** How the text begins that our own playbook writes when it closes a record. */
const OWN_CLOSING_TEXT = /\bclosed by alertforest\b/i;
/** What is said in a note beyond this does not say whose it is. */
const MAX_NOTE = 4096;

const isOwnText = (text: string | undefined): boolean => text?.toLowerCase().includes(OWN_TAG) === true;
const isWritten = (text: string | undefined): boolean => text !== undefined && text.trim() !== '';
const isOwnClosing = ({ by, text }: RecordChange): boolean => {
  const said = text?.slice(0, MAX_NOTE) ?? '';
  return OWN_CLOSING_TEXT.test(said) || (isOwnText(by) && /clos/i.test(said));
};

/** Names of a list of labels: texts, or objects with a name. */
export function tagNames(tags: readonly unknown[]): string[] {
  return tags.flatMap((tag) => {
    const name = isObject(tag)
      ? (tag['labelName'] ?? tag['label_name'] ?? tag['LabelName'] ?? tag['name'] ?? tag['value'])
      : tag;
    return typeof name === 'string' ? [name] : [];
  });
}

/**
 * Who closed a record, by the first of these that says it:
 *
 * 1. Our own playbook's closing tag or comment, wherever it stands on the record and under whoever's name: a machine,
 *    unless a named person changed the record after it.
 * 2. The vendor's marker, or a rule, playbook, service principal or bot named as the closer: a machine, whatever
 *    tags stand beside it.
 * 3. An owner, a comment or a person in the history: a person, under whatever product's name it was synchronised.
 * 4. Nothing of it: a machine.
 */
export function closedBy(trace: ClosingTrace): 'person' | 'machine' {
  const { tags = [], closers = [], owners = [], comments = [], changes = [], written } = trace;
  const notes = [...changes, ...(written?.changes ?? [])];
  const ownNotes = notes.filter(isOwnClosing);
  const ownComment = comments.some(isOwnText);
  const ownTag = [...tagNames(tags), ...(written?.tags ?? [])].some((name) =>
    OWN_CLOSING_TAG.test(name.trim()),
  );
  if (ownComment || ownNotes.length > 0 || ownTag)
    return hasLaterPerson(trace, notes, ownNotes) ? 'person' : 'machine';
  if (trace.marker !== undefined) return trace.marker;
  const named = closers.some((name) => actorOf(name) !== undefined) ? closers : owners;
  if (named.some((name) => actorOf(name) === 'machine')) return 'machine';
  const isHuman =
    [...closers, ...owners].some(isPerson) ||
    comments.some(isWritten) ||
    changes.some(({ by, text }) => isPerson(by) && !isOwnText(text));
  return isHuman ? 'person' : 'machine';
}

const isPerson = (name: string | undefined): boolean => actorOf(name) === 'person';

/** A playbook writes its note, closes and tags in calls of their own, one soon after the other. */
const OWN_CLOSING_TAKES_MS = 15 * 60_000;

/** Whether a named person changed the record after our own playbook had closed it. */
function hasLaterPerson(
  { closers = [], owners = [], comments = [], besideOwnTag, closedAt, changedAt }: ClosingTrace,
  notes: readonly RecordChange[],
  ownNotes: readonly RecordChange[],
): boolean {
  const ours = notes
    .filter((note) => isOwnText(note.by) || isOwnText(note.text))
    .flatMap(({ at }) => at ?? [])
    .concat(closedAt ?? [])
    .sort()
    .at(-1);
  if (
    notes.some(
      ({ by, at, text }) =>
        isPerson(by) && !isOwnText(text) && at !== undefined && ours !== undefined && at > ours,
    )
  )
    return true;
  // Our words in the place of the closing comment are newer than whoever changed the record.
  if (comments.some(isOwnText)) return false;
  const isRewritten = ownNotes.length === 0 && isWritten(besideOwnTag);
  // A record that does not say who changed it last still has the text and whose it is: without this, an analyst who
  // opens what we closed and closes it anew would not be heard where a vendor's message leaves the editor out.
  if (closers[0] === undefined) return isRewritten && owners.some(isPerson);
  if (!isPerson(closers[0]) || ours === undefined) return false;
  if (changedAt !== undefined && changedAt > ours) return true;
  const lastNote = ownNotes
    .flatMap(({ at }) => at ?? [])
    .sort()
    .at(-1);
  if (lastNote !== undefined && closedAt !== undefined)
    return Date.parse(closedAt) - Date.parse(lastNote) > OWN_CLOSING_TAKES_MS;
  return isRewritten;
}
