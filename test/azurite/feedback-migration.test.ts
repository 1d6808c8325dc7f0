import { readFileSync } from 'node:fs';
import { TableClient } from '@azure/data-tables';
import { beforeAll, describe, expect, it } from 'vitest';
import { normalizeAlert } from '../../src/intake/normalize.ts';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { TableFeedbackStore } from '../../src/store/azure/table-feedback-store.ts';
import { TablePredictionLog } from '../../src/store/azure/table-prediction-log.ts';
import { FEEDBACK_TABLE } from '../../src/store/names.ts';
import { takeFeedback } from '../../src/training/feedback/feedback-intake.ts';
import { readItem } from '../../src/training/feedback/read-item.ts';
import { snapshotOfAlert } from '../../src/triage/alert-scorer.ts';
import { ownAccount } from '../support/own-account.ts';

interface StoredRow {
  readonly table: string;
  readonly row: { readonly partitionKey: string; readonly rowKey: string };
}
/** Rows of a service of the build before records had states, as it wrote them. */
const rows = JSON.parse(
  readFileSync(new URL('../fixtures/storage/votes-of-records.json', import.meta.url), 'utf8'),
) as readonly StoredRow[];

const TENANT = '11112222-3333-4444-5555-666677778888';
const ANA = 'ana@contoso.example';
const BEN = 'ben@contoso.example';

const storage = ownAccount();
let feedback: TableFeedbackStore;
let predictions: TablePredictionLog;

beforeAll(async () => {
  for (const name of new Set(rows.map(({ table }) => table))) {
    const client = TableClient.fromConnectionString(storage, name, {
      allowInsecureConnection: true,
    });
    await client.createTable();
    for (const { table, row } of rows) if (table === name) await client.upsertEntity(row, 'Replace');
  }
  const clients = createStorageClients({ connectionString: storage });
  feedback = new TableFeedbackStore(clients.table(FEEDBACK_TABLE));
  // The weeks of the fixture: its clock stands where it was written.
  predictions = new TablePredictionLog(clients, { mode: 'wait', now: () => Date.UTC(2026, 10, 29, 22) });
});

const incident = (more: Record<string, unknown>) => ({
  TenantId: TENANT,
  TimeGenerated: '2026-11-22T10:00:00Z',
  IncidentName: 'inc-old-1',
  IncidentNumber: 77,
  Title: 'Sign-in from a rare country',
  Severity: 'Medium',
  Status: 'Closed',
  Classification: 'FalsePositive',
  Owner: JSON.stringify({ userPrincipalName: BEN }),
  FirstActivityTime: '2026-11-20T08:00:00Z',
  CreatedTime: '2026-11-20T08:12:00Z',
  LastModifiedTime: '2026-11-22T10:00:00Z',
  ClosedTime: '2026-11-22T10:00:00Z',
  AlertIds: '["m-old-1","m-old-2"]',
  Labels: '[]',
  Type: 'SecurityIncident',
  ...more,
});

const take = (payload: unknown) =>
  takeFeedback(
    readItem(payload, (one) => normalizeAlert(one)),
    { name: undefined, verified: false },
    { feedback, predictions, snapshotOf: snapshotOfAlert, now: () => Date.UTC(2026, 10, 29, 22) },
  );
const keyOf = async (id: string): Promise<string> => (await feedback.findByAlertId(id))[0]!.alertKey;

describe('storage of the build that kept records as votes', () => {
  it('reads as it was: every vote stands and teaches', async () => {
    for (const id of ['inc-old-1', 'm-old-1', 'm-old-2']) {
      const sample = await feedback.get(await keyOf(id));
      expect(sample?.votes.map(({ analyst, disposition }) => `${analyst} ${disposition}`)).toEqual([
        `${ANA} false_positive`,
        `${BEN} true_positive`,
      ]);
      expect(sample?.effective).toMatchObject({ disposition: 'true_positive', agreement: 0.5 });
    }
    expect(await predictions.find(await keyOf('m-old-1'))).toMatchObject({ snapshot: { severity: 'high' } });
    expect(await feedback.countPending()).toBe(5);
  });

  it('takes the first state of a record for the votes of its owner, and leaves the others', async () => {
    expect(await take(incident({}))).toMatchObject({ status: 'accepted' });
    const sample = await feedback.get(await keyOf('inc-old-1'));
    expect(
      sample?.votes.map(({ analyst, from, disposition }) => [analyst, from ?? 'vote', disposition]),
    ).toEqual([
      [ANA, 'vote', 'false_positive'],
      [BEN, 'record', 'false_positive'],
    ]);
    for (const member of ['m-old-1', 'm-old-2']) {
      const { votes, effective } = (await feedback.get(await keyOf(member)))!;
      expect(votes).toHaveLength(2);
      expect(effective).toMatchObject({ disposition: 'false_positive', agreement: 1 });
    }
    // nothing goes without a trace
    const history = await feedback.history(await keyOf('inc-old-1'));
    expect(history.map(({ vote, state }) => [vote?.analyst, state?.analyst])).toEqual([
      [ANA, undefined],
      [BEN, undefined],
      [undefined, BEN],
    ]);
  });

  it('does not guess: the vote of someone who never owned a record stays beside it', async () => {
    const own = { alert_id: 'own-words', disposition: 'benign', analyst: 'cem' };
    expect(await take(own)).toMatchObject({ status: 'duplicate' });
    expect((await feedback.get(await keyOf('own-words')))?.votes).toMatchObject([{ analyst: 'cem' }]);
  });

  it('lets a later state of the record replace its own, not the old votes', async () => {
    await take(incident({ Classification: 'BenignPositive', LastModifiedTime: '2026-11-23T10:00:00Z' }));
    await take(incident({ Status: 'Active', Classification: '', LastModifiedTime: '2026-11-24T10:00:00Z' }));
    const sample = await feedback.get(await keyOf('inc-old-1'));
    expect(sample?.votes.map(({ analyst }) => analyst)).toEqual([ANA]);
  });
});
