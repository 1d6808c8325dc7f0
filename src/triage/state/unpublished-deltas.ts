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

  /** Puts a batch into deltas; the parts are the whole of it. */
  add(whole: ObservationBatch): readonly PackedBatch[] {
    const nParts = Math.ceil(JSON.stringify(whole).length / MAX_BATCH_CHARS);
    return inParts(whole, nParts).flatMap((part) => this.#pack(part));
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

  /** Large alerts may stand side by side: a part that does not fit is halved until it does. */
  #pack(batch: ObservationBatch): readonly PackedBatch[] {
    const bytes = deflateRawSync(JSON.stringify(batch));
    const isTooLarge = bytes.length > MAX_DELTA_BYTES;
    if (isTooLarge && nItemsOf(batch) > 1) return inParts(batch, 2).flatMap((half) => this.#pack(half));
    if (isTooLarge || this.#nBytes + bytes.length > this.#maxBytes) {
      this.#nLeftOut += nItemsOf(batch);
      return [{ batch, delta: undefined }];
    }
    const delta = { instance: this.#instance, seq: this.#seq++, bytes };
    this.#deltas.push(delta);
    this.#nBytes += bytes.length;
    return [{ batch, delta }];
  }
}

const nItemsOf = (batch: ObservationBatch): number =>
  Object.values(batch).reduce((n, list) => n + list.length, 0);

/** Deals every list of a batch out in its order; parts that hold nothing are left out. */
function inParts(batch: ObservationBatch, nParts: number): readonly ObservationBatch[] {
  if (nParts <= 1) return [batch];
  const parts: ObservationBatch[] = [];
  for (let at = 0; at < nParts; at++) {
    const part = <T>(list: readonly T[]): T[] =>
      list.slice(Math.floor((at * list.length) / nParts), Math.floor(((at + 1) * list.length) / nParts));
    const dealt: ObservationBatch = {
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
    if (nItemsOf(dealt) > 0) parts.push(dealt);
  }
  return parts;
}
