import { z } from 'zod';
import { AlertforestError } from '../../errors.ts';
import { checkReadable } from '../../store/check-readable.ts';
import type { ModelStore } from '../../store/model-store.ts';
import { GARBAGE_BLOB } from '../../store/names.ts';
import { readIfWhole } from './json-blob.ts';
import { encodeJson } from './lineage.ts';

const marksSchema = z.object({
  /** Path -> since when nothing reaches it, ISO 8601 UTC. */
  unreached: z.record(z.string(), z.iso.datetime()),
  /** Paths that a collection removes now, or was about to when it was cut short. */
  removing: z.array(z.string()),
});
export type GarbageMarks = z.infer<typeof marksSchema>;

/** The marks as stored, with the tag that changing them needs; none yet is no marks. */
export interface StoredMarks {
  readonly marks: GarbageMarks;
  readonly etag: string | undefined;
}

const NONE: GarbageMarks = { unreached: {}, removing: [] };
const MAX_TRIES = 8;

/** Marks that cannot be read are no marks: collecting begins anew, and waits its day again. */
export async function readMarks(models: Pick<ModelStore, 'read'>): Promise<StoredMarks> {
  const { value: marks = NONE, etag } = await readIfWhole(models, GARBAGE_BLOB, marksSchema);
  return { marks, etag };
}

/** @returns the new tag. @throws AlertforestError STORE_CONFLICT where another writer was first */
export function writeMarks(
  models: Pick<ModelStore, 'replace'>,
  marks: GarbageMarks,
  etag: string | undefined,
): Promise<string> {
  checkReadable(GARBAGE_BLOB, marksSchema, marks);
  return models.replace(GARBAGE_BLOB, encodeJson(marks), etag);
}

/**
 * Takes what lies under `prefixes` out of the marks before a release names it: a collection that was about to remove it
 * finds the marks changed and removes nothing, and the next one begins to wait anew.
 *
 * @returns the paths among them that are being removed, which may be gone at any moment
 * @throws AlertforestError STORE_CONFLICT where the marks kept moving
 */
export async function unmark(models: ModelStore, prefixes: readonly string[]): Promise<readonly string[]> {
  const isMeant = (path: string): boolean => prefixes.some((prefix) => path.startsWith(prefix));
  for (let n = 0; n < MAX_TRIES; n++) {
    const { marks, etag } = await readMarks(models);
    const going = marks.removing.filter(isMeant);
    if (going.length > 0 || !Object.keys(marks.unreached).some(isMeant)) return going;
    const unreached = Object.fromEntries(Object.entries(marks.unreached).filter(([path]) => !isMeant(path)));
    try {
      await writeMarks(models, { ...marks, unreached }, etag);
      return [];
    } catch (error) {
      if (!(error instanceof AlertforestError) || error.code !== 'STORE_CONFLICT') throw error;
    }
  }
  throw new AlertforestError(
    'STORE_CONFLICT',
    `${GARBAGE_BLOB} kept moving; nothing was changed. Try again.`,
    {
      retryAfterSeconds: 2,
    },
  );
}

/** The folder of an artefact: what lies beside it goes and stays with it. */
export const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/**
 * Ends a collection that was cut short: what it was about to remove is removed. Called under the lease of retrains, where
 * no collection is at work, before a run writes blobs that might be among them.
 */
export async function finishRemoval(models: ModelStore): Promise<void> {
  const { marks, etag } = await readMarks(models);
  if (marks.removing.length === 0) return;
  for (const path of marks.removing) await models.remove(path);
  await writeMarks(models, { ...marks, removing: [] }, etag);
}
