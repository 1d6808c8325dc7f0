import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { alertSchema } from '../../src/alert/alert.ts';
import { parseBody } from '../../src/intake/body/parse-body.ts';
import { unwrapEnvelope } from '../../src/intake/envelope/unwrap-envelope.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';
import { expectedOf, sampleFolders, samplePayloads } from './sample-payloads.ts';

const RECEIVED_AT = '2026-01-01T00:00:00.000Z';

describe('payloads of real products', () => {
  for (const folder of sampleFolders()) {
    it(`reads every ${folder} sample as reviewed`, () => {
      const expected = expectedOf(folder);
      const samples = samplePayloads().filter(({ name }) => name.startsWith(`${folder}/`));
      expect(samples.length).toBe(Object.keys(expected).length);
      for (const { name, payload } of samples) {
        const read = unwrapEnvelope(payload).map((single) => {
          const { alert, report, closing } = normalizeAlert(single, { receivedAt: RECEIVED_AT });
          const { dialect, missing, warnings } = report;
          return { dialect, alert, missing, warnings, ...(closing ? { verdict: closing } : {}) };
        });
        expect(read, name).toEqual(expected[name.slice(folder.length + 1)]);
      }
    });
  }

  it('builds alerts that fit the canonical schema', () => {
    for (const { name, payload } of samplePayloads()) {
      for (const single of unwrapEnvelope(payload)) {
        const { alert } = normalizeAlert(single, { receivedAt: RECEIVED_AT });
        expect(alertSchema.safeParse(alert).error, name).toBeUndefined();
        expect(alertSchema.parse(alert), name).toEqual(alert);
      }
    }
  });

  it('gives the same alert whether the envelope is opened before or by the reader', () => {
    for (const { name, payload } of samplePayloads()) {
      const singles = unwrapEnvelope(payload);
      if (singles.length !== 1) continue;
      const { formerIdentities: _, ...whole } = normalizeAlert(payload, { receivedAt: RECEIVED_AT });
      const { formerIdentities: __, ...opened } = normalizeAlert(singles[0], { receivedAt: RECEIVED_AT });
      expect(whole, name).toEqual(opened);
    }
  });

  it('reads all 178 labelled Wazuh alerts out of their index documents', () => {
    const file = new URL('../fixtures/wazuh178/wazuh178.jsonl.gz', import.meta.url);
    const rows = parseBody(gunzipSync(readFileSync(file)).toString('utf8')) as {
      id: string;
      alert: unknown;
    }[];
    expect(rows.length).toBe(178);
    for (const { id, alert: document } of rows) {
      const { alert, report } = normalizeAlert(document);
      expect(report.dialect, id).toBe('wazuh_alert');
      expect(report.fields['occurred_at'], id).toBeDefined();
      expect(alert.entities.length, id).toBeGreaterThan(0);
      expect(alert.title.length, id).toBeGreaterThan(0);
    }
  });
});
