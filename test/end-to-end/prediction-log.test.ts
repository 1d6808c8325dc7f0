import { afterAll, describe, expect, it } from 'vitest';
import { isoWeek, WEEK_MS } from '../../src/store/azure/iso-week.ts';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { TablePredictionLog } from '../../src/store/azure/table-prediction-log.ts';
import { PREDICTION_TABLE_PREFIX } from '../../src/store/names.ts';
import { eventually } from '../support/call-service.ts';
import { snapshotOf } from '../support/judged-alerts.ts';
import { type Caller, judgeAll, scoreAll } from '../support/learning-service.ts';
import { SuccessiveServices } from '../support/successive-services.ts';

const services = new SuccessiveServices();
let soc: Caller;
/** A week may end while this runs. */
const weekOfStart = isoWeek(Date.now());

afterAll(() => services.stop());

const alertOf = (id: string, more: Record<string, unknown> = {}) => ({
  id,
  title: 'New service installed',
  source: 'edr',
  severity: 'medium',
  occurred_at: '2026-03-01T10:00:00Z',
  ...more,
});
const judgement = (alert_id: string, more: Record<string, unknown> = {}) => ({
  alert_id,
  disposition: 'benign',
  analyst: 'ana',
  ...more,
});
const log = async () => (await soc.get('/health/details')).body.prediction_log;
const weeklyTables = async (): Promise<string[]> => {
  const names: string[] = [];
  const { connectionString } = services;
  for await (const { name } of createStorageClients({ connectionString }).tableService().listTables())
    if (name?.startsWith(PREDICTION_TABLE_PREFIX)) names.push(name);
  return names.sort();
};

describe('PREDICTION_LOG=behind', () => {
  it('makes an alert known by its id soon after one alone, and before a batch is answered', async () => {
    soc = await services.restart({ PREDICTION_LOG: 'behind' });
    await soc.post('/predict', alertOf('alone'));
    await eventually('the entry to be written', async () => (await log()).written === 1);
    expect(await soc.post('/feedback', judgement('alone'))).toMatchObject({ body: { accepted: 1 } });

    await scoreAll(soc, [alertOf('batch-1'), alertOf('batch-2')]);
    expect(await log()).toMatchObject({ mode: 'behind', queued: 0, written: 3, dropped: 0, failed: 0 });
    expect((await judgeAll(soc, [judgement('batch-1'), judgement('batch-2')])).accepted).toBe(2);
    expect([weekOfStart, isoWeek(Date.now())].map((week) => PREDICTION_TABLE_PREFIX + week)).toEqual(
      expect.arrayContaining(await weeklyTables()),
    );
  });

  it('tells ids apart by tenant and source, and answers which there are', async () => {
    await scoreAll(soc, [
      alertOf('twin', { tenant: 'north' }),
      alertOf('twin', { tenant: 'south' }),
      alertOf('twin', { tenant: 'south', source: 'ndr' }),
    ]);
    const unclear = await soc.post('/feedback', judgement('twin', { tenant: 'south' }));
    expect(unclear).toMatchObject({ status: 409, body: { code: 'ALERT_AMBIGUOUS' } });
    const named = unclear.body.candidates.map(
      ({ tenant, source }: { tenant: string; source: string }) => `${tenant} ${source}`,
    );
    expect(named.sort()).toEqual(['south edr', 'south ndr']);
    const south = judgement('twin', { tenant: 'south', source: 'ndr' });
    expect((await soc.post('/feedback', south)).body).toMatchObject({ accepted: 1 });
    const { alert_key } = unclear.body.candidates[0];
    expect(
      (await soc.post('/feedback', { ...judgement('twin'), alert_id: undefined, alert_key })).status,
    ).toBe(200);
    const elsewhere = await soc.post('/feedback', judgement('twin', { tenant: 'west' }));
    expect(elsewhere).toMatchObject({ status: 404, body: { issues: [{ path: 'alert' }] } });
  });

  it('writes what is queued before it stops', async () => {
    await Promise.all(Array.from({ length: 40 }, (_, i) => soc.post('/predict', alertOf(`last-${i}`))));
    soc = await services.restart({ PREDICTION_LOG: 'wait' });
    const { accepted } = await judgeAll(
      soc,
      Array.from({ length: 40 }, (_, i) => judgement(`last-${i}`)),
    );
    expect(accepted).toBe(40);
  });
});

describe('PREDICTION_LOG=wait', () => {
  it('has written an alert when its verdict arrives', async () => {
    for (let i = 0; i < 5; i++) {
      await soc.post('/predict', alertOf(`waited-${i}`));
      expect(await log()).toMatchObject({ mode: 'wait', queued: 0, written: i + 1 });
    }
    expect((await soc.post('/feedback', judgement('waited-4'))).body).toMatchObject({ accepted: 1 });
  });

  it('drops whole weeks beyond those to keep at the hourly check, and the ids with them', async () => {
    soc = await services.restart({ PREDICTION_LOG: 'wait', PREDICTION_LOG_WEEKS: '3' });
    const writer = new TablePredictionLog(
      createStorageClients({ connectionString: services.connectionString }),
      {
        mode: 'wait',
      },
    );
    const entry = (id: string, weeksAgo: number) => ({
      snapshot: snapshotOf(id),
      scoredAt: new Date(Date.now() - weeksAgo * WEEK_MS).toISOString(),
      versions: {},
      disposition: 'benign' as const,
      probabilities: [0, 0, 0, 1],
      riskScore: 1,
      anomalyScore: 0,
      isAnomaly: false,
      finalScore: 1,
      decision: 'review',
      auditSample: false,
    });
    const [kept, old] = [entry('two-weeks-old', 2), entry('five-weeks-old', 5)];
    await writer.append([kept, old]);
    await writer.close();
    const [fiveWeeksOld, twoWeeksOld] = [old, kept].map(
      ({ scoredAt }) => PREDICTION_TABLE_PREFIX + isoWeek(Date.parse(scoredAt)),
    );
    const before = await weeklyTables();
    expect(before.slice(0, 2)).toEqual([fiveWeeksOld, twoWeeksOld]);
    expect(before.length).toBeGreaterThan(2);
    await fetch(`${services.url}/admin/functions/retrainHourly`, { method: 'POST', body: '{}' });
    await eventually('the old table to go', async () => !(await weeklyTables()).includes(before[0]!));
    expect(await weeklyTables()).toEqual(before.slice(1));
    // the next instance lists the weeks anew
    soc = await services.restart({ PREDICTION_LOG: 'wait', PREDICTION_LOG_WEEKS: '3' });
    expect((await soc.post('/feedback', judgement('two-weeks-old'))).body).toMatchObject({ accepted: 1 });
    expect((await soc.post('/feedback', judgement('five-weeks-old'))).status).toBe(404);
  });
});

describe('PREDICTION_LOG=off', () => {
  it('keeps nothing of what it scores: feedback needs the alert, and is known by its id from then on', async () => {
    soc = await services.restart({ PREDICTION_LOG: 'off' });
    const [verdict] = await scoreAll(soc, [alertOf('unseen')]);
    expect(await log()).toMatchObject({ mode: 'off', queued: 0, written: 0, dropped: 0 });
    for (const item of [
      judgement('unseen'),
      { ...judgement(''), alert_id: undefined, alert_key: verdict!.alert_key },
    ])
      expect(await soc.post('/feedback', item)).toMatchObject({
        status: 404,
        body: { code: 'ALERT_UNKNOWN', issues: [{ path: 'alert' }] },
      });
    const withAlert = { alert: alertOf('unseen'), disposition: 'benign', analyst: 'ana' };
    expect((await soc.post('/feedback', withAlert)).body).toMatchObject({ accepted: 1 });
    expect((await soc.post('/feedback', judgement('unseen', { analyst: 'ben' }))).body).toMatchObject({
      accepted: 1,
    });
  });
});
