import { z } from 'zod';
import { hasCode } from '../../errors.ts';
import { checkReadable } from '../../store/check-readable.ts';
import type { ModelStore } from '../../store/model-store.ts';
import { RETRAIN_TURN_BLOB } from '../../store/names.ts';
import { readIfWhole } from '../releases/json-blob.ts';
import { encodeJson } from '../releases/lineage.ts';

/** A holder that was not heard of for this long has lost its message. It is heard of at every try. */
const LOST_AFTER_MS = 5 * 60_000;

const turnSchema = z.object({
  /** The request that waits for all that ask for the same; null where none does. */
  holder: z.string().nullable(),
  at: z.iso.datetime(),
});

interface TurnDeps {
  readonly models: Pick<ModelStore, 'read' | 'replace'>;
  readonly now: () => number;
}

/**
 * Lets one of many requests that ask for the same wait while another retrain is under way. Requests come from every
 * instance twice a minute as long as enough is pending; each of them would otherwise be sent again until it had its turn.
 */
export class WaitingTurn {
  readonly #deps: TurnDeps;

  constructor(deps: TurnDeps) {
    this.#deps = deps;
  }

  /**
   * Whether another request waits already, which will do what this one asks for. Wrongly no where two come at once:
   * then two wait, and the next try tells them apart.
   *
   * @param id of the request that asks
   */
  async isWaitedFor(id: string): Promise<boolean> {
    const { value: turn } = await this.#read();
    if (turn === undefined || turn.holder === null || turn.holder === id) return false;
    // a clock that is ahead of this one is heard of later, not earlier
    return Math.abs(this.#deps.now() - Date.parse(turn.at)) < LOST_AFTER_MS;
  }

  /** Says that this request waits, once it is in the queue again. */
  async waits(id: string): Promise<void> {
    const { etag } = await this.#read();
    await this.#write(id, etag);
  }

  /** Says that nobody waits any more, where it was this request that did. */
  async hasTurn(id: string): Promise<void> {
    const { value: turn, etag } = await this.#read();
    if (turn?.holder === id) await this.#write(null, etag);
  }

  async #write(holder: string | null, etag: string | undefined): Promise<void> {
    const { models, now } = this.#deps;
    const turn = { holder, at: new Date(now()).toISOString() };
    checkReadable(RETRAIN_TURN_BLOB, turnSchema, turn);
    try {
      await models.replace(RETRAIN_TURN_BLOB, encodeJson(turn), etag);
    } catch (error) {
      // another one came between: one too many waits, none is lost
      if (!hasCode(error, 'STORE_CONFLICT')) throw error;
    }
  }

  #read(): ReturnType<typeof readIfWhole<z.infer<typeof turnSchema>>> {
    return readIfWhole(this.#deps.models, RETRAIN_TURN_BLOB, turnSchema);
  }
}
