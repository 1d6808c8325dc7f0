import { createHash } from 'node:crypto';
import { WorkSlices } from './work-slices.ts';

/** Bytes hashed between two turns of the event loop. */
const HASH_SLICE_BYTES = 1_048_576;

/** SHA-256 as hexadecimal digits, in slices that yield. */
export async function sha256InSlices(bytes: Uint8Array): Promise<string> {
  const slices = new WorkSlices(HASH_SLICE_BYTES);
  const hash = createHash('sha256');
  for (let from = 0; from < bytes.length; from += HASH_SLICE_BYTES) {
    const slice = bytes.subarray(from, from + HASH_SLICE_BYTES);
    hash.update(slice);
    await slices.spend(slice.length);
  }
  return hash.digest('hex');
}
