import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DISPOSITIONS } from '../../src/alert/alert.ts';
import { policyAnswerSchema } from '../../src/api/policy/policy.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import { call, eventually } from '../support/call-service.ts';
import { type IsolatedService, startIsolatedService } from '../support/isolated-service.ts';

let service: IsolatedService;
const alerts = generateSyntheticAlerts(20, 8080);

beforeAll(async () => {
  service = await startIsolatedService({ env: { RETRAIN_AFTER: '100000', PREDICTION_LOG: 'wait' } });
});
afterAll(() => service.stop());

const closedIncident = (name: string, classification: string, owner: string | null) => ({
  id: `/subscriptions/x/providers/Microsoft.SecurityInsights/Incidents/${name}`,
  name,
  type: 'Microsoft.SecurityInsights/Incidents',
  properties: {
    title: 'Sign-in from a rare country',
    severity: 'High',
    status: 'Closed',
    classification,
    classificationReason: 'SuspiciousActivity',
    createdTimeUtc: '2026-03-01T10:00:00Z',
    labels: owner === null ? [{ labelName: 'alertforest', labelType: 'User' }] : [],
    owner: { assignedTo: owner, email: owner === null ? null : 'ana@contoso.example' },
    additionalData: { tactics: ['InitialAccess'], alertProductNames: ['Microsoft Entra ID'] },
  },
});

describe('feedback', () => {
  it('takes a judgement by the id of a scored alert, and asks for the alert where it was not scored', async () => {
    const alert = alerts[0]?.alert;
    await call(service.url, 'POST', '/predict', alert);
    const known = await call(service.url, 'POST', '/feedback', {
      alert_id: alert?.id,
      disposition: 'benign',
      analyst: 'ana',
    });
    expect(known).toMatchObject({ status: 200, body: { accepted: 1 } });
    const unknown = await call(service.url, 'POST', '/feedback', {
      alert_id: 'nobody-knows',
      disposition: 'benign',
    });
    expect(unknown).toMatchObject({
      status: 404,
      body: { code: 'ALERT_UNKNOWN', issues: [{ path: 'alert' }] },
    });
  });

  it('names the candidates of an ambiguous id, and takes a tenant to tell them apart', async () => {
    const base = { ...alerts[1]?.alert, id: 'twice' };
    for (const tenant of ['north', 'south']) await call(service.url, 'POST', '/predict', { ...base, tenant });
    const judgement = { alert_id: 'twice', disposition: 'true_positive', analyst: 'ana' };
    const ambiguous = await call(service.url, 'POST', '/feedback', judgement);
    expect(ambiguous).toMatchObject({ status: 409, body: { code: 'ALERT_AMBIGUOUS' } });
    expect(ambiguous.body.candidates.map(({ tenant }: { tenant: string }) => tenant).sort()).toEqual([
      'north',
      'south',
    ]);
    const clear = await call(service.url, 'POST', '/feedback', { ...judgement, tenant: 'south' });
    expect(clear).toMatchObject({ status: 200, body: { accepted: 1 } });
  });

  it.each([
    ['an unknown disposition', { disposition: 'bad_luck' }, 'disposition'],
    ['a risk over 100', { disposition: 'benign', risk_score: 250 }, 'risk_score'],
    ['an analyst name of 10 kB', { disposition: 'benign', analyst: 'x'.repeat(10_000) }, 'analyst'],
    [
      'an alert from the future',
      {
        disposition: 'benign',
        alert_id: alerts[2]?.alert.id,
        alert: { ...alerts[2]?.alert, occurred_at: '2999-01-01T00:00:00Z' },
      },
      'alert.occurred_at',
    ],
    [
      'another alert than the one named',
      { disposition: 'benign', alert_key: '0'.repeat(32), alert: alerts[2]?.alert },
      'alert_key',
    ],
  ])('refuses %s and says which field', async (_name, item, path) => {
    const answer = await call(service.url, 'POST', '/feedback', { alert_id: alerts[0]?.alert.id, ...item });
    expect(answer.status).toBe(400);
    expect(answer.body.issues.map((issue: { path: string }) => issue.path)).toContain(path);
  });

  it('answers many item by item', async () => {
    const answer = await call(service.url, 'POST', '/feedback', [
      { alert: alerts[3]?.alert, disposition: 'benign', analyst: 'ana' },
      { alert: alerts[3]?.alert, disposition: 'nonsense', analyst: 'ana' },
      { alert: alerts[3]?.alert, disposition: 'benign', analyst: 'ben' },
    ]);
    expect(answer).toMatchObject({ status: 200, body: { accepted: 2, duplicates: 0 } });
    expect(answer.body.results.map((result: { status?: string }) => result.status ?? 'error')).toEqual([
      'accepted',
      'error',
      'accepted',
    ]);
  });

  it('reads a closed incident as a judgement, and none into what automation or nobody decided', async () => {
    const closed = await call(service.url, 'POST', '/feedback', closedIncident('i-1', 'TruePositive', 'Ana'));
    expect(closed).toMatchObject({ status: 200, body: { accepted: 1, no_label: 0 } });
    const undetermined = await call(
      service.url,
      'POST',
      '/feedback',
      closedIncident('i-2', 'Undetermined', 'Ana'),
    );
    expect(undetermined).toMatchObject({ status: 200, body: { accepted: 0, no_label: 1 } });
    const automated = await call(
      service.url,
      'POST',
      '/feedback',
      closedIncident('i-3', 'BenignPositive', null),
    );
    expect(automated).toMatchObject({ status: 200, body: { accepted: 0, no_label: 1 } });
    const open = closedIncident('i-4', 'TruePositive', 'Ana');
    const { classification: _c, ...properties } = open.properties;
    const answer = await call(service.url, 'POST', '/feedback', {
      ...open,
      properties: { ...properties, status: 'Active' },
    });
    expect(answer).toMatchObject({ status: 400, body: { code: 'FEEDBACK_INVALID' } });
  });

  it('takes a list of closed incidents in their envelope', async () => {
    const answer = await call(service.url, 'POST', '/feedback', {
      value: [closedIncident('i-5', 'FalsePositive', 'Ana'), closedIncident('i-6', 'BenignPositive', 'Ben')],
    });
    expect(answer).toMatchObject({ status: 200, body: { accepted: 2 } });
    expect(answer.body.results).toHaveLength(2);
  });
});

describe('policy', () => {
  it('is previewed, replaced and then decides; a stale change is refused', async () => {
    const before = await call(service.url, 'GET', '/policy');
    expect(policyAnswerSchema.parse(before.body).document.seq).toBe(0);
    const policy = { ...before.body.document.policy, risk_levels: { critical: 3, high: 2, medium: 1 } };
    const preview = await call(service.url, 'PUT', '/policy?dry_run=true', { policy });
    expect(policyAnswerSchema.parse(preview.body).preview?.note).toMatch(/held out|audit samples/);
    expect((await call(service.url, 'GET', '/policy')).body.document.seq).toBe(0);

    const put = await call(service.url, 'PUT', '/policy', { policy, if_seq: 0, by: 'op', why: 'a drill' });
    expect(put).toMatchObject({ status: 200, body: { document: { seq: 1, by: 'op' } } });
    // sent again, as after a lost answer: what stands, and no second version
    const again = await call(service.url, 'PUT', '/policy', { policy, if_seq: 0 });
    expect(again).toMatchObject({ status: 200, body: { document: { seq: 1, by: 'op' } } });
    const other = { ...policy, audit_share: 0.5 };
    const stale = await call(service.url, 'PUT', '/policy', { policy: other, if_seq: 0 });
    expect(stale).toMatchObject({ status: 409, body: { code: 'STORE_CONFLICT' } });
    const verdict = await call(service.url, 'POST', '/predict', alerts[4]?.alert);
    expect(verdict.body.risk_level).toBe('critical');
  });

  it.each([
    ['an error rate above a half', { policy: { alpha: 7 } }, 'policy.alpha'],
    ['a negative cost', { policy: { costs: { missed_attack: -1 } } }, 'policy.costs.missed_attack'],
    ['a cost in words', { policy: { costs: { false_alarm: 'much' } } }, 'policy.costs.false_alarm'],
    [
      'costs of nothing at all',
      { policy: { costs: { missed_attack: 0, false_alarm: 0, correct_close: 0 } } },
      'policy.costs',
    ],
    ['a share above one', { policy: { audit_share: 2 } }, 'policy.audit_share'],
    ['a threshold below none', { policy: { close_below: -0.1 } }, 'policy.close_below'],
    ['levels out of order', { policy: { risk_levels: { medium: 80 } } }, 'policy.risk_levels'],
    ['a field that it does not have', { policy: { cost: {} } }, 'policy.cost'],
    ['neither policy nor cases', { by: 'op' }, 'policy'],
    [
      'a case without a name',
      { critical_cases: { add: [{ id: '', alert: {} }] } },
      'critical_cases.add.0.id',
    ],
    [
      'a retirement without a reason',
      { critical_cases: { retire: [{ id: 'dcsync' }] } },
      'critical_cases.retire.0.why',
    ],
  ])('with %s is refused, names the field and changes nothing', async (_name, body, path) => {
    const before = (await call(service.url, 'GET', '/policy')).body;
    for (const query of ['', '?dry_run=true']) {
      const answer = await call(service.url, 'PUT', `/policy${query}`, body);
      expect(answer).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
      expect(answer.body.issues.map((issue: { path: string }) => issue.path)).toContain(path);
    }
    expect((await call(service.url, 'GET', '/policy')).body).toEqual(before);
  });

  it('refuses a critical case that is no alert, and closes nothing before attacks were judged', async () => {
    const noAlert = { critical_cases: { add: [{ id: 'x', alert: { nothing: 'here' } }] } };
    expect(await call(service.url, 'PUT', '/policy', noAlert)).toMatchObject({
      status: 400,
      body: { code: 'ALERT_INVALID' },
    });
    const { body } = await call(service.url, 'GET', '/policy');
    expect([...body.uncovered].sort()).toEqual([...DISPOSITIONS].sort());
    const { results } = (
      await call(service.url, 'POST', '/predict', { alerts: alerts.map(({ alert }) => alert) })
    ).body;
    for (const { verdict } of results)
      expect(verdict).toMatchObject({ decision: 'review', decision_reason: 'too_few_judged_alerts' });
  });

  it('keeps an operator’s own critical cases and retires shipped ones with a reason', async () => {
    const answer = await call(service.url, 'PUT', '/policy', {
      critical_cases: {
        add: [{ id: 'own-1', alert: alerts[5]?.alert }],
        retire: [{ id: 'lsass-dump', why: 'red team' }],
      },
      by: 'op',
    });
    expect(answer.body.critical_cases).toMatchObject({
      cases: [{ id: 'own-1', by: 'op' }],
      retired: [{ id: 'lsass-dump', why: 'red team' }],
    });
  });
});

describe('operations', () => {
  it('lists the audit, importances, drift and quality', async () => {
    const audit = await call(service.url, 'GET', '/audit?limit=5');
    expect(audit.body.entries[0]).toMatchObject({ kind: 'bootstrap', before: null });
    expect((await call(service.url, 'GET', '/audit?limit=0')).status).toBe(400);
    const importances = await call(service.url, 'GET', '/importances');
    expect(Object.keys(importances.body.models).sort()).toEqual(['anomaly', 'classifier', 'scorer']);
    expect((await call(service.url, 'GET', '/drift')).body.status).toBe('warming_up');
    const quality = await call(service.url, 'POST', '/quality', [
      alerts[0]?.alert,
      alerts[0]?.alert,
      { x: 1 },
    ]);
    expect(quality.body).toMatchObject({ total: 3, read: 2, rejected: 1, duplicates: { repeated: 1 } });
  });

  it('needs a reason to overrule the gate, and answers 404 for a run nobody started', async () => {
    expect((await call(service.url, 'POST', '/retrain', { force: true })).status).toBe(400);
    expect((await call(service.url, 'GET', '/retrain/nobody')).status).toBe(404);
  });

  it('runs the hourly check when the host says so', async () => {
    const response = await fetch(`${service.url}/admin/functions/retrainHourly`, {
      method: 'POST',
      body: '{}',
    });
    expect(response.status).toBe(202);
    await eventually('the tick in health', async () => {
      const { body } = await call(service.url, 'GET', '/health/details');
      return body.scheduler.last_result === 'below';
    });
  });
});
