import { createHash } from 'node:crypto';
import { AlertforestError, hasCode } from '../../errors.ts';
import type { ModelStore } from '../../store/model-store.ts';
import { HEAD_BLOB, releasePath } from '../../store/names.ts';
import {
  type Head,
  headSchema,
  type ReleaseModel,
  type ReleaseRecord,
  releaseRecordSchema,
} from '../../store/release.ts';

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

/** What a release id is made of; anything else is no name of a record. */
const RELEASE_ID = /^[A-Za-z0-9_-]{1,128}$/;
/**
 * Release records a process keeps: they never change. A list of versions walks the whole lineage, and one that is longer
 * than what is kept would be read anew from its beginning by every walk: more than a year of a release an hour.
 */
const MAX_CACHED = 10_000;

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
   * @throws AlertforestError MODEL_NOT_READY before the first release
   */
  async requireHead(): Promise<HeadState> {
    const state = await this.readHead();
    if (state === undefined) {
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

  /** From `id` back to the bootstrap. */
  async *walk(id: string): AsyncGenerator<LineageStep> {
    let next: string | null = id;
    while (next !== null) {
      const record = await this.release(next);
      yield { id: next, record };
      next = record.parent;
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

  /** The newest release of this run among the last `depth` steps. */
  async findRun(id: string, runId: string, depth: number): Promise<LineageStep | undefined> {
    let passed = 0;
    for await (const step of this.walk(id)) {
      if (step.record.run_id === runId) return step;
      if (++passed >= depth) return undefined;
    }
    return undefined;
  }

  /**
   * The release that made version `version` of `model`: the oldest is looked for no further back than its maker.
   *
   * @throws AlertforestError MODEL_NOT_FOUND
   */
  async makerOf(headRelease: string, model: string, version: string): Promise<LineageStep> {
    for await (const step of this.walk(headRelease)) {
      const made = step.record.models[model];
      if (made?.version === version && made.decision !== 'carried') return step;
    }
    throw new AlertforestError('MODEL_NOT_FOUND', `There is no version ${version} of ${model}.`);
  }

  /**
   * Publishes a release: writes its record, then moves `head.json` away from `base`, the one commit point.
   *
   * A lost answer is told from a lost race by reading back: our record is the head, or an ancestor of it.
   *
   * @param base the head as read, `undefined` for the very first release
   * @returns the id of the release, `undefined` when another commit was first: then nothing of ours is visible
   */
  async commit(base: HeadState | undefined, record: ReleaseRecord): Promise<string | undefined> {
    const bytes = encodeJson(record);
    const id = releaseId(record, bytes);
    await this.#models.create(releasePath(id), bytes);
    const head: Head = {
      seq: record.seq,
      release: id,
      serving: record.serving_after,
      pinned: record.pinned_after,
      run_id: record.run_id,
      updated_at: record.created_at,
    };
    try {
      await this.#models.replace(HEAD_BLOB, encodeJson(head), base?.etag);
    } catch (error) {
      if (!hasCode(error, 'STORE_CONFLICT') && !hasCode(error, 'STORE_UNAVAILABLE')) throw error;
      if (await this.#isCommitted(id, record.seq)) return id;
      if (hasCode(error, 'STORE_UNAVAILABLE')) throw error;
      return undefined;
    }
    return id;
  }

  async #isCommitted(id: string, seq: number): Promise<boolean> {
    const state = await this.readHead();
    if (state === undefined) return false;
    for await (const step of this.walk(state.head.release)) {
      if (step.id === id) return true;
      if (step.record.seq <= seq) return false;
    }
    return false;
  }
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
