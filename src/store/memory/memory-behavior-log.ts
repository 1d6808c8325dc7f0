import { type BehaviorDelta, type BehaviorLog, checkDelta } from '../behavior-log.ts';

/** {@link BehaviorLog} of one process. */
export class MemoryBehaviorLog implements BehaviorLog {
  readonly #buckets = new Map<number, Map<string, BehaviorDelta>>();

  async append(bucket: number, delta: BehaviorDelta): Promise<void> {
    checkDelta(delta);
    const deltas = this.#buckets.get(bucket) ?? new Map<string, BehaviorDelta>();
    deltas.set(`${delta.instance}|${delta.seq}`, delta);
    this.#buckets.set(bucket, deltas);
  }

  async read(bucket: number): Promise<readonly BehaviorDelta[]> {
    return [...(this.#buckets.get(bucket)?.values() ?? [])];
  }

  async drop(bucket: number): Promise<void> {
    this.#buckets.delete(bucket);
  }
}
