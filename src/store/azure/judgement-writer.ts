import { LRUCache } from 'lru-cache';
import { AlertforestError, hasCode } from '../../errors.ts';
import { type FeedbackChange, type JudgedAlert, pendingWhole } from '../feedback-change.ts';
import { holdsWords } from '../feedback-move.ts';
import type { AlertIdentity, SubmitResult, TakeHint } from '../feedback-store.ts';
import { type Refusal, readAnew } from './catch-up.ts';
import { type EntryTexts, historyKey, shardOf, transactionOf } from './feedback-rows.ts';
import { moveFeedback, writeReference } from './move-feedback.ts';
import type { TableAccess } from './table-access.ts';

/** Tries to write one change; each failure means that someone else succeeded. */
const MAX_ROUNDS = 64;
/** Refusals as "changed by another" of a row that nobody has changed: storage gives them where it means to be away. */
const MAX_UNMOVED = 4;
/** Alerts of which this process knows that something stands on them: some 3 MB. */
const KNOWN_ALERTS = 20_000;

/**
 * Writes one change of a judged alert: the way from its vendor's id first, so that no judged alert is without one, then
 * sample, history and marker in one transaction, on the condition that the sample is the one that was decided on.
 *
 * Where an alert is likely new the change is made as if nothing stood on it, without looking first: whoever creates a
 * row learns from storage whether it was there. What a judgement is about and the way from the id need no answer of
 * each other and are asked for side by side.
 */
export class JudgementWriter {
  readonly #table: TableAccess;
  readonly #newId: () => string;
  readonly #known = new LRUCache<string, true>({ max: KNOWN_ALERTS });

  constructor(table: TableAccess, newId: () => string) {
    this.#table = table;
    this.#newId = newId;
  }

  /**
   * @param change what is to stand after the change, of what stands before it; may be asked several times
   * @throws AlertforestError what `change` throws, STORE_CONFLICT where others were first too often, STORE_UNAVAILABLE
   */
  async write(
    alertKey: string,
    change: (before: JudgedAlert | undefined) => Promise<FeedbackChange>,
    entryOf: (change: FeedbackChange) => EntryTexts,
    hint?: TakeHint,
  ): Promise<SubmitResult> {
    const writer = this.#newId();
    let isGuess = hint?.isLikelyNew === true && !this.#known.has(alertKey);
    let tried: (Refusal & { readonly result: SubmitResult }) | undefined;
    let nUnmoved = 0;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const before = isGuess ? undefined : await readAnew(this.#table, alertKey, tried);
      if (before !== undefined) this.#known.set(alertKey, true);
      const movedTo = before?.alert.movedTo;
      if (before !== undefined && movedTo !== undefined) {
        const at = new Date().toISOString();
        if (holdsWords(before.alert)) await moveFeedback(this.#table, alertKey, movedTo, at, this.#newId());
        return this.write(movedTo.alertKey, change, entryOf);
      }
      if (tried !== undefined && (await this.#isWritten(alertKey, writer, tried.next.nEntries)))
        return tried.result;
      if (tried !== undefined && before?.etag === tried.decidedOn?.etag && ++nUnmoved === MAX_UNMOVED) {
        const message = `The judgement of alert ${alertKey} was refused as changed by another, and nobody has changed it.`;
        throw new AlertforestError('STORE_UNAVAILABLE', message, { retryAfterSeconds: 5 });
      }
      const made = await this.#decide(before?.alert, change, hint?.identity, isGuess);
      if (made?.next === undefined) {
        if (isGuess || made === undefined) {
          isGuess = false;
          continue;
        }
        return { status: made.status, alertKey, rev: before?.alert.rev ?? 0, pending: false };
      }
      isGuess = false;
      const { status, next, isMarked } = made;
      const refused = await this.#table.transact(
        transactionOf(next, {
          writer,
          etag: before?.etag,
          isMarked,
          entry: entryOf(made),
          whole: pendingWhole(before?.alert, next),
        }),
      );
      // refused or not: it stands there by now
      this.#known.set(alertKey, true);
      tried = { decidedOn: before, next, result: { status, alertKey, rev: next.rev, pending: isMarked } };
      if (refused === undefined) return tried.result;
    }
    throw new AlertforestError('STORE_CONFLICT', `Alert ${alertKey} is judged by too many callers at once.`, {
      retryAfterSeconds: 1,
    });
  }

  /** The change, once the way from the id stands where nothing did; undefined for a guess that cannot be made. */
  async #decide(
    before: JudgedAlert | undefined,
    change: (before: JudgedAlert | undefined) => Promise<FeedbackChange>,
    identity: AlertIdentity | undefined,
    isGuess: boolean,
  ): Promise<FeedbackChange | undefined> {
    if (before !== undefined) return change(before);
    try {
      const [made] = await Promise.all([
        change(undefined),
        identity && writeReference(this.#table, identity),
      ]);
      const { next } = made;
      if (next !== undefined && !isSameIdentity(next.snapshot, identity))
        await writeReference(this.#table, next.snapshot);
      return made;
    } catch (error) {
      // something may stand on it that the log has forgotten
      if (isGuess && hasCode(error, 'ALERT_UNKNOWN')) return undefined;
      throw error;
    }
  }

  /**
   * Whether the write of this entry was ours although its answer said otherwise: the answer to a first try was lost,
   * and the second found the rows taken. The sample may have moved on since; the history has not.
   */
  async #isWritten(alertKey: string, writer: string, entry: number): Promise<boolean> {
    const row = await this.#table.get(shardOf(alertKey), historyKey(alertKey, entry), ['writer']);
    return row?.['writer'] === writer;
  }
}

const isSameIdentity = (one: AlertIdentity, other: AlertIdentity | undefined): boolean =>
  other !== undefined &&
  one.alertKey === other.alertKey &&
  one.alertId === other.alertId &&
  one.tenant === other.tenant &&
  one.source === other.source;
