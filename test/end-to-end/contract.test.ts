import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { exampleCall } from '../../src/api/example-call.ts';
import { problemSchema } from '../../src/api/problem.ts';
import { problemStatuses, ROUTES } from '../../src/api/routes.ts';
import { OWN_TAG } from '../../src/intake/evidence/who-closed.ts';
import { readTelemetryContract } from '../infra/telemetry-contract.ts';
import { actionsOf, definitionOf, type Template } from '../integrations/workflow-check.ts';
import { type Answer, API, call, eventually } from '../support/call-service.ts';
import { type IsolatedService, startIsolatedService } from '../support/isolated-service.ts';

let service: IsolatedService;
beforeAll(async () => {
  service = await startIsolatedService();
});
afterAll(() => service?.stop());

/** Lines of the service's own events, as objects. */
function eventLines(): { text: string; line: Record<string, unknown> }[] {
  return service.service.lines.flatMap((printed) => {
    const text = /\{"event":.*\}$/.exec(printed)?.[0];
    return text === undefined ? [] : [{ text, line: JSON.parse(text) as Record<string, unknown> }];
  });
}

describe('the documented API', () => {
  const answers: Record<string, unknown> = {};

  it.each(Object.entries(ROUTES))(
    'answers %s as it is described, with nothing that is not',
    async (name, route) => {
      const { method, path, body } = exampleCall(route, answers);
      const answer = await call(service.url, method, path, body);
      expect({ status: answer.status, body: answer.body }).toMatchObject({
        status: route.success.status,
      });
      // A field that the schema does not know would be stripped.
      const schema = route.success.schemas[0] ?? z.literal('');
      expect(schema.parse(answer.body)).toEqual(answer.body);
      expect(answer.headers.get('x-request-id')).toMatch(/./);
      answers[name] = answer.body;
    },
  );

  it.each(
    Object.entries(ROUTES).filter(
      ([name, { role, method }]) => role === 'operator' && method !== 'get' && !name.startsWith('retrain'),
    ),
  )('answers what was before and what is after: %s', (name) => {
    const answer = answers[name] as Record<string, unknown>;
    expect(Object.keys(answer)).toContain('before');
    expect(name === 'policyPut' || 'after' in answer).toBe(true);
  });

  it.each(Object.entries(ROUTES).filter(([, { polled }]) => polled !== undefined))(
    'is cheap to ask again: %s',
    async (_, route) => {
      const { path } = exampleCall(route, answers);
      await eventually('the same answer twice', async () => {
        const { headers } = await call(service.url, 'GET', path);
        const etag = headers.get('etag');
        expect(etag).toMatch(/^W\/"/);
        const again = await fetch(`${service.url}${API}${path}`, { headers: { 'if-none-match': etag! } });
        return again.status === 304 && (await again.text()) === '';
      });
    },
  );

  it('takes back what it has answered: the policy and a rule', async () => {
    const { body: policy } = await call(service.url, 'GET', '/policy');
    const put = await call(service.url, 'PUT', '/policy?dry_run=true', policy);
    expect(put, JSON.stringify(put.body)).toMatchObject({ status: 200 });
    const { body: rule } = await call(service.url, 'GET', '/rules/di-whoami');
    const same = await call(service.url, 'PUT', '/rules/di-whoami', { why: 'as it was', ...rule });
    expect(same, JSON.stringify(same.body)).toMatchObject({ status: 200 });
    expect(same.body.after).toEqual(same.body.before);
  });

  it('says what was announced before, and that the later moment stays', async () => {
    const quiet = (hours: number) =>
      call(service.url, 'POST', '/behavior/quiet', { source: 'new sensor', hours, why: 'new', by: 'op' });
    const { body: first } = await quiet(24);
    expect(first).toMatchObject({ before: null, after: { until: first.until } });
    const { body: second } = await quiet(1);
    expect(second).toMatchObject({ before: { until: first.until }, after: { until: first.until } });
  });

  it('knows every case before it retires one', async () => {
    const critical_cases = { add: [], retire: [{ id: 'no-such-case', why: 'gone' }] };
    expect(await call(service.url, 'PUT', '/policy', { critical_cases })).toMatchObject({ status: 404 });
  });

  it("gives the id of a request back, the caller's or its own", async () => {
    const own = await call(service.url, 'GET', '/versions', undefined, { 'x-request-id': 'ticket-4711' });
    expect(own.headers.get('x-request-id')).toBe('ticket-4711');
    const hostile = await call(service.url, 'GET', '/versions', undefined, { 'x-request-id': 'a b"c' });
    expect(hostile.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    ['predict', 'POST', '/predict', '{', 422],
    ['predict', 'POST', '/predict', {}, 400],
    ['predict', 'POST', '/predict?explain=x', { id: 'a', title: 'b' }, 400],
    ['feedback', 'POST', '/feedback', { alert_id: 'never scored', disposition: 'benign' }, 404],
    ['feedback', 'POST', '/feedback', { disposition: 'benign' }, 400],
    ['versionsOfModel', 'GET', '/versions/nobody', undefined, 404],
    ['versionActivate', 'POST', '/versions/classifier/9.9.9/activate', {}, 404],
    ['retrainRun', 'GET', '/retrain/none', undefined, 404],
    ['policyPut', 'PUT', '/policy', { policy: { cost: 'low' } }, 400],
    ['quarantineRule', 'POST', `/quarantine/${'0'.repeat(32)}`, { action: 'confirm' }, 404],
  ])(
    'answers a wrong %s (%s %s) with a problem that is described',
    async (name, method, path, body, status) => {
      const answer = await call(service.url, method, path, body);
      expect({ status: answer.status, body: answer.body }).toMatchObject({ status });
      expect(problemStatuses(ROUTES[name]!)).toContain(status);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      expect(problemSchema.parse(answer.body)).toEqual(answer.body);
    },
  );
});

describe('a model card', () => {
  const path = '/versions/classifier/1.0.0/card';
  const read = (accept: string) => fetch(`${service.url}${API}${path}`, { headers: { accept } });

  it('is a page for a browser, which may load and run nothing', async () => {
    const answer = await read('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8');
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('vary')).toBe('accept');
    const policy = answer.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    const html = await answer.text();
    const style = /<style>(.*?)<\/style>/s.exec(html)![1]!;
    const hash = createHash('sha256').update(style).digest('base64');
    expect(policy).toContain(`style-src 'sha256-${hash}'`);
    expect(html).toContain('<h1>Model card: classifier</h1>');
    expect(html).toContain('<td>artefact sha256</td>');
  });

  it('is markdown for who asks for it, JSON for everyone else, and each has its ETag', async () => {
    const markdown = await read('text/markdown');
    expect(markdown.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
    expect(await markdown.text()).toMatch(/^\*\*classifier 1\.0\.0: promoted/);
    const tags = new Set([markdown.headers.get('etag')]);
    for (const accept of ['*/*', 'application/json', 'image/png', 'text/html;q=0.1, application/json']) {
      const answer = await read(accept);
      expect(answer.headers.get('content-type')).toContain('application/json');
      expect(await answer.json()).toMatchObject({ model: 'classifier', version: '1.0.0' });
      tags.add(answer.headers.get('etag'));
    }
    expect(tags.size).toBe(2);
  });
});

describe('the playbooks, played against the service', () => {
  const playbook = JSON.parse(
    readFileSync(new URL('../../integrations/logic-apps/score-incident.json', import.meta.url), 'utf8'),
  ) as Template;
  const closing = [...actionsOf(definitionOf(playbook).actions)].find(
    ({ name }) => name === 'Close_incident',
  )!.action.inputs as {
    body: {
      classification: { ClassificationReasonText: string };
      tagsToAdd: { TagsToAdd: { Tag: string }[] };
    };
  };
  const tags = closing.body.tagsToAdd.TagsToAdd.map(({ Tag }) => ({ labelName: Tag, labelType: 'User' }));

  /** What the incident trigger hands to a playbook. */
  const incident = (id: string, more: Record<string, unknown> = {}) => ({
    eventUniqueId: '5a7f6c8e-0c2b-4a52-9b1b-1b9ef1f0a001',
    objectSchemaType: 'Incident',
    objectEventType: 'Create',
    workspaceId: '8ecf8077-cf51-4820-aadd-14040956f35d',
    object: {
      id: `/subscriptions/0/resourceGroups/soc/providers/Microsoft.OperationalInsights/workspaces/soc/providers/Microsoft.SecurityInsights/Incidents/${id}`,
      name: id,
      type: 'Microsoft.SecurityInsights/Incidents',
      properties: {
        title: 'Sign-in from an unusual place',
        severity: 'Medium',
        status: 'New',
        incidentNumber: 7,
        createdTimeUtc: '2026-03-18T02:41:17Z',
        labels: [],
        additionalData: { tactics: ['InitialAccess'], alertsCount: 1 },
        relatedEntities: [{ kind: 'Ip', properties: { address: '203.0.113.57' } }],
        ...more,
      },
    },
  });
  const send = (body: unknown): Promise<Answer> => call(service.url, 'POST', '/feedback', body);
  const pending = async (): Promise<number> =>
    (await call(service.url, 'GET', '/health/details')).body.pending_feedback as number;

  it('score an incident as the trigger gives it', async () => {
    const { status, body } = await call(service.url, 'POST', '/predict?explain=5', incident('i-1'));
    expect(status).toBe(200);
    expect(body).toMatchObject({ alert_id: 'i-1', input: { dialect: 'sentinel_incident' } });
  });

  it('add no judgement for what the playbook itself has closed', async () => {
    await call(service.url, 'POST', '/predict', incident('i-2'));
    const before = await pending();
    for (const classification of ['BenignPositive', 'FalsePositive']) {
      const closed = incident('i-2', {
        status: 'Closed',
        classification,
        classificationComment: closing.body.classification.ClassificationReasonText,
        labels: tags,
      });
      expect(await send(closed)).toMatchObject({
        status: 200,
        body: { no_label: 1, accepted: 0, revised: 0 },
      });
    }
    expect(await pending()).toBe(before);
  });

  it('add the judgement of an analyst on an incident that the playbook has scored', async () => {
    await call(service.url, 'POST', '/predict', incident('i-3'));
    const before = await pending();
    const closed = incident('i-3', {
      status: 'Closed',
      classification: 'TruePositive',
      classificationReason: 'SuspiciousActivity',
      classificationComment: 'Token was replayed.',
      labels: [{ labelName: OWN_TAG, labelType: 'User' }],
      owner: { userPrincipalName: 'ana@contoso.example', assignedTo: 'Ana' },
    });
    expect(await send(closed)).toMatchObject({ status: 200, body: { accepted: 1, no_label: 0 } });
    expect(await pending()).toBe(before + 1);
  });
});

describe('the log lines', () => {
  it('are those of docs/telemetry.md, event first, with no other field', () => {
    const events = readTelemetryContract();
    const lines = eventLines();
    expect(new Set(lines.map(({ line }) => line['event'])).size).toBeGreaterThan(8);
    const surprises = lines.flatMap(({ line }) => {
      const known = events.get(String(line['event']));
      return Object.keys(line)
        .filter((field) => known?.has(field) !== true)
        .map((field) => `${line['event']}.${field}`);
    });
    expect([...new Set(surprises)]).toEqual([]);
  });

  it('carry a request id wherever a request was answered', () => {
    const requests = eventLines().filter(({ line }) => line['event'] === 'request');
    expect(requests.length).toBeGreaterThan(20);
    for (const { line } of requests) expect(line['requestId']).toMatch(/./);
  });

  it('hold nothing of what an alert says', () => {
    const secrets = [
      'Password spray',
      'Sign-in from an unusual place',
      'j.meyer',
      '203.0.113.57',
      'vpn-gw-02',
      'Ana',
    ];
    for (const secret of [...secrets, 'Token was replayed', 'Account disabled']) {
      const word = new RegExp(`\\b${secret.replaceAll('.', '\\.')}\\b`);
      expect(service.service.lines.filter((line) => word.test(line))).toEqual([]);
    }
  });
});
