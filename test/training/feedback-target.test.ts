import { beforeAll, describe, expect, it } from 'vitest';
import { alertKey } from '../../src/alert/alert.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';
import { MemoryFeedbackStore } from '../../src/store/memory/memory-feedback-store.ts';
import { MemoryPredictionLog } from '../../src/store/memory/memory-prediction-log.ts';
import { type AlertName, findTarget } from '../../src/training/feedback/feedback-target.ts';
import { snapshotOfAlert } from '../../src/triage/alert-scorer.ts';
import { entryOf } from '../support/prediction-log-contract.ts';

const { alert } = normalizeAlert({
  id: 'a-1',
  title: 'Beacon',
  source: 'sensor',
  tenant: 'north',
  occurred_at: '2026-11-24T08:00:00Z',
});
const key = alertKey(alert);
const stores = { feedback: new MemoryFeedbackStore(), predictions: new MemoryPredictionLog() };

beforeAll(() =>
  stores.predictions.append([
    entryOf(alert.id, {
      snapshot: snapshotOfAlert(alert),
      scoredAt: '2026-11-24T08:01:00.000Z',
      aliases: ['a-one'],
    }),
  ]),
);

describe('an alert that is named twice over', () => {
  it.each<AlertName>([
    {},
    { alertId: 'a-1' },
    { alertId: 'a-one' },
    { tenant: 'north' },
    { alertId: 'a-1', tenant: 'north', source: 'sensor' },
  ])('is taken where all names mean it: %j', async (more) => {
    expect((await findTarget({ alertKey: key, ...more }, stores)).alertKey).toBe(key);
  });

  it.each<[AlertName, string[]]>([
    [{ alertId: 'a-2' }, ['alert_id']],
    [{ tenant: 'south' }, ['tenant']],
    [{ alertId: 'a-1', source: 'edr' }, ['source']],
    [{ alertId: 'a-2', tenant: 'south', source: 'edr' }, ['alert_id', 'tenant', 'source']],
  ])('is refused where they do not: %j', async (more, paths) => {
    await expect(findTarget({ alertKey: key, ...more }, stores)).rejects.toMatchObject({
      code: 'FEEDBACK_INVALID',
      issues: paths.map((path) => expect.objectContaining({ path }) as unknown),
    });
  });
});
