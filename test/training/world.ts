import type { Disposition } from '../../src/alert/alert.ts';
import { DEFAULT_POLICY } from '../../src/policy/policy.ts';
import type { FeedbackStore } from '../../src/store/feedback-store.ts';
import { MemoryFeedbackStore } from '../../src/store/memory/memory-feedback-store.ts';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import { MemoryRunLog } from '../../src/store/memory/memory-run-log.ts';
import type { ModelStore } from '../../src/store/model-store.ts';
import type { RunLog } from '../../src/store/run-log.ts';
import { Lineage, type LineageStep } from '../../src/training/releases/lineage.ts';
import { readVerified } from '../../src/training/releases/stored-blob.ts';
import { firstStart } from '../../src/training/runs/first-start.ts';
import type { RetrainDeps } from '../../src/training/runs/retrain-command.ts';
import type { Trainer } from '../../src/training/trainer.ts';
import { DEFAULT_TRAINING_SETTINGS } from '../../src/training/training-settings.ts';
import type { Crasher } from './crashing.ts';
import { decodeFake, type FakeDataset, FakeTrainer } from './fake-trainer.ts';
import { START_MS, sample, vote } from './rows.ts';

export interface Stores {
  readonly models: ModelStore;
  readonly feedback: FeedbackStore;
  readonly runs: RunLog;
}

/** A deployment with its clock: storage that outlives processes, and processes that come and go. */
export class World {
  readonly stores: Stores;
  nowMs = START_MS;
  /** Weeks for which verdicts are kept; 0: nothing is logged. */
  verdictWeeks = 0;
  #runs = 0;

  constructor(stores?: Stores) {
    this.stores = stores ?? {
      models: new MemoryModelStore(() => this.nowMs),
      feedback: new MemoryFeedbackStore(),
      runs: new MemoryRunLog(),
    };
  }

  /** What a process needs to train; storage goes through `crasher` where one is given. */
  process(
    trainer: Trainer = new FakeTrainer(),
    crasher?: Crasher,
  ): RetrainDeps & { sleep: (ms: number) => Promise<void> } {
    const { models, feedback, runs } = this.stores;
    return {
      models: crasher?.wrap(models, 'models') ?? models,
      feedback: crasher?.wrap(feedback, 'feedback') ?? feedback,
      runs: crasher?.wrap(runs, 'runs') ?? runs,
      trainer,
      settings: DEFAULT_TRAINING_SETTINGS,
      policy: async () => DEFAULT_POLICY,
      criticalCases: async () => [],
      retrainAfter: { queue: 100, timer: 50 },
      verdictWeeks: this.verdictWeeks,
      codeVersion: 'test',
      now: () => this.nowMs,
      newRunId: () => `run-${++this.#runs}`,
      sleep: async (ms) => {
        this.nowMs += ms;
        await new Promise((resolve) => setTimeout(resolve, 1));
      },
    };
  }

  async start(): Promise<this> {
    await firstStart(this.process());
    return this;
  }

  /** Judges `n` alerts; names are `prefix0`, `prefix1` ... */
  async judge(n: number, prefix = 'a', analyst = 'ann', disposition: Disposition = 'benign'): Promise<void> {
    await Promise.all(
      Array.from({ length: n }, (_, i) =>
        this.stores.feedback.submit(
          sample(`${prefix}${i}`, [vote(analyst, disposition)]).snapshot,
          vote(analyst, disposition),
        ),
      ),
    );
  }

  /** The whole lineage, oldest first. */
  async lineage(): Promise<LineageStep[]> {
    const lineage = new Lineage(this.stores.models);
    const steps: LineageStep[] = [];
    for await (const step of lineage.walk((await lineage.requireHead()).head.release)) steps.unshift(step);
    return steps;
  }

  async dataset(): Promise<FakeDataset> {
    const lineage = new Lineage(this.stores.models);
    const tip = await lineage.tip((await lineage.requireHead()).head.release);
    return decodeFake(await readVerified(this.stores.models, tip.record.dataset));
  }

  /**
   * What must be true of every lineage: numbers without gaps, each revision of a judgement consumed once and in
   * order, versions of a model rising, and what serves reachable.
   */
  async problems(): Promise<string[]> {
    const problems: string[] = [];
    const steps = await this.lineage();
    const consumed = new Map<string, number>();
    const versions = new Map<string, number>();
    steps.forEach(({ id, record }, i) => {
      if (record.seq !== i + 1) problems.push(`${id}: expected seq ${i + 1}`);
      if (record.parent !== (steps[i - 1]?.id ?? null)) problems.push(`${id}: wrong parent`);
      for (const [key, rev] of Object.entries(record.consumed)) {
        if (rev <= (consumed.get(key) ?? 0)) problems.push(`${id}: ${key}@${rev} consumed twice`);
        consumed.set(key, rev);
      }
      for (const [model, made] of Object.entries(record.models)) {
        if (made.decision === 'carried') continue;
        const minor = Number(made.version.split('.')[1]);
        const before = versions.get(model) ?? -1;
        if (minor !== before + 1) problems.push(`${id}: ${model} ${made.version} after minor ${before}`);
        versions.set(model, minor);
      }
    });
    const dataset = await this.dataset();
    const pending = new Set((await this.stores.feedback.listPending()).map(({ alertKey }) => alertKey));
    for await (const { snapshot, effective, rev } of this.stores.feedback.samples()) {
      const row = dataset[snapshot.alertKey];
      const isLearned = row?.rev === rev && row.label === effective.disposition;
      if (!isLearned && !pending.has(snapshot.alertKey)) problems.push(`${snapshot.alertId}@${rev} is lost`);
      if (isLearned && consumed.get(snapshot.alertKey) !== rev)
        problems.push(`${snapshot.alertId}@${rev} is not consumed`);
    }
    for (const [model, served] of Object.entries(steps.at(-1)!.record.serving_after)) {
      if ((await this.stores.models.read(served.path)) === undefined)
        problems.push(`${model} serves a missing artefact`);
    }
    return problems;
  }
}
