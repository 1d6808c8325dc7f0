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

/** Places of entities by kind and value, whatever the case. */
class SeenValues {
  readonly #kinds: string[] = [];
  readonly #values: string[] = [];
  #places: Map<string, number> | undefined;

  /** Where it was seen before, else the next place, which is its own from now on. */
  placeOf({ kind, value }: EntityValue): number {
    const lower = value.toLowerCase();
    const n = this.#values.length;
    if (n < FEW) {
      for (let at = 0; at < n; at++) if (this.#values[at] === lower && this.#kinds[at] === kind) return at;
    } else {
      this.#places ??= new Map(this.#values.map((one, at) => [`${this.#kinds[at]} ${one}`, at]));
      const known = this.#places.get(`${kind} ${lower}`);
      if (known !== undefined) return known;
      this.#places.set(`${kind} ${lower}`, n);
    }
    this.#kinds.push(kind);
    this.#values.push(lower);
    return n;
  }
}

/** Brings entities that a caller has named himself into normal form; what he names stays, loopback too. */
export function normalEntities(given: readonly Entity[]): NormalEntities {
  const entities: Entity[] = [];
  const paths: string[] = [];
  const empty: number[] = [];
  const seen = new SeenValues();
  for (let at = 0; at < given.length; at++) {
    const { kind, value, role } = given[at]!;
    const values = entityValues(kind, value);
    if (values.length === 0) empty.push(at);
    for (const normal of values) {
      const known = entities[seen.placeOf(normal)];
      if (known !== undefined) {
        if (known.role === undefined && role !== undefined) known.role = role;
        continue;
      }
      const entity: Entity = { kind: normal.kind, value: normal.value };
      if (role !== undefined) entity.role = role;
      entities.push(entity);
      paths.push(`entities.${at}`);
    }
  }
  return { entities, paths, empty };
}
