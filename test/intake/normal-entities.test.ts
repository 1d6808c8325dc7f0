import { describe, expect, it } from 'vitest';
import { ENTITY_KINDS, ENTITY_ROLES, type Entity } from '../../src/alert/alert.ts';
import { normalEntities } from '../../src/intake/evidence/normal-entities.ts';
import { entityValues } from '../../src/intake/values/entity-value.ts';
import { fc } from '../support/fast-check.ts';

/** The same with a map of all, however few there are. */
function byMap(given: readonly Entity[]): ReturnType<typeof normalEntities> {
  const found = new Map<string, Entity>();
  const paths: string[] = [];
  const empty: number[] = [];
  for (const [at, { kind, value, role }] of given.entries()) {
    const values = entityValues(kind, value);
    if (values.length === 0) empty.push(at);
    for (const normal of values) {
      const name = `${normal.kind} ${normal.value.toLowerCase()}`;
      const known = found.get(name);
      if (known === undefined) {
        found.set(name, role === undefined ? { ...normal } : { ...normal, role });
        paths.push(`entities.${at}`);
      } else if (role !== undefined) known.role ??= role;
    }
  }
  return { entities: [...found.values()], paths, empty };
}

describe('normalEntities', () => {
  it('names each entity once, in the place where it stood first, few or many', () => {
    const value = fc.constantFrom(
      'WS-17',
      'ws-17',
      'h.lee',
      'H.Lee',
      '10.0.0.1',
      '10.0.0.1, 10.0.0.2',
      '-',
      'a|b',
      'İx',
      'ix',
    );
    const entity: fc.Arbitrary<Entity> = fc.record(
      { kind: fc.constantFrom(...ENTITY_KINDS), value, role: fc.constantFrom(...ENTITY_ROLES) },
      { requiredKeys: ['kind', 'value'] },
    );
    fc.assert(
      fc.property(fc.array(entity, { maxLength: 80 }), (given) => {
        expect(normalEntities(given)).toEqual(byMap(given));
      }),
    );
  });
});
