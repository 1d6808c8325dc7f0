import { describe, expect, it } from 'vitest';
import { QuarantineService, type QuarantineServiceDeps } from '../../src/api/feedback/quarantine-service.ts';
import { MemoryFeedbackStore } from '../../src/store/memory/memory-feedback-store.ts';
import { MemoryPredictionLog } from '../../src/store/memory/memory-prediction-log.ts';
import { takeRecord } from '../../src/training/feedback/record-intake.ts';
import { minute, snapshotOf, voteOf } from '../support/judged-alerts.ts';
import { entryOf } from '../support/prediction-log-contract.ts';

const NOW_MS = Date.parse(minute(59));
const RULING = { by: 'olga', why: 'old cases' };
const alertOf = (id: string) => ({
  id,
  title: id,
  source: 'xdr',
  severity: 'high' as const,
  occurred_at: minute(0),
  tactics: [],
  techniques: [],
  entities: [],
});

/** An incident that was closed with two members, and an alert that is none of it. */
async function closedIncident() {
  const feedback = new MemoryFeedbackStore();
  const predictions = new MemoryPredictionLog({ mode: 'wait', now: () => NOW_MS });
  const members = ['m-1', 'm-2'].map((id) => snapshotOf(id, { source: 'edr' }));
  const stranger = snapshotOf('stranger', { source: 'edr' });
  for (const [at, snapshot] of members.entries()) {
    await predictions.append([entryOf(`m-${at + 1}`, { snapshot, scoredAt: minute(1) })]);
  }
  await feedback.submit(stranger, voteOf('ana', 'benign'));
  const { alertKey } = await takeRecord(
    {
      alert: alertOf('incident'),
      closing: { outcome: 'benign', by: 'person', analyst: 'ana', raw: 'w', memberAlertIds: ['m-1', 'm-2'] },
      record: { isIncident: true },
    },
    { name: undefined, verified: false },
    { feedback, predictions, snapshotOf: ({ id }) => snapshotOf(id, { source: 'xdr' }), now: () => NOW_MS },
  );
  const deps = { feedback, now: () => NOW_MS } as unknown as QuarantineServiceDeps;
  const quarantine = new QuarantineService(deps);
  const rulingOn = async (key: string) => (await feedback.get(key))?.ruling?.action;
  return { quarantine, rulingOn, incident: alertKey!, members: members.map((one) => one.alertKey), stranger };
}

describe('a ruling on an incident', () => {
  it('confirms the alerts that follow its closing, and no others', async () => {
    const { quarantine, rulingOn, incident, members, stranger } = await closedIncident();
    await quarantine.rule(incident, { action: 'confirm', ...RULING });
    for (const key of [incident, ...members]) expect(await rulingOn(key)).toBe('confirm');
    expect(await rulingOn(stranger.alertKey)).toBeUndefined();
  });

  it('rejects the one alert alone', async () => {
    const { quarantine, rulingOn, incident, members } = await closedIncident();
    await quarantine.rule(incident, { action: 'reject', ...RULING });
    expect(await rulingOn(incident)).toBe('reject');
    for (const key of members) expect(await rulingOn(key)).toBeUndefined();
  });
});
