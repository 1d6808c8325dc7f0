import { afterAll, expect, it } from 'vitest';
import { call, eventually } from '../support/call-service.ts';
import { startFaultProxy } from '../support/fault-proxy.ts';
import { startFromFirstModels } from '../support/first-models.ts';
import { startLocalService } from '../support/local-service.ts';

const stops: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});

const alertOn = (host: string, id: string): Record<string, unknown> => ({
  id,
  tenant: 'acme',
  source: 'edr',
  rule_id: `rule ${id}`,
  title: `New service installed, ${id}`,
  severity: 'high',
  occurred_at: new Date().toISOString(),
  entities: [{ kind: 'host', value: host }],
});

it('alerts that come before the past is read are answered at once, closed by nobody, and in their incident later', async () => {
  const env = { HEAD_POLL_SECONDS: '0.2' };
  let letRead = (): void => {};
  const mayRead = new Promise<void>((resolve) => {
    letRead = resolve;
  });
  const service = await startFromFirstModels(env, async (storage) => {
    const proxy = await startFaultProxy(storage);
    stops.push(() => proxy.stop());
    proxy.break({
      matches: (method, path) => method === 'GET' && /\/behavior\(?/.test(path),
      fault: { kind: 'act', when: 'before', act: () => mayRead },
    });
    return startLocalService({ connectionString: proxy.connectionString, env });
  });
  stops.push(() => service.stop());
  const verdicts = [];
  for (const id of ['one', 'two', 'two']) {
    const { status, body } = await call(service.url, 'POST', '/predict', alertOn('web-1', id));
    expect(status).toBe(200);
    verdicts.push(body);
  }
  for (const verdict of verdicts) {
    expect(verdict.context.stages).toMatchObject({ behavior: 'loading', correlation: 'loading' });
    expect(verdict.incident).toBeNull();
    expect(verdict.decision).not.toBe('close');
  }
  letRead();
  const incident = await eventually('the incident of both', async () => {
    const { body } = await call(service.url, 'GET', '/incidents?tenant=acme');
    return body.incidents?.[0];
  });
  expect(incident).toMatchObject({ alerts: 2 });
  const { body: third } = await call(service.url, 'POST', '/predict', alertOn('web-1', 'three'));
  expect(third.incident).toMatchObject({ id: incident.id, size: 3 });
  // what was routine is sent again with the severity that the vendor gives it by now
  for (const severity of ['low', 'critical', 'critical']) {
    const raised = { ...alertOn('web-1', 'raised'), severity };
    const { body } = await call(service.url, 'POST', '/predict', raised);
    expect(body.incident?.size).toBe(severity === 'low' ? undefined : 4);
  }
  const { body: whole } = await call(service.url, 'GET', `/incidents/${incident.id}`);
  const answers = whole.members.map((member: { verdict_id?: string }) => member.verdict_id);
  expect(answers).toContain(verdicts[0].verdict_id);
});
