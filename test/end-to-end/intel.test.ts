import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { intelChangeSchema, intelListSchema, intelLookupSchema } from '../../src/api/intel/intel.ts';
import { verdictSchema } from '../../src/api/predict/verdict.ts';
import { problemSchema } from '../../src/api/problem.ts';
import { call } from '../support/call-service.ts';
import { type IsolatedService, startIsolatedService } from '../support/isolated-service.ts';

const alert = (id: string, value: string) => ({
  id,
  title: 'Connection',
  source: 'firewall',
  severity: 'low',
  occurred_at: '2026-03-04T02:14:07Z',
  entities: [{ kind: 'ip', value }],
});

describe('threat intelligence over HTTP', () => {
  let service: IsolatedService;
  beforeAll(async () => {
    service = await startIsolatedService();
  });
  afterAll(() => service.stop());

  const put = (path: string, body: string | Uint8Array, headers: Record<string, string> = {}) =>
    fetch(`${service.url}/api/v1/ml${path}`, { method: 'PUT', body, headers });

  it('imports a source, hits in verdicts, never closes a hit, and forgets the source', async () => {
    const answer = await put(
      '/intel/drop-list?confidence=80',
      '# list\n198.51.100.0/24 ; SBL1\nevil[.]example\n',
    );
    expect(answer.status).toBe(200);
    expect(intelChangeSchema.parse(await answer.json())).toMatchObject({
      before: null,
      source: 'drop-list',
      indicators: { ip: 1, domain: 1 },
    });
    const { body: listed } = await call(service.url, 'GET', '/intel');
    expect(intelListSchema.parse(listed)).toMatchObject({
      status: 'ready',
      sources: [{ source: 'drop-list' }],
    });

    const { body: hit } = await call(service.url, 'POST', '/predict', alert('i-1', '198.51.100.7:443'));
    const verdict = verdictSchema.parse(hit);
    expect(verdict.intel).toEqual([{ source: 'drop-list', kind: 'ip', confidence: 80 }]);
    expect(verdict.decision).not.toBe('close');
    expect(verdict.reasons.join(' ')).toContain('drop-list');
    const { body: none } = await call(service.url, 'POST', '/predict', alert('i-2', '203.0.113.7'));
    expect(none.intel).toEqual([]);

    const { body: found } = await call(service.url, 'GET', '/intel/lookup?value=hxxp://a.EVIL.example/x');
    expect(intelLookupSchema.parse(found)).toMatchObject({
      is_hit: true,
      entities: [{ kind: 'url', value: 'http://a.evil.example/x' }],
      hits: [{ matched: 'evil.example', state: 'active', confidence: 80 }],
    });

    expect((await call(service.url, 'DELETE', '/intel/drop-list')).status).toBe(200);
    const { body: after } = await call(service.url, 'POST', '/predict', alert('i-3', '198.51.100.7'));
    expect(after.intel).toEqual([]);
    const gone = await call(service.url, 'DELETE', '/intel/drop-list');
    expect([gone.status, problemSchema.parse(gone.body).code]).toEqual([404, 'NOT_FOUND']);
  });

  it('refuses names, formats and parameters by name, and leaves what was there', async () => {
    await put('/intel/kept', '198.51.100.7\n');
    for (const path of [
      '/intel/Not%20a%20name',
      '/intel/kept?format=nonsense',
      '/intel/kept?confidence=200',
      '/intel/kept?colour=red',
    ]) {
      const answer = await put(path, '198.51.100.8\n');
      expect([path, answer.status, problemSchema.parse(await answer.json()).code]).toEqual([
        path,
        400,
        'REQUEST_INVALID',
      ]);
    }
    const damaged = await put('/intel/kept', new Uint8Array([0x1f, 0x8b, 1, 2, 3, 4, 5, 6]));
    expect(damaged.status).toBe(400);
    const { body } = await call(service.url, 'GET', '/intel/lookup?value=198.51.100.7');
    expect(body.is_hit).toBe(true);
  });

  it('takes a hundred thousand indicators while it goes on answering', async () => {
    const lines = Array.from({ length: 100_000 }, (_, at) => `203.0.${(at >> 8) & 255}.${at & 255}\th${at}`);
    const importing = put('/intel/large', lines.join('\n'));
    const { status } = await call(service.url, 'POST', '/predict', alert('i-4', '192.0.2.1'));
    expect(status).toBe(200);
    expect((await importing).status).toBe(200);
  });
});
