import type { Entity, EntityKind } from '../../alert/alert.ts';
import { entityValues } from '../values/entity-value.ts';
import { isEmptyWord } from '../values/json-value.ts';

export type EntityRole = NonNullable<Entity['role']>;

/** Entities of one alert that are kept; more are counted and reported. */
export const MAX_ENTITIES = 20_000;

// Addresses that every machine has or that reach all of them: in a vendor's record they name no machine.
const NO_ADDRESS = new Set(['255.255.255.255', '::1', '127.0.0.1']);

/**
 * Collects the entities of an alert in the order they come, each once and in the normal form of its kind (see
 * {@link entityValues}). The same value in another case is the same entity. Adding one entity is O(1).
 */
export class EntityCollector {
  readonly list: Entity[] = [];
  /** Where each of {@link list} came from, as the payload spells it. */
  readonly paths: string[] = [];
  /** Entities beyond {@link MAX_ENTITIES} that were left out. */
  dropped = 0;
  /** Values that were entities, those already known among them. */
  nOffered = 0;
  /** Of each kind: the value in lower case -> its position in {@link list}. */
  readonly #positions = new Map<EntityKind, Map<string, number>>();

  /** Adds every text in `value`, a text or a list of texts, read from `path`; objects are passed over. A later role fills a missing one. */
  add(kind: EntityKind, value: unknown, role?: EntityRole, path = ''): void {
    if (typeof value === 'string') this.#addText(kind, value, role, path);
    else if (typeof value === 'number') this.#addText(kind, String(value), role, path);
    else if (Array.isArray(value)) {
      for (const item of value) {
        if (typeof item === 'string') this.#addText(kind, item, role, path);
      }
    }
  }

  /** Adds an account as `name@suffix`, `DOMAIN\name` or `name`, whichever is known. */
  addUser(name: unknown, domain: unknown, principal: unknown, role?: EntityRole, path = ''): void {
    const full = plain(principal);
    const short = plain(name);
    const realm = plain(domain);
    if (full !== undefined) this.#addText('user', full, role, path);
    else if (short === undefined) return;
    else if (realm === undefined || short.includes('\\') || short.includes('@'))
      this.#addText('user', short, role, path);
    else this.#addText('user', `${realm}\\${short}`, role, path);
  }

  #addText(kind: EntityKind, text: string, role: EntityRole | undefined, path: string): void {
    for (const entity of entityValues(kind, text)) {
      if (entity.kind !== 'ip' || !NO_ADDRESS.has(entity.value))
        this.#put(entity.kind, entity.value, role, path);
    }
  }

  #put(kind: EntityKind, value: string, role: EntityRole | undefined, path: string): void {
    this.nOffered++;
    let positions = this.#positions.get(kind);
    if (positions === undefined) {
      positions = new Map();
      this.#positions.set(kind, positions);
    }
    const key = value.toLowerCase();
    const position = positions.get(key);
    if (position !== undefined) {
      const entity = this.list[position] as Entity;
      if (entity.role === undefined && role !== undefined) entity.role = role;
      return;
    }
    if (this.list.length >= MAX_ENTITIES) {
      this.dropped++;
      return;
    }
    positions.set(key, this.list.length);
    this.paths.push(path);
    this.list.push(role === undefined ? { kind, value } : { kind, value, role });
  }
}

function plain(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  return isEmptyWord(text) ? undefined : text;
}
