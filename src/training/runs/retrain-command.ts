import type { Policy } from '../../policy/policy.ts';
import type { FeedbackStore } from '../../store/feedback-store.ts';
import type { ModelStore } from '../../store/model-store.ts';
import type { Liveness } from '../../store/owner.ts';
import type { PredictionLog } from '../../store/prediction-log.ts';
import type { Exclusion } from '../../store/release.ts';
import type { RetrainQueue } from '../../store/retrain-queue.ts';
import type { RunLog, RunTrigger } from '../../store/run-log.ts';
import type { RulePrior } from '../../triage/rules/rule-weights.ts';
import type { Lineage } from '../releases/lineage.ts';
import type { CriticalCase, Trainer } from '../trainer.ts';
import type { TrainingSettings } from '../training-settings.ts';

/** What a retrain works with. */
export interface RetrainDeps {
  readonly models: ModelStore;
  readonly feedback: FeedbackStore;
  /** Left out where nothing is logged: the detector is then carried on. */
  readonly predictions?: PredictionLog | undefined;
  readonly runs: RunLog;
  readonly trainer: Trainer;
  readonly settings: TrainingSettings;
  readonly policy: () => Promise<Policy>;
  /** Cases no release may miss: the shipped set without the retired ones, and the operator's own. */
  readonly criticalCases: () => Promise<readonly CriticalCase[]>;
  /** The rules in force as their levels weigh them; left out: nothing is learned about rules. */
  readonly rules?: (() => readonly RulePrior[]) | undefined;
  /** Newly judged alerts that start a retrain, by what asked for it; an operator needs one. */
  readonly retrainAfter: { readonly queue: number; readonly timer: number };
  /** Weeks for which verdicts are kept, and with them what made them; 0 where nothing is logged. */
  readonly verdictWeeks: number;
  /** Names the code in hashes and records. */
  readonly codeVersion: string;
  readonly now: () => number;
  /** A fresh id, unique among runs; letters, digits and dashes. */
  readonly newRunId: () => string;
  readonly onEvent?: ((event: string, details: Readonly<Record<string, unknown>>) => void) | undefined;
  /** Shared by callers that also list versions; made here when left out. */
  readonly lineage?: Lineage | undefined;
  /** Who this process is, and whether the owner of a lease lives. Left out, a lease is waited for until it ends. */
  readonly liveness?: Liveness | undefined;
  /** Requests that wait. Left out, a run that was asked for waits until its message has expired. */
  readonly queue?: Pick<RetrainQueue, 'isEmpty'> | undefined;
}

/** What is asked of one retrain. */
export interface RetrainCommand {
  readonly trigger: RunTrigger;
  /** Given where the caller already handed out a status URL, or where the queue may deliver twice. */
  readonly runId?: string | undefined;
  /** When it was asked for: no release of this run is older. Left out, every release may be. */
  readonly askedAtMs?: number | undefined;
  /** Trains whatever is pending and lets the result serve whatever the gate says; `by` and `why` are recorded. */
  readonly force?: boolean | undefined;
  readonly by?: string | undefined;
  readonly why?: string | undefined;
  /** Exclusions that hold from this release on, where they change: trains whatever is pending. */
  readonly exclusions?: ((current: readonly Exclusion[]) => readonly Exclusion[]) | undefined;
}
