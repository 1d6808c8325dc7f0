import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';

/** Texts whose hash is remembered; about 10 MB. */
const MAX_REMEMBERED = 50_000;

/**
 * 53-bit HMAC-SHA-256 of a text, as a whole number. Without the key it cannot be told which value a hash stands for, not
 * even by trying all of them.
 */
export class KeyedHash {
  /** Made once: of bytes the runtime makes one for each hash, which takes four times as long as the hash itself. */
  #key: KeyObject | undefined;
  readonly #remembered = new LRUCache<string, number>({ max: MAX_REMEMBERED });

  /** @param key at least 16 bytes; left out: {@link use} gives it later */
  constructor(key?: Uint8Array) {
    if (key !== undefined) this.use(key);
  }

  get hasKey(): boolean {
    return this.#key !== undefined;
  }

  /** @returns whether this is another key than before: hashes made so far mean nothing then */
  use(key: Uint8Array): boolean {
    if (key.length < 16) throw new RangeError(`Expected \`key\` of at least 16 bytes, got ${key.length}.`);
    const made = createSecretKey(key);
    const isOther = this.#key !== undefined && !this.#key.equals(made);
    this.#key = made;
    if (isOther) this.#remembered.clear();
    return isOther;
  }

  of(text: string): number {
    let hash = this.#remembered.get(text);
    if (hash === undefined) {
      if (this.#key === undefined) throw new Error('Expected the key of hashes before the first hash.');
      const bytes = createHmac('sha256', this.#key).update(text).digest();
      // 6 bytes and 5 bits of the seventh
      hash = bytes.readUIntBE(0, 6) * 32 + (bytes[6]! & 31);
      this.#remembered.set(text, hash);
    }
    return hash;
  }
}
