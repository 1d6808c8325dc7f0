import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/alert/alert.ts';
import { effectiveJudgement, type Vote } from '../../src/alert/judgement.ts';
import type { ArrivedState } from '../../src/alert/record-state.ts';
import { applyState, applyVote, type JudgedAlert, standingVotes } from '../../src/store/feedback-change.ts';
import type { JudgedSnapshot } from '../../src/store/feedback-store.ts';
import { MemoryFeedbackStore } from '../../src/store/memory/memory-feedback-store.ts';
import { MemoryPredictionLog } from '../../src/store/memory/memory-prediction-log.ts';
import { chooseSeen } from '../../src/training/feedback/judged-snapshot.ts';
import type { ReadRecord } from '../../src/training/feedback/read-item.ts';
import { takeRecord } from '../../src/training/feedback/record-intake.ts';
import { minute, snapshotOf, voteOf } from '../support/judged-alerts.ts';
import { entryOf } from '../support/prediction-log-contract.ts';

const judged: JudgedSnapshot = { snapshot: snapshotOf('a'), seen: { choice: 'sent' } };
const state = (nth: number, more: Partial<ArrivedState> = {}): ArrivedState => ({
  id: 'a',
  of: 'alert',
  at: minute(nth),
  isClosed: true,
  disposition: 'false_positive',
  analyst: 'ana',
  verified: false,
  receivedAt: minute(59),
  ...more,
});
const open = (nth: number): ArrivedState => {
  const { disposition: _, ...rest } = state(nth);
  return { ...rest, isClosed: false };
};
const play = (...states: readonly ArrivedState[]): { statuses: string[]; alert: JudgedAlert } => {
  let alert: JudgedAlert | undefined;
  const statuses = states.map((one) => {
    const { status, next } = applyState(alert, judged, one);
    alert = next ?? alert;
    return status;
  });
  return { statuses, alert: alert! };
};
const labelOf = (alert: JudgedAlert): string | undefined => standingVotes(alert).at(-1)?.disposition;

describe('the states of one record', () => {
  it('answer what each of them did', () => {
    const { statuses, alert } = play(
      state(1),
      state(1),
      state(3, { disposition: 'true_positive' }),
      state(2, { disposition: 'benign' }),
      open(4),
      state(3, { disposition: 'true_positive' }),
      state(5, { disposition: 'true_positive' }),
      state(6, { disposition: 'true_positive', analyst: 'ben' }),
      state(7, { disposition: 'true_positive', analyst: 'ben' }),
    );
    expect(statuses).toEqual([
      'accepted',
      'duplicate',
      'revised',
      'superseded',
      'withdrawn',
      'superseded',
      'accepted',
      'revised',
      'duplicate',
    ]);
    expect(standingVotes(alert)).toMatchObject([
      { analyst: 'ben', from: 'record', record: { at: minute(7) } },
    ]);
  });

  it('withdraw where a closing says nothing any more, and need no marker where nothing taught', () => {
    const silent: ArrivedState = { ...state(2), disposition: undefined };
    expect(play(state(1), silent).statuses).toEqual(['accepted', 'withdrawn']);
    const alone = applyState(undefined, judged, silent);
    expect(alone).toMatchObject({ status: 'no_label', isMarked: false, next: { rev: 0 } });
  });

  it('of the same time: the closed one counts, in either order', () => {
    expect(labelOf(play(state(1), open(1)).alert)).toBe('false_positive');
    expect(labelOf(play(open(1), state(1)).alert)).toBe('false_positive');
    const other = state(1, { disposition: 'benign' });
    expect(labelOf(play(state(1), other).alert)).toBe(labelOf(play(other, state(1)).alert));
  });

  it('an alert’s own wins over its incidents’, the newest of these counts', () => {
    const incident = (id: string, nth: number, disposition: ArrivedState['disposition']) =>
      state(nth, { id, of: 'incident', disposition });
    const { alert } = play(incident('i', 2, 'benign'), incident('j', 1, 'suspicious'));
    expect(labelOf(alert)).toBe('benign');
    expect(labelOf(play(incident('i', 9, 'benign'), state(1)).alert)).toBe('false_positive');
    expect(labelOf(play(incident('i', 9, 'benign'), state(1), open(2)).alert)).toBe('benign');
  });

  it('replace the unverified votes older builds kept for their owners, once, and no others', () => {
    const vote = (analyst: string, more: Partial<Vote> = {}): Vote => voteOf(analyst, 'benign', more);
    const before: JudgedAlert = {
      ...play(state(1)).alert,
      records: [],
      votes: [
        vote('ana'),
        vote('old-owner'),
        vote('zoe'),
        vote('ben', { verified: true }),
        vote('cem', { from: 'person' }),
      ],
    };
    const { next } = applyState(before, undefined, state(1), ['old-owner', 'cem']);
    expect(next?.votes.map(({ analyst }) => analyst)).toEqual(['zoe', 'ben', 'cem']);
  });
});

describe('votes and the state of a record', () => {
  const record = (disposition: Vote['disposition'], nth = 0): Vote =>
    voteOf('owner', disposition, { from: 'record', at: minute(nth) });
  const label = (...votes: readonly Vote[]): [string, number] => {
    const { disposition, agreement } = effectiveJudgement(votes);
    return [disposition, agreement];
  };

  it('count one each, and a tie is the record’s', () => {
    expect(label(record('benign'), voteOf('ana', 'true_positive', { at: minute(5) }))).toEqual([
      'benign',
      0.5,
    ]);
    expect(label(record('benign'), voteOf('ana', 'true_positive'), voteOf('ben', 'true_positive'))).toEqual([
      'true_positive',
      2 / 3,
    ]);
  });

  it('give way to proven votes, which claims never outvote', () => {
    const proven = voteOf('ana', 'true_positive', { verified: true });
    expect(label(record('benign'), voteOf('x', 'benign'), voteOf('y', 'benign'), proven)).toEqual([
      'true_positive',
      1,
    ]);
  });

  it('of several owners passed on by one proven caller are one vote', () => {
    const claim = (analyst: string, nth: number): Vote =>
      voteOf(analyst, 'benign', { caller: 'mallory', at: minute(nth) });
    expect(
      label(
        claim('a', 1),
        claim('b', 2),
        claim('c', 3),
        voteOf('zoe', 'suspicious'),
        voteOf('yan', 'suspicious'),
      ),
    ).toEqual(['suspicious', 2 / 3]);
  });

  it('the same word of the same analyst in both is a duplicate', () => {
    const { alert } = play(state(1));
    expect(applyVote(alert, undefined, voteOf('ana', 'false_positive')).status).toBe('duplicate');
    expect(applyVote(alert, undefined, voteOf('ana', 'benign')).status).toBe('accepted');
  });
});

describe('the verdict a judgement is about', () => {
  const entry = (payload: number | undefined, scored: number) =>
    entryOf('a', {
      scoredAt: minute(scored),
      ...(payload === undefined ? {} : { payloadAt: minute(payload) }),
    });

  it('is that of the newest payload not later than the state, whenever it was scored', () => {
    const entries = [entry(30, 50), entry(10, 40), entry(20, 35)];
    const seen = (nth: number) =>
      chooseSeen(entries, { stateAt: minute(nth), receivedAt: minute(59) })?.payloadAt;
    expect([seen(5), seen(10), seen(25), seen(30), seen(59)]).toEqual([
      undefined,
      minute(10),
      minute(20),
      minute(30),
      minute(30),
    ]);
  });

  it('is the one given last before the receipt where payloads have no time', () => {
    const entries = [entry(undefined, 50), entry(undefined, 40)];
    expect(chooseSeen(entries, { stateAt: undefined, receivedAt: minute(45) })?.scoredAt).toBe(minute(40));
    expect(chooseSeen(entries, { stateAt: minute(1), receivedAt: minute(59) })?.scoredAt).toBe(minute(50));
  });
});

describe('a record that is taken', () => {
  const alertOf = (id: string, more: Partial<Alert> = {}): Alert => ({
    id,
    title: 'T',
    source: 'edr',
    tenant: 'north',
    severity: 'high',
    occurred_at: minute(0),
    tactics: [],
    techniques: [],
    entities: [],
    ...more,
  });
  const world = (mode: 'wait' | 'off' = 'wait') => {
    const feedback = new MemoryFeedbackStore();
    const predictions = new MemoryPredictionLog({ mode, now: () => Date.parse(minute(59)) });
    const deps = {
      feedback,
      predictions,
      snapshotOf: ({ id, source, tenant, severity }: Alert) => snapshotOf(id, { source, tenant, severity }),
      now: () => Date.parse(minute(59)),
    };
    const take = (read: Partial<ReadRecord> & { alert: Alert }) =>
      takeRecord(
        {
          closing: { outcome: 'benign', by: 'person', analyst: 'ana', raw: 'w', memberAlertIds: [] },
          record: { isIncident: false },
          ...read,
        },
        { name: undefined, verified: false },
        deps,
      );
    return { feedback, predictions, take };
  };

  it('later than now by more than ten minutes counts as changed when received, and says so', async () => {
    const { feedback, take } = world();
    const alert = alertOf('ahead');
    const future = new Date(Date.parse(minute(59)) + 3_600_000).toISOString();
    const { warnings, alertKey: key } = await take({
      alert,
      record: { isIncident: false, changedAt: future },
    });
    expect(warnings).toHaveLength(1);
    expect((await feedback.standing(key!))?.records).toMatchObject([{ at: minute(59) }]);
  });

  it('that was merged carries no label; its members follow the one it went to, in either order', async () => {
    for (const order of ['merge first', 'closing first']) {
      const { feedback, predictions, take } = world();
      const member = snapshotOf('m', { source: 'edr', tenant: 'north', group: 'a0'.repeat(16) });
      await predictions.append([entryOf('m', { snapshot: member, scoredAt: minute(1) })]);
      const incident = (id: string) => alertOf(id, { source: 'xdr', incident_id: id });
      const { alertGroup } = await import('../../src/alert/alert.ts');
      const grouped = { ...member, group: alertGroup(incident('A')) };
      await predictions.append([entryOf('m', { snapshot: grouped, scoredAt: minute(2) })]);
      const merge = () =>
        take({
          alert: incident('A'),
          record: { isIncident: true, changedAt: minute(10), mergedInto: 'B', memberAlertIds: ['m'] },
        });
      const close = () =>
        take({
          alert: incident('B'),
          record: { isIncident: true, changedAt: minute(20), memberAlertIds: [] },
        });
      const steps = order === 'merge first' ? [merge, close] : [close, merge];
      for (const step of steps) await step();
      expect((await feedback.get(member.alertKey))?.effective.disposition, order).toBe('benign');
      expect((await merge()).reason).toContain('merged into B');
    }
  });

  it('keeps the first snapshot where nothing is logged, and says so', async () => {
    const { feedback, take } = world('off');
    const first = await take({
      alert: alertOf('x', { severity: 'low' }),
      record: { isIncident: false, changedAt: minute(1) },
    });
    await take({
      alert: alertOf('x', { severity: 'critical' }),
      closing: { outcome: 'true_positive', by: 'person', analyst: 'ana', raw: 'w', memberAlertIds: [] },
      record: { isIncident: false, changedAt: minute(2) },
    });
    expect(await feedback.standing(first.alertKey!)).toMatchObject({
      snapshot: { severity: 'low' },
      seen: { choice: 'first' },
      sample: { effective: { disposition: 'true_positive' } },
    });
  });
});
