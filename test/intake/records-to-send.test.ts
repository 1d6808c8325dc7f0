import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseBody } from '../../src/intake/body/parse-body.ts';
import { recordsToSend } from '../../src/intake/envelope/records-to-send.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';
import { Unread } from '../../src/intake/unread.ts';
import { samplePayloads } from './sample-payloads.ts';

const FIXTURES = new URL('../fixtures/', import.meta.url);

function caseOf(file: string): unknown {
  const text = readFileSync(new URL(`cases/${file}`, FIXTURES), 'utf8');
  try {
    return JSON.parse(text);
  } catch {
    return parseBody(text);
  }
}

/** Every payload of the fixtures, and lists of two of them as a page of answers has. */
function payloads(): { name: string; payload: unknown }[] {
  const siblings = readdirSync(new URL('siblings/', FIXTURES)).flatMap((file) =>
    readFileSync(new URL(`siblings/${file}`, FIXTURES), 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line, index) => ({
        name: `${file} ${index + 1}`,
        payload: (JSON.parse(line) as { payload: unknown }).payload,
      })),
  );
  const cases = readdirSync(new URL('cases/', FIXTURES))
    .filter((file) => file.endsWith('.json') && !/expect|http/.test(file))
    .map((file) => ({
      name: file,
      payload: caseOf(file),
    }));
  const single = [...samplePayloads(), ...siblings, ...cases].filter(({ payload }) => payload !== undefined);
  const pages = single.slice(1).map(({ name, payload }, index) => ({
    name: `page with ${name}`,
    payload: [single[index]!.payload, payload],
  }));
  return [...single, ...pages];
}

const reading = (payload: unknown): unknown => {
  try {
    const { alert, closing, record, skipped } = normalizeAlert(payload);
    return { alert, closing, record, skipped };
  } catch (error) {
    return String(error);
  }
};

describe('the records of a payload, sent on as JSON', () => {
  it('are read as they are out of the whole payload', () => {
    let nWrapped = 0;
    for (const { name, payload } of payloads())
      for (const { record, sent } of recordsToSend(payload)) {
        if (sent instanceof Unread) continue;
        if (sent !== record) nWrapped++;
        const arrived = JSON.parse(JSON.stringify(sent)) as unknown;
        expect(JSON.stringify(reading(arrived)), name).toBe(JSON.stringify(reading(record)));
      }
    expect(nWrapped).toBeGreaterThan(20);
  });

  it('keep the id and the time of their wrapper', () => {
    const [only] = recordsToSend(caseOf('26b_suricata_truncated_syslog.json'));
    expect(normalizeAlert(JSON.parse(JSON.stringify(only!.sent))).alert.id).toBe('AGDUS3EBuG04fEDRf8Sy');
    const finding = (id: string) => ({ finding: { id, title: 'X y' }, time: '2026-11-20T08:00:00Z' });
    const times = recordsToSend({ value: [finding('f-1'), finding('f-2')] }).map(
      ({ sent }) => normalizeAlert(JSON.parse(JSON.stringify(sent))).alert.occurred_at,
    );
    expect(times).toEqual(['2026-11-20T08:00:00.000Z', '2026-11-20T08:00:00.000Z']);
  });
});
