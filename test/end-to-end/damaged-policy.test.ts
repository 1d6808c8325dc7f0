import { afterAll, expect, it } from 'vitest';
import sampleAlert from '../../src/api/sample-alert.json' with { type: 'json' };
import { DEFAULT_POLICY } from '../../src/policy/policy.ts';
import { BlobModelStore } from '../../src/store/azure/blob-model-store.ts';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { MODEL_CONTAINER, POLICY_POINTER_BLOB } from '../../src/store/names.ts';
import { eventually } from '../support/call-service.ts';
import { SuccessiveServices } from '../support/successive-services.ts';

const services = new SuccessiveServices();
afterAll(() => services.stop());

const policy = { ...DEFAULT_POLICY, costs: { ...DEFAULT_POLICY.costs, missed_attack: 77 } };

it('says on each verdict that the built-in policy decides where the stored one cannot be read, until a whole one is sent', async () => {
  const first = await services.restart({ HEAD_POLL_SECONDS: '0.5' });
  expect((await first.put('/policy', { policy })).status).toBe(200);
  expect((await first.post('/predict', sampleAlert)).body).not.toHaveProperty('policy');

  const clients = createStorageClients({ connectionString: services.connectionString });
  const models = new BlobModelStore(clients.container(MODEL_CONTAINER));
  const stored = await models.read(POLICY_POINTER_BLOB);
  await models.replace(POLICY_POINTER_BLOB, Buffer.from('{"seq": 1, "pol'), stored!.etag);

  const next = await services.restart({ HEAD_POLL_SECONDS: '0.5' });
  const { body: verdict } = await next.post('/predict', sampleAlert);
  expect(verdict).toMatchObject({ policy: 'default' });
  expect(verdict.decision).not.toBe('close');
  expect(verdict.input.warnings.at(-1)).toContain('The stored policy cannot be read');
  expect((await next.get('/health')).body).toEqual({ status: 'degraded' });
  expect((await next.get('/policy')).status).toBe(500);

  const put = await next.put('/policy', { policy, why: 'put back' });
  expect(put.body).toMatchObject({ document: { seq: 2, policy } });
  expect((await next.post('/predict', sampleAlert)).body).not.toHaveProperty('policy');
  await eventually('health that says ok', async () => (await next.get('/health')).body.status === 'ok');
});
