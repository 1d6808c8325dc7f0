import { describe, expect, it } from 'vitest';
import type { Alert, Disposition } from '../../src/alert/alert.ts';
import { alertSchema } from '../../src/alert/alert.ts';
import { effectiveJudgement } from '../../src/alert/judgement.ts';
import type { LogRow } from '../../src/logs/formats/log-row.ts';
import { alarmId, alertOfAlarm } from '../../src/logs/live/alarm-alert.ts';
import { alarmIdsOf, judgedAlerts, serviceLabels } from '../../src/logs/study/service-labels.ts';
import { LogTable } from '../../src/logs/windows/log-table.ts';
import type { FeedbackSample } from '../../src/store/feedback-store.ts';
import { snapshotOfAlert } from '../../src/triage/alert-scorer.ts';

const START = Date.parse('2026-03-02T10:00:00Z');
const MINUTE = 60_000;

/** Three machines that go to one server, every minute for an hour. */
const rows: LogRow[] = Array.from({ length: 180 }, (_, i) => ({
  line: i + 1,
  time: START + MINUTE * Math.floor(i / 3),
  values: {
    'source.ip': `93.184.216.${i % 3}`,
    'destination.ip': '192.0.2.10',
    'user.name': `u${i % 3}`,
    'source.bytes': i,
  },
  invalid: [],
  key: undefined,
}));
const table = new LogTable();
for (const row of rows) table.add(row);

const scored = {
  line: 1,
  time: null,
  score: 0.9,
  alarm: true,
  kind: 'scan',
  detector: null,
  top: [],
};

function sample(alert: Alert, disposition: Disposition, more: Partial<FeedbackSample> = {}): FeedbackSample {
  const votes = [{ analyst: 'a', disposition, at: '2026-03-02T12:00:00.000Z', verified: true }];
  return {
    snapshot: snapshotOfAlert(alert),
    votes,
    effective: effectiveJudgement(votes),
    rev: 1,
    ruling: undefined,
    ...more,
  };
}

const vendorAlert = (minute: number, entities: Alert['entities']): Alert =>
  alertSchema.parse({
    id: `v${minute}`,
    title: 'odd logins',
    source: 'vendor',
    tenant: 't',
    occurred_at: new Date(START + MINUTE * minute).toISOString(),
    entities,
  });

async function labels(samples: readonly FeedbackSample[], isRestNormal = false) {
  const judged = await judgedAlerts(
    (async function* () {
      yield* samples;
    })(),
  );
  const ids = alarmIdsOf(judged);
  const alarms = new Map(
    rows.flatMap((row, i) => (ids.has(alarmId(row)) ? [[alarmId(row), i] as const] : [])),
  );
  return serviceLabels(table, judged, alarms, isRestNormal);
}

const labelled = (attack: Int8Array, value: number): number[] =>
  Array.from(attack, (_, i) => i).filter((i) => attack[i] === value);

describe('labels by judged alerts of the service', () => {
  it('an alert that a row raised stands for what its source did in the ten minutes from there on', async () => {
    const raised = rows[31]!;
    const { attack, kinds, from } = await labels([sample(alertOfAlarm(raised, scored), 'true_positive')]);
    expect(labelled(attack, 1)).toEqual(Array.from({ length: 10 }, (_, k) => 31 + 3 * k));
    expect(labelled(attack, 0)).toEqual([]);
    expect(kinds).toEqual(['normal', 'judged, raw_log']);
    expect(from).toBe('1 of 1 judged alerts of the service');
  });

  it('any other for rows within ten minutes that have all the entities it is known by', async () => {
    const byUser = vendorAlert(20, [{ kind: 'user', value: 'U1', role: 'impacted' }]);
    const { attack } = await labels([sample(byUser, 'false_positive')]);
    const around = Array.from({ length: 21 }, (_, k) => 31 + 3 * k);
    expect(labelled(attack, 0)).toEqual(around);
    expect(labelled(attack, 1)).toEqual([]);
    // the server is everybody's: the address beside it decides
    const both = vendorAlert(20, [
      { kind: 'ip', value: '192.0.2.10', role: 'impacted' },
      { kind: 'ip', value: '93.184.216.1', role: 'attacker' },
    ]);
    expect(labelled((await labels([sample(both, 'true_positive')])).attack, 1)).toEqual(around);
  });

  it('where two disagree the attack stands, and the rest is nothing or normal', async () => {
    const of = (user: string, minute: number): Alert => vendorAlert(minute, [{ kind: 'user', value: user }]);
    const samples = [sample(of('u0', 0), 'true_positive'), sample(of('u0', 5), 'benign')];
    const { attack } = await labels(samples);
    expect(labelled(attack, 1)).toEqual(Array.from({ length: 11 }, (_, k) => 3 * k));
    expect(labelled(attack, 0)).toEqual(Array.from({ length: 5 }, (_, k) => 33 + 3 * k));
    expect(labelled((await labels(samples, true)).attack, -1)).toEqual([]);
  });

  it('leave out what is suspected only, and what an operator rejected', async () => {
    const of = (user: string): Alert => vendorAlert(0, [{ kind: 'user', value: user }]);
    const rejected = { action: 'reject' as const, by: 'o', why: undefined, at: '2026-03-03T00:00:00.000Z' };
    const samples = [
      sample(of('u0'), 'suspicious'),
      sample(of('u1'), 'true_positive', { ruling: rejected }),
      sample(of('u2'), 'benign'),
    ];
    const { attack } = await labels(samples);
    expect([labelled(attack, 1), labelled(attack, 0).length]).toEqual([[], 11]);
    await expect(labels(samples.slice(0, 2))).rejects.toThrow(/No alert of the service is judged/);
    await expect(labels([sample(of('nobody'), 'benign')])).rejects.toThrow(
      /None of the 1 judged alerts .* matches a row/,
    );
  });
});
