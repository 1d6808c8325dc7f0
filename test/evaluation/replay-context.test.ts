import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/alert/alert.ts';
import { type EvaluationSet, evaluationSet } from '../../src/evaluation/evaluation-set.ts';
import type { LabelledAlert } from '../../src/evaluation/labelled-alert.ts';
import { replayContext } from '../../src/evaluation/replay-context.ts';
import { statelessColumn } from '../../src/features/feature-catalog.ts';
import { anAlert } from '../features/alerts.ts';

const HOUR = 3_600_000;
const COLUMN = statelessColumn('tenant_alerts_log1p');

async function* alertsAt(times: readonly (readonly [tenant: string, hour: number])[]) {
  for (const [tenant, hour] of times) {
    const alert: Alert = anAlert({
      id: `${tenant}-${hour}`,
      tenant,
      occurred_at: new Date(Date.UTC(2026, 0, 1) + hour * HOUR).toISOString(),
    });
    yield { alert, disposition: 'benign', riskScore: undefined, group: alert.id } as LabelledAlert;
  }
}
const setAt = (...times: readonly (readonly [string, number])[]) => evaluationSet(alertsAt(times));

/** Alerts of its tenant before each row. */
const counts = ({ rows }: EvaluationSet): number[] =>
  rows.groups.map((_, row) => Math.expm1(rows.X[row * rows.columnNames.length + COLUMN]!));

describe('replayContext', () => {
  it('counts the alerts before each one, whatever the order of the file, and knows nothing of the first day', async () => {
    const set = await setAt(['acme', 30], ['acme', 0], ['acme', 29], ['other', 30], ['acme', 23]);
    expect(counts(set)).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
    replayContext([set]);
    const faded = (hours: number): number => Math.exp(-hours / 24);
    const [last, first, middle, other, atHour23] = counts(set);
    expect(first).toBeNaN();
    expect(atHour23).toBeNaN();
    expect(middle).toBeCloseTo(faded(29) + faded(6), 4);
    expect(last).toBeCloseTo(faded(30) + faded(7) + faded(1), 4);
    expect(other).toBe(0);
  });

  it('plays two sets as the one stream they are parts of', async () => {
    const [train, test] = [await setAt(['acme', 0], ['acme', 40]), await setAt(['acme', 40.5], ['acme', 41])];
    replayContext([train, test]);
    const [afterTrain, afterBoth] = counts(test);
    expect(afterBoth! - afterTrain!).toBeGreaterThan(0.8);
    expect(counts(train)[1]).toBeCloseTo(Math.exp(-40 / 24), 4);
  });

  it('leaves an empty set alone', async () => {
    const set = await setAt();
    replayContext([set]);
    expect(set.rows.X).toHaveLength(0);
  });
});
