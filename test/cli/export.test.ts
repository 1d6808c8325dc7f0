import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { judgementRows } from '../../src/api/export/exported-rows.ts';
import { type ExportFormat, writeRows } from '../../src/cli/output/row-writer.ts';
import type { FeedbackSample } from '../../src/store/feedback-store.ts';

async function written(
  rows: readonly Record<string, string | number | boolean | null>[],
  format: ExportFormat,
) {
  let text = '';
  const sink = new Writable({
    write(piece, _, done) {
      text += String(piece);
      done();
    },
  });
  const each = async function* () {
    yield* rows;
  };
  const n = await writeRows(each(), format, sink);
  return { n, text };
}

describe('exported rows', () => {
  const rows = [
    { id: 'a', comment: 'said "no",\nthen yes', n: 1, yes: true, none: null },
    { id: '=cmd|x', comment: '', n: 2, yes: false, none: null },
  ];

  it('are JSON a line', async () => {
    const { n, text } = await written(rows, 'jsonl');
    expect(n).toBe(2);
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(rows);
  });

  it('are a table with one header, in which nothing is a formula', async () => {
    const { text } = await written(rows, 'csv');
    expect(text).toBe('id,comment,n,yes,none\na,"said ""no"",\nthen yes",1,true,\n\'=cmd|x,,2,false,\n');
  });

  it('tell each vote on an alert with what all amount to', () => {
    const vote = { disposition: 'benign', at: '2026-03-01T00:00:00Z', verified: false } as const;
    const sample = {
      snapshot: {
        alertKey: 'k',
        alertId: 'id',
        tenant: undefined,
        source: 'edr',
        severity: 'high',
        occurredAt: '2026-02-01T00:00:00Z',
      },
      votes: [
        { ...vote, analyst: 'ana' },
        { ...vote, analyst: 'bob', from: 'record', comment: 'closed' },
      ],
      effective: { disposition: 'benign', agreement: 1, riskScore: undefined, judgedAt: vote.at },
      ruling: undefined,
    } as unknown as FeedbackSample;
    expect(judgementRows(sample)).toMatchObject([
      { alert_key: 'k', analyst: 'ana', from: 'person', comment: null, effective_disposition: 'benign' },
      { alert_key: 'k', analyst: 'bob', from: 'record', comment: 'closed', ruling: null },
    ]);
  });
});
