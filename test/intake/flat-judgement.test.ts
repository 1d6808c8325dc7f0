import { describe, expect, it } from 'vitest';
import { parseBody } from '../../src/intake/body/parse-body.ts';
import { flatJudgement } from '../../src/intake/flat-judgement.ts';

const ROW = {
  alert_id: 'a-1',
  title: 'Mailbox rule forwards outside',
  severity: 'high',
  occurred_at: '2026-11-20T08:00:00Z',
  disposition: 'true_positive',
  analyst: 'ana',
};

describe('flat rows that hold an alert and its judgement', () => {
  it('gives the judgement with its alert', () => {
    expect(flatJudgement(ROW)).toEqual({
      alert_id: 'a-1',
      disposition: 'true_positive',
      analyst: 'ana',
      alert: {
        id: 'a-1',
        title: 'Mailbox rule forwards outside',
        severity: 'high',
        occurred_at: '2026-11-20T08:00:00Z',
      },
    });
  });

  it('reads the headers and words of other tables, in any spelling', () => {
    const rows = parseBody(
      'Alert ID;Title;Severity;Time;Verdict;Analyst\nx-1;Odd login;High;2026-11-20 08:00;False Positive;bo\n' +
        'x-2;Odd login;Low;2026-11-20 09:00;TP - malware;bo',
      { contentType: 'text/csv' },
    ) as unknown[];
    expect(rows.map(flatJudgement)).toMatchObject([
      { alert_id: 'x-1', disposition: 'false_positive', analyst: 'bo', alert: { Title: 'Odd login' } },
      { alert_id: 'x-2', disposition: 'true_positive' },
    ]);
  });

  it('keeps the risk that an analyst gave out of the alert', () => {
    const row = flatJudgement({ ...ROW, risk_score: '85' });
    expect(row?.['risk_score']).toBe(85);
    expect(row?.['alert']).not.toHaveProperty('risk_score');
  });

  it.each([
    ['a judgement without an alert', { alert_id: 'a-1', disposition: 'benign', coment: 'x' }],
    ['a judgement that carries its alert', { ...ROW, alert: { id: 'a-1' } }],
    ['an alert alone', { ...ROW, disposition: undefined }],
    ["a product's own verdict", { ...ROW, disposition: undefined, analyst: undefined, verdict: 'malicious' }],
    ['a record with a status of its own', { ...ROW, disposition: 'False positive', status: 'open' }],
    ['a word that is no label', { ...ROW, disposition: 'duplicate' }],
  ])('leaves %s as it is', (_, row) => {
    expect(flatJudgement(row)).toBeUndefined();
  });
});
