import { randomFillSync } from 'node:crypto';

/** Of the moment and of what is drawn. */
const MOMENT_BYTES = 6;
const ID_BYTES = 14;
const LAST_MS = 2 ** (8 * MOMENT_BYTES) - 1;

// what is random is drawn for many ids at once
const ids = Buffer.alloc(512 * ID_BYTES);
let at = ids.length;

/** 28 hex digits, 16 of them drawn: unguessable, and the newest verdicts sort first. */
export function verdictIdAt(nowMs: number): string {
  if (at === ids.length) {
    randomFillSync(ids);
    at = 0;
  }
  ids.writeUIntBE(LAST_MS - Math.floor(nowMs), at, MOMENT_BYTES);
  const id = ids.toString('hex', at, at + ID_BYTES);
  at += ID_BYTES;
  return id;
}
