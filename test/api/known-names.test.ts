import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { nearestName, unknownKeys } from '../../src/api/known-names.ts';
import { policyRequestSchema } from '../../src/api/policy/policy.ts';

describe('nearestName', () => {
  it.each([
    ['dryRun', 'dry_run'],
    ['missed_atack', 'missed_attack'],
    ['LIMIT', 'limit'],
    ['befor', 'before'],
  ])('finds what %s was meant to be', (name, meant) => {
    expect(nearestName(name, ['limit', 'before', 'dry_run', 'missed_attack'])).toBe(meant);
  });

  it('guesses nothing where nothing is near', () => {
    expect(nearestName('colour', ['limit', 'before'])).toBeUndefined();
    expect(nearestName('colour', [])).toBeUndefined();
  });
});

describe('unknownKeys', () => {
  it('names a misspelt key deep in a body, with the nearest known one', () => {
    const body = {
      policy: { costs: { missed_atack: 1 } },
      critical_cases: { add: [{ id: 'a', alert: { any: 1 } }] },
    };
    expect(unknownKeys(policyRequestSchema, body)).toEqual([
      { path: 'policy.costs.missed_atack', message: 'Unknown key; did you mean `missed_attack`?' },
    ]);
  });

  it('looks into lists and records, and leaves free-form objects alone', () => {
    const schema = z.object({
      list: z.array(z.object({ id: z.string() })).optional(),
      by: z.record(z.string(), z.object({ n: z.number().nullable().default(0) })).optional(),
      open: z.looseObject({ a: z.string() }).optional(),
    });
    expect(
      unknownKeys(schema, { list: [{ id: 'a' }, { idd: 'b' }], by: { x: { m: 1 } }, open: { b: 1 } }),
    ).toEqual([
      { path: 'list.1.idd', message: 'Unknown key; did you mean `id`?' },
      { path: 'by.x.m', message: 'Unknown key; did you mean `n`?' },
    ]);
  });

  it('takes the form of a union that was meant', () => {
    const schema = z.union([z.object({ one: z.string() }), z.object({ two: z.string(), more: z.string() })]);
    expect(unknownKeys(schema, { two: 'a', more: 'b' })).toEqual([]);
    expect(unknownKeys(schema, { two: 'a', mor: 'b' }).map(({ path }) => path)).toEqual(['mor']);
  });
});
