import type { Entity, EntityKind } from '../../alert/alert.ts';
import { ipIn } from '../../alert/ip-scope.ts';
import { clip, isEmptyWord } from '../values/json-value.ts';

export type EntityRole = NonNullable<Entity['role']>;

/** Entities of one alert that are kept; more are counted and reported. */
export const MAX_ENTITIES = 20_000;
const MAX_VALUE_LENGTH = 4096;

// Addresses that stand for "no address".
const NO_ADDRESS = new Set(['0.0.0.0', '::', '255.255.255.255', '::1', '127.0.0.1']);
const HASH = /^[0-9a-f]{32}$|^[0-9a-f]{40}$|^[0-9a-f]{64}$|^[0-9a-f]{96}$|^[0-9a-f]{128}$/;
const DOMAIN = /^[\p{L}\p{N}_*-]+(\.[\p{L}\p{N}_-]+)*$/u;

/**
 * Collects the entities of an alert in the order they come, each once. Values are cleaned by kind: addresses lose port
 * and zone, hashes, domains and mail addresses are lower case, words that say nothing are dropped. The same value in
 * another case is the same entity. Adding one entity is O(1).
 */
export class EntityCollector {
  readonly list: Entity[] = [];
  /** Entities beyond {@link MAX_ENTITIES} that were left out. */
  dropped = 0;
  readonly #positions = new Map<string, number>();

  /** Adds every text in `value`, a text or a list of texts; objects are passed over. A later role fills a missing one. */
  add(kind: EntityKind, value: unknown, role?: EntityRole): void {
    if (typeof value === 'string') this.#addText(kind, value, role);
    else if (typeof value === 'number') this.#addText(kind, String(value), role);
    else if (Array.isArray(value)) {
      for (const item of value) {
        if (typeof item === 'string') this.#addText(kind, item, role);
      }
    }
  }

  /** Adds an account as `name@suffix`, `DOMAIN\name` or `name`, whichever is known. */
  addUser(name: unknown, domain: unknown, principal: unknown, role?: EntityRole): void {
    const full = plain(principal);
    const short = plain(name);
    const realm = plain(domain);
    if (full !== undefined) this.#addText('user', full, role);
    else if (short === undefined) return;
    else if (realm === undefined || short.includes('\\') || short.includes('@'))
      this.#addText('user', short, role);
    else this.#addText('user', `${realm}\\${short}`, role);
  }

  #addText(kind: EntityKind, text: string, role: EntityRole | undefined): void {
    const trimmed = text.trim();
    if (isEmptyWord(trimmed)) return;
    const address = kind === 'host' || kind === 'domain' ? ipIn(trimmed) : undefined;
    if (kind === 'ip' || address !== undefined) this.#addAddress(address ?? trimmed, role);
    else if (kind === 'hash') {
      const hash = trimmed.toLowerCase().replace(/^(md5|sha-?1|sha-?256|sha-?512)[:=]/, '');
      if (HASH.test(hash) && !/^(.)\1*$/.test(hash)) this.#put('hash', hash, role);
    } else if (kind === 'domain') {
      const domain = trimmed.toLowerCase().replace(/\.$/, '');
      if (domain.length <= 253 && DOMAIN.test(domain)) this.#put('domain', domain, role);
    } else if (kind === 'email') {
      const email = trimmed.replace(/^[^<]*<([^<>]+)>$/, '$1').toLowerCase();
      if (email.includes('@')) this.#put('email', email, role);
    } else if (kind !== 'url' || /[./:]/.test(trimmed)) this.#put(kind, trimmed, role);
  }

  #addAddress(text: string, role: EntityRole | undefined): void {
    const address = ipIn(text);
    if (address !== undefined) {
      if (!NO_ADDRESS.has(address)) this.#put('ip', address, role);
    } else if (text.length <= 4096 && /[,; |]/.test(text)) {
      for (const part of text.split(/[,; |]+/)) {
        const one = ipIn(part);
        if (one !== undefined && !NO_ADDRESS.has(one)) this.#put('ip', one, role);
      }
    }
  }

  #put(kind: EntityKind, value: string, role: EntityRole | undefined): void {
    const kept = clip(value, MAX_VALUE_LENGTH);
    const key = `${kind} ${kept.toLowerCase()}`;
    const position = this.#positions.get(key);
    if (position !== undefined) {
      const entity = this.list[position] as Entity;
      if (entity.role === undefined && role !== undefined) entity.role = role;
      return;
    }
    if (this.list.length >= MAX_ENTITIES) {
      this.dropped++;
      return;
    }
    this.#positions.set(key, this.list.length);
    this.list.push(role === undefined ? { kind, value: kept } : { kind, value: kept, role });
  }
}

function plain(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return isEmptyWord(text) ? undefined : text;
}
