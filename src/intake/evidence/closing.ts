import type { Closing } from '../../alert/closing.ts';
import { clip, type JsonObject } from '../values/json-value.ts';
import { type Outcome, saysNothing } from './closing-words.ts';
import { actorOf, type ClosingTrace, closedBy } from './who-closed.ts';
import { writtenOn } from './written-on.ts';

/** The parts of a closing as a dialect finds them. */
export interface ClosingParts {
  /** Undefined where no vocabulary holds the vendor's word: no label, and the word is named. */
  readonly outcome: Outcome | undefined;
  /** The word in the place of the verdict. */
  readonly word?: string | undefined;
  /** Everything the vendor wrote, for the record. */
  readonly raw: readonly (string | undefined)[];
  readonly reason?: string | undefined;
  readonly trace: ClosingTrace;
  /** The whole record, in which marks of our own playbook are looked for. */
  readonly record: JsonObject;
  readonly analyst?: string | undefined;
  readonly closedAt?: string | undefined;
  readonly memberAlertIds?: readonly string[];
}

/** Builds a closing, with the optional parts left out where they are empty. */
export function closingOf(parts: ClosingParts): Closing {
  const { outcome, word, reason, trace, record, closedAt } = parts;
  const analyst = parts.analyst ?? analystOf(trace);
  const isUnread = outcome === undefined && !saysNothing(word);
  return {
    outcome: outcome ?? 'no_label',
    ...(reason === undefined ? {} : { reason: clip(reason, 256) }),
    by: closedBy({ closedAt, ...trace, written: writtenOn(record) }),
    ...(analyst === undefined ? {} : { analyst: clip(analyst, 256) }),
    ...(closedAt === undefined ? {} : { closedAt }),
    raw: clip(parts.raw.filter((one) => one !== undefined).join(' / '), 512),
    ...(isUnread ? { unread: clip(word as string, 128) } : {}),
    memberAlertIds: parts.memberAlertIds ?? [],
  };
}

/** Whose word it is: the person named as the closer, else the owner, else the last in the history, else anybody named. */
function analystOf({ closers = [], owners = [], changes = [] }: ClosingTrace): string | undefined {
  const names = [...closers, ...owners].filter((name) => name !== undefined && name.trim() !== '');
  const isPerson = (name: string | undefined): boolean => actorOf(name) === 'person';
  const byTime = changes.toSorted((a, b) => (a.at ?? '').localeCompare(b.at ?? ''));
  return names.find(isPerson) ?? byTime.findLast(({ by }) => isPerson(by))?.by ?? names[0];
}
