import { AlertforestError } from '../../errors.ts';
import { sha256InSlices } from '../../reading/sha256-in-slices.ts';
import type { ModelStore } from '../../store/model-store.ts';

/** How a release record names a blob. */
export interface NamedBlob {
  readonly path: string;
  readonly sha256: string;
}

/**
 * The bytes of a blob, held against the digest in its release record.
 *
 * @throws AlertforestError STORE_CORRUPT where the blob is missing or has other bytes than the release says
 */
export async function readVerified(models: Pick<ModelStore, 'read'>, blob: NamedBlob): Promise<Uint8Array> {
  const read = await readWhole(models, blob);
  if (read.bytes === undefined) throw new AlertforestError('STORE_CORRUPT', read.says);
  return read.bytes;
}

/** The bytes of a blob where they are those that were published, else a sentence on what is there instead. */
export async function readWhole(
  models: Pick<ModelStore, 'read'>,
  { path, sha256: expected }: NamedBlob,
): Promise<{ readonly bytes: Uint8Array } | { readonly bytes: undefined; readonly says: string }> {
  const stored = await models.read(path);
  if (stored === undefined) return { bytes: undefined, says: `Expected ${path}, found nothing.` };
  const sha256 = await sha256InSlices(stored.bytes);
  if (sha256 === expected) return { bytes: stored.bytes };
  return { bytes: undefined, says: `Expected ${path} with sha256 ${expected}, got ${sha256}.` };
}
