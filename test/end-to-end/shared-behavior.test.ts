import { afterAll, expect, it } from 'vitest';
import { statelessColumn } from '../../src/features/feature-catalog.ts';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { TablePredictionLog } from '../../src/store/azure/table-prediction-log.ts';
import { eventually } from '../support/call-service.ts';
import { type Caller, scoreAll } from '../support/learning-service.ts';
import { SuccessiveServices } from '../support/successive-services.ts';

const DAY = 86_400_000;
const COLUMN = statelessColumn('tenant_alerts_log1p');

const services = new SuccessiveServices();
let soc: Caller;

afterAll(() => services.stop());

const alertAt = (id: string, atMs: number, host: string): Record<string, unknown> => ({
  id,
  tenant: 'acme',
  source: 'edr',
  title: 'New service installed',
  severity: 'high',
  occurred_at: new Date(atMs).toISOString(),
  entities: [{ kind: 'host', value: host }],
});

/** How many alerts of its tenant the service knew of when it scored this one; as the prediction log keeps it. */
async function knownBefore(id: string, atMs: number): Promise<number> {
  const { body } = await soc.post('/predict', { alerts: [alertAt(id, atMs, 'quiet')] });
  const { connectionString } = services;
  const log = new TablePredictionLog(createStorageClients({ connectionString }), {
    mode: 'wait',
    now: Date.now,
  });
  const entry = await log.find(body.results[0].verdict.alert_key);
  return Math.expm1(entry!.snapshot.columns[COLUMN]!);
}

it('what an instance has counted, the next one knows: how busy a tenant is and its incidents', async () => {
  soc = await services.restart({ HEAD_POLL_SECONDS: '0.2' });
  const now = Date.now();
  await eventually('the state of behaviour', async () => {
    const { body } = await soc.post('/predict?observe=false', alertAt('trial', now, 'trial'));
    return body.context.stages === undefined;
  });
  expect(await knownBefore('first', now - 2 * DAY)).toBeNaN();
  await scoreAll(
    soc,
    Array.from({ length: 50 }, (_, i) => alertAt(`flood-${i}`, now - 3_600_000 + i * 1_000, `host-${i % 5}`)),
  );
  const { body: verdict } = await soc.post('/predict', alertAt('attack', now - 60_000, 'host-1'));
  expect(verdict.context).toMatchObject({ notable: true, warming_up: false });
  expect(verdict.incident).toMatchObject({
    size: expect.any(Number),
    id: expect.stringMatching(/^[0-9a-f]{16}$/),
  });

  soc = await services.restart({ HEAD_POLL_SECONDS: '0.2' });
  await eventually('the state of the process before', async () => {
    const { body } = await soc.post('/predict?observe=false', alertAt('trial', now, 'trial'));
    return body.context.stages === undefined;
  });
  const { body: again } = await soc.post('/predict', alertAt('attack', now - 60_000, 'host-1'));
  expect(again.incident?.id).toBe(verdict.incident.id);
  // the same alert once more is no new one
  expect(again.incident.size).toBe(verdict.incident.size);
  expect(await knownBefore('second', now)).toBeGreaterThan(45);

  const { body: page } = await soc.get('/incidents?tenant=acme&limit=5');
  expect(page.incidents.map(({ id }: { id: string }) => id)).toContain(verdict.incident.id);
  const { body: incident } = await soc.get(`/incidents/${verdict.incident.id}`);
  expect(incident.entities).toContain('host:host-1');
  const member = incident.members.find((one: { alert_key: string }) => one.alert_key === verdict.alert_key);
  expect(member).toMatchObject({ verdict_id: again.verdict_id, final_score: again.final_score });
  const { body: judged } = await soc.post(`/incidents/${verdict.incident.id}/judge`, {
    disposition: 'true_positive',
    analyst: 'eve',
  });
  expect(judged.accepted).toBeGreaterThan(40);
  const { body: once } = await soc.get('/incidents?state=judged');
  expect(once.incidents[0]).toMatchObject({ id: verdict.incident.id, judged: { analyst: 'eve' } });
  expect((await soc.get('/incidents/ffffffffffffffff')).status).toBe(404);
});
