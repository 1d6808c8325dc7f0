import { deflateRawSync } from 'node:zlib';
import { type BehaviorDelta, MAX_DELTA_BYTES } from '../../store/behavior-log.ts';
import type { ObservationBatch } from './observation-batch.ts';

/** Characters of JSON in a delta before it is compressed; more goes into further deltas. */
const MAX_BATCH_CHARS = 200_000;
/** Bytes of deltas that wait for storage at most: hours of a flood, weeks of what is usual. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;

/** A part of what was counted, and the delta that tells it; undefined where there was no room for one. */
export interface PackedBatch {
  readonly batch: ObservationBatch;
  readonly delta: BehaviorDelta | undefined;
}

/** What this instance has counted and could not tell yet, as deltas that fit into a row each, oldest first. */
export class UnpublishedDeltas implements Iterable<BehaviorDelta> {
  readonly #instance: string;
  readonly #maxBytes: number;
  #deltas: BehaviorDelta[] = [];
  #nBytes = 0;
  #seq = 0;
  #nLeftOut = 0;

  /** @param instance id of this process */
  constructor(instance: string, maxBytes = MAX_WAITING_BYTES) {
    this.#instance = instance;
    this.#maxBytes = maxBytes;
  }

  get oldest(): BehaviorDelta | undefined {
    return this.#deltas[0];
  }

  [Symbol.iterator](): Iterator<BehaviorDelta> {
    return this.#deltas[Symbol.iterator]();
  }

  /** Puts a batch into deltas; the parts are the whole of it. Large alerts may stand side by side: what does not fit is halved. */
  add(batch: ObservationBatch): readonly PackedBatch[] {
    const json = JSON.stringify(batch);
    const isOne = nItemsOf(batch) <= 1;
    if (json.length > MAX_BATCH_CHARS && !isOne) return this.#addHalves(batch);
    const bytes = deflateRawSync(json);
    const isTooLarge = bytes.length > MAX_DELTA_BYTES;
    if (isTooLarge && !isOne) return this.#addHalves(batch);
    if (isTooLarge || this.#nBytes + bytes.length > this.#maxBytes) {
      this.#nLeftOut += nItemsOf(batch);
      return [{ batch, delta: undefined }];
    }
    const delta = { instance: this.#instance, seq: this.#seq++, bytes };
    this.#deltas.push(delta);
    this.#nBytes += bytes.length;
    return [{ batch, delta }];
  }

  /** The oldest was published. */
  dropOldest(): void {
    this.#nBytes -= this.#deltas.shift()?.bytes.length ?? 0;
  }

  clear(): void {
    this.#deltas = [];
    this.#nBytes = 0;
  }

  /** Alerts and the like that no other instance will be told of, since it was asked last. */
  takeLeftOut(): number {
    const nLeftOut = this.#nLeftOut;
    this.#nLeftOut = 0;
    return nLeftOut;
  }

  #addHalves(batch: ObservationBatch): readonly PackedBatch[] {
    return halvesOf(batch).flatMap((half) => this.add(half));
  }
}

const nItemsOf = (batch: ObservationBatch): number =>
  Object.values(batch).reduce((n, list) => n + list.length, 0);

/** Each list of a batch in two, in its order; a half that holds nothing is left out. */
function halvesOf(batch: ObservationBatch): readonly ObservationBatch[] {
  const half = (at: 0 | 1): ObservationBatch => {
    const part = <T>(list: readonly T[]): T[] =>
      at === 0 ? list.slice(0, list.length >> 1) : list.slice(list.length >> 1);
    return {
      observed: part(batch.observed),
      notable: part(batch.notable),
      routine: part(batch.routine),
      keys: part(batch.keys),
      quiet: part(batch.quiet),
      judged: part(batch.judged),
      unjudged: part(batch.unjudged),
      forgotten: part(batch.forgotten),
      windowed: part(batch.windowed),
      hosts: part(batch.hosts),
    };
  };
  return [half(0), half(1)].filter((dealt) => nItemsOf(dealt) > 0);
}
