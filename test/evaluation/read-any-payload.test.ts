import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { alertKey } from '../../src/alert/alert.ts';
import type { LabelledAlert } from '../../src/evaluation/labelled-alert.ts';
import { readLabelled } from '../../src/evaluation/readers/read-labelled.ts';
import { readStream } from '../../src/evaluation/simulate/read-stream.ts';
import { parseBody } from '../../src/intake/body/parse-body.ts';
import { unwrapEnvelope } from '../../src/intake/envelope/unwrap-envelope.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';
import { Unread } from '../../src/intake/unread.ts';
import { newCounts } from '../../src/logs/skip-counts.ts';

// evaluate and simulate read what the service reads: the same files, the same alerts, the same closings.

const CASES = fileURLToPath(new URL('../fixtures/cases/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'alertforest-any-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

async function labelled(path: string) {
  const counts = newCounts();
  const alerts: LabelledAlert[] = [];
  for await (const alert of readLabelled(path, 'auto', counts)) alerts.push(alert);
  return { alerts, counts };
}

const inputs = readdirSync(CASES).filter(
  (name) => /\.(json|ndjson|csv|txt|log)$/.test(name) && !/\.expect\./.test(name),
);
const expectedOf = (name: string): Readonly<Record<string, unknown>> =>
  JSON.parse(readFileSync(join(CASES, `${name.replace(/\.\w+$/, '')}.expect.json`), 'utf8'));

describe('evaluate', () => {
  const closed = inputs.filter((name) => expectedOf(name)['outcome'] !== undefined);

  it.each(closed)('labels %s as feedback would', async (name) => {
    const outcomes = [expectedOf(name)['outcome']].flat().map((word) => String(word).replace(/ or .*/, ''));
    const counts = newCounts();
    const alerts: LabelledAlert[] = [];
    try {
      for await (const alert of readLabelled(join(CASES, name), 'auto', counts)) alerts.push(alert);
    } catch (error) {
      // a file of which nothing can be learned is refused, and says what its first record lacks
      expect((error as Error).message).toMatch(
        /closing: expected (a verdict|a person's verdict|a disposition)/,
      );
    }
    expect(alerts.map(({ disposition }) => disposition)).toEqual(
      outcomes.filter((word) => word !== 'no_label'),
    );
    expect(counts.skipped).toBe(outcomes.filter((word) => word === 'no_label').length);
  });

  it('takes an answer of the vendor with many closed records as one document', async () => {
    const one = (id: string, classification: string | null) => ({
      id,
      title: 'Impossible travel',
      severity: 'medium',
      status: 'resolved',
      classification,
      determination: 'other',
      assignedTo: 'ana@contoso.example',
      createdDateTime: '2026-11-20T08:00:00Z',
      lastUpdateDateTime: '2026-11-21T08:00:00Z',
      resolvedDateTime: '2026-11-21T08:00:00Z',
      providerAlertId: id,
      serviceSource: 'microsoftDefenderForIdentity',
      detectionSource: 'microsoftDefenderForIdentity',
    });
    const page = { value: [one('g-1', 'truePositive'), one('g-2', 'falsePositive'), one('g-3', null)] };
    const { alerts, counts } = await labelled(written('page.json', JSON.stringify(page, undefined, 2)));
    expect(alerts.map(({ alert, disposition }) => [alert.id, disposition])).toEqual([
      ['g-1', 'true_positive'],
      ['g-2', 'false_positive'],
    ]);
    expect(counts).toMatchObject({ rows: 3, alerts: 2, skipped: 1 });
  });

  it('keeps lines, rows and records apart in one file, and says what each lacks', async () => {
    const alert = { id: '1', title: 'Odd sign-in', source: 'idp', occurred_at: '2026-01-02T03:04:05Z' };
    const lines = [
      JSON.stringify({ alert, disposition: 'benign', group: 'g' }),
      'CEF:0|Acme|Wall|1|100|Port scan|7|src=192.0.2.1 externalId=77',
      JSON.stringify({ ...alert, id: '2', severity: 'high' }),
      JSON.stringify({ ...alert, id: '3', disposition: 'true_positive', analyst: 'ana' }),
      'no alert at all',
    ];
    const { alerts, counts } = await labelled(written('mixed.log', lines.join('\n')));
    expect(alerts.map((one) => [one.alert.id, one.disposition])).toEqual([
      ['1', 'benign'],
      ['3', 'true_positive'],
    ]);
    expect(alerts[0]?.group).toBe('g');
    expect(counts.examples.map(({ line, column }) => [line, column])).toEqual([
      [2, 'closing'],
      [3, 'closing'],
      [5, '1'],
    ]);
  });
});

describe('simulate', () => {
  // What the service would score, as its own reader of bodies gives it.
  const scored = (name: string): string[] => {
    const text = readFileSync(join(CASES, name), 'utf8');
    const contentType = name.endsWith('.csv') ? 'text/csv' : 'text/plain';
    return unwrapEnvelope(parseBody(text, { contentType })).flatMap((single) => {
      if (single instanceof Unread) return [];
      const { alert, skipped } = normalizeAlert(single, { receivedAt: '1970-01-01T00:00:00.000Z' });
      return skipped === undefined ? [alertKey(alert)] : [];
    });
  };
  const played = inputs.filter(
    (name) => expectedOf(name)['outcome'] === undefined && !/python_repr/.test(name),
  );

  it.each(played)('plays the alerts of %s that predict would score', async (name) => {
    const counts = { alerts: 0, skipped: 0 };
    const stream = await readStream(join(CASES, name), 'auto', counts);
    expect(stream.map((one) => alertKey(one.alert())).sort()).toEqual(scored(name).sort());
  });

  it('passes over notices and what cannot be read, and counts them', async () => {
    const fired = {
      status: 'firing',
      labels: { alertname: 'DiskFull', severity: 'warning' },
      startsAt: '2026-11-20T08:00:00Z',
      fingerprint: 'a1',
    };
    const group = {
      version: '4',
      receiver: 'x',
      status: 'firing',
      alerts: [fired, { ...fired, status: 'resolved', fingerprint: 'a2' }],
    };
    const counts = { alerts: 0, skipped: 0 };
    const path = written('notices.jsonl', `${JSON.stringify(group)}\nno alert at all\n`);
    const stream = await readStream(path, 'auto', counts);
    expect(stream).toHaveLength(1);
    expect(counts).toEqual({ alerts: 1, skipped: 2 });
  });
});
