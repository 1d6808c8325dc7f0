import { beforeEach, describe, expect, it } from 'vitest';
import type { FeedbackServiceDeps } from '../../src/api/feedback/feedback-service.ts';
import { IncidentService, type IncidentServiceDeps } from '../../src/api/incidents/incident-service.ts';
import { MemoryFeedbackStore } from '../../src/store/memory/memory-feedback-store.ts';
import { MemoryPredictionLog } from '../../src/store/memory/memory-prediction-log.ts';
import type { PredictionEntry } from '../../src/store/prediction-log.ts';
import { TenantIncidents } from '../../src/triage/correlation/tenant-incidents.ts';
import { minute, snapshotOf, voteOf } from '../support/judged-alerts.ts';

const ANA = { name: 'ana', verified: true };
const CELL_S = 600;

/** An alert on a host that stands out; those on one host within the hour are one incident. */
const notable = (id: string, cell: number, ...hosts: number[]) => ({
  ...{
    alertKey: snapshotOf(id).alertKey,
    atS: 1_000 * CELL_S + cell * CELL_S,
    strength: 0.3,
    rule: 100 + cell,
  },
  ...{ ruleName: 'r', title: 't', tactics: [], entities: hosts, entityNames: [], isWarmingUp: true },
});

describe('IncidentService.followJudgements', () => {
  let incidents: TenantIncidents;
  let feedback: MemoryFeedbackStore;
  let predictions: MemoryPredictionLog;
  let noted: number[];
  let service: IncidentService;

  beforeEach(() => {
    incidents = new TenantIncidents('acme', 1_000);
    feedback = new MemoryFeedbackStore();
    predictions = new MemoryPredictionLog();
    noted = [];
    let nowMs = Date.parse(minute(20));
    const now = () => ++nowMs;
    const feeding = {
      ...{ feedback, predictions, now, takeQuota: () => 0 },
      noteJudged: async (n: number) => {
        noted.push(n);
        return { pending: await feedback.countPending(), queued: false };
      },
    } as unknown as FeedbackServiceDeps;
    const triage = {
      incident: (id: string) => {
        const group = incidents.byId(id);
        return group && { tenant: 1, group };
      },
      incidents: () => Array.from(incidents.incidents(), (group) => ({ tenant: 1, group })),
      judge: (_: number, id: string, judgement: Parameters<IncidentServiceDeps['triage']['judge']>[2]) =>
        incidents.byId(id)?.judge(judgement),
    } as unknown as IncidentServiceDeps['triage'];
    service = new IncidentService({ triage, feeding, now });
  });

  const see = async (id: string, cell: number, ...hosts: number[]) => {
    const entry = { snapshot: snapshotOf(id), scoredAt: minute(1), versions: {} };
    await predictions.append([entry as unknown as PredictionEntry]);
    return incidents.join(notable(id, cell, ...hosts), 0).group;
  };
  const votesOf = async (id: string) =>
    (await feedback.get(snapshotOf(id).alertKey))?.votes.map(
      ({ analyst, disposition, whole, verified, risk_score }) =>
        `${analyst} ${disposition} ${whole} ${verified} ${risk_score}`,
    );
  const judge = (id: string) => service.judge(id, { disposition: 'true_positive', risk_score: 90 }, ANA);

  it('gives a later member the word of the same analyst, and both are one judgement', async () => {
    const { id } = await see('a', 0, 1);
    expect(await judge(id)).toMatchObject({ accepted: 1, pending: 1 });
    expect(await service.followJudgements()).toBe(0);
    await see('b', 1, 1);
    await see('elsewhere', 1, 2);
    expect(await service.followJudgements([id])).toBe(1);
    expect(await votesOf('b')).toEqual([`ana true_positive ${id} true 90`]);
    expect(await votesOf('elsewhere')).toBeUndefined();
    expect(await feedback.countPending()).toBe(1);
    expect(noted).toEqual([1, 1]);
    expect(await service.followJudgements()).toBe(0);
  });

  it('follows an incident into another one, under the name it was judged by', async () => {
    const { id: later } = await see('a', 3, 1);
    await judge(later);
    const { id: earlier } = await see('b', 0, 2);
    expect((await see('bridge', 2, 1, 2)).id).not.toBe(later);
    expect(incidents.byId(later)).toBe(incidents.byId(earlier));
    expect(await service.followJudgements()).toBe(2);
    for (const id of ['b', 'bridge'])
      expect(await votesOf(id)).toEqual([`ana true_positive ${later} true 90`]);
    expect(await feedback.countPending()).toBe(1);
  });

  it('gives a proven word also to members of which others only claim what they are, now and later', async () => {
    const { id } = await see('a', 0, 1);
    await feedback.submit(snapshotOf('a'), voteOf('ben', 'benign'));
    expect(await judge(id)).toMatchObject({ accepted: 1, own_judgement: 0 });
    await see('b', 1, 1);
    await feedback.submit(snapshotOf('b'), voteOf('ben', 'benign'));
    expect(await service.followJudgements()).toBe(1);
    for (const alert of ['a', 'b'])
      expect((await feedback.get(snapshotOf(alert).alertKey))?.effective).toMatchObject({
        disposition: 'true_positive',
        agreement: 1,
      });
    expect(await service.followJudgements()).toBe(0);
  });

  it('lets later members follow the proven word, whatever is claimed after it, under any name, or taken back', async () => {
    const { id } = await see('a', 0, 1);
    await judge(id);
    for (const analyst of ['ana', 'ben'])
      await service.judge(id, { disposition: 'benign', analyst }, { name: undefined, verified: false });
    await expect(service.withdraw(id, 'ana', { name: undefined, verified: false })).rejects.toThrow(
      'No judgement of ana stands',
    );
    await see('b', 1, 1);
    await service.followJudgements();
    for (const alert of ['a', 'b'])
      expect((await feedback.get(snapshotOf(alert).alertKey))?.effective.disposition).toBe('true_positive');
    expect(service.get(id).judged).toMatchObject({ analyst: 'ana', disposition: 'true_positive' });
    expect(await service.withdraw(id, undefined, ANA)).toMatchObject({ withdrawn: 2 });
  });

  it('leaves alone what a person judged alone, before or after', async () => {
    const { id } = await see('a', 0, 1);
    await judge(id);
    await see('b', 1, 1);
    await feedback.submit(snapshotOf('b'), voteOf('ben', 'benign', { verified: true }));
    await see('c', 1, 1);
    expect(await service.followJudgements()).toBe(1);
    await feedback.submit(snapshotOf('c'), voteOf('ben', 'benign', { at: minute(30), verified: true }));
    await see('d', 2, 1);
    expect(await service.followJudgements()).toBe(1);
    const label = async (alert: string) =>
      (await feedback.get(snapshotOf(alert).alertKey))?.effective.disposition;
    expect(await Promise.all(['a', 'b', 'c', 'd'].map(label))).toEqual([
      'true_positive',
      'benign',
      'benign',
      'true_positive',
    ]);
  });

  it('asks again for a member that is not in the log yet, and gives nothing after the judgement was taken back', async () => {
    const { id } = await see('a', 0, 1);
    await judge(id);
    const early = notable('early', 1, 1);
    incidents.join(early, 0);
    expect(await service.followJudgements()).toBe(0);
    await see('other', 1, 1);
    const entry = { snapshot: snapshotOf('early'), scoredAt: minute(1), versions: {} };
    await predictions.append([entry as unknown as PredictionEntry]);
    expect(await service.followJudgements()).toBe(2);
    await service.withdraw(id, 'ana', ANA);
    await see('late', 2, 1);
    expect(await service.followJudgements()).toBe(0);
    expect(await votesOf('late')).toBeUndefined();
  });
});
