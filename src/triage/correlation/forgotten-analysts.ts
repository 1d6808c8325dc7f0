import { pseudonymOf } from '../../alert/pseudonym.ts';

/** An analyst whose judgements of incidents were taken out, up to a moment. */
export interface ForgottenAnalyst {
  /** As {@link pseudonymOf} gives it: the name itself is kept nowhere. */
  readonly pseudonym: string;
  /** ISO 8601 UTC. What the analyst says later counts again. */
  readonly at: string;
}

/** Names remembered at most; the one forgotten longest ago gives way. */
const MAX_FORGOTTEN = 1_000;

/**
 * Who has been forgotten, so that a judgement which another instance tells late, or which lies in an older state, does not
 * bring a name back. The same in any order.
 */
export class ForgottenAnalysts {
  readonly #until = new Map<string, string>();

  add({ pseudonym, at }: ForgottenAnalyst): void {
    const known = this.#until.get(pseudonym) ?? '';
    this.#until.delete(pseudonym);
    this.#until.set(pseudonym, known > at ? known : at);
    const [oldest] = this.#until.keys();
    if (this.#until.size > MAX_FORGOTTEN) this.#until.delete(oldest!);
  }

  /** Whether a judgement is of someone forgotten, and from before. */
  holds({ analyst, at }: { readonly analyst: string; readonly at: string }): boolean {
    if (this.#until.size === 0) return false;
    const until = this.#until.get(pseudonymOf(analyst));
    return until !== undefined && at <= until;
  }

  toStates(): ForgottenAnalyst[] {
    return Array.from(this.#until, ([pseudonym, at]) => ({ pseudonym, at }));
  }

  clear(): void {
    this.#until.clear();
  }
}
