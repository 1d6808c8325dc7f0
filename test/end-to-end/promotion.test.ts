import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alertGroup } from '../../src/alert/alert.ts';
import type { WireVerdict } from '../../src/api/predict/verdict.ts';
import { decodeTraffic } from '../../src/training/dataset/dataset-format.ts';
import { isMeasuredOn } from '../../src/training/dataset/detector-traffic.ts';
import { isHeldOut } from '../../src/training/dataset/holdout.ts';
import { readVerified } from '../../src/training/releases/stored-blob.ts';
import {
  generateSyntheticAlerts,
  type SyntheticAlert,
} from '../../src/training/synthetic/synthetic-alerts.ts';
import { eventually } from '../support/call-service.ts';
import type { IsolatedService } from '../support/isolated-service.ts';
import {
  Caller,
  judgeAll,
  newestVersion,
  principalHeader,
  retrainNow,
  scoreAll,
  startLearningService,
  storageOf,
} from '../support/learning-service.ts';

let service: IsolatedService;
let olga: Caller;
const analysts = ['ana', 'ben', 'cem', 'dora'];

beforeAll(async () => {
  // a tenant's first day, in which all of this happens, closes next to nothing: the stages would stand before the models
  service = await startLearningService({
    AUTH_MODE: 'entra',
    WEBSITE_AUTH_ENABLED: 'True',
    BEHAVIOR: 'off',
    CORRELATION: 'off',
  });
  olga = new Caller(service.url, principalHeader('olga', 'operator'));
});
afterAll(() => service?.stop());

const alerts = generateSyntheticAlerts(2_700, 6_162);
const early = alerts.slice(0, 400);
const traffic = alerts.slice(0, 1_250);
let verdicts: WireVerdict[];

/** The truth about these alerts, said by four analysts in turn: no guard has a reason to hold any of it back. */
async function judgeTruly(judged: readonly SyntheticAlert[]): Promise<void> {
  for (const [turn, name] of analysts.entries()) {
    const items = judged
      .filter((_, i) => i % analysts.length === turn)
      .map(({ alert, disposition, riskScore }, i) => ({
        alert,
        disposition,
        ...(i % 5 === 0 ? {} : { risk_score: riskScore }),
      }));
    const analyst = new Caller(service.url, principalHeader(name, 'analyst'));
    const { accepted, results } = await judgeAll(analyst, items);
    expect(accepted, JSON.stringify(results.find(({ error }) => error))).toBe(items.length);
  }
}
const serving = async (): Promise<Record<string, string>> => (await olga.get('/versions')).body.serving;
const kinds = async (): Promise<string[]> =>
  (await olga.get('/audit')).body.entries.map(({ kind }: { kind: string }) => kind);

describe('the first release', () => {
  it('says that it is synthetic, in the list and on its cards', async () => {
    const { body } = await olga.get('/versions');
    expect(body.serving).toEqual({ classifier: '1.0.0', anomaly: '1.0.0', scorer: '1.0.0' });
    for (const model of ['classifier', 'anomaly', 'scorer']) {
      expect(await newestVersion(olga, model)).toMatchObject({
        kind: 'bootstrap',
        synthetic: true,
        samples: 0,
      });
      const { body: card } = await olga.get(`/versions/${model}/1.0.0/card`);
      expect(card.card).toContain('Trained on synthetic alerts alone');
    }
    expect((await olga.get('/versions/classifier/7.0.0/card')).status).toBe(404);
    expect((await olga.get('/versions/nobody/1.0.0/card')).status).toBe(404);
  });
});

/** Harmless alerts that the operator declares critical. */
const N_QUIET = 12;

describe('a challenger', () => {
  it('that would have a critical case of the operator closed is refused', async () => {
    verdicts = await scoreAll(
      olga,
      traffic.map(({ alert }) => alert),
    );
    // those that are furthest from an attack, by the verdict and in truth: some will be sure to be harmless
    const attackIn = ({ probabilities: p }: WireVerdict): number => p.true_positive + p.suspicious;
    const quiet = traffic
      .flatMap((one, i) => (one.disposition === 'benign' ? [{ one, attack: attackIn(verdicts[i]!) }] : []))
      .sort((x, y) => x.attack - y.attack)
      .slice(0, N_QUIET);
    const put = await olga.put('/policy', {
      // a reckless policy: whatever is not mainly an attack is cheap to close
      policy: { close_below: 0.5, alpha: 0.3 },
      critical_cases: { add: quiet.map(({ one }, i) => ({ id: `own-quiet-${i}`, alert: one.alert })) },
    });
    expect(put.body.critical_cases.cases).toHaveLength(N_QUIET);
    expect(put.body.critical_cases.cases[0]).toMatchObject({ id: 'own-quiet-0', by: 'olga' });
    await judgeTruly(early);
    await retrainNow(olga);
    expect(await newestVersion(olga, 'classifier')).toMatchObject({
      version: '1.1.0',
      decision: 'refused',
      serving: false,
      provisional: true,
      samples: 400,
      metrics: { gate: { critical_cases: 20 + N_QUIET, champion: '1.0.0' } },
    });
    const { reasons, metrics } = await newestVersion(olga, 'classifier');
    const missed: string[] = metrics.gate.critical_missed;
    expect(missed.length).toBeGreaterThan(0);
    for (const id of missed) expect(id).toMatch(/^own-quiet-/);
    expect(reasons[0]).toBe(`critical case ${missed[0]} would be missed`);
    expect(reasons.join()).toContain('provisional: fewer than 200 held-out alerts or 30 attacks');
    expect((await serving())['classifier']).toBe('1.0.0');
    // a refused version has its card as well
    expect((await olga.get('/versions/classifier/1.1.0/card')).body).toMatchObject({
      decision: 'refused',
      reasons: expect.arrayContaining([expect.stringContaining('own-quiet-')]),
    });
  });

  it('serves all the same where an operator says so, with name and reason in the record', async () => {
    expect(await olga.post('/retrain', { force: true })).toMatchObject({
      status: 400,
      body: { issues: [{ path: 'why' }] },
    });
    const ana = new Caller(service.url, principalHeader('ana', 'analyst'));
    expect(await ana.post('/retrain', { force: true, why: 'mine is better' })).toMatchObject({ status: 403 });

    await retrainNow(olga, { force: true, why: 'the case is about to be retired', by: 'someone else' });
    expect(await newestVersion(olga, 'classifier')).toMatchObject({
      version: '1.2.0',
      decision: 'promoted',
      serving: true,
      kind: 'force',
      reasons: expect.arrayContaining([
        'forced by olga: the case is about to be retired',
        expect.stringMatching(/critical case own-quiet-\d+ would be missed/),
      ]),
    });
    const { body } = await olga.get('/audit?limit=1');
    expect(body.entries[0]).toMatchObject({
      kind: 'force',
      by: 'olga',
      why: 'the case is about to be retired',
      before: { classifier: '1.0.0' },
      after: { classifier: '1.2.0' },
    });
  });

  it('does not replace a pinned version, until the pin is released', async () => {
    const back = await olga.post('/versions/classifier/1.0.0/activate', { why: 'a drill' });
    expect(back.body).toMatchObject({ before: '1.2.0', after: '1.0.0', pinned: true, changed: true });
    expect(back.body.instances_confirmed).toBe(1);
    expect(back.body.served_here.classifier).toBe('1.0.0');
    await judgeTruly(alerts.slice(400, 404));
    await retrainNow(olga);
    expect(await newestVersion(olga, 'classifier')).toMatchObject({
      decision: 'refused',
      reasons: expect.arrayContaining(['classifier is pinned at 1.0.0']),
    });
    expect((await olga.get('/versions')).body).toMatchObject({
      serving: { classifier: '1.0.0' },
      pinned: { classifier: '1.0.0' },
    });
    const { body } = await olga.post('/versions/classifier/unpin', { why: 'the drill is over' });
    expect(body).toMatchObject({ pinned: false, after: '1.0.0' });
    expect((await olga.get('/versions')).body.pinned).toEqual({});
    expect((await kinds()).slice(0, 5)).toEqual(['unpin', 'retrain', 'activate', 'force', 'retrain']);
  });

  it('is measured on the hold-out once it is large enough, and against the best release of the memory', async () => {
    await olga.put('/policy', {
      policy: {},
      critical_cases: {
        retire: Array.from({ length: N_QUIET }, (_, i) => ({ id: `own-quiet-${i}`, why: 'it was a test' })),
      },
    });
    await judgeTruly(alerts.slice(404, 2_400));
    await retrainNow(olga);
    const challenger = await newestVersion(olga, 'classifier');
    expect(challenger, challenger.reasons.join('\n')).toMatchObject({
      decision: 'promoted',
      provisional: false,
      serving: true,
      samples: 2_400,
    });
    const { gate } = challenger.metrics;
    const heldOut = alerts.slice(0, 2_400).filter(({ alert }) => isHeldOut(alertGroup(alert)));
    expect(heldOut.length).toBeGreaterThanOrEqual(200);
    expect(gate).toMatchObject({
      alerts: heldOut.length,
      incidents: new Set(heldOut.map(({ alert }) => alertGroup(alert))).size,
      provisional: false,
      champion: '1.0.0',
      memory: '1.2.0',
      critical_cases: 20,
      critical_missed: [],
    });
    const measures = ['expected_cost', 'brier', 'macro_f1', 'calibration_error'];
    for (const against of [gate.against_champion, gate.against_memory])
      expect(against.map(({ name }: { name: string }) => name)).toEqual(measures);
    // what was forced and then rolled back is still told apart
    const { body } = await olga.get('/versions/classifier');
    expect(body.versions.map(({ decision }: { decision: string }) => decision)).toEqual([
      'promoted',
      'refused',
      'rolled_back',
      'refused',
      'promoted',
    ]);
    const scorer = await newestVersion(olga, 'scorer');
    expect(scorer.metrics.gate.against_champion.map(({ name }: { name: string }) => name)).toEqual(['r2']);
  });
});

describe('the record', () => {
  it('of a rule moves the verdicts of its next alerts, and holds hashes, never values', async () => {
    const served = await serving();
    await eventually('verdicts of the new release', async () => {
      const [verdict] = await scoreAll(olga, [alerts[0]!.alert]);
      return verdict!.versions['classifier'] === served['classifier'];
    });
    const judged = alerts.slice(0, 2_400);
    const attackShare = new Map<string, number>();
    for (const rule of new Set(judged.map(({ alert }) => alert.rule_id!))) {
      const own = judged.filter(({ alert }) => alert.rule_id === rule);
      if (own.length >= 40)
        attackShare.set(
          rule,
          own.filter(({ disposition }) => disposition === 'true_positive').length / own.length,
        );
    }
    const rules = [...attackShare].sort(([, a], [, b]) => a - b).map(([rule]) => rule);
    // the same alerts, raised by the rule that was nearly never an attack and by the one that mostly was
    const probes = alerts.slice(2_400, 2_440).map(({ alert }) => alert);
    const underRule = (rule: string | undefined) =>
      scoreAll(
        olga,
        probes.map((alert, i) => ({
          ...alert,
          id: `probe-${rule}-${i}`,
          incident_id: undefined,
          rule_id: rule,
        })),
      );
    const mean = (scored: readonly WireVerdict[]): number =>
      scored.reduce((sum, { probabilities }) => sum + probabilities.true_positive, 0) / scored.length;
    const [quiet, loud] = [mean(await underRule(rules[0])), mean(await underRule(rules.at(-1)))];
    expect(loud).toBeGreaterThan(quiet + 0.03);

    const { path } = (await storageOf(service).newest()).record.models['classifier']!;
    const bytes = Buffer.from((await storageOf(service).models.read(path))!.bytes);
    const values = judged.flatMap(({ alert }) => [
      alert.rule_id!,
      alert.tenant!,
      alert.title,
      ...alert.entities.map(({ value }) => value),
    ]);
    expect(values.length).toBeGreaterThan(2_400);
    // short values may stand in any bytes by chance
    for (const value of new Set(values))
      if (value.length > 8) expect(bytes.includes(value), value).toBe(false);
  });
});

describe('the model card', () => {
  it.each(['classifier', 'scorer', 'anomaly'])(
    'of the %s says where it comes from and how good it is',
    async (model) => {
      const newest = await newestVersion(olga, model);
      const { status, body } = await olga.get(`/versions/${model}/${newest.version}/card`);
      expect(status).toBe(200);
      const { sha256, decision, reasons } = newest;
      expect(body).toMatchObject({ model, version: newest.version, sha256, decision, reasons });
      const { card } = body;
      const row = (name: string): string | undefined =>
        (card as string)
          .split('\n')
          .find((line) => line.startsWith(`| ${name} |`))
          ?.split('|')[2]
          ?.trim();
      expect(row('judged alerts in the training set')).toBe('2400');
      expect(row('judged between')).toMatch(/^\d{4}-.*Z and \d{4}-.*Z$/);
      expect(row('judged true_positive, in the fit')).toMatch(/^[1-9]\d+$/);
      const [inFit, heldOut] = row('in the fit / held out (10 % of incidents)')!.split(' / ').map(Number);
      expect(inFit! + heldOut!).toBe(2_400);
      expect(row('artefact sha256')).toBe(sha256);
      const { dataset } = (await storageOf(service).newest()).record;
      expect(row('training set sha256')).toBe(dataset.sha256);
      for (const name of ['run hash', 'feature catalogue', 'code', 'algorithm', 'seed'])
        expect(row(name)).toMatch(/./);
      expect(card).toContain('## Known limits');
      if (model === 'anomaly') {
        expect(row('logged alerts')).toMatch(/^1\d\d\d$/);
        expect(row('roc_auc_injected')).toMatch(/^0\.\d+$/);
        return;
      }
      expect(row('synthetic rows in the fit')).toMatch(/^300 of \d+ rows, \d+\.\d %/);
      expect(row('alerts occurred between')).toMatch(/Z and /);
      for (const split of ['### out of fold', '### hold out']) expect(card).toContain(split);
      const intervals = [...card.matchAll(/\| [\d.-]+ \(([\d.-]+) to ([\d.-]+)\) \|/g)];
      expect(intervals.length).toBeGreaterThan(4);
      for (const [, low, high] of intervals) expect(Number(low)).toBeLessThanOrEqual(Number(high));
      expect(card).toContain('### What it looks at');
      if (model === 'scorer') expect(Number(row('share of imputed risks'))).toBeCloseTo(0.2, 1);
    },
  );
});

describe('the detector', () => {
  it('learns from what was logged without labels, frozen with the release, and never from the hold-out', async () => {
    const versions = (await olga.get('/versions/anomaly')).body.versions;
    const first = versions.find(({ version }: { version: string }) => version === '1.1.0');
    const learnable = traffic.filter(({ alert }) => !isHeldOut(alertGroup(alert)));
    expect(first.metrics).toMatchObject({ traffic_rows: learnable.length, algorithm: 'isolation_forest' });
    expect(first.metrics.gate.flagged_share).toBeGreaterThan(0);
    expect(first.reasons.length).toBeGreaterThan(0);

    const { record } = await storageOf(service).newest();
    const frozen = decodeTraffic(await readVerified(storageOf(service).models, record.traffic!));
    expect(record.traffic).toMatchObject({ rows: frozen.length });
    const keyOf = new Map(traffic.map((one, i) => [one, verdicts[i]!.alert_key]));
    expect(frozen.map(({ alertKey }) => alertKey).sort()).toEqual(
      learnable.map((one) => keyOf.get(one)).sort(),
    );
    // judged attacks are no ordinary traffic, and a tenth is kept aside to measure on
    const isMeasured = (one: (typeof traffic)[number]): boolean => isMeasuredOn(keyOf.get(one)!);
    const ordinary = learnable.filter(
      (one) => !['true_positive', 'suspicious'].includes(one.disposition) && !isMeasured(one),
    );
    const newest = await newestVersion(olga, 'anomaly');
    expect(newest.metrics.training.n_rows).toBe(ordinary.length);
    expect(newest.metrics).toMatchObject({
      measured_on: 'rows_kept_aside',
      measured_rows: learnable.filter(isMeasured).length,
    });
  });
});

describe('an audit sample', () => {
  it('keeps alerts open that would be closed, and their judgements stand for the closed ones', async () => {
    const { policy } = (await olga.get('/policy')).body.document;
    const eager = {
      ...policy,
      costs: { ...policy.costs, missed_attack: 500 },
      alpha: 0.3,
      audit_share: 0.25,
    };
    const preview = await olga.put('/policy?dry_run=true', { policy: eager });
    // two thousand judged alerts cover every class at one in twenty, not at one in a thousand
    expect(preview.body.uncovered).toEqual([]);
    const strict = await olga.put('/policy?dry_run=true', { policy: { ...policy, alpha: 0.001 } });
    expect(strict.body.uncovered).toContain('true_positive');
    expect(strict.body.preview.proposed.shares.close).toBe(0);
    const { now, proposed, held_out, note } = preview.body.preview;
    expect(held_out).toBeGreaterThanOrEqual(200);
    expect(proposed.shares.close).toBeGreaterThan(now.shares.close);
    expect(proposed.missed).toBeGreaterThanOrEqual(now.missed);
    expect(note).toContain('0 audit samples stand behind the miss rate');
    expect((await olga.get('/policy')).body.document.policy).toEqual(policy);
    expect((await olga.put('/policy', { policy: eager, why: 'a trial' })).status).toBe(200);

    await eventually('verdicts of the new release', async () => {
      const [verdict] = await scoreAll(olga, [alerts[0]!.alert]);
      return verdict!.versions['classifier'] === (await serving())['classifier'];
    });
    const fresh = alerts.slice(2_400);
    const decided = await scoreAll(
      olga,
      fresh.map(({ alert }) => alert),
    );
    const audited = fresh.filter((_, i) => decided[i]!.decision_reason === 'audit_sample');
    expect(decided.filter(({ decision }) => decision === 'close').length).toBeGreaterThan(audited.length);
    expect(audited.length).toBeGreaterThan(5);
    for (const { decision, decision_reason: reason } of decided)
      if (reason === 'audit_sample') expect(decision).toBe('review');
    await judgeTruly(audited);
    // the share is that of the day the alert was scored
    await olga.put('/policy', { policy, why: 'the trial is over' });
    await retrainNow(olga);

    const { metrics, version } = await newestVersion(olga, 'classifier');
    const inFit = audited.filter(({ alert }) => !isHeldOut(alertGroup(alert))).length;
    const split = metrics.evaluation.find((one: { split: string }) => one.split === 'out_of_fold');
    expect(split.audit_samples).toBe(inFit);
    const nOthers = split.samples - inFit;
    expect(split.effective_alerts).toBeCloseTo((nOthers + 4 * inFit) ** 2 / (nOthers + 16 * inFit), 0);
    expect(metrics.gate.audit_samples).toBe(audited.length - inFit);
    const { card } = (await olga.get(`/versions/classifier/${version}/card`)).body;
    expect(card).toContain(`${audited.length} judged alerts are audit samples`);
    const after = await olga.put('/policy?dry_run=true', { policy: eager });
    expect(after.body.preview.note).toContain(`${audited.length - inFit} audit samples stand behind`);
  });
});
