import { readFileSync } from 'node:fs';
import { TableClient } from '@azure/data-tables';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { alertKey } from '../../src/alert/alert.ts';
import { parseBody } from '../../src/intake/body/parse-body.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { TableFeedbackStore } from '../../src/store/azure/table-feedback-store.ts';
import { TablePredictionLog } from '../../src/store/azure/table-prediction-log.ts';
import type { FeedbackSample } from '../../src/store/feedback-store.ts';
import { emptyDataset, overlay, readEarlier } from '../../src/training/dataset/dataset.ts';
import { takeFeedback } from '../../src/training/feedback/feedback-intake.ts';
import { readItem } from '../../src/training/feedback/read-item.ts';
import { snapshotOfAlert } from '../../src/triage/alert-scorer.ts';
import { uniqueName } from '../support/storage.ts';

interface StoredRow {
  readonly table: string;
  readonly row: { readonly partitionKey: string; readonly rowKey: string };
}
/** What a service of the build before the keys changed has kept of these alerts, and the keys it answered. */
const { alerts, rows } = JSON.parse(
  readFileSync(new URL('../fixtures/storage/former-keys.json', import.meta.url), 'utf8'),
) as {
  readonly alerts: readonly {
    readonly what: string;
    readonly key: string;
    readonly payload: string;
    readonly judged?: { readonly disposition: string; readonly analyst: string };
  }[];
  readonly rows: readonly StoredRow[];
};

/** Its clock stands where the fixture was written. */
const now = (): number => Date.UTC(2026, 10, 30, 12);
let feedbackTable: string;
let feedback: TableFeedbackStore;
let predictions: TablePredictionLog;

beforeEach(async () => {
  const connectionString = inject('storage');
  feedbackTable = uniqueName('feedback');
  const tablePrefix = uniqueName('p');
  for (const table of new Set(rows.map((one) => one.table))) {
    const name = table === 'feedback' ? feedbackTable : table.replace('predictions', tablePrefix);
    const client = TableClient.fromConnectionString(connectionString, name, {
      allowInsecureConnection: true,
    });
    await client.createTable();
    const partitions = new Map<string, StoredRow['row'][]>();
    for (const one of rows.filter((stored) => stored.table === table)) {
      const { partitionKey } = one.row;
      partitions.set(partitionKey, [...(partitions.get(partitionKey) ?? []), one.row]);
    }
    for (const group of partitions.values())
      await client.submitTransaction(group.map((row) => ['upsert', row, 'Replace']));
  }
  const clients = createStorageClients({ connectionString });
  feedback = new TableFeedbackStore(clients.table(feedbackTable));
  predictions = new TablePredictionLog(clients, { mode: 'wait', now, tablePrefix });
});

const take = (payload: unknown, store = feedback) =>
  takeFeedback(
    readItem(payload, (one) => normalizeAlert(one)),
    { name: undefined, verified: false },
    { feedback: store, predictions, snapshotOf: snapshotOfAlert, now },
  );
const payloadOf = (what: string): Record<string, unknown> =>
  parseBody(alerts.find((one) => one.what === what)!.payload) as Record<string, unknown>;
const samples = async (store = feedback): Promise<FeedbackSample[]> => {
  const found: FeedbackSample[] = [];
  for await (const sample of store.samples()) found.push(sample);
  return found;
};

const GRAPH = 'a Defender alert from Graph';
const closed = {
  ...payloadOf(GRAPH),
  status: 'resolved',
  classification: 'truePositive',
  determination: 'malware',
  assignedTo: 'ana@contoso.example',
  lastUpdateDateTime: '2026-11-21T08:00:00Z',
  resolvedDateTime: '2026-11-21T08:00:00Z',
};

describe('alerts that the build before kept under other keys', () => {
  it('are found with what they were when they were scored', async () => {
    for (const { what, key, payload } of alerts) {
      const alert = parseBody(payload);
      const { alert: read } = normalizeAlert(alert);
      expect(alertKey(read), what).not.toBe(key);
      await take({ alert, disposition: 'suspicious', analyst: 'dee' });
      const standing = await feedback.standing(alertKey(read));
      expect(standing?.seen?.scoredAt, what).toBeDefined();
      expect(standing?.snapshot, what).toMatchObject({ alertKey: alertKey(read), formerKey: key });
    }
  });

  it('keep their judgements, each once, with a row of history at both keys', async () => {
    const before = await samples();
    expect(before).toHaveLength(5);
    await feedback.consume(await feedback.listPending());
    for (const { what, payload, judged } of alerts) {
      if (judged === undefined) continue;
      const outcome = await take({ alert: parseBody(payload), ...judged });
      expect(outcome, what).toMatchObject({ status: 'duplicate', changed: [] });
    }
    const after = await samples();
    expect(after.map(({ effective }) => effective.disposition).sort()).toEqual(
      before.map(({ effective }) => effective.disposition).sort(),
    );
    const formerKeys = new Set(alerts.map(({ key }) => key));
    expect(after.filter(({ snapshot }) => formerKeys.has(snapshot.alertKey))).toEqual([]);
    // each is to be held under its new key by the next training set
    expect((await feedback.listPending()).map(({ alertKey: key }) => key).sort()).toEqual(
      after.map(({ snapshot }) => snapshot.alertKey).sort(),
    );

    const { key } = alerts.find(({ what }) => what === GRAPH)!;
    const { alert } = normalizeAlert(closed);
    expect((await feedback.history(key)).map(({ moved }) => moved)).toEqual([
      undefined,
      { to: alertKey(alert) },
    ]);
    expect((await feedback.history(alertKey(alert))).map(({ moved }) => moved)).toEqual([{ from: key }]);
  });

  it('scored before and closed after: one judgement, that of the record, whose owner had voted', async () => {
    expect(await take(closed)).toMatchObject({ status: 'accepted' });
    expect(await take(closed)).toMatchObject({ status: 'duplicate' });
    // what the next retrain learns from and says of in its card: all of it was read by the reader of before
    const { dataset, unreadable } = overlay(emptyDataset(100), await samples(), 100);
    expect([unreadable, readEarlier(dataset), dataset.rows.length]).toEqual([[], 5, 5]);
    const valueIn = (columns: Float32Array, name: string) => columns[dataset.columnNames.indexOf(name)];
    for (const { columns, recordKeys } of dataset.rows) {
      expect(valueIn(columns, 'entity_count_v2')).toBeNaN();
      expect(valueIn(columns, 'entity_count')).toBeGreaterThanOrEqual(0);
      expect(recordKeys[dataset.families.indexOf('main_entity_v2')]).toBe('');
    }
    const { key } = alerts.find(({ what }) => what === GRAPH)!;
    const ofAlert = (await samples()).filter(({ snapshot }) => snapshot.alertId === 'da-up-1');
    expect(ofAlert).toHaveLength(1);
    expect(ofAlert[0]).toMatchObject({
      effective: { disposition: 'true_positive', agreement: 1 },
      votes: [{ from: 'record' }],
      snapshot: { severity: 'high', formerKey: key },
    });
    // by its former key, by its id and by the new one it is the same alert
    expect(await feedback.get(key)).toEqual(ofAlert[0]);
    expect(await feedback.findByAlertId('da-up-1')).toMatchObject([{ formerKey: key }]);
    expect(await take({ alert_id: 'da-up-1', disposition: 'benign', analyst: 'eve' })).toMatchObject({
      status: 'accepted',
      alertKey: ofAlert[0]!.snapshot.alertKey,
    });
    expect(await take({ alert_key: key, disposition: 'benign', analyst: 'eve' })).toMatchObject({
      status: 'duplicate',
      alertKey: ofAlert[0]!.snapshot.alertKey,
    });
  });

  it('a name that was that of a box does not lend its judgement to another alert of it', async () => {
    const what = 'a box that named all its alerts by its own name';
    const other = { ...payloadOf(what), utc_time: '2026-11-20 09:30:00.000001', src_port: 51_001 };
    const later = { ...other, local_time: '2026-11-20 09:30:00.000001' };
    expect(await take({ alert: later, disposition: 'benign', analyst: 'cem' })).toMatchObject({
      status: 'accepted',
    });
    expect((await feedback.get(alerts.find((one) => one.what === what)!.key))?.effective).toMatchObject({
      disposition: 'suspicious',
    });
  });

  it('a move that ends at any of its writes loses nothing and counts nothing twice', async () => {
    const { key } = alerts.find(({ what }) => what === GRAPH)!;
    const { alert } = normalizeAlert(closed);
    for (let dies = 1; dies <= 3; dies++) {
      const client = createStorageClients({ connectionString: inject('storage') }).table(feedbackTable);
      let nWrites = 0;
      const dying = new Proxy(client, {
        get: (target, name) => {
          const member = Reflect.get(target, name, target);
          if (name !== 'submitTransaction')
            return typeof member === 'function' ? member.bind(target) : member;
          return async (...args: Parameters<TableClient['submitTransaction']>) => {
            if (++nWrites > 1) throw new Error('killed');
            return target.submitTransaction(...args);
          };
        },
      });
      const identity = {
        alertKey: alertKey(alert),
        alertId: alert.id,
        tenant: alert.tenant,
        source: alert.source,
      };
      const move = new TableFeedbackStore(dying).move(key, identity, '2026-11-30T12:00:00.000Z');
      await move.catch((error: Error) => expect(error.message).toMatch(/killed|feedback/i));
      const ofAlert = (await samples()).filter(({ snapshot }) => snapshot.alertId === 'da-up-1');
      expect(ofAlert, `after write ${dies}`).toHaveLength(1);
      expect(ofAlert[0]?.effective.disposition).toBe('false_positive');
    }
    // a word sent to the former key after all that is taken under the new one
    expect(await take({ alert_key: key, disposition: 'benign', analyst: 'eve' })).toMatchObject({
      alertKey: alertKey(alert),
    });
    expect((await feedback.history(alertKey(alert))).filter(({ moved }) => moved !== undefined)).toHaveLength(
      1,
    );
  });
});
