import type { AlertSnapshot } from '../alert/snapshot.ts';
import type { AlertIdentity, AlertReference, HistoryEntry, JudgedOf } from './feedback-store.ts';

/** The snapshot at hand for an alert that is not stored yet; what is stored stays. */
export const firstSeen =
  (snapshot: AlertSnapshot): JudgedOf =>
  async (isStored) =>
    isStored ? undefined : { snapshot, seen: { choice: 'sent' } };

/** How a look-up names a judged alert; what has moved is named by the key it went to. */
export function referenceTo(
  {
    alertKey,
    alertId,
    tenant,
    source,
    formerKey,
  }: Pick<AlertSnapshot, 'alertKey' | 'alertId' | 'tenant' | 'source' | 'formerKey'>,
  movedTo: AlertIdentity | undefined,
): AlertReference {
  const former = movedTo === undefined ? formerKey : alertKey;
  return {
    alertKey: movedTo?.alertKey ?? alertKey,
    alertId,
    tenant,
    source,
    ...(former === undefined ? {} : { formerKey: former }),
  };
}

/** An entry of the history with one analyst's name replaced and their comments gone. */
export function forgottenEntry(entry: HistoryEntry, analyst: string, pseudonym: string): HistoryEntry {
  const { vote, state, ruling, withdrawal } = entry;
  return {
    ...entry,
    vote: vote && forgottenWord(vote, analyst, pseudonym),
    ...(state === undefined ? {} : { state: forgottenWord(state, analyst, pseudonym) }),
    ruling: ruling?.by === analyst ? { ...ruling, by: pseudonym } : ruling,
    ...(withdrawal === undefined ? {} : { withdrawal: forgottenWord(withdrawal, analyst, pseudonym) }),
  };
}

function forgottenWord<
  T extends {
    readonly analyst: string;
    readonly caller?: string | undefined;
    readonly comment?: string | undefined;
    readonly reason?: string | undefined;
  },
>(word: T, analyst: string, pseudonym: string): T {
  if (word.analyst !== analyst && word.caller !== analyst) return word;
  const { comment: _, reason: __, ...rest } = word;
  return {
    ...rest,
    analyst: word.analyst === analyst ? pseudonym : word.analyst,
    ...(word.caller === undefined ? {} : { caller: word.caller === analyst ? pseudonym : word.caller }),
  } as T;
}
