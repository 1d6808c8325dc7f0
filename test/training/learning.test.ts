import { describe, expect, it } from 'vitest';
import { DISPOSITIONS, type Disposition } from '../../src/alert/alert.ts';
import { EMPTY_CONTEXT } from '../../src/alert/context.ts';
import type { RuleHit } from '../../src/alert/snapshot.ts';
import { snapshotOf } from '../../src/features/alert-feature-extractor.ts';
import { AlertClassifier } from '../../src/models/alert-classifier.ts';
import type { PredictionEntry, PredictionLog } from '../../src/store/prediction-log.ts';
import { isHeldOut } from '../../src/training/dataset/holdout.ts';
import type { RuleWeightMeasures } from '../../src/training/fit/rule-weights.ts';
import { CRITICAL_CASES } from '../../src/training/gate/critical-cases.ts';
import { activate } from '../../src/training/releases/activate.ts';
import { Lineage } from '../../src/training/releases/lineage.ts';
import { listVersions, servingImportances } from '../../src/training/releases/versions.ts';
import { firstStart } from '../../src/training/runs/first-start.ts';
import { inProcessTrainer } from '../../src/training/runs/in-process-trainer.ts';
import { readUnseen } from '../../src/training/runs/read-unseen.ts';
import { replay } from '../../src/training/runs/replay.ts';
import { retrain } from '../../src/training/runs/retrain.ts';
import type { RetrainDeps } from '../../src/training/runs/retrain-command.ts';
import {
  generateSyntheticAlerts,
  type SyntheticAlert,
} from '../../src/training/synthetic/synthetic-alerts.ts';
import { DEFAULT_GATE, DEFAULT_TRAINING_SETTINGS } from '../../src/training/training-settings.ts';
import { createRandom } from '../../src/trees/random.ts';
import { World } from './world.ts';

/** Small enough for tests: fewer synthetic alerts and folds, no slow candidates. */
const SMALL = {
  ...DEFAULT_TRAINING_SETTINGS,
  syntheticAlerts: 500,
  candidates: ['random_forest'] as const,
  nFolds: 3,
  gate: { ...DEFAULT_GATE, resamples: 100 },
};

class Team {
  readonly world = new World();
  readonly deps: RetrainDeps & { sleep: (ms: number) => Promise<void> };

  constructor(change: Partial<RetrainDeps> = {}) {
    this.deps = {
      ...this.world.process(inProcessTrainer),
      settings: SMALL,
      criticalCases: async () => CRITICAL_CASES,
      ...change,
    };
  }

  async judge(
    alerts: readonly SyntheticAlert[],
    wordOf: (one: SyntheticAlert) => Disposition,
    analyst = 'ann',
    hitsOf?: (one: SyntheticAlert) => readonly RuleHit[],
  ): Promise<void> {
    for (const one of alerts) {
      const snapshot = {
        ...snapshotOf(one.alert, EMPTY_CONTEXT),
        ...(hitsOf && { ruleHits: hitsOf(one) }),
      };
      await this.world.stores.feedback.submit(snapshot, {
        analyst,
        disposition: wordOf(one),
        at: new Date(this.world.nowMs).toISOString(),
        verified: true,
      });
    }
  }

  async serving() {
    const lineage = new Lineage(this.world.stores.models);
    return (await lineage.requireHead()).head.serving;
  }

  async classifier(): Promise<AlertClassifier> {
    const { path } = (await this.serving())['classifier']!;
    return AlertClassifier.from((await this.world.stores.models.read(path))!.bytes);
  }
}

const truth = (one: SyntheticAlert): Disposition => one.disposition;

describe('learning', () => {
  it('starts from synthetic alerts with models that catch every critical case', async () => {
    const team = new Team({ settings: DEFAULT_TRAINING_SETTINGS });
    await firstStart(team.deps);
    const { versions, notes } = await listVersions(new Lineage(team.world.stores.models));
    expect(versions.map(({ model, version, synthetic }) => [model, version, synthetic])).toEqual([
      ['classifier', '1.0.0', true],
      ['anomaly', '1.0.0', true],
      ['scorer', '1.0.0', true],
    ]);
    expect(notes).toHaveLength(DISPOSITIONS.length);
    const classifier = await team.classifier();
    for (const { id, alert } of CRITICAL_CASES) {
      const p = classifier.probabilities(snapshotOf(alert, EMPTY_CONTEXT));
      expect(p[0]! + 0.5 * p[2]!, id).toBeGreaterThan(0.5);
    }
  });

  it('makes the same bytes from the same judgements, whoever trains', async () => {
    const shas: unknown[] = [];
    for (let run = 0; run < 2; run++) {
      const team = new Team();
      await firstStart(team.deps);
      await team.judge(generateSyntheticAlerts(80, 5), truth);
      team.world.nowMs += run * 1000;
      await retrain(team.deps, { trigger: 'manual' });
      const { versions } = await listVersions(new Lineage(team.world.stores.models));
      shas.push(versions.map(({ model, sha256 }) => [model, sha256]));
    }
    expect(shas[0]).toEqual(shas[1]);
  });

  it('promotes what good judgements teach, with a card, a window and importances', async () => {
    const rules = [
      { id: 'noisy', level: 'high', against: undefined, group: 'a' },
      { id: 'telling', level: 'medium', against: undefined, group: 'b' },
      { id: 'silent', level: 'low', against: undefined, group: 'b' },
    ] as const;
    const team = new Team({ rules: () => rules });
    await firstStart(team.deps);
    expect((await team.classifier()).ruleWeights).toBeUndefined();
    // habits that the shipped models cannot know: here what is below high is only ever daily work
    const isHabit = ({ alert }: SyntheticAlert) => !['high', 'critical'].includes(alert.severity);
    const made = generateSyntheticAlerts(160, 99);
    // a small team, so that no analyst's word counts more than the others'
    for (const [at, analyst] of ['ann', 'bob', 'cid', 'dan'].entries()) {
      await team.judge(
        made.filter((_, i) => i % 4 === at),
        (one) => (isHabit(one) ? 'benign' : truth(one)),
        analyst,
        (one) => [
          ...(isHabit(one) ? [{ id: 'noisy' }] : []),
          ...(truth(one) === 'true_positive' && !isHabit(one)
            ? [{ id: 'telling', half: true } as const]
            : []),
        ],
      );
    }
    const run = await retrain(team.deps, { trigger: 'queue' });
    expect(run.state).toBe('promoted');
    const lineage = new Lineage(team.world.stores.models);
    const { versions } = await listVersions(lineage, { model: 'classifier' });
    expect(versions[0]).toMatchObject({
      version: '1.1.0',
      decision: 'promoted',
      provisional: true,
      samples: 160,
    });
    expect(versions[0]?.reasons[0]).toBe('not worse than the champion 1.0.0');
    const unseen = await readUnseen(team.world.stores.models, versions[0]!.path);
    const inFit = unseen.attack.length;
    expect(inFit).toBeGreaterThan(120);
    expect(inFit).toBeLessThan(160);
    expect(new Set(unseen.labels).size).toBeGreaterThan(2);
    // the weights of rules are of the release: learned with it, gated, and rolled back with it
    const measures = versions[0]?.metrics['rule_weights'] as RuleWeightMeasures;
    expect(measures).toMatchObject({ kept: true, moved: 2 });
    expect(measures.auc_learned!).toBeGreaterThan(measures.auc_by_level!);
    const weights = (await team.classifier()).ruleWeights!;
    expect(Object.keys(weights).sort()).toEqual(['noisy', 'telling']);
    expect(weights['noisy']).toBeCloseTo(0, 6);
    expect(weights['telling']).toBeGreaterThan(0.7);
    const byHand = { by: 'op', why: 'a look back' };
    await activate({ ...team.deps, lineage }, { model: 'classifier', version: '1.0.0', ...byHand });
    expect((await team.classifier()).ruleWeights).toBeUndefined();
    await activate({ ...team.deps, lineage }, { model: 'classifier', version: '1.1.0', ...byHand });
    expect((await team.classifier()).ruleWeights).toEqual(weights);
    const card = await team.world.stores.models.read(versions[0]!.path.replace('model.bin', 'card.md'));
    const text = new TextDecoder().decode(card?.bytes);
    for (const part of [
      '# Model card: classifier',
      'judged between',
      '10 bins of equal width',
      'Known limits',
      versions[0]!.sha256,
    ]) {
      expect(text).toContain(part);
    }
    const { classifier } = await servingImportances(lineage);
    expect(classifier?.version).toBe('1.1.0');
    expect(classifier?.importances.map(({ feature }) => feature)).toContain('severity');
    // nothing that is logged or recorded would not survive JSON
    expect(JSON.parse(JSON.stringify(versions))).toEqual(versions);
  });

  it('refuses what random judgements teach, and leaves every verdict as it was', async () => {
    const team = new Team();
    await firstStart(team.deps);
    const before = await team.serving();
    const random = createRandom(3);
    await team.judge(generateSyntheticAlerts(160, 99), () => DISPOSITIONS[random.int(4)]!);
    const run = await retrain(team.deps, { trigger: 'queue' });
    expect(run.state).toBe('refused');
    expect(run.reasons.join()).toContain('no better than the class shares alone');
    expect(await team.serving()).toEqual(before);
    expect(await retrain(team.deps, { trigger: 'timer' })).toMatchObject({ state: 'below', pending: 0 });
  });

  it('learns without an analyst once the votes are replayed without them', async () => {
    const team = new Team();
    await firstStart(team.deps);
    const alerts = generateSyntheticAlerts(240, 12);
    const random = createRandom(4);
    await team.judge(alerts.slice(0, 120), truth, 'ann');
    await team.judge(alerts.slice(120), () => DISPOSITIONS[random.int(4)]!, 'mallory');
    await retrain(team.deps, { trigger: 'queue' });
    await replay(team.deps, { analyst: 'mallory', action: 'exclude', by: 'olga' });
    const { record } = (await team.world.lineage()).at(-1)!;
    expect(record).toMatchObject({ kind: 'replay', counts: { judged: 240, taught: 120, excluded: 120 } });
    const { notes } = await listVersions(new Lineage(team.world.stores.models));
    expect(notes).toContain('votes of mallory are left out (by olga)');
  });

  it('refuses one disposition alone and too few alerts to compare over', async () => {
    const team = new Team();
    await firstStart(team.deps);
    const alerts = generateSyntheticAlerts(80, 6);
    await team.judge(alerts.slice(0, 10), truth);
    const few = await retrain(team.deps, { trigger: 'manual' });
    expect(few.reasons[0]).toContain('only 10 alerts to compare over, 30 are needed');
    await team.judge(alerts.slice(10), () => 'false_positive');
    await team.judge(alerts.slice(0, 10), () => 'false_positive');
    const alike = await retrain(team.deps, { trigger: 'manual' });
    expect(alike.state).toBe('refused');
    const { record } = (await team.world.lineage()).at(-1)!;
    expect(record.models['classifier']?.reasons).toContain(
      'all compared alerts were judged alike: nothing to tell apart yet',
    );
  });

  it('refits the detector on logged traffic without judged attacks or held-out incidents', async () => {
    const entries: PredictionEntry[] = generateSyntheticAlerts(1600, 31).map(({ alert }) => ({
      snapshot: snapshotOf(alert, EMPTY_CONTEXT),
      scoredAt: alert.occurred_at,
      versions: {},
      disposition: 'benign',
      probabilities: [0, 0, 0, 1],
      riskScore: 1,
      anomalyScore: 0.5,
      isAnomaly: false,
      finalScore: 1,
      decision: 'review',
      auditSample: false,
    }));
    const since: number[] = [];
    const predictions = {
      entriesSince: async function* (fromMs: number) {
        since.push(fromMs);
        yield* entries.filter(({ scoredAt }) => Date.parse(scoredAt) >= fromMs);
      },
    } as unknown as PredictionLog;
    const team = new Team({ predictions });
    team.world.nowMs = Date.parse('2026-02-01T00:00:00.000Z');
    await firstStart(team.deps);
    await team.judge(generateSyntheticAlerts(60, 31), truth);
    const run = await retrain(team.deps, { trigger: 'timer' });
    const { record } = (await team.world.lineage()).at(-1)!;
    expect(run.reasons.find((reason) => reason.startsWith('anomaly'))).toMatch(
      /^anomaly 1\.1\.0 (promoted|refused)/,
    );
    const rows = record.traffic?.rows ?? 0;
    expect(rows).toBeGreaterThan(1300);
    expect(rows).toBeLessThan(1550);
    const attacks = generateSyntheticAlerts(60, 31).filter((one) =>
      ['true_positive', 'suspicious'].includes(truth(one)),
    );
    const fitted = record.models['anomaly']!.metrics['training'] as { n_rows: number };
    expect(fitted.n_rows).toBeLessThan(rows);
    // a tenth of the traffic is kept aside to measure on
    expect(fitted.n_rows).toBeLessThan(rows * 0.95);
    expect(fitted.n_rows).toBeGreaterThanOrEqual(rows * 0.85 - attacks.length);
    expect(record.models['anomaly']!.metrics['gate']).toMatchObject({ champion: '1.0.0' });
    // the next draw is of the days before it
    team.world.nowMs += 3_600_000;
    await team.judge(generateSyntheticAlerts(60, 77), truth);
    await retrain(team.deps, { trigger: 'timer' });
    expect(since[1]! - since[0]!).toBe(3_600_000);
    const settings = team.deps.settings ?? DEFAULT_TRAINING_SETTINGS;
    const fromMs = team.world.nowMs - settings.trafficDays * 86_400_000;
    const agedOut = entries.filter(({ snapshot, scoredAt }) => {
      const atMs = Date.parse(scoredAt);
      return atMs < fromMs && atMs >= fromMs - 3_600_000 && !isHeldOut(snapshot.group);
    });
    expect((await team.world.lineage()).at(-1)!.record.traffic?.rows).toBe(rows - agedOut.length);
  });
});
