import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DISPOSITIONS } from '../../src/alert/alert.ts';
import { closedRecords } from '../support/closed-records.ts';
import type { IsolatedService } from '../support/isolated-service.ts';
import {
  Caller,
  judgeAll,
  retrainNow,
  startLearningService,
  storageOf,
} from '../support/learning-service.ts';

let service: IsolatedService;
let soc: Caller;
let storage: ReturnType<typeof storageOf>;
/** Alerts that must have been learned by the end, by key. */
const taught = new Set<string>();

beforeAll(async () => {
  service = await startLearningService();
  soc = new Caller(service.url);
  storage = storageOf(service);
});
afterAll(() => service?.stop());

const alertOf = (id: string, more: Record<string, unknown> = {}) => ({
  id,
  title: 'Encoded command line',
  rule_id: `rule-of-${id}`,
  source: 'edr',
  severity: 'medium',
  occurred_at: '2026-03-01T10:00:00Z',
  ...more,
});
const keyOf = async (alert: unknown): Promise<string> =>
  (await soc.post('/predict', alert)).body.alert_key as string;
const pending = async (): Promise<number> =>
  (await soc.get('/health/details')).body.pending_feedback as number;

describe('votes', () => {
  it('count once per analyst, go by the majority, by the latest in a tie, and weigh by agreement', async () => {
    const key = await keyOf(alertOf('voted'));
    taught.add(key);
    const vote = async (analyst: string, disposition: string, risk_score?: number) => {
      const { body } = await soc.post('/feedback', { alert_key: key, analyst, disposition, risk_score });
      const { accepted, duplicates, revised } = body;
      const { effective } = (await storage.feedback.get(key))!;
      return [accepted, duplicates, revised, effective.disposition, effective.riskScore, effective.agreement];
    };
    const before = await pending();
    expect(await vote('ana', 'true_positive', 90)).toEqual([1, 0, 0, 'true_positive', 90, 1]);
    expect(await vote('ben', 'benign')).toEqual([1, 0, 0, 'benign', undefined, 1 / 2]);
    expect(await vote('cem', 'true_positive', 70)).toEqual([1, 0, 0, 'true_positive', 80, 2 / 3]);
    expect(await vote('ana', 'true_positive', 90)).toEqual([0, 1, 0, 'true_positive', 80, 2 / 3]);
    expect(await vote('ana', 'benign')).toEqual([0, 0, 1, 'benign', undefined, 2 / 3]);
    expect(await pending()).toBe(before + 1);
    const { votes } = (await storage.feedback.get(key))!;
    expect(votes.map(({ analyst, disposition }) => `${analyst} ${disposition}`).sort()).toEqual([
      'ana benign',
      'ben benign',
      'cem true_positive',
    ]);
    // nothing is overwritten without a trace
    expect(
      (await storage.feedback.history(key)).map(({ vote: cast }) => `${cast?.analyst} ${cast?.disposition}`),
    ).toEqual(['ana true_positive', 'ben benign', 'cem true_positive', 'ana benign']);
  });

  it('say how often a rule that spoke was right', async () => {
    const command = 'vssadmin delete shadows /all /quiet';
    const key = await keyOf(alertOf('shadows', { command_line: command }));
    taught.add(key);
    await soc.post('/feedback', { alert_key: key, analyst: 'ana', disposition: 'true_positive' });
    expect((await soc.get('/rules/im-shadow-copies')).body).toMatchObject({
      ...{ judged: 1, precision: 1, precision_high: 1, advice: null, learned_evidence: null },
    });
    expect((await storage.feedback.get(key))!.snapshot.ruleHits).toContainEqual({ id: 'im-shadow-copies' });
  });

  it('of one analyst in one request count in the order they were sent', async () => {
    const key = await keyOf(alertOf('reconsidered'));
    taught.add(key);
    const sent = Array.from({ length: 40 }, (_, i) => ({
      alert_key: key,
      analyst: 'ana',
      disposition: DISPOSITIONS[i % 4],
    }));
    expect((await soc.post('/feedback', sent)).body).toMatchObject({ accepted: 1, revised: 39 });
    const history = await storage.feedback.history(key);
    expect(history.map(({ vote }) => vote?.disposition)).toEqual(sent.map(({ disposition }) => disposition));
    expect((await storage.feedback.get(key))!.effective.disposition).toBe(sent.at(-1)!.disposition);
  });

  it('of ten thousand analysts on one alert are kept or refused by name, and the alert stays readable', async () => {
    const key = await keyOf(alertOf('mobbed'));
    taught.add(key);
    const mob = Array.from({ length: 10_000 }, (_, i) => ({
      alert_key: key,
      analyst: `analyst-${i}`,
      disposition: DISPOSITIONS[i % 2],
    }));
    // a neighbour in the same request is not harmed
    mob[5_500] = { ...mob[5_500]!, analyst: 'ana', alert_key: await keyOf(alertOf('bystander')) };
    taught.add(mob[5_500].alert_key);
    const { accepted, duplicates, revised, results } = await judgeAll(soc, mob);
    const refused = results.filter(({ error }) => error !== undefined);
    expect([accepted, duplicates, revised, refused.length]).toEqual([101, 0, 0, 9_899]);
    for (const { error } of refused)
      expect(error).toMatchObject({ code: 'FEEDBACK_INVALID', issues: [{ path: 'analyst' }] });
    expect(results[5_500]).toMatchObject({ status: 'accepted' });

    const { votes } = (await storage.feedback.get(key))!;
    const accepters = results.filter(({ status }) => status === 'accepted').map(({ index }) => mob[index]!);
    expect(votes.map(({ analyst }) => analyst).sort()).toEqual(
      accepters
        .filter(({ alert_key }) => alert_key === key)
        .map(({ analyst }) => analyst)
        .sort(),
    );
    // who is among them can still change their mind; who is not is told so again
    const [first] = votes;
    const changed = { alert_key: key, analyst: first!.analyst, disposition: 'suspicious' };
    expect((await soc.post('/feedback', changed)).body).toMatchObject({ revised: 1 });
    const late = await soc.post('/feedback', { ...changed, analyst: 'late' });
    expect(late).toMatchObject({ status: 400, body: { issues: [{ path: 'analyst' }] } });
    expect(await storage.feedback.history(key)).toHaveLength(101);
  });
});

describe('a closed record', () => {
  it.each(closedRecords())('of %s teaches what it says: %s', async (_vendor, _case, record, outcome) => {
    const before = await pending();
    const { accepted, no_label, results } = await judgeAll(soc, [record]);
    const [result] = results;
    expect(result?.error).toBeUndefined();
    if (outcome === 'no_label' || outcome === 'automation') {
      expect({ accepted, no_label, status: result?.status }).toEqual({
        accepted: 0,
        no_label: 1,
        status: 'no_label',
      });
      if (outcome === 'automation') expect(result?.reason).toContain('automation');
      expect(await storage.feedback.get(result!.alert_key!)).toBeUndefined();
      expect(await pending()).toBe(before);
      return;
    }
    expect({ accepted, no_label }).toEqual({ accepted: 1, no_label: 0 });
    const sample = await storage.feedback.get(result!.alert_key!);
    expect(sample?.effective.disposition).toBe(outcome);
    expect(sample?.votes.map(({ analyst }) => analyst)).toEqual(['ana@soc.example']);
    taught.add(result!.alert_key!);
  });

  const incident = (name: string, more: Record<string, unknown> = {}) => ({
    id: `/subscriptions/0/workspaces/north/providers/Microsoft.SecurityInsights/Incidents/${name}`,
    name,
    type: 'Microsoft.SecurityInsights/Incidents',
    properties: {
      title: 'Multi-stage intrusion',
      severity: 'High',
      status: 'Closed',
      classification: 'TruePositive',
      createdTimeUtc: '2026-03-01T10:00:00Z',
      owner: { userPrincipalName: 'ana@soc.example' },
      ...more,
    },
  });

  it('labels its member alerts, but none of another incident, of another tenant or of no one', async () => {
    const scored = async (id: string, more: Record<string, unknown>) =>
      keyOf(alertOf(id, { tenant: 'north', ...more }));
    const mine = await scored('m-mine', {});
    const others = [
      await scored('m-other-incident', { incident_id: 'someone-elses' }),
      await scored('m-other-tenant', { tenant: 'south' }),
      await scored('m-no-tenant', { tenant: undefined }),
      await scored('m-twice', { source: 'edr' }),
      await scored('m-twice', { source: 'ndr' }),
    ];
    const alertIds = [
      'm-mine',
      'm-other-incident',
      'm-other-tenant',
      'm-no-tenant',
      'm-twice',
      'never scored',
    ];
    const { accepted, results } = await judgeAll(soc, [incident('i-poisoned', { alertIds })]);
    expect(accepted).toBe(2);
    expect(results[0]).toMatchObject({ status: 'accepted', members: 1 });
    expect((await storage.feedback.get(mine))?.effective.disposition).toBe('true_positive');
    for (const key of others) expect(await storage.feedback.get(key)).toBeUndefined();
    taught.add(mine).add(results[0]!.alert_key!);
  });

  it('that names a hundred thousand members or nests without end is answered and loses nothing', async () => {
    const alertIds = Array.from({ length: 100_000 }, (_, i) => `nobody-${i}`);
    const many = await soc.post('/feedback', incident('i-many', { alertIds }));
    expect(many).toMatchObject({ status: 200, body: { accepted: 1 } });
    const nested = JSON.stringify(incident('i-deep', { relatedEntities: 'DEEP' })).replace(
      '"DEEP"',
      `${'{"a":['.repeat(50_000)}${']}'.repeat(50_000)}`,
    );
    const deep = await soc.post('/feedback', nested);
    // nested beyond the limit of a body
    expect(deep).toMatchObject({ status: 413 });
    const wide = await soc.post('/feedback', incident('i-wide', { labels: Array(200_000).fill({}) }));
    expect(wide).toMatchObject({ status: 200, body: { accepted: 1 } });
    const proto = `{"__proto__":{"status":"Closed"},"constructor":{"prototype":{"x":1}},${JSON.stringify(incident('i-proto')).slice(1)}`;
    expect(await soc.post('/feedback', proto)).toMatchObject({ status: 200, body: { accepted: 1 } });
    expect((await soc.get('/health')).body).toEqual({ status: 'ok' });
    const judged = await judgeAll(soc, [incident('i-many'), incident('i-wide'), incident('i-proto')]);
    expect(judged).toMatchObject({ duplicates: 3, accepted: 0 });
    for (const { alert_key } of judged.results) taught.add(alert_key!);
  });

  it('with an analyst of 10 kB is kept under a bounded name', async () => {
    const owner = { userPrincipalName: `${'a'.repeat(10_000)}@soc.example` };
    const { results } = await judgeAll(soc, [incident('i-long-name', { owner })]);
    const sample = await storage.feedback.get(results[0]!.alert_key!);
    expect(sample?.votes[0]?.analyst.length).toBeLessThanOrEqual(256);
    taught.add(results[0]!.alert_key!);
  });

  it.each([
    ['closed in the future', { closedTime: '2099-01-01T00:00:00Z' }, 'closed_at'],
    ['that happened in the future', { firstActivityTimeUtc: '2099-01-01T00:00:00Z' }, 'occurred_at'],
    ['still open', { status: 'Active' }, 'disposition'],
  ])('%s is refused and says which field', async (_name, more, path) => {
    const answer = await soc.post('/feedback', incident('i-refused', more));
    expect(answer).toMatchObject({ status: 400, body: { code: 'FEEDBACK_INVALID' } });
    expect(answer.body.issues.map((issue: { path: string }) => issue.path)).toContain(path);
  });
});

describe('a bad judgement', () => {
  const alert = alertOf('refused');
  it.each([
    ['an unknown disposition', { disposition: 'bad_luck' }, 'disposition'],
    ['no disposition', { disposition: undefined }, 'disposition'],
    ['a risk above 100', { risk_score: 100.5 }, 'risk_score'],
    ['a risk below 0', { risk_score: -1 }, 'risk_score'],
    ['a risk in words', { risk_score: 'high' }, 'risk_score'],
    ['an analyst of 10 kB', { analyst: 'x'.repeat(10_000) }, 'analyst'],
    ['an analyst without a name', { analyst: '' }, 'analyst'],
    ['a comment of 10 kB', { comment: 'x'.repeat(10_000) }, 'comment'],
    ['an id of 10 kB', { alert_id: 'x'.repeat(10_000) }, 'alert_id'],
    ['a key that is none', { alert_key: '../head.json' }, 'alert_key'],
    ['a tenant that is none', { tenant: 7 }, 'tenant'],
    ['an alert in words', { alert: 'see mail' }, 'alert'],
    [
      'an alert from the future',
      { alert: { ...alert, occurred_at: '2999-01-01T00:00:00Z' } },
      'alert.occurred_at',
    ],
    ['another id than that of the alert', { alert_id: 'another', alert }, 'alert_id'],
  ])('with %s is refused, names the field and is not kept', async (_name, wrong, path) => {
    const item = { alert, disposition: 'benign', analyst: 'ana', ...wrong };
    const alone = await soc.post('/feedback', item);
    expect(alone).toMatchObject({ status: 400, body: { code: 'FEEDBACK_INVALID' } });
    expect(alone.headers.get('content-type')).toContain('application/problem+json');
    expect(alone.body.issues.map((issue: { path: string }) => issue.path)).toContain(path);
    // among others it fails alone
    const [result] = (await judgeAll(soc, [item])).results;
    expect(result?.error?.issues?.map((issue) => issue.path)).toContain(path);
    expect(await storage.feedback.get(await keyOf(alert))).toBeUndefined();
  });

  it.each([
    ['no JSON', '{"alert_id": ', 422, 'NOTHING_READ'],
    ['nothing', '', 400, 'REQUEST_INVALID'],
    ['an empty list', [], 400, 'REQUEST_INVALID'],
    ['a number', '7', 422, 'NOTHING_READ'],
    ['null', 'null', 422, 'NOTHING_READ'],
  ])('in a body of %s is refused', async (_name, body, status, code) => {
    expect(await soc.post('/feedback', body)).toMatchObject({ status, body: { code } });
  });

  it('in a list of too many is refused whole', async () => {
    const items = Array.from({ length: 1_001 }, (_, i) => ({
      alert: alertOf(`n-${i}`),
      disposition: 'benign',
    }));
    expect(await soc.post('/feedback', items)).toMatchObject({
      status: 413,
      body: { code: 'BATCH_TOO_LARGE' },
    });
  });
});

it('the next retrain learns what was kept, and nothing of what was refused, undecided or automatic', async () => {
  expect(await retrainNow(soc)).toMatchObject({ error: null });
  const { record, dataset } = await storage.newest();
  expect(dataset.rows.map(({ alertKey }) => alertKey)).toEqual([...taught].sort());
  expect(Object.keys(record.consumed).sort()).toEqual([...taught].sort());
  expect(record.quarantined).toEqual({});
  expect(await pending()).toBe(0);
  const { body } = await soc.get('/audit?limit=1');
  expect(body.entries[0]).toMatchObject({ kind: 'retrain', samples: taught.size, consumed: taught.size });
});
