import { expect, it } from 'vitest';
import { ENTITY_KINDS, ENTITY_ROLES, SEVERITIES } from '../../src/alert/alert.ts';
import { readBySchema } from '../../src/intake/dialects/generic/canonical-alert.ts';
import { canonicalFields } from '../../src/intake/dialects/generic/canonical-fields.ts';
import { plainCanonical } from '../../src/intake/dialects/generic/plain-canonical.ts';
import { fieldsRead } from '../../src/intake/draft/mapping-report.ts';
import { fc } from '../support/fast-check.ts';

const maybe = <Value>(good: fc.Arbitrary<Value>, weight = 12) =>
  fc.option(
    fc.oneof(
      { weight, arbitrary: good },
      { weight: 1, arbitrary: fc.constantFrom(null, '', 5, [], {}, 'x'.repeat(5000), Number.NaN) },
    ),
    { nil: undefined },
  );
const text = fc.string({ minLength: 1, maxLength: 20 });
const moment = fc.constantFrom('2025-01-01T00:00:00Z', '2025-01-01T01:00:00+01:00', 1735689600, 'soon');

const payloads = fc.record({
  id: fc.oneof({ weight: 9, arbitrary: text }, maybe(text)),
  title: fc.oneof({ weight: 9, arbitrary: text }, maybe(text)),
  source: fc.oneof({ weight: 9, arbitrary: text }, maybe(text)),
  occurred_at: fc.oneof({ weight: 9, arbitrary: fc.constant('2025-01-01T00:00:00Z') }, maybe(moment)),
  created_at: maybe(moment),
  severity: maybe(fc.constantFrom(...SEVERITIES, 'High', 'E_LOW', 'mauve')),
  vendor_score: maybe(fc.double({ min: -5, max: 105 })),
  rule_id: maybe(text),
  tenant: maybe(text),
  category: maybe(text),
  tactics: maybe(
    fc.array(fc.constantFrom('TA0001', 'Impact', 'impact', 'x', 'y'.repeat(20)), { maxLength: 4 }),
  ),
  techniques: maybe(fc.array(fc.constantFrom('T1059', 'PowerShell (T1059.001)', 't1'), { maxLength: 4 })),
  entities: maybe(
    fc.array(
      fc.record({
        kind: fc.constantFrom(...ENTITY_KINDS),
        value: text,
        role: fc.constantFrom(undefined, null, ...ENTITY_ROLES),
        more: fc.constant(1),
      }),
      { maxLength: 4 },
    ),
  ),
  telemetry: maybe(
    fc.dictionary(fc.string({ maxLength: 8 }), fc.double({ noNaN: true, noDefaultInfinity: true }), {
      noNullPrototype: true,
    }),
  ),
  raw: fc.constant({ big: true }),
});

it('the quick reader of our own form agrees with the schema wherever it answers', () => {
  let nAnswered = 0;
  fc.assert(
    fc.property(payloads, (payload) => {
      const plain = plainCanonical(payload);
      if (plain === undefined) return;
      nAnswered++;
      expect(plain).toEqual(readBySchema(payload));
    }),
    { numRuns: 3000, seed: 5 },
  );
  expect(nAnswered).toBeGreaterThan(300);
});

it('says of each alert which fields were given, in the order of the alert', () => {
  const names = new Set<string>();
  fc.assert(
    fc.property(payloads, (payload) => {
      const plain = plainCanonical({
        ...payload,
        title: payload.severity === 'low' ? 'unknown' : payload.title,
      });
      if (plain === undefined) return;
      names.add(Object.keys(plain).join());
      const given = Object.entries(plain).filter(
        ([, value]) =>
          value !== undefined && value !== 'unknown' && !(Array.isArray(value) && value.length === 0),
      );
      const expected = fieldsRead(Object.fromEntries(given.map(([name]) => [name, name])));
      expect(JSON.stringify(canonicalFields(plain))).toBe(JSON.stringify(expected));
    }),
    { numRuns: 3000, seed: 5 },
  );
  expect(names.size).toBe(1);
});
