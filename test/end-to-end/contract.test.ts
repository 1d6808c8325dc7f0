import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { exampleCall } from '../../src/api/example-call.ts';
import { problemSchema } from '../../src/api/problem.ts';
import { problemStatuses, ROUTES } from '../../src/api/routes.ts';
import { OWN_TAG } from '../../src/intake/evidence/who-closed.ts';
import { readTelemetryContract } from '../infra/telemetry-contract.ts';
import { actionsOf, definitionOf, type Template } from '../integrations/workflow-check.ts';
import { type Answer, call } from '../support/call-service.ts';
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
