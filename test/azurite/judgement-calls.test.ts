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
const tableName = uniqueName('feedback');
let storage: FaultProxy;
let feedback: TableFeedbackStore;
let predictions: TablePredictionLog;
let elsewhere: TablePredictionLog;

beforeAll(async () => {
  storage = await startFaultProxy(inject('storage'));
  const clients = createStorageClients({ connectionString: storage.connectionString });
  const table = clients.table(tableName);
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

const takeOn = (on: TableFeedbackStore, payload: unknown, log: TablePredictionLog): Promise<unknown> =>
  takeFeedback(
    readItem(payload, (one) => normalizeAlert(one)),
    { name: undefined, verified: false },
    { feedback: on, predictions: log, snapshotOf: snapshotOfAlert, now },
  );

/** What a call is for. */
function nameOf(call: string): string {
  if (call.includes('$batch')) return 'write';
  if (call.startsWith('PUT') || call.startsWith('PATCH')) return 'way from the id';
  if (call.includes('h%7C')) return 'entry';
  return call.includes(tableName) ? 'row' : 'log';
}

/** Storage calls that one judgement makes. */
async function callsOf(payload: unknown, log = predictions): Promise<readonly string[]> {
  const before = storage.calls.length;
  await takeOn(feedback, payload, log);
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
  it('a first one: the log and the way from the id at once, then the write', async () => {
    for (const id of [1, 2, 3, 5, 6]) await score(offence(id));
    const { alert } = normalizeAlert(offence(1));
    const byKey = await callsOf({ alert_key: alertKey(alert), disposition: 'benign', analyst: 'ana' });
    expect(byKey.map(nameOf).sort()).toEqual(['log', 'way from the id', 'write']);
    const nCalls = {
      // an instance that has not scored it looks for its row, and asks the four partitions of a week
      byKeyElsewhere: (
        await callsOf(
          { alert_key: alertKey(normalizeAlert(offence(3)).alert), disposition: 'benign', analyst: 'ana' },
          elsewhere,
        )
      ).length,
      // judged and scored ones that have this id
      byId: (await callsOf({ alert_id: '5', disposition: 'benign', analyst: 'ana' })).length,
      withAlert: (await callsOf({ alert: offence(2), disposition: 'benign', analyst: 'ana' })).length,
      withAlertElsewhere: (
        await callsOf({ alert: offence(6), disposition: 'benign', analyst: 'ana' }, elsewhere)
      ).length,
      // one more where the build before had another key
      record: (await callsOf(closed(alertOf('a-1')))).length,
    };
    expect(nCalls).toEqual({ byKeyElsewhere: 7, byId: 6, withAlert: 3, withAlertElsewhere: 4, record: 4 });
  });

  it('asks for what was scored while the way from the id is written', async () => {
    await score(offence(7));
    let isWayWritten = (): void => {};
    const wayWritten = new Promise<void>((resolve) => {
      isWayWritten = resolve;
    });
    const ends = [
      storage.break({
        matches: (method, path) => method === 'PUT' && path.includes('feedback'),
        fault: { kind: 'act', when: 'before', act: () => isWayWritten() },
      }),
      // answered once the other is on its way, or never
      storage.break({
        matches: (method, path) => method === 'GET' && path.includes('k%7C'),
        fault: { kind: 'act', when: 'before', act: () => wayWritten },
      }),
    ];
    const key = alertKey(normalizeAlert(offence(7)).alert);
    expect(await callsOf({ alert_key: key, disposition: 'benign', analyst: 'ana' })).toHaveLength(3);
    for (const end of ends) end();
  });

  it('one that another instance has judged already: a look at it, and once more at what was tried', async () => {
    await score(offence(8));
    const judgement = {
      alert_key: alertKey(normalizeAlert(offence(8)).alert),
      disposition: 'benign',
      analyst: 'ana',
    };
    const table = createStorageClients({ connectionString: storage.connectionString }).table(tableName);
    const otherInstance = new TableFeedbackStore(table);
    await takeOn(otherInstance, judgement, elsewhere);
    const calls = await callsOf(judgement);
    expect(calls.map(nameOf).sort()).toEqual(['entry', 'log', 'row', 'way from the id', 'write']);
    expect(await feedback.history(judgement.alert_key)).toHaveLength(1);
    // and from then on it is known
    expect((await callsOf(judgement)).map(nameOf)).toEqual(['row']);
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

  it('a refusal that lasts though nobody has changed anything is an outage, soon, and takes nothing', async () => {
    await score(offence(9));
    const judgement = {
      alert_key: alertKey(normalizeAlert(offence(9)).alert),
      disposition: 'benign',
      analyst: 'ana',
    };
    for (const status of [409, 412]) {
      const end = storage.break({
        matches: (method, path) => method === 'POST' && path.includes('$batch'),
        times: Number.POSITIVE_INFINITY,
        fault: { kind: 'status', status },
      });
      const before = storage.calls.length;
      await expect(takeOn(feedback, judgement, predictions)).rejects.toMatchObject({
        code: 'STORE_UNAVAILABLE',
      });
      expect(storage.calls.length - before).toBeLessThan(25);
      end();
    }
    expect(await feedback.history(judgement.alert_key)).toEqual([]);
    expect(await takeOn(feedback, judgement, predictions)).toMatchObject({ status: 'accepted' });
  });
});
