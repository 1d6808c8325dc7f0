import type { Entity } from '../../alert/alert.ts';
import { entityValues } from '../values/entity-value.ts';

/** The entities of our own form in the normal forms of their kinds, each once. */
export interface NormalEntities {
  readonly entities: Entity[];
  /** `entities.N` for each of them. */
  readonly paths: string[];
  /** Positions of entities that hold nothing of their kind and were left out. */
  readonly empty: number[];
}

/** Brings entities that a caller has named himself into normal form; what he names stays, loopback too. */
export function normalEntities(given: readonly Entity[]): NormalEntities {
  const entities: Entity[] = [];
  const paths: string[] = [];
  const empty: number[] = [];
  const positions = new Map<string, number>();
  for (const [at, { kind, value, role }] of given.entries()) {
    const values = entityValues(kind, value);
    if (values.length === 0) empty.push(at);
    for (const normal of values) {
      const key = `${normal.kind} ${normal.value.toLowerCase()}`;
      const known = entities[positions.get(key) ?? -1];
      if (known !== undefined) {
        if (known.role === undefined && role !== undefined) known.role = role;
        continue;
      }
      positions.set(key, entities.length);
      entities.push(role === undefined ? { ...normal } : { ...normal, role });
      paths.push(`entities.${at}`);
    }
  }
  return { entities, paths, empty };
}
