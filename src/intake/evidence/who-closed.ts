import { isObject } from '../values/json-value.ts';

/** The word by which a record shows that this service has worked on it. */
export const OWN_TAG = 'alertforest';
/** The tag by which a record shows that our own playbook closed it. */
const OWN_CLOSING_TAG = /^alertforest[-_ ]?closed$/i;

/** One entry of a record's history or comments. */
export interface RecordChange {
  readonly by?: string | undefined;
  /** ISO 8601 UTC. */
  readonly at?: string | undefined;
  readonly text?: string | undefined;
}

/** Everything on a record that tells who closed it; each dialect fills in what its vendor has. */
export interface ClosingTrace {
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

const isOwnText = (text: string | undefined): boolean => text?.toLowerCase().includes(OWN_TAG) === true;
const isWritten = (text: string | undefined): boolean => text !== undefined && text.trim() !== '';

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
 * 1. Our own playbook's closing tag or comment: a machine, unless a person changed the record after it.
 * 2. The vendor's marker, or a rule, playbook, service principal or bot named as the closer: a machine, whatever
 *    tags stand beside it.
 * 3. An owner, a comment or a person in the history: a person, under whatever product's name it was synchronised.
 * 4. Nothing of it: a machine.
 */
export function closedBy(trace: ClosingTrace): 'person' | 'machine' {
  const { tags = [], closers = [], owners = [], comments = [], changes = [] } = trace;
  const ownComment =
    comments.some(isOwnText) || changes.some(({ text, by }) => isOwnText(by) && /clos/i.test(text ?? ''));
  const ownTag = tagNames(tags).some((name) => OWN_CLOSING_TAG.test(name.trim()));
  const isPerson = (name: string | undefined): boolean => actorOf(name) === 'person';
  if (ownComment || ownTag) {
    const later = hasLaterPerson(trace);
    // What a person wrote in the place of our own closing comment is the later change.
    const rewritten =
      !ownComment && comments.some((text) => isWritten(text)) && [...closers, ...owners].some(isPerson);
    return later || rewritten ? 'person' : 'machine';
  }
  if (trace.marker !== undefined) return trace.marker;
  const named = closers.some((name) => actorOf(name) !== undefined) ? closers : owners;
  if (named.some((name) => actorOf(name) === 'machine')) return 'machine';
  const isHuman =
    [...closers, ...owners].some(isPerson) ||
    comments.some(isWritten) ||
    changes.some(({ by, text }) => isPerson(by) && !isOwnText(text));
  return isHuman ? 'person' : 'machine';
}

/** Whether a named person changed the record after our own playbook had closed it. */
function hasLaterPerson({
  closers = [],
  changes = [],
  comments = [],
  closedAt,
  changedAt,
}: ClosingTrace): boolean {
  const ours = changes
    .filter(({ by, text }) => isOwnText(by) || isOwnText(text))
    .flatMap(({ at }) => at ?? [])
    .concat(closedAt ?? [])
    .sort()
    .at(-1);
  if (ours === undefined) return false;
  if (
    changes.some(
      ({ by, at, text }) => actorOf(by) === 'person' && !isOwnText(text) && at !== undefined && at > ours,
    )
  )
    return true;
  return (
    actorOf(closers[0]) === 'person' &&
    changedAt !== undefined &&
    changedAt > ours &&
    !comments.some(isOwnText)
  );
}
