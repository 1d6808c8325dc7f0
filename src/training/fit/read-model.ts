import { hasCode } from '../../errors.ts';

/** `undefined` for a model whose columns this build no longer knows; a corrupt one throws. */
export function readOrNothing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (hasCode(error, 'MODEL_FORMAT_UNSUPPORTED')) return undefined;
    throw error;
  }
}
