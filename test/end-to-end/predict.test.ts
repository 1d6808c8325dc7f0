import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchResultSchema, verdictSchema } from '../../src/api/predict/verdict.ts';
import { problemSchema } from '../../src/api/problem.ts';
import { call } from '../support/call-service.ts';
import { type IsolatedService, startIsolatedService } from '../support/isolated-service.ts';

let service: IsolatedService;

beforeAll(async () => {
  service = await startIsolatedService({ env: { MAX_ALERT_BYTES: '65536', MAX_REQUEST_BYTES: '262144' } });
});
afterAll(() => service.stop());

const fixture = async (path: string): Promise<unknown> =>
  JSON.parse(await readFile(new URL(`../fixtures/samples/${path}`, import.meta.url), 'utf8'));

const canonical = {
  id: 'canonical-1',
  title: 'Impossible travel',
  source: 'identity_protection',
  severity: 'high',
  occurred_at: '2026-03-04T02:10:00Z',
  tactics: ['TA0001'],
  entities: [{ kind: 'user', value: 'alice@example.com' }],
};

const suricata = 'suricata/20_wrccdc_2017_et_scan_potential_ssh_scan_outbound.json';

describe('POST /predict', () => {
  it.each([
    ['sentinel', 'sentinel_securityalert/22_suspicious_powershell_activity_detected.json'],
    ['sentinel_incident', 'sentinel_incident/01_example_incident.json'],
    ['defender_graph', 'defender_graph_alert_v2/01_suspicious_execution_of_hidden_file.json'],
    ['suricata', suricata],
  ])('scores a real %s payload', async (dialect, path) => {
    const { status, body, headers } = await call(service.url, 'POST', '/predict', await fixture(path));
    expect(status).toBe(200);
    const verdict = verdictSchema.parse(body);
    expect(verdict.input.dialect).toContain(dialect);
    expect(verdict.input.completeness).toBeGreaterThan(0.3);
    expect(Object.values(verdict.probabilities).reduce((a, b) => a + b, 0)).toBeCloseTo(1, 2);
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('scores a real Wazuh alert', async () => {
    const { gunzipSync } = await import('node:zlib');
    const lines = gunzipSync(
      await readFile(new URL('../fixtures/wazuh178/wazuh178.jsonl.gz', import.meta.url)),
    )
      .toString('utf8')
      .split('\n');
    const { alert } = JSON.parse(lines[0] as string);
    const { status, body } = await call(service.url, 'POST', '/predict', alert);
    expect(status).toBe(200);
    expect(verdictSchema.parse(body).input.dialect).toBe('wazuh_alert');
  });

  it('scores a canonical alert and blends as documented', async () => {
    const { status, body } = await call(service.url, 'POST', '/predict?explain=5', canonical);
    expect(status).toBe(200);
    const verdict = verdictSchema.parse(body);
    const { probabilities: p, rule_score } = verdict;
    const ml =
      0.6 * verdict.risk_score +
      0.3 * 100 * (p.true_positive + 0.5 * p.suspicious) +
      0.1 * 100 * verdict.anomaly_score;
    const { score, share } = verdict.context.lead ?? { score: 0, share: 0 };
    expect(Math.abs((1 - share) * ml + share * score - verdict.ml_score)).toBeLessThan(0.2);
    expect(
      Math.abs(0.7 * verdict.ml_score + 0.3 * (rule_score as number) - verdict.final_score),
    ).toBeLessThan(0.2);
    expect(verdict.alert_key).toMatch(/^[0-9a-f]{32}$/);
    const explanation = verdict.explanation;
    expect(explanation?.withheld).toBeUndefined();
    expect(explanation?.contributions.length).toBeLessThanOrEqual(5);
    const total =
      (explanation?.base ?? 0) +
      (explanation?.contributions.reduce((sum, { points }) => sum + points, 0) ?? 0) +
      (explanation?.other ?? 0);
    expect(Math.abs(total - verdict.final_score)).toBeLessThan(0.2);
  });

  it('gives the same verdict for the same alert', async () => {
    const first = await call(service.url, 'POST', '/predict', canonical);
    const second = await call(service.url, 'POST', '/predict', canonical);
    const { scored_at: _a, verdict_id: _d, input: _b, ...one } = first.body;
    const { scored_at: _c, verdict_id: _e, input: again, ...two } = second.body;
    expect(two).toEqual(one);
    expect(again.rescored).toBe(true);
  });

  it('shows what was read from where with debug=mapping', async () => {
    const { body } = await call(service.url, 'POST', '/predict?debug=mapping', await fixture(suricata));
    expect(body.input.fields.severity).toContain('alert.severity');
    const { alert } = verdictSchema.parse(body).input;
    expect(alert?.id).toBe(body.alert_id);
    expect(alert).not.toHaveProperty('raw');
    expect(alert?.entities).toContainEqual(expect.objectContaining({ kind: 'ip', from: 'src_ip' }));
  });

  it('shows the entities in their normal form', async () => {
    const { body } = await call(service.url, 'POST', '/predict?debug=mapping', {
      ...canonical,
      id: 'normal-forms',
      entities: [
        { kind: 'ip', value: '[::ffff:192.0.2.1]:443' },
        { kind: 'host', value: 'FIN-WS-017.contoso.com.' },
        { kind: 'ip', value: '010.1.1.1' },
      ],
    });
    expect(body.input.alert.entities).toEqual([
      { kind: 'ip', value: '192.0.2.1', from: 'entities.0' },
      { kind: 'host', value: 'fin-ws-017.contoso.com', from: 'entities.1' },
    ]);
    expect(body.input.warnings).toEqual(['Expected a value of its kind in `entities.2`; it was left out.']);
  });

  it('answers a batch item by item, one bad alert among good ones', async () => {
    const { status, body } = await call(service.url, 'POST', '/predict', {
      alerts: [canonical, { nothing: 'here' }, await fixture(suricata)],
    });
    expect(status).toBe(200);
    const { results } = batchResultSchema.parse(body);
    expect(results.map(({ index, verdict, error }) => [index, verdict ? 'verdict' : error?.code])).toEqual([
      [0, 'verdict'],
      [1, 'ALERT_INVALID'],
      [2, 'verdict'],
    ]);
  });

  it('fails only the item that is too large', async () => {
    const { status, body } = await call(service.url, 'POST', '/predict', {
      alerts: [canonical, { ...canonical, id: 'big', padding: 'x'.repeat(70_000) }],
    });
    expect(status).toBe(200);
    expect(body.results[0].verdict).toBeDefined();
    expect(body.results[1].error.code).toBe('ALERT_TOO_LARGE');
  });

  it.each([
    ['words that are no record', 'nothing known', 422, 'NOTHING_READ', ''],
    ['an empty body', '', 400, 'REQUEST_INVALID', ''],
    ['a number', '42', 422, 'NOTHING_READ', ''],
    ['a wrong type', { ...canonical, title: 7 }, 400, 'ALERT_INVALID', 'title'],
    ['an unknown severity', { ...canonical, severity: 'enormous' }, 400, 'ALERT_INVALID', 'severity'],
    ['a body over the limit', { ...canonical, padding: 'x'.repeat(300_000) }, 413, 'REQUEST_TOO_LARGE', ''],
    ['an alert over the limit', { ...canonical, padding: 'x'.repeat(100_000) }, 413, 'ALERT_TOO_LARGE', ''],
    ['an empty batch', { alerts: [] }, 400, 'REQUEST_INVALID', ''],
    [
      'a batch over the limit',
      { alerts: Array.from({ length: 1001 }, (_, i) => ({ id: `b${i}`, title: 't' })) },
      413,
      'BATCH_TOO_LARGE',
      '',
    ],
  ])('refuses %s with a clear problem', async (_name, sent, status, code, path) => {
    const answer = await call(service.url, 'POST', '/predict', sent);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    const problem = problemSchema.parse(answer.body);
    expect(problem.code).toBe(code);
    if (path) expect(problem.issues?.map((issue) => issue.path)).toContain(path);
  });

  it('counts a compressed body after decompression', async () => {
    const gzip = { 'content-encoding': 'gzip' };
    const good = await call(service.url, 'POST', '/predict', gzipSync(JSON.stringify(canonical)), gzip);
    expect(good.status).toBe(200);
    const bomb = await call(service.url, 'POST', '/predict', gzipSync('x'.repeat(5_000_000)), gzip);
    expect(bomb).toMatchObject({ status: 413, body: { code: 'REQUEST_TOO_LARGE' } });
    const broken = await call(service.url, 'POST', '/predict', 'not gzip at all', gzip);
    // Compression is told by its first bytes, not by its label: this is a text, and none that is known.
    expect(broken).toMatchObject({ status: 422, body: { code: 'NOTHING_READ' } });
  });

  it('reads a body that is cut off as far as it goes, and says so', async () => {
    const { status, body } = await call(service.url, 'POST', '/predict', '{"id": "x", "title": "cut", "seve');
    expect(status).toBe(200);
    expect(body.input.warnings).toContain('The JSON text is cut off: what came whole was read.');
  });

  it('answers 404 on an unknown route and on a wrong method', async () => {
    expect((await call(service.url, 'GET', '/nothing')).status).toBe(404);
    expect((await call(service.url, 'GET', '/predict')).status).toBe(404);
  });
});

describe('GET /health', () => {
  it('says ok and nothing more to anyone', async () => {
    expect(await call(service.url, 'GET', '/health')).toMatchObject({ status: 200, body: { status: 'ok' } });
  });

  it('gives the details to a scorer', async () => {
    const { status, body } = await call(service.url, 'GET', '/health/details');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      status: 'ok',
      models: { classifier: { version: '1.0.0', source: 'storage' } },
      pending_feedback: 0,
      storage: { status: 'ok' },
      instances: { agree: true },
    });
    expect(Date.parse(body.scheduler.next_tick)).toBeGreaterThan(Date.now());
    expect(body.latency.predict.count).toBeGreaterThan(0);
  });
});
