import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alertGroup, alertKey, DISPOSITIONS } from '../../src/alert/alert.ts';
import { isHeldOut } from '../../src/training/dataset/holdout.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import { runCli } from '../cli/run-cli.ts';
import type { IsolatedService } from '../support/isolated-service.ts';
import {
  Caller,
  countOnCard,
  FAST_TRAINING,
  judgeAll,
  principalHeader,
  retrainNow,
  startLearningService,
  storageOf,
} from '../support/learning-service.ts';

// Names are proven here, as the guards have a quota for each proven name and one for all the others.
let service: IsolatedService;
const cacheDir = mkdtempSync(join(tmpdir(), 'alertforest-guards-'));
const as = (name: string, role: string): Caller => new Caller(service.url, principalHeader(name, role));
const analyst = (name: string): Caller => as(name, 'analyst');
let olga: Caller;

beforeAll(async () => {
  service = await startLearningService({ AUTH_MODE: 'entra', WEBSITE_AUTH_ENABLED: 'True' });
  olga = as('olga', 'operator');
});
afterAll(async () => {
  await service?.stop();
  rmSync(cacheDir, { recursive: true, force: true });
});

/** Alerts of one rule, each an incident of its own; none in the hold-out, so that every one counts on the card. */
function alertsOf(rule: string, n: number, from = 0): { id: string; source: string }[] {
  const alerts: { id: string; source: string }[] = [];
  for (let i = from; alerts.length < n; i++) {
    const alert = {
      id: `${rule}-${i}`,
      title: 'Beacon to a rare domain',
      rule_id: rule,
      source: 'ndr',
      severity: 'high',
      occurred_at: '2026-03-01T10:00:00Z',
    };
    if (!isHeldOut(keyOf(alert))) alerts.push(alert);
  }
  return alerts;
}
const keyOf = ({ id, source }: { id: string; source: string }): string =>
  alertKey({ id, source, tenant: undefined });

const judge = (name: string, disposition: string, alerts: readonly unknown[]) =>
  judgeAll(
    analyst(name),
    alerts.map((alert) => ({ alert, disposition })),
  );
const held = async (): Promise<Map<string, string>> => {
  const reasons = new Map<string, string>();
  for (let offset: number | null = 0; offset !== null; ) {
    const { status, body } = await olga.get(`/quarantine?limit=200&offset=${offset}`);
    expect(status).toBe(200);
    for (const { alert_key, reason } of body.held) reasons.set(alert_key, reason);
    offset = body.next_offset;
  }
  return reasons;
};
const newestEntry = async () => (await olga.get('/audit?limit=1')).body.entries[0];
const notes = async (): Promise<string[]> => (await olga.get('/versions')).body.notes;
const inFit = (disposition: string): Promise<number> =>
  countOnCard(olga, `judged ${disposition}, in the fit`);

/** The command on the storage of the running service. */
async function replay(...args: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await runCli(['replay', '--json', '--by', 'olga', ...args], {
    cwd: cacheDir,
    env: {
      AzureWebJobsStorage: service.connectionString,
      ALERTFOREST_CACHE_DIR: join(cacheDir, 'cache'),
      ...FAST_TRAINING,
    },
  });
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

const attacks = alertsOf('firm', 40);
const reversed = alertsOf('firm', 20, 1_000).map((alert) => ({ ...alert, severity: 'low' }));
const corroborated = alertsOf('firm', 2, 2_000);
const [contested] = alertsOf('contested', 1);
const [outvoted] = alertsOf('outvoted', 1);
const late = alertsOf('late', 3);
const background = generateSyntheticAlerts(60, 515);
/** What the background brings into the fit, by disposition. */
const fromBackground = (disposition: string): number =>
  background.filter((one) => one.disposition === disposition && !isHeldOut(alertGroup(one.alert))).length;

describe('a name that is only claimed', () => {
  it('is not taken for a proven one: neither in the body nor in a record that a proven caller passes on', async () => {
    const [own] = alertsOf('claimed', 1);
    const mallory = analyst('mallory');
    await mallory.post('/feedback', { alert: own, disposition: 'suspicious', analyst: 'ana' });
    const { feedback } = storageOf(service);
    expect((await feedback.get(keyOf(own!)))?.votes).toMatchObject([{ analyst: 'mallory', verified: true }]);
    const closed = (owner: string) => ({
      name: 'passed-on',
      type: 'Microsoft.SecurityInsights/Incidents',
      properties: {
        title: 'Beacon to a rare domain',
        severity: 'High',
        status: 'Closed',
        classification: 'BenignPositive',
        createdTimeUtc: '2026-03-01T10:00:00Z',
        owner: { userPrincipalName: owner },
      },
    });
    const { results } = await judgeAll(mallory, ['ana', 'zoe', 'mallory'].map(closed));
    const { votes } = (await feedback.get(results[0]!.alert_key!))!;
    // two agreeing proven analysts would pass the guards: one record is one vote, charged to whoever sent it
    expect(votes).toMatchObject([{ from: 'record', caller: 'mallory' }]);
    for (const alert of [keyOf(own!), results[0]!.alert_key!])
      expect((await olga.post(`/quarantine/${alert}`, { action: 'reject', why: 'a test' })).status).toBe(200);
  });
});

describe('a rule whose record is suddenly reversed by one analyst', () => {
  it('is learned as it was: what contradicts it waits, but not what two proven analysts agree on', async () => {
    for (const disposition of DISPOSITIONS) {
      const alike = background.filter((one) => one.disposition === disposition);
      await judge(
        'ana',
        disposition,
        alike.map(({ alert }) => alert),
      );
    }
    await judge('ben', 'true_positive', [...attacks, contested, outvoted]);
    await judge('ana', 'true_positive', [outvoted]);
    await judge('mallory', 'benign', [...reversed, contested, outvoted]);
    await judge('yan', 'benign', corroborated);
    await judge('zoe', 'benign', corroborated);

    expect(await held()).toEqual(new Map());
    const run = await retrainNow(olga);
    expect(['promoted', 'refused']).toContain(run.state);
    const waiting = await held();
    expect([...waiting.keys()].sort()).toEqual(reversed.map(keyOf).sort());
    for (const reason of waiting.values()) expect(reason).toMatch(/^rule_reversal: suddenly no attack/);
    expect(await newestEntry()).toMatchObject({ kind: 'retrain', by: 'olga', quarantined: 20 });
    expect(await notes()).toContain('20 judgements wait in quarantine');
    // the tie on the contested alert went to mallory's later vote; two against one on the outvoted
    expect(await inFit('true_positive')).toBe(fromBackground('true_positive') + 40 + 1);
    expect(await inFit('benign')).toBe(fromBackground('benign') + 1 + 2);
    // consumed, so nothing is trained again for them
    expect(await retrainNow(olga)).toMatchObject({ state: 'below' });
  });

  it('learns what an operator confirms, never what is rejected, and a rejection frees none of the others', async () => {
    const confirmed = reversed.slice(0, 3);
    const rejected = reversed.slice(3, 11);
    const rule = (who: Caller, key: string, action: string) =>
      who.post(`/quarantine/${key}`, { action, why: 'asked the analyst' });
    expect(await rule(analyst('mallory'), keyOf(confirmed[0]!), 'confirm')).toMatchObject({ status: 403 });
    expect(await rule(olga, '0'.repeat(32), 'confirm')).toMatchObject({
      status: 404,
      body: { code: 'ALERT_UNKNOWN' },
    });
    expect(await rule(olga, keyOf(confirmed[0]!), 'approve')).toMatchObject({
      status: 400,
      body: { issues: [{ path: 'action' }] },
    });
    for (const alert of confirmed)
      expect(await rule(olga, keyOf(alert), 'confirm')).toMatchObject({
        status: 200,
        body: { action: 'confirm', status: 'accepted', pending: true },
      });
    expect((await rule(olga, keyOf(confirmed[0]!), 'confirm')).body).toMatchObject({ status: 'duplicate' });
    for (const alert of rejected) expect((await rule(olga, keyOf(alert), 'reject')).status).toBe(200);
    // until the next retrain everything is as it was
    expect((await held()).size).toBe(20);

    await retrainNow(olga);
    const waiting = await held();
    expect([...waiting.keys()].sort()).toEqual(reversed.slice(11).map(keyOf).sort());
    expect(await inFit('benign')).toBe(fromBackground('benign') + 1 + 2 + 3);
    const { counts } = await newestEntry();
    expect(counts).toMatchObject({ quarantined: 9, rejected: 10, excluded: 0 });
    expect(counts.taught).toBe(counts.judged - 19);
    const [entry] = (await storageOf(service).feedback.history(keyOf(confirmed[0]!))).slice(-1);
    expect(entry?.ruling).toMatchObject({ action: 'confirm', by: 'olga', why: 'asked the analyst' });
  });
});

describe('replay --without', () => {
  it('leaves out the votes of an analyst since a time, for this and every later training set', async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    const since = new Date().toISOString();
    await judge('mallory', 'suspicious', late);
    await judge('ana', 'suspicious', alertsOf('after', 1));
    const run = await replay('--without', 'mallory', '--since', since, '--why', 'account was taken over');
    expect(run).toMatchObject({ trigger: 'manual' });
    expect(await newestEntry()).toMatchObject({
      kind: 'replay',
      by: 'olga',
      why: 'account was taken over',
      exclusions: [{ analyst: 'mallory', since, by: 'olga', why: 'account was taken over' }],
    });
    expect(await notes()).toContain(`votes of mallory since ${since} are left out (by olga)`);
    expect((await newestEntry()).counts).toMatchObject({ rejected: 10, excluded: 3 });
    // ana's stays, mallory's three do not; what mallory said before still counts
    expect(await inFit('suspicious')).toBe(fromBackground('suspicious') + 1);
    expect(await inFit('benign')).toBe(fromBackground('benign') + 1 + 2 + 3);
  });

  it('recomputes the majority without all the votes of an analyst', async () => {
    await replay('--without', 'mallory', '--why', 'never trusted');
    expect(await held()).toEqual(new Map());
    // the contested alert is an attack again; two confirmed by nobody but mallory are gone
    expect(await inFit('true_positive')).toBe(fromBackground('true_positive') + 40 + 2);
    expect(await inFit('benign')).toBe(fromBackground('benign') + 2);
    expect((await newestEntry()).exclusions).toEqual([
      expect.objectContaining({ analyst: 'mallory', why: 'never trusted' }),
    ]);
    // nothing is lost: the votes are still there
    expect((await storageOf(service).feedback.get(keyOf(contested!)))?.votes).toHaveLength(2);
  });

  it('is lifted, and an unknown name or time is refused', async () => {
    for (const [args, field] of [
      [['--without', 'nobody', '--lift'], 'nobody is not excluded'],
      [['--without', 'nobody'], 'No judgement of nobody is stored'],
      [['--without', 'mallory', '--since', 'yesterday'], 'Expected an ISO 8601 date or time'],
    ] as const) {
      const { code, stderr } = await runCli(['replay', ...args], {
        cwd: cacheDir,
        env: {
          AzureWebJobsStorage: service.connectionString,
          ALERTFOREST_CACHE_DIR: join(cacheDir, 'cache'),
        },
      });
      expect(code).not.toBe(0);
      expect(stderr).toContain(field);
    }
  });
});

describe('an analyst who floods one rule', () => {
  it('is held back beyond the caps, with the lift of the exclusion in the same release', async () => {
    const flood = alertsOf('flooded', 1_010);
    const { accepted } = await judge('flo', 'false_positive', flood);
    expect(accepted).toBe(1_010);
    await replay('--without', 'mallory', '--lift');
    const waiting = await held();
    const ofFlood = flood.flatMap((alert) => waiting.get(keyOf(alert)) ?? []);
    const count = (name: string): number => ofFlood.filter((reason) => reason.startsWith(name)).length;
    // an hour allows a thousand incidents of one analyst, then one rule may hold 60 % of all, and in a team of four
    // one of them alone 60 % of a disposition
    expect(count('analyst_rate')).toBe(10);
    expect(count('rule_share')).toBeGreaterThan(200);
    expect(count('analyst_share')).toBeGreaterThan(200);
    expect(reversed.slice(11).map((alert) => waiting.get(keyOf(alert)))).toEqual(
      Array(9).fill(expect.stringContaining('rule_reversal')),
    );
    const entry = await newestEntry();
    expect(entry).toMatchObject({ kind: 'replay', exclusions: [], quarantined: waiting.size });
    expect(await inFit('false_positive')).toBe(fromBackground('false_positive') + 1_010 - ofFlood.length);
    expect(await inFit('suspicious')).toBe(fromBackground('suspicious') + 1 + 3);
  });
});
