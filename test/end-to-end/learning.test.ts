import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DISPOSITIONS, type Disposition } from '../../src/alert/alert.ts';
import type { WireVerdict } from '../../src/api/predict/verdict.ts';
import { CLASSIFIER_ALGORITHMS } from '../../src/models/classifier-learner.ts';
import {
  generateSyntheticAlerts,
  type SyntheticAlert,
} from '../../src/training/synthetic/synthetic-alerts.ts';
import { API, call, eventually } from '../support/call-service.ts';
import { type IsolatedService, startIsolatedService } from '../support/isolated-service.ts';
import { FAST_TRAINING } from '../support/learning-service.ts';

const N_ALERTS = 130;
const N_CALLERS = 16;
const other = (disposition: Disposition): Disposition =>
  DISPOSITIONS[(DISPOSITIONS.indexOf(disposition) + 1) % DISPOSITIONS.length] as Disposition;

interface Totals {
  accepted: number;
  duplicates: number;
  revised: number;
  no_label: number;
}

/** Sends every request, `N_CALLERS` at a time, and adds up what the service says it did. */
async function sendAll(url: string, requests: readonly unknown[]): Promise<Totals> {
  const totals: Totals = { accepted: 0, duplicates: 0, revised: 0, no_label: 0 };
  let next = 0;
  const caller = async (): Promise<void> => {
    for (let i = next++; i < requests.length; i = next++) {
      const { status, body } = await call(url, 'POST', '/feedback', requests[i]);
      expect(status, JSON.stringify(body)).toBe(200);
      for (const name of Object.keys(totals) as (keyof Totals)[]) totals[name] += body[name];
    }
  };
  await Promise.all(Array.from({ length: N_CALLERS }, caller));
  return totals;
}

/** Asks for a retrain as an operator does and waits for how it ended. */
async function retrainNow(url: string): Promise<string> {
  const asked = await call(url, 'POST', '/retrain', { by: 'op' });
  expect(asked.status).toBe(202);
  const ended = await eventually(
    'a retrain that was asked for',
    async () => {
      const { body } = await call(url, 'GET', `/retrain/${asked.body.run_id}`);
      return body.finished_at ? body : undefined;
    },
    280_000,
  );
  return ended.state;
}

/** The run that took the judgements: not one that found too few, nor one that met another at work. */
const decidedRun = (url: string) =>
  eventually(
    'a retrain that decides',
    async () => {
      const { body } = await call(url, 'GET', '/retrain');
      return body.runs.find(
        (run: { trigger: string; state: string }) =>
          run.trigger !== 'bootstrap' && ['promoted', 'refused'].includes(run.state),
      );
    },
    280_000,
  );

describe('judgements by the truth', () => {
  let service: IsolatedService;
  let alerts: SyntheticAlert[];

  beforeAll(async () => {
    // The retrain starts when all are in: what it learns does not depend on which came first.
    service = await startIsolatedService({
      env: { HEAD_POLL_SECONDS: '0.5', RETRAIN_AFTER: String(N_ALERTS) },
    });
    alerts = generateSyntheticAlerts(N_ALERTS, 977);
  });
  afterAll(() => service.stop());

  it('are counted exactly, retrain by themselves and are served once they prove better', {
    timeout: 300_000,
  }, async () => {
    const before = await call(service.url, 'GET', '/versions');
    expect(before.body.serving.classifier).toBe('1.0.0');
    const keys: string[] = [];
    for (const { alert } of alerts)
      keys.push((await call(service.url, 'POST', '/predict', alert)).body.alert_key);

    const vote = (i: number, disposition: Disposition): unknown => ({
      ...(i % 2 === 0 ? { alert_key: keys[i] } : { alert: alerts[i]?.alert }),
      disposition,
      risk_score: alerts[i]?.riskScore,
      analyst: `analyst-${i % 8}`,
    });
    const truth = (i: number): Disposition => alerts[i]?.disposition as Disposition;
    // Ten alerts are first judged wrongly, then revised; sixty judgements are sent twice.
    const first = alerts.slice(0, 90).map((_, i) => vote(i, i < 10 ? other(truth(i)) : truth(i)));
    expect(await sendAll(service.url, first)).toEqual({
      accepted: 90,
      duplicates: 0,
      revised: 0,
      no_label: 0,
    });
    const second = [
      ...Array.from({ length: 10 }, (_, i) => vote(i, truth(i))),
      ...Array.from({ length: 60 }, (_, i) => vote(20 + i, truth(20 + i))),
    ];
    expect(await sendAll(service.url, second)).toEqual({
      accepted: 0,
      duplicates: 60,
      revised: 10,
      no_label: 0,
    });
    const third = Array.from({ length: 40 }, (_, i) => vote(90 + i, truth(90 + i)));
    expect(await sendAll(service.url, third)).toEqual({
      accepted: 40,
      duplicates: 0,
      revised: 0,
      no_label: 0,
    });

    const run = await decidedRun(service.url);
    expect(run, JSON.stringify(run)).toMatchObject({ state: 'promoted' });
    const after = await call(service.url, 'GET', '/versions');
    const serving: string = after.body.serving.classifier;
    expect(serving).not.toBe('1.0.0');
    const promoted = after.body.versions.find(
      (version: { model: string; version: string }) =>
        version.model === 'classifier' && version.version === serving,
    );
    expect(promoted).toMatchObject({ decision: 'promoted', serving: true });
    // the contestants and what they reached, in the record and on the card
    const { tournament } = promoted.metrics;
    expect(tournament.map(({ algorithm }: { algorithm: string }) => algorithm).sort()).toEqual(
      [...CLASSIFIER_ALGORITHMS].sort(),
    );
    expect(tournament.filter(({ won }: { won: boolean }) => won)).toMatchObject([
      { algorithm: promoted.metrics.algorithm },
    ]);
    const { body: card } = await call(service.url, 'GET', `/versions/classifier/${serving}/card`);
    for (const algorithm of CLASSIFIER_ALGORITHMS)
      expect(card.card).toMatch(new RegExp(`^\\| ${algorithm} \\|.*\\|$`, 'm'));

    await eventually('verdicts that name the new version', async () => {
      const { body } = await call(service.url, 'POST', '/predict', alerts[0]?.alert);
      return body.versions.classifier === serving;
    });
  });

  it('are found again as the nearest of an alert, in a verdict and by its key', async () => {
    const { tenant } = alerts[5]!.alert;
    const alert = { ...generateSyntheticAlerts(1, 5)[0]!.alert, id: 'not judged', tenant };
    const { body: verdict } = await call(service.url, 'POST', '/predict?similar=3', alert);
    const { similar } = verdict;
    expect(similar.model).toEqual({ name: 'classifier', version: verdict.versions.classifier });
    expect(similar.judged).toBe(N_ALERTS);
    expect(similar.alerts.length).toBe(3);
    const truths = new Map<string, Disposition>();
    for (const { alert: one, disposition } of alerts) {
      const { body } = await call(service.url, 'POST', '/predict?observe=false', one);
      truths.set(body.alert_key, disposition);
    }
    for (const { alert_key: key, disposition } of similar.alerts) {
      expect(key).not.toBe(verdict.alert_key);
      expect(disposition).toBe(truths.get(key));
    }
    const path = `/alerts/${verdict.alert_key}/similar`;
    const { body: byKey, headers } = await eventually('the alert in the log', async () => {
      const answer = await call(service.url, 'GET', `${path}?limit=3`);
      return answer.status === 200 && answer;
    });
    expect(byKey).toEqual(similar);
    const etag = headers.get('etag')!;
    const again = await fetch(`${service.url}${API}${path}?limit=3`, { headers: { 'if-none-match': etag } });
    expect(again.status).toBe(304);
    const { body: many } = await call(service.url, 'POST', '/predict?similar=2', {
      alerts: [alert, alerts[6]!.alert],
    });
    expect(
      many.results.map(({ verdict: one }: { verdict: WireVerdict }) => one.similar?.alerts.length),
    ).toEqual([2, 2]);
    expect(await call(service.url, 'GET', `/alerts/${'0'.repeat(32)}/similar`)).toMatchObject({
      status: 404,
      body: { code: 'ALERT_UNKNOWN' },
    });
    expect(await call(service.url, 'GET', `${path}?limit=21`)).toMatchObject({ status: 400 });
  });

  it('can be rolled back, and the answer says before and after', async () => {
    const { body: versions } = await call(service.url, 'GET', '/versions');
    const serving: string = versions.serving.classifier;
    const answer = await call(service.url, 'POST', '/versions/classifier/1.0.0/activate', {
      why: 'a drill',
      by: 'op',
    });
    expect(answer).toMatchObject({
      status: 200,
      body: { model: 'classifier', before: serving, after: '1.0.0', pinned: true, changed: true },
    });
    await eventually('verdicts of the old version', async () => {
      const { body } = await call(service.url, 'POST', '/predict', alerts[0]?.alert);
      return body.versions.classifier === '1.0.0';
    });
    const { body: unpinned } = await call(service.url, 'POST', '/versions/classifier/unpin', { by: 'op' });
    expect(unpinned).toMatchObject({ model: 'classifier', pinned: false });
  });

  it('refuse an unknown version and an unknown model', async () => {
    expect((await call(service.url, 'POST', '/versions/classifier/9.9.9/activate', {})).status).toBe(404);
    expect((await call(service.url, 'POST', '/versions/nonsense/1.0.0/activate', {})).status).toBe(404);
    expect((await call(service.url, 'GET', '/versions/nonsense')).status).toBe(404);
  });
});

describe('judgements that contradict each other', () => {
  let service: IsolatedService;

  beforeAll(async () => {
    service = await startIsolatedService({
      env: { ...FAST_TRAINING, HEAD_POLL_SECONDS: '0.5', RETRAIN_AFTER: String(N_ALERTS) },
    });
  });
  afterAll(() => service.stop());

  it('give a refused release; verdicts stay and nothing is trained twice', { timeout: 900_000 }, async () => {
    const alerts = generateSyntheticAlerts(N_ALERTS / 2, 4242);
    const verdictOf = async () => {
      const { body } = await call(service.url, 'POST', '/predict?observe=false', alerts[0]?.alert);
      const { scored_at: _at, input: _input, verdict_id: _id, ...verdict } = body;
      return verdict;
    };
    const before = await verdictOf();
    // Each alert comes twice and is judged an attack once and harmless once: there is nothing to learn, whatever
    // the draw of the hold-out. Judgements drawn at random would now and then look like knowledge.
    const requests = alerts.flatMap(({ alert }, i) => {
      const [attack, harmless] =
        i % 2 ? (['true_positive', 'false_positive'] as const) : (['suspicious', 'benign'] as const);
      const analyst = `analyst-${i % 8}`;
      return [
        { alert, disposition: attack, analyst },
        { alert: { ...alert, id: `${alert.id}-again` }, disposition: harmless, analyst },
      ];
    });
    expect(await sendAll(service.url, requests)).toMatchObject({ accepted: N_ALERTS });
    const run = await decidedRun(service.url);
    expect(run.state, JSON.stringify(run)).toBe('refused');

    const { body: versions } = await call(service.url, 'GET', '/versions');
    expect(versions.serving.classifier).toBe('1.0.0');
    expect(
      versions.versions.some(
        (version: { model: string; decision: string; reasons: string[] }) =>
          version.model === 'classifier' && version.decision === 'refused' && version.reasons.length > 0,
      ),
    ).toBe(true);
    expect(await verdictOf()).toEqual(before);

    // What was judged while the first run was under way is learned by the next one; after that nothing is left.
    const rest = await retrainNow(service.url);
    if (rest !== 'below') {
      expect(rest).toBe('refused');
      expect(await retrainNow(service.url)).toBe('below');
    }
    const { body: audit } = await call(service.url, 'GET', '/audit');
    const consumed = audit.entries.reduce(
      (sum: number, entry: { consumed: number }) => sum + entry.consumed,
      0,
    );
    expect(consumed).toBe(N_ALERTS);
    expect(await verdictOf()).toEqual(before);
  });
});
