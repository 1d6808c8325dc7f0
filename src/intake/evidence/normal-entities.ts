import type { Entity } from '../../alert/alert.ts';
import { type EntityValue, entityValues } from '../values/entity-value.ts';

/** The entities of our own form in the normal forms of their kinds, each once. */
export interface NormalEntities {
  readonly entities: Entity[];
  /** `entities.N` for each of them. */
  readonly paths: string[];
  /** Positions of entities that hold nothing of their kind and were left out. */
  readonly empty: number[];
}

/** Entities that are compared one by one: most alerts have fewer, and a map of them costs more than it saves. */
const FEW = 12;

/** Finds an entity among those before it by kind and value, whatever the case. */
class SeenEntities {
  readonly #entities: readonly Entity[];
  #byName: Map<string, Entity> | undefined;

  /** @param entities grows by what {@link find} did not find */
  constructor(entities: readonly Entity[]) {
    this.#entities = entities;
  }

  find({ kind, value }: EntityValue): Entity | undefined {
    const entities = this.#entities;
    if (entities.length >= FEW) return this.#named(`${kind} ${value.toLowerCase()}`);
    const lower = value.toLowerCase();
    for (const one of entities) if (one.kind === kind && one.value.toLowerCase() === lower) return one;
    return undefined;
  }

  #named(name: string): Entity | undefined {
    this.#byName ??= new Map();
    // those that came since it was asked last
    for (let at = this.#byName.size; at < this.#entities.length; at++) {
      const one = this.#entities[at]!;
      this.#byName.set(`${one.kind} ${one.value.toLowerCase()}`, one);
    }
    return this.#byName.get(name);
  }
}

/** Paths of an alert's first entities. */
const PATHS = Array.from({ length: 64 }, (_, at) => `entities.${at}`);

/** Brings entities that a caller has named himself into normal form; what he names stays, loopback too. */
export function normalEntities(given: readonly Entity[]): NormalEntities {
  const entities: Entity[] = [];
  const paths: string[] = [];
  const empty: number[] = [];
  const seen = new SeenEntities(entities);
  for (let at = 0; at < given.length; at++) {
    const { kind, value, role } = given[at]!;
    const values = entityValues(kind, value);
    if (values.length === 0) empty.push(at);
    for (const normal of values) {
      const known = seen.find(normal);
      if (known !== undefined) {
        if (known.role === undefined && role !== undefined) known.role = role;
        continue;
      }
      const entity: Entity = { kind: normal.kind, value: normal.value };
      if (role !== undefined) entity.role = role;
      entities.push(entity);
      paths.push(PATHS[at] ?? `entities.${at}`);
    }
  }
  return { entities, paths, empty };
}
