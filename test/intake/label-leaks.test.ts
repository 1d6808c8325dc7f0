import { describe, expect, it } from 'vitest';
import type { Dialect } from '../../src/intake/dialects/dialect.ts';
import { DIALECTS } from '../../src/intake/dialects/dialect-list.ts';
import { genericAlert } from '../../src/intake/dialects/generic/generic-alert.ts';
import { unwrapEnvelope } from '../../src/intake/envelope/unwrap-envelope.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';
import { isObject, type JsonObject } from '../../src/intake/values/json-value.ts';
import { OWN_PAYLOADS } from './own-payloads.ts';
import { samplePayloads } from './sample-payloads.ts';

const VALUES = [
  'TruePositive',
  'FalsePositive',
  'Closed',
  'resolved',
  2,
  true,
  ['alertforest'],
  { name: 'ana' },
];

const SINGLES = [...samplePayloads(), ...OWN_PAYLOADS]
  .flatMap(({ payload }) => unwrapEnvelope(payload))
  .filter(isObject);

/** The payload with a value put at a dotted path, once through every level and once as a single key. */
function changed(payload: JsonObject, path: string, value: unknown): JsonObject[] {
  const flat = { ...payload, [path]: value };
  const nested = structuredClone(payload) as Record<string, unknown>;
  const names = path.split('.');
  let place: Record<string, unknown> = nested;
  for (const name of names.slice(0, -1)) {
    const next = place[name];
    const inside = Array.isArray(next) ? next.find(isObject) : next;
    // A level that is not there would change the shape of the record, not its verdict.
    if (!isObject(inside)) return path.includes('.') && !(path in payload) ? [] : [flat];
    place = inside as Record<string, unknown>;
  }
  place[names.at(-1) as string] = value;
  return path.includes('.') ? [nested, ...(path in payload ? [flat] : [])] : [nested];
}

function leaksOf(dialect: Dialect, payloads: readonly JsonObject[]): { leaks: string[]; nChanges: number } {
  const leaks: string[] = [];
  let nChanges = 0;
  for (const payload of payloads) {
    const before = JSON.stringify(normalizeAlert(payload).alert);
    for (const field of dialect.verdictFields) {
      for (const value of VALUES) {
        for (const other of changed(payload, field, value)) {
          nChanges++;
          const { alert, report } = normalizeAlert(other);
          if (report.dialect !== dialect.name || JSON.stringify(alert) !== before)
            leaks.push(`${dialect.name}: ${field} = ${JSON.stringify(value)}`);
        }
      }
    }
  }
  return { leaks, nChanges };
}

describe('verdict and workflow fields', () => {
  for (const dialect of DIALECTS) {
    if (dialect.verdictFields.length === 0) continue;
    it(`of ${dialect.name} leave the alert as it is`, () => {
      const { leaks, nChanges } = leaksOf(
        dialect,
        SINGLES.filter((payload) => dialect.recognise(payload)),
      );
      expect(leaks).toEqual([]);
      expect(nChanges).toBeGreaterThan(0);
    });
  }

  it('of an unknown vendor leave the alert as it is', () => {
    const payload = {
      id: 'g-1',
      title: 'Odd',
      severity: 'high',
      time: '2025-01-01T00:00:00Z',
      src_ip: '192.0.2.1',
    };
    const { leaks, nChanges } = leaksOf(genericAlert, [payload]);
    expect(leaks).toEqual([]);
    expect(nChanges).toBeGreaterThan(0);
  });

  // The same word means other things to some vendors: the malware's class, the action taken.
  const MEANS_SOMETHING_ELSE: Readonly<Record<string, readonly string[]>> = {
    sentinelone: ['classification'],
    proofpoint_tap: ['classification', 'status'],
  };

  it('of other vendors do not leak in where a payload carries them too', () => {
    const words = [
      'status',
      'classification',
      'determination',
      'disposition',
      'verdict',
      'resolution',
      'analyst_verdict',
    ];
    const places = ['state', 'closing_reason', 'assigned_to', 'owner', 'comments', 'label', 'feedback'];
    for (const payload of SINGLES) {
      const { alert, report } = normalizeAlert(payload);
      const apart = MEANS_SOMETHING_ELSE[report.dialect] ?? [];
      for (const name of [...words, ...places].filter((word) => !apart.includes(word))) {
        const other = normalizeAlert({ ...payload, [name]: 'true_positive' });
        expect(other.alert, `${report.dialect} ${name}`).toEqual(alert);
      }
    }
  });

  it('are listed by every dialect that gives a verdict', () => {
    for (const dialect of DIALECTS) {
      const verdicts = SINGLES.filter(
        (payload) => dialect.recognise(payload) && dialect.closingOf?.(payload),
      );
      if (verdicts.length > 0) expect(dialect.verdictFields.length, dialect.name).toBeGreaterThan(0);
    }
  });
});
