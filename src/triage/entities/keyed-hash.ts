import { createHmac } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** Texts whose hash is remembered; about 10 MB. */
const MAX_REMEMBERED = 50_000;

/**
 * 53-bit HMAC-SHA-256 of a text, as a whole number. Without the key nobody can tell which value a hash stands for, not
 * even by trying all of them.
 */
export class KeyedHash {
  readonly #key: Uint8Array;
  readonly #remembered = new LRUCache<string, number>({ max: MAX_REMEMBERED });

  /** @param key at least 16 bytes */
  constructor(key: Uint8Array) {
    if (key.length < 16) throw new RangeError(`Expected \`key\` of at least 16 bytes, got ${key.length}.`);
    this.#key = key;
  }

  of(text: string): number {
    let hash = this.#remembered.get(text);
    if (hash === undefined) {
      const bytes = createHmac('sha256', this.#key).update(text).digest();
      // 6 bytes and 5 bits of the seventh
      hash = bytes.readUIntBE(0, 6) * 32 + (bytes[6]! & 31);
      this.#remembered.set(text, hash);
    }
    return hash;
  }
}
