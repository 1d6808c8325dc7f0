import { AlertforestError } from '../errors.ts';
import type { ModelStore } from './model-store.ts';

/** Storage may refuse a create for the moment, with the very statuses that say "it exists". */
const TRIES = 3;

/**
 * Writes a blob that is written once, and is sure that it is there: where its place is taken, what is stored is read
 * back and compared. `other`: different bytes lie there, and stay.
 *
 * @throws AlertforestError STORE_UNAVAILABLE where the create is refused as taken and nothing is there
 */
export async function createExact(
  models: Pick<ModelStore, 'create' | 'read'>,
  path: string,
  bytes: Uint8Array,
): Promise<'created' | 'same' | 'other'> {
  for (let n = 0; n < TRIES; n++) {
    if ((await models.create(path, bytes)) === 'created') return 'created';
    const stored = await models.read(path);
    if (stored !== undefined) return Buffer.compare(stored.bytes, bytes) === 0 ? 'same' : 'other';
  }
  throw new AlertforestError('STORE_UNAVAILABLE', `${path} was refused as taken, and nothing is there.`, {
    retryAfterSeconds: 5,
  });
}
