import { createHash } from 'node:crypto';
import { AlertforestError, hasCode } from '../../errors.ts';
import { checkReadable } from '../../store/check-readable.ts';
import { createExact } from '../../store/create-exact.ts';
import type { ModelStore } from '../../store/model-store.ts';
import { HEAD_BLOB, releasePath } from '../../store/names.ts';
import {
  type Head,
  headSchema,
  type ReleaseModel,
  type ReleaseRecord,
  releaseRecordSchema,
} from '../../store/release.ts';
import { laterRelease, lostHead } from './lost-head.ts';
import { ancestorsOf, madeBy } from './release-links.ts';

/** `head.json` as read, with the tag that moving it needs. */
export interface HeadState {
  readonly head: Head;
  readonly etag: string;
}

/** One step of the lineage. */
export interface LineageStep {
  readonly id: string;
  readonly record: ReleaseRecord;
}

/** Told of a release record that cannot be read, with its id and what is wrong. */
export type OnDamage = (id: string, says: string) => void;

/** What a release id is made of, and a path in storage may hold; anything else is no name of a record. */
const RELEASE_ID = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,127}$/;
/**
 * Release records a process keeps: they never change. A list of versions walks the whole lineage, and one that is longer
 * than what is kept would be read anew from its beginning by every walk: more than a year of a release an hour.
 */
const MAX_CACHED = 10_000;
/** Storage may refuse a move of the head for the moment, with the very statuses that say "another was first". */
const HEAD_TRIES = 3;
/** Records that a walk reads side by side, once it has gone as far back one by one. */
const MAX_AHEAD = 32;

/**
 * The chain of releases behind `head.json`: each record names its parent. What cannot be reached from the head does
 * not exist, so nothing here ever lists a prefix.
 */
export class Lineage {
  readonly #models: ModelStore;
  readonly #cache = new Map<string, ReleaseRecord>();

  constructor(models: ModelStore) {
    this.#models = models;
  }

  /** `undefined` only where storage answered that there is no head yet. */
  async readHead(): Promise<HeadState | undefined> {
    const blob = await this.#models.read(HEAD_BLOB);
    return blob && { head: parseJson(HEAD_BLOB, blob.bytes, headSchema), etag: blob.etag };
  }

  /**
   * The head where there must be one.
   *
   * @throws AlertforestError MODEL_NOT_READY before the first release, STORE_CORRUPT where the head has gone
   */
  async requireHead(): Promise<HeadState> {
    const state = await this.readHead();
    if (state === undefined) {
      const later = await laterRelease(this.#models);
      if (later !== undefined) throw lostHead(`${later} is stored`);
      throw new AlertforestError(
        'MODEL_NOT_READY',
        'There is no release yet; the first one is made on first use.',
        {
          retryAfterSeconds: 5,
        },
      );
    }
    return state;
  }

  /** @throws AlertforestError STORE_CORRUPT where the lineage names a release that is not stored */
  async release(id: string): Promise<ReleaseRecord> {
    const known = this.#cache.get(id);
    if (known !== undefined) return known;
    const path = releasePath(id);
    const blob = await this.#models.read(path);
    if (blob === undefined) {
      throw new AlertforestError('STORE_CORRUPT', `Expected the release record ${path}, found nothing.`);
    }
    const record = parseJson(path, blob.bytes, releaseRecordSchema);
    if (this.#cache.size >= MAX_CACHED) {
      const oldest = this.#cache.keys().next().value;
      if (oldest !== undefined) this.#cache.delete(oldest);
    }
    this.#cache.set(id, record);
    return record;
  }

  /** Whether there is a release of this id, which may be any text that a caller has sent. */
  async holds(id: string): Promise<boolean> {
    if (!RELEASE_ID.test(id)) return false;
    return this.#cache.has(id) || (await this.#models.read(releasePath(id))) !== undefined;
  }

  /**
   * From `id` back to the first start.
   *
   * @param onDamage told of a record that cannot be read and is passed over, where a later one names what lies behind
   * it; left out, the first of them ends the walk
   * @throws AlertforestError STORE_CORRUPT
   */
  async *walk(id: string, onDamage?: OnDamage): AsyncGenerator<LineageStep> {
    let next: string | null = id;
    // most walks end at once: the further one goes, the more is read ahead of it
    let nAhead = 1;
    /** What lies behind the last step, nearest first. */
    let behind: readonly string[] = [];
    while (next !== null) {
      const at: string = next;
      let record: ReleaseRecord;
      try {
        record = await this.release(at);
      } catch (error) {
        const further = behind[behind.indexOf(at) + 1];
        if (onDamage === undefined || further === undefined || !hasCode(error, 'STORE_CORRUPT')) throw error;
        onDamage(at, error.message);
        next = further;
        continue;
      }
      yield { id: at, record };
      next = record.parent;
      behind = record.ancestors ?? [];
      if (next === null || this.#cache.has(next)) continue;
      // one that cannot be read fails whoever comes to it, and nobody before
      await Promise.allSettled(behind.slice(0, nAhead).map((ancestor) => this.release(ancestor)));
      nAhead = Math.min(MAX_AHEAD, 2 * nAhead);
    }
  }

  /**
   * The newest step at or before `id` that gave its models version numbers and consumed feedback: activations and
   * unpins carry both on and are passed over.
   */
  async tip(id: string): Promise<LineageStep> {
    for await (const step of this.walk(id)) {
      if (step.record.kind !== 'activate' && step.record.kind !== 'unpin') return step;
    }
    throw new AlertforestError('STORE_CORRUPT', `The lineage of ${id} has no beginning.`);
  }

  /** The newest release of this run among those made since `sinceMs`. */
  async findRun(id: string, runId: string, sinceMs: number): Promise<LineageStep | undefined> {
    for await (const step of this.walk(id)) {
      if (step.record.run_id === runId) return step;
      if (Date.parse(step.record.created_at) < sinceMs) return undefined;
    }
    return undefined;
  }

  /**
   * The release that made version `version` of `model`: named by the head's record for what serves, else looked for no
   * further back than itself.
   *
   * @throws AlertforestError MODEL_NOT_FOUND, STORE_CORRUPT where a record that may have made it cannot be read
   */
  async makerOf(headRelease: string, model: string, version: string): Promise<LineageStep> {
    const named = (await this.release(headRelease)).makers?.[model];
    if (named !== undefined) {
      const record = await this.release(named);
      if (madeBy(record, model, version)) return { id: named, record };
    }
    let damage: string | undefined;
    const onDamage: OnDamage = (_, says) => {
      damage ??= says;
    };
    for await (const step of this.walk(headRelease, onDamage)) {
      if (madeBy(step.record, model, version)) return step;
    }
    if (damage !== undefined) throw new AlertforestError('STORE_CORRUPT', damage);
    throw new AlertforestError('MODEL_NOT_FOUND', `There is no version ${version} of ${model}.`);
  }

  /**
   * Publishes a release: writes its record, then moves `head.json` away from `base`, the one commit point.
   *
   * A lost answer is told from a lost race by reading back: our record is the head, or an ancestor of it. A refusal
   * while `base` still stands is neither, and tried again.
   *
   * @param base the head as read, `undefined` for the very first release
   * @param given the record but for its links to what came before
   * @returns the id of the release, `undefined` when another commit was first: then nothing of ours is visible
   * @throws AlertforestError STORE_UNAVAILABLE where the head stays as it was
   */
  async commit(base: HeadState | undefined, given: ReleaseRecord): Promise<string | undefined> {
    const record = await this.#linked(given);
    const bytes = encodeJson(record);
    const id = releaseId(record, bytes);
    checkReadable(releasePath(id), releaseRecordSchema, record);
    checkReadable(HEAD_BLOB, headSchema, headOf(id, record));
    // the head never moves to a record that is not there as it was meant
    if ((await createExact(this.#models, releasePath(id), bytes)) === 'other')
      throw new AlertforestError('STORE_CORRUPT', `${releasePath(id)} holds other bytes than its name says.`);
    for (let n = 0; n < HEAD_TRIES; n++) {
      try {
        await this.#models.replace(HEAD_BLOB, encodeJson(headOf(id, record)), base?.etag);
        return id;
      } catch (error) {
        if (!hasCode(error, 'STORE_CONFLICT') && !hasCode(error, 'STORE_UNAVAILABLE')) throw error;
        const now = await this.readHead();
        if (now !== undefined && (await this.#isCommitted(id, record.seq, now.head))) return id;
        if (hasCode(error, 'STORE_UNAVAILABLE')) throw error;
        if (now?.etag !== base?.etag) return undefined;
      }
    }
    const message = `${HEAD_BLOB} was refused as changed by another, and nobody has changed it.`;
    throw new AlertforestError('STORE_UNAVAILABLE', message, { retryAfterSeconds: 5 });
  }

  async #linked(record: ReleaseRecord): Promise<ReleaseRecord> {
    if (record.parent === null) return record;
    const { parent } = record;
    const makers: Record<string, string> = {};
    for (const [model, { version }] of Object.entries(record.serving_after)) {
      if (madeBy(record, model, version)) continue;
      const maker = await this.#knownMaker(parent, model, version);
      if (maker !== undefined) makers[model] = maker;
    }
    return { ...record, ancestors: ancestorsOf(parent, await this.release(parent), MAX_AHEAD), makers };
  }

  /** A damaged record far back hinders no commit: then whoever asks for the maker walks. */
  async #knownMaker(from: string, model: string, version: string): Promise<string | undefined> {
    try {
      return (await this.makerOf(from, model, version)).id;
    } catch (error) {
      if (hasCode(error, 'MODEL_NOT_FOUND') || hasCode(error, 'STORE_CORRUPT')) return undefined;
      throw error;
    }
  }

  async #isCommitted(id: string, seq: number, head: Head): Promise<boolean> {
    for await (const step of this.walk(head.release)) {
      if (step.id === id) return true;
      if (step.record.seq <= seq) return false;
    }
    return false;
  }
}

/** The pointer at a release. */
export function headOf(id: string, record: ReleaseRecord): Head {
  return {
    seq: record.seq,
    release: id,
    serving: record.serving_after,
    pinned: record.pinned_after,
    run_id: record.run_id,
    updated_at: record.created_at,
  };
}

/** `<seq>-<hash12>` over the record's bytes: the same record has the same id, another run's never. */
export function releaseId(record: ReleaseRecord, bytes: Uint8Array = encodeJson(record)): string {
  const hash12 = createHash('sha256').update(bytes).digest('hex').slice(0, 12);
  return `${String(record.seq).padStart(6, '0')}-${hash12}`;
}

export function encodeJson(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

function parseJson<T>(path: string, bytes: Uint8Array, schema: { parse(value: unknown): T }): T {
  try {
    return schema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch (cause) {
    throw new AlertforestError('STORE_CORRUPT', `Cannot read ${path}: not what this build expects.`, {
      cause,
    });
  }
}

/**
 * Next version of a model after `highest`: a new minor number, or a new major one where its features changed.
 *
 * @param highest the highest version of this name in the lineage, refused challengers included
 */
export function nextVersion(highest: string | undefined, featuresChanged: boolean): string {
  if (highest === undefined) return '1.0.0';
  const parts = /^(\d+)\.(\d+)\.(\d+)$/.exec(highest);
  if (parts === null)
    throw new AlertforestError('STORE_CORRUPT', `Expected a version like 1.2.0, got ${highest}.`);
  const [major, minor] = [Number(parts[1]), Number(parts[2])];
  return featuresChanged ? `${major + 1}.0.0` : `${major}.${minor + 1}.0`;
}

/** Highest version of each model, that of its newest step that made one, with that step. */
export async function highestVersions(
  lineage: Lineage,
  headRelease: string,
  models: readonly string[],
): Promise<Record<string, ReleaseModel>> {
  const highest: Record<string, ReleaseModel> = {};
  for await (const { record } of lineage.walk(headRelease)) {
    for (const model of models) {
      const made = record.models[model];
      if (highest[model] === undefined && made !== undefined && made.decision !== 'carried')
        highest[model] = made;
    }
    if (models.every((model) => highest[model] !== undefined)) break;
  }
  return highest;
}
