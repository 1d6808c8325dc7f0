import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { WireVerdict } from '../../src/api/predict/verdict.ts';
import { call, eventually } from '../support/call-service.ts';
import { type IsolatedService, startIsolatedService } from '../support/isolated-service.ts';
import { FAST_TRAINING } from '../support/learning-service.ts';

// What verdicts say, on payloads as vendors send them.

const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url));
const samples = readdirSync(join(fixtures, 'samples'), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && entry.name.endsWith('.json') && !entry.name.endsWith('.expected.json'))
  .map(({ parentPath, name }) => JSON.parse(readFileSync(join(parentPath, name), 'utf8')) as unknown);

let service: IsolatedService;
beforeAll(async () => {
  service = await startIsolatedService({
    env: { ...FAST_TRAINING, HEAD_POLL_SECONDS: '0.5', RETRAIN_AFTER: '100000' },
  });
});
afterAll(() => service?.stop());

const predict = async (payload: unknown, query = 'explain=20'): Promise<WireVerdict> => {
  const { status, body } = await call(service.url, 'POST', `/predict?${query}`, payload);
  expect(status, JSON.stringify(body)).toBe(200);
  return body;
};
const said = ({ reasons }: WireVerdict): string => reasons.join('\n');

const alert = (more: Record<string, unknown> = {}) => ({
  id: `a-${Object.keys(more).join()}`,
  title: 'Suspicious sign-in by WS-17',
  source: 'edr',
  severity: 'high',
  occurred_at: '2026-03-04T02:14:07Z',
  entities: [
    { kind: 'host', value: 'WS-17' },
    { kind: 'ip', value: '198.51.100.7' },
  ],
  ...more,
});

describe('entities', () => {
  it('are named as the caller sent them', async () => {
    const put = await call(
      service.url,
      'PUT',
      '/intel/drops?confidence=80',
      'WS-17.Corp.example\n198.51.100.7\n',
      {
        'content-type': 'text/plain',
      },
    );
    expect(put.status).toBe(200);
    const verdict = await predict(alert({ entities: [{ kind: 'domain', value: 'WS-17.Corp.example' }] }));
    expect(said(verdict)).toContain(
      'Threat intelligence: WS-17.Corp.example (domain) is named by drops (confidence 80).',
    );
    expect(said(await predict(alert()))).toContain('198.51.100.7 (ip) is named by drops');
  });
});

describe('a rule', () => {
  it('names the word and the field that it found', async () => {
    const host = { kind: 'host', value: 'WS-17' };
    const night = said(await predict(alert({ severity: 'unknown', entities: [host] })));
    expect(night).toMatch(/Rule au-at-night: .*\("sign-in" in alert\.text/);
  });

  it('takes no hour from the time of receipt', async () => {
    const { occurred_at: _, ...untimed } = alert({ id: 'untimed', kind: 'sign-in' });
    for (const severity of ['low', 'medium', 'high']) {
      const verdict = await predict({ ...untimed, alert_name: untimed.title, id: severity, severity });
      expect(verdict.rules.map(({ id }) => id)).not.toContain('au-at-night');
      expect(said(verdict)).not.toMatch(/Raised (at|on|by)/);
    }
  });
});

describe('every verdict on the recorded payloads', () => {
  it('gives reasons that are sentences of known values', async () => {
    let nReasons = 0;
    for (const payload of samples) {
      const { status, body } = await call(service.url, 'POST', '/predict?explain=20&observe=false', payload);
      if (status !== 200 || body.reasons === undefined) continue;
      for (const reason of body.reasons as string[]) {
        nReasons++;
        expect(reason).toMatch(/^[^a-z].*\.$|\)$/s);
        expect(reason).not.toMatch(/NaN|undefined|null|Infinity|\bmissing\b(?!, so)/);
        expect(reason).not.toMatch(/this main entity|this indicator|these entities/);
      }
    }
    expect(nReasons).toBeGreaterThan(200);
  });
});

describe('shares of judged alerts', () => {
  it('count what stands behind them', async () => {
    const turnedOut = (i: number): string => (i % 8 < 4 ? 'true_positive' : 'false_positive');
    const judged = Array.from({ length: 240 }, (_, i) => ({
      id: `judged-${i}`,
      title: 'Alert',
      rule_id: `rule-${i % 8}`,
      source: 'edr',
      severity: 'medium',
      occurred_at: new Date(Date.UTC(2026, 1, 1) + 7.1 * 3_600_000 * i).toISOString(),
      entities: [{ kind: 'host', value: `WS-${i % 23}` }],
    }));
    const votes = judged.map((one, i) => ({
      alert: { ...one, tenant: 'contoso' },
      disposition: turnedOut(i),
      analyst: `analyst-${i % 8}`,
    }));
    expect(await call(service.url, 'POST', '/feedback', votes)).toMatchObject({ status: 200 });
    const asked = await call(service.url, 'POST', '/retrain', {
      force: true,
      by: 'op',
      why: 'the reasons of a record',
    });
    expect(asked, JSON.stringify(asked.body)).toMatchObject({ status: 202 });
    const run = await eventually(
      'the retrain',
      async () => {
        const { body } = await call(service.url, 'GET', `/retrain/${asked.body.run_id}`);
        return body.finished_at ? body : undefined;
      },
      120_000,
    );
    expect(run.state, JSON.stringify(run)).toBe('promoted');
    await eventually('the new models', async () => {
      const verdict = await predict(alert(), 'observe=false');
      return verdict.versions.classifier !== '1.0.0';
    });
    const fresh = (tenant: string, i: number) =>
      predict({ ...judged[i]!, id: `fresh-${tenant}-${i}`, tenant }, 'explain=20&observe=false');
    const own = said(await fresh('contoso', 1));
    // 30 of each rule, some of them held out
    const [, n, total] = /(\d+) of (\d+) judged alerts of this rule/.exec(own)!;
    expect(own).toMatch(/(30|2\d) of \1 judged alerts of this rule/);
    expect(Number(n)).toBe(Number(total));
    expect(own).not.toContain('smoothed');
    // another customer is told nothing of what one customer alone has judged
    const stranger = said(await fresh('fabrikam', 1));
    expect(stranger).not.toMatch(/\d+ of \d+ judged|elsewhere/);
    expect(stranger).toMatch(/was judged yet|How alerts of this rule/);
  });
});
