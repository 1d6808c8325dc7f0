import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { scoreAlertCreated } from '../../integrations/event-grid/score-alert-created.ts';
import { scoreEvents } from '../../integrations/event-hubs/score-events.ts';
import { AlertforestClient, type AlertPayload } from '../../integrations/typescript/alertforest-client.ts';
import { API, call } from '../support/call-service.ts';
import { type IsolatedService, startIsolatedService } from '../support/isolated-service.ts';

// Event Grid, Event Hubs and Sentinel's automation, from the message to a verdict and back as a judgement.

const read = (path: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/${path}`, import.meta.url), 'utf8'));
const message = (name: string) => read(`integrations/${name}.json`);

let service: IsolatedService;
let client: AlertforestClient;
beforeAll(async () => {
  service = await startIsolatedService();
  client = new AlertforestClient({ baseUrl: `${service.url}${API}`, credentials: { key: 'k' } });
});
afterAll(() => service?.stop());

const post = (path: string, body: unknown) => call(service.url, 'POST', path, body);
/** The judgement of a closed record counts once, and teaches of the alert with this key. */
async function expectTaught(closed: unknown, alertKey: string, label: string): Promise<void> {
  expect(await post('/feedback', closed)).toMatchObject({ status: 200, body: { accepted: 1, no_label: 0 } });
  const { body } = await call(service.url, 'GET', `/feedback?alert_key=${alertKey}`);
  expect(body).toMatchObject({ label, from: 'record' });
  expect(await post('/feedback', closed)).toMatchObject({
    status: 200,
    body: { accepted: 0, duplicates: 1 },
  });
}

describe('Event Grid', () => {
  it('gets the code back with which it asks whether the address wants its events', async () => {
    const [{ data }] = message('event-grid-validation');
    expect(await post('/predict', message('event-grid-validation'))).toMatchObject({
      status: 200,
      body: { validationResponse: data.validationCode },
    });
    const challenge = { type: 'url_verification', challenge: '3eZbrw1aB', token: 'Jhj5dZrVaK7ZwHHjRyZWjbDl' };
    expect(await post('/predict', challenge)).toMatchObject({
      status: 200,
      body: { challenge: '3eZbrw1aB' },
    });
  });

  it('delivers the events of a topic as a batch, each alert as it was published', async () => {
    const { status, body } = await post('/predict', message('event-grid-alerts'));
    expect(status).toBe(200);
    expect(body.results.map((one: { verdict: { alert_id: string } }) => one.verdict.alert_id)).toEqual([
      'eg-1',
      'eg-2',
    ]);
    const judged = { alert_id: 'eg-1', disposition: 'true_positive', analyst: 'ana' };
    expect(await post('/feedback', judged)).toMatchObject({ status: 200, body: { accepted: 1 } });
  });

  it('names an alert of Graph, which is read, scored and learned from once it is resolved', async () => {
    const event = message('event-grid-alert-created');
    const recorded = read('samples/defender_graph_alert_v2/01_suspicious_execution_of_hidden_file.json');
    const alert = { ...recorded, status: 'new', classification: null, determination: null };
    const asked: string[] = [];
    const readAlert = async (id: string): Promise<AlertPayload> => {
      asked.push(id);
      return alert;
    };
    const verdict = await scoreAlertCreated(client, readAlert, event);
    expect(asked).toEqual([event.data.resourceData.id]);
    expect(verdict).toMatchObject({ alert_id: alert.id, input: { dialect: 'defender_graph_alert' } });
    const closed = {
      ...alert,
      status: 'resolved',
      classification: 'truePositive',
      determination: 'malware',
      resolvedDateTime: '2026-03-19T08:00:00Z',
      lastUpdateDateTime: '2026-03-19T08:00:00Z',
      assignedTo: 'ana@contoso.example',
    };
    await expectTaught(closed, verdict!.alert_key, 'true_positive');
    expect(await scoreAlertCreated(client, readAlert, { type: 'Other' })).toBeUndefined();
    await expect(scoreAlertCreated(client, readAlert, { ...event, data: {} })).rejects.toThrow(
      /resourceData\.id/,
    );
  });

  it('is told what holds no alert at all', async () => {
    const event = message('event-grid-alert-created');
    expect(await post('/predict', event)).toMatchObject({
      status: 200,
      body: { skipped: { code: 'redirected', ref: event.data.resourceData.id } },
    });
  });
});

describe('Event Hubs', () => {
  it('brings alerts of Defender for Cloud, as objects, text and bytes', async () => {
    const alert = message('event-hubs-defender-for-cloud');
    const forms = [alert, JSON.stringify([alert]), new TextEncoder().encode(JSON.stringify(alert))];
    const { scored, rejected } = await scoreEvents(client, [...forms, 'no json']);
    expect(new Set(scored.map(({ verdict }) => verdict.alert_key)).size).toBe(1);
    expect(scored).toHaveLength(3);
    expect(rejected).toHaveLength(1);
    const { verdict } = scored[0]!;
    expect(verdict.alert_id).toBe(alert.SystemAlertId);
    expect(verdict.input.completeness).toBeGreaterThan(0.7);
    const judged = { alert_key: verdict.alert_key, disposition: 'false_positive', analyst: 'ana' };
    expect(await post('/feedback', judged)).toMatchObject({ status: 200, body: { accepted: 1 } });
  });

  it('brings an alert of Defender XDR in records of its own, which are one alert', async () => {
    const { scored, rejected } = await scoreEvents(client, [message('event-hubs-xdr-streaming')]);
    expect(rejected).toEqual([]);
    expect(new Set(scored.map(({ verdict }) => verdict.alert_id))).toEqual(
      new Set(['da638123456789012345_1122334455']),
    );
    const { body } = await post('/predict?debug=mapping&observe=false', message('event-hubs-xdr-streaming'));
    const whole = body.results?.[0]?.verdict ?? body;
    expect(whole.input.alert).toMatchObject({ title: 'Suspicious PowerShell download', severity: 'high' });
    expect(whole.input.alert.entities).toContainEqual(
      expect.objectContaining({ kind: 'host', value: 'ws-17.contoso.example' }),
    );
  });
});

describe("Sentinel's automation", () => {
  it('hands a new incident on, and the closed one as a judgement', async () => {
    const created = message('sentinel-incident-created');
    const { status, body } = await post('/predict?explain=5', created);
    expect(status).toBe(200);
    expect(body).toMatchObject({ alert_id: created.object.name, input: { dialect: 'sentinel_incident' } });
    const closed = structuredClone(created);
    closed.objectEventType = 'Update';
    Object.assign(closed.object.properties, {
      status: 'Closed',
      classification: 'BenignPositive',
      classificationReason: 'SuspiciousButExpected',
      classificationComment: 'Known scanner of ours.',
      lastModifiedTimeUtc: '2026-03-18T09:00:00Z',
      owner: {
        objectId: '1',
        email: 'ana@contoso.example',
        assignedTo: 'Ana',
        userPrincipalName: 'ana@contoso.example',
      },
    });
    await expectTaught(closed, body.alert_key, 'benign');
  });
});
