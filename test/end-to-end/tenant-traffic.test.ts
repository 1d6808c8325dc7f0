import { afterAll, beforeAll, expect, it } from 'vitest';
import { statelessColumn } from '../../src/features/feature-catalog.ts';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { TableFleetStore } from '../../src/store/azure/table-fleet-store.ts';
import { TablePredictionLog } from '../../src/store/azure/table-prediction-log.ts';
import { FLEET_TABLE } from '../../src/store/names.ts';
import { TRAFFIC_SKETCH } from '../../src/triage/shared-traffic.ts';
import { TenantTraffic } from '../../src/triage/tenant-traffic.ts';
import { eventually } from '../support/call-service.ts';
import { type Caller, scoreAll } from '../support/learning-service.ts';
import { SuccessiveServices } from '../support/successive-services.ts';

const DAY = 86_400_000;
const COLUMN = statelessColumn('tenant_alerts_log1p');

let services: SuccessiveServices;
let soc: Caller;

beforeAll(async () => {
  services = await SuccessiveServices.onNewStorage();
});
afterAll(() => services?.stop());

const fleet = (): TableFleetStore => {
  const { connectionString } = services;
  return new TableFleetStore(createStorageClients({ connectionString }).table(FLEET_TABLE));
};

/** How many alerts of its tenant the service knew of when it scored this one; as the prediction log keeps it. */
async function knownBefore(id: string, tenant: string): Promise<number> {
  const { results } = (
    await soc.post('/predict', { alerts: [{ id, tenant, source: 'edr', title: 'New service installed' }] })
  ).body;
  const { connectionString } = services;
  const log = new TablePredictionLog(createStorageClients({ connectionString }), {
    mode: 'wait',
    now: Date.now,
  });
  const entry = await log.find(results[0].verdict.alert_key);
  return Math.expm1(entry!.snapshot.columns[COLUMN]!);
}

it('a tenant is as busy as all instances have seen it, a new one is quiet, and an instance that starts knows', async () => {
  soc = await services.restart({ HEAD_POLL_SECONDS: '0.2' });
  expect(await knownBefore('first', 'acme')).toBeNaN();

  // An instance that has watched for two days, as it would have reported a minute ago.
  const now = Date.now();
  const other = new TenantTraffic(now - 2 * DAY);
  for (let i = 0; i < 300; i++) other.note('acme', now);
  await fleet().report({
    instanceId: 'other',
    startedAt: new Date(now - 2 * DAY).toISOString(),
    seenAt: new Date(now).toISOString(),
    release: undefined,
    versions: {},
    sketches: { [TRAFFIC_SKETCH]: other.sketch(now) },
  });
  soc = await services.restart({ HEAD_POLL_SECONDS: '0.2' });
  await eventually('the counts of the others', async () => (await knownBefore('probe', 'acme')) > 0);
  expect(await knownBefore('second', 'acme')).toBeGreaterThan(299);
  expect(await knownBefore('second', 'new customer')).toBeLessThan(1);

  await scoreAll(
    soc,
    Array.from({ length: 50 }, (_, i) => ({
      id: `flood-${i}`,
      tenant: 'acme',
      source: 'edr',
      title: 'Scan',
    })),
  );
  expect(await knownBefore('third', 'acme')).toBeGreaterThan(349);
  // the same alert once more is no new one
  expect(await knownBefore('third', 'acme')).toBeLessThan(354);
});
