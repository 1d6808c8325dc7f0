import type { z } from 'zod';
import type { ModelStore } from '../../store/model-store.ts';

/**
 * A small JSON document whose loss costs nothing but time: a damaged one counts as none, and the next write, which needs
 * the tag, mends it.
 */
export async function readIfWhole<T>(
  models: Pick<ModelStore, 'read'>,
  path: string,
  schema: z.ZodType<T>,
): Promise<{ readonly value: T | undefined; readonly etag: string | undefined }> {
  const blob = await models.read(path);
  if (blob === undefined) return { value: undefined, etag: undefined };
  try {
    return { value: schema.parse(JSON.parse(Buffer.from(blob.bytes).toString('utf8'))), etag: blob.etag };
  } catch {
    return { value: undefined, etag: blob.etag };
  }
}
