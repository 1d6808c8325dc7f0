import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { alertKey } from '../../src/alert/alert.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { TableFeedbackStore } from '../../src/store/azure/table-feedback-store.ts';
import { TablePredictionLog } from '../../src/store/azure/table-prediction-log.ts';
import { takeFeedback } from '../../src/training/feedback/feedback-intake.ts';
import { readItem } from '../../src/training/feedback/read-item.ts';
import { snapshotOfAlert } from '../../src/triage/alert-scorer.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { entryOf } from '../support/prediction-log-contract.ts';
import { uniqueName } from '../support/storage.ts';

const now = (): number => Date.UTC(2026, 10, 24, 12);
let storage: FaultProxy;
let feedback: TableFeedbackStore;
let predictions: TablePredictionLog;
let elsewhere: TablePredictionLog;

beforeAll(async () => {
  storage = await startFaultProxy(inject('storage'));
  const clients = createStorageClients({ connectionString: storage.connectionString });
  const table = clients.table(uniqueName('feedback'));
  await table.createTable();
  feedback = new TableFeedbackStore(table);
  const settings = { mode: 'wait', now, tablePrefix: uniqueName('p') } as const;
  predictions = new TablePredictionLog(clients, settings);
  elsewhere = new TablePredictionLog(clients, settings);
  for (const id of ['a-1', 'a-2', 'a-3', 'a-4']) await score(alertOf(id));
  // The list of weeks is read once a minute.
  for (const log of [predictions, elsewhere]) await log.findByAlertId('a-0');
});
afterAll(() => storage?.stop());

const alertOf = (id: string) => ({
  id,
  machineId: 'm',
  title: 'Beacon',
  severity: 'High',
  status: 'New',
  alertCreationTime: '2026-11-24T08:00:00Z',
  lastUpdateTime: '2026-11-24T08:00:00Z',
});
const offence = (id: number) => ({
  id,
  description: 'Beacon',
  offense_type: 3,
  offense_source: 'svc',
  magnitude: 6,
  status: 'OPEN',
  start_time: Date.UTC(2026, 10, 24, 8),
  domain_name: 'north',
});

const elsewhereThan = (tablePrefix: string): TablePredictionLog =>
  new TablePredictionLog(createStorageClients({ connectionString: storage.connectionString }), {
    now,
    tablePrefix,
  });

async function score(payload: unknown): Promise<void> {
  const { alert, record } = normalizeAlert(payload);
  const snapshot = snapshotOfAlert(alert);
  await predictions.append([
    entryOf(alert.id, { snapshot, scoredAt: '2026-11-24T08:01:00.000Z', payloadAt: record.changedAt }),
  ]);
}

/** Storage calls that one judgement makes. */
async function callsOf(payload: unknown, log = predictions): Promise<readonly string[]> {
  const before = storage.calls.length;
  await takeFeedback(
    readItem(payload, (one) => normalizeAlert(one)),
    { name: undefined, verified: false },
    { feedback, predictions: log, snapshotOf: snapshotOfAlert, now },
  );
  return storage.calls.slice(before).map((call) => call.replace(/\?.*/, ''));
}

const closed = (payload: Record<string, unknown>, classification = 'TruePositive') => ({
  ...payload,
  status: 'Resolved',
  classification,
  determination: 'Malware',
  assignedTo: 'ana@contoso.example',
  lastUpdateTime: '2026-11-24T10:00:00Z',
  resolvedTime: '2026-11-24T10:00:00Z',
});

describe('what one judgement costs in storage calls', () => {
  it('a first one: its row, the log, the way from the id, the write', async () => {
    await score(offence(1));
    await score(offence(2));
    await score(offence(3));
    const { alert } = normalizeAlert(offence(1));
    const nCalls = {
      byKey: (await callsOf({ alert_key: alertKey(alert), disposition: 'benign', analyst: 'ana' })).length,
      // an instance that has not scored it asks the four partitions of a week
      byKeyElsewhere: (
        await callsOf(
          { alert_key: alertKey(normalizeAlert(offence(3)).alert), disposition: 'benign', analyst: 'ana' },
          elsewhere,
        )
      ).length,
      withAlert: (await callsOf({ alert: offence(2), disposition: 'benign', analyst: 'ana' })).length,
      // one more where the build before had another key
      record: (await callsOf(closed(alertOf('a-1')))).length,
    };
    expect(nCalls).toEqual({ byKey: 4, byKeyElsewhere: 7, withAlert: 4, record: 5 });
  });

  it('the same again: one; a changed one: three or less than a first', async () => {
    await callsOf(closed(alertOf('a-2')));
    expect(await callsOf(closed(alertOf('a-2')))).toHaveLength(1);
    const revised = { ...closed(alertOf('a-2'), 'FalsePositive'), lastUpdateTime: '2026-11-24T11:00:00Z' };
    expect((await callsOf(revised)).length).toBeLessThanOrEqual(3);
    const older = { ...closed(alertOf('a-2'), 'FalsePositive'), lastUpdateTime: '2026-11-24T09:00:00Z' };
    expect(await callsOf(older)).toHaveLength(1);
  });

  it('waits for no write of the prediction log', async () => {
    const tablePrefix = uniqueName('p');
    const clients = createStorageClients({ connectionString: storage.connectionString });
    // nothing is written by itself
    const log = new TablePredictionLog(clients, { mode: 'behind', now, tablePrefix, flushEveryMs: 600_000 });
    const { alert } = normalizeAlert(offence(4));
    await log.append([
      entryOf(alert.id, { snapshot: snapshotOfAlert(alert), scoredAt: '2026-11-24T08:01:00.000Z' }),
    ]);
    const calls = await callsOf({ alert_id: alert.id, disposition: 'benign', analyst: 'ana' }, log);
    expect(calls.filter((call) => call.includes(tablePrefix) && !call.startsWith('GET'))).toEqual([]);
    expect(log.stats()).toMatchObject({ queued: 1, written: 0 });
    const judged = await feedback.standing(alertKey(alert));
    expect(judged?.seen).toEqual({ choice: 'last', scoredAt: '2026-11-24T08:01:00.000Z' });
    await log.close();
    expect((await elsewhereThan(tablePrefix).find(alertKey(alert)))?.snapshot).toEqual(judged?.snapshot);
  });
});
