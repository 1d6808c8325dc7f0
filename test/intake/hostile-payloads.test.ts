import { describe, expect, it } from 'vitest';
import { alertSchema } from '../../src/alert/alert.ts';
import { AlertforestError } from '../../src/errors.ts';
import { parseBody } from '../../src/intake/body/parse-body.ts';
import { unwrapEnvelope } from '../../src/intake/envelope/unwrap-envelope.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';
import { qualityReport } from '../../src/intake/quality.ts';
import { fc } from '../support/fast-check.ts';
import { OWN_PAYLOADS } from './own-payloads.ts';
import { samplePayloads } from './sample-payloads.ts';

const PAYLOADS = [...samplePayloads(), ...OWN_PAYLOADS].map(({ payload }) => payload);
const RECEIVED_AT = '2026-01-01T00:00:00.000Z';

/** Reads a payload as a request would; whatever comes out must be a schema-true alert or an error of ours. */
function survives(payload: unknown): void {
  for (const single of unwrapEnvelope(payload)) {
    try {
      const { alert, report } = normalizeAlert(single, { receivedAt: RECEIVED_AT });
      expect(alertSchema.safeParse(alert).error).toBeUndefined();
      expect(report.completeness).toBeGreaterThanOrEqual(0);
      expect(report.completeness).toBeLessThanOrEqual(1);
    } catch (error) {
      if (!(error instanceof AlertforestError)) throw error;
      expect(error.code).toBe('ALERT_INVALID');
    }
  }
}

const ODD_VALUES = fc.oneof(
  fc.constantFrom(
    null,
    true,
    '',
    '-',
    'x',
    -1,
    0,
    1e308,
    12,
    {},
    [],
    [[]],
    [null],
    { a: { b: [] } },
    { toString: 1, valueOf: 1 },
    'x'.repeat(5000),
  ),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.double(),
  fc.jsonValue(),
);

/** A deep copy with the value at the `n`-th place (counted in document order) replaced. */
function withReplaced(payload: unknown, n: number, value: unknown): unknown {
  let place = 0;
  const visit = (node: unknown): unknown => {
    if (place++ === n) return value;
    if (Array.isArray(node)) return node.map(visit);
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(Object.entries(node).map(([key, inner]) => [key, visit(inner)]));
  };
  return visit(payload);
}

describe('hostile payloads', () => {
  it('survives real payloads with any one value replaced', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PAYLOADS), fc.nat(300), ODD_VALUES, (payload, n, value) => {
        survives(withReplaced(payload, n, value));
      }),
      { numRuns: 3000, seed: 1 },
    );
  });

  it('survives real payloads with every value of one name replaced', () => {
    const names = [
      'entities',
      'Entities',
      'evidence',
      'alert',
      'rule',
      'event',
      'metadata',
      'properties',
      'severity',
      'data',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...PAYLOADS),
        fc.constantFrom(...names),
        ODD_VALUES,
        (payload, name, value) => {
          const text = JSON.stringify(payload, (key, inner) => (key === name ? value : inner));
          survives(JSON.parse(text));
        },
      ),
      { numRuns: 1500, seed: 2 },
    );
  });

  it('survives truncated bodies and invalid UTF-8', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...PAYLOADS),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat(255),
        (payload, share, byte) => {
          const bytes = Buffer.from(JSON.stringify(payload));
          bytes[Math.floor(share * (bytes.length - 1))] = byte;
          for (const text of [
            bytes.toString('utf8'),
            bytes.subarray(0, Math.floor(share * bytes.length)).toString('utf8'),
          ]) {
            try {
              survives(parseBody(text));
            } catch (error) {
              if (!(error instanceof AlertforestError)) throw error;
              expect(['REQUEST_INVALID', 'ALERT_INVALID', 'NOTHING_READ']).toContain(error.code);
            }
          }
        },
      ),
      { numRuns: 1000, seed: 3 },
    );
  });

  it('survives any JSON at all', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (payload) => {
        survives(payload);
        qualityReport([payload]);
      }),
      { numRuns: 2000, seed: 4 },
    );
  });

  it('is not polluted by prototype keys at any place', () => {
    const evil =
      '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"id":"1","title":"T"';
    for (const text of [
      `${evil}}`,
      `${evil},"SystemAlertId":"1","Entities":"[{\\"Type\\":\\"host\\",\\"HostName\\":\\"h\\",\\"__proto__\\":{\\"polluted\\":1}}]"}`,
      `{"columns":[{"name":"__proto__"},{"name":"SystemAlertId"}],"rows":[[{"polluted":1},"x"]]}`,
      `{"_id":"1","fields":{"__proto__":[{"polluted":1}],"title":["T"]}}`,
    ])
      survives(parseBody(text));
    survives('CEF:0|a|b|c|d|e|5|__proto__=x constructor=y toString=z');
    survives({ index: 'notable', search_name: 's', _raw: '__proto__="x", constructor="y"' });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('bounds deep nesting', () => {
    let deep: unknown = { id: '1', title: 'T' };
    for (let i = 0; i < 5000; i++) deep = i % 2 === 0 ? { alert: deep } : [deep];
    survives(deep);
    let entity: unknown = { Type: 'process', CommandLine: 'x' };
    for (let i = 0; i < 5000; i++) entity = { Type: 'process', ParentProcess: entity };
    survives({ SystemAlertId: '1', AlertName: 'A', Entities: [entity] });
    let text = '{"id":"1","title":"T"}';
    for (let i = 0; i < 12; i++) text = JSON.stringify(text);
    survives(text);
  });

  it('bounds huge strings, wide objects and long lists', () => {
    const long = 'a=b '.repeat(100_000);
    survives({ id: long, title: long, severity: long, time: long, src_ip: long, url: long, host: long });
    survives({
      SystemAlertId: '1',
      AlertName: long,
      Tactics: long,
      Techniques: 'T1059,'.repeat(50_000),
      Entities: long,
    });
    survives({ index: 'notable', search_name: 's', _raw: long });
    survives(`CEF:0|a|b|c|d|e|5|${long}`);
    survives(Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`key${i}`, { name: `v${i}` }])));
    survives({
      id: '1',
      title: 'T',
      list: Array.from({ length: 50_000 }, (_, i) => ({ ip: `10.0.${i % 256}.1` })),
    });
    survives({
      id: '1',
      title: 'T',
      ips: Array.from({ length: 50_000 }, (_, i) => `10.${i >> 16}.${(i >> 8) % 256}.${i % 256}`),
    });
  });
});
