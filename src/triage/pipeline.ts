import {
  STAGE_NAMES,
  type StageInput,
  type StageName,
  type TriageFacts,
  type TriageStage,
} from './triage-facts.ts';

/** How long a stage rests that failed, or went beyond its budget so many times in a row, ms. */
const REST_MS = 1_000;
/** One slow run may be a collection of garbage or a busy machine. */
const LATE_IN_A_ROW = 3;

/** Why a stage gave nothing. */
export type StageProblem = 'off' | 'loading' | 'late' | 'failed';

export interface TriageOutcome {
  readonly facts: Readonly<TriageFacts>;
  /** Stages that gave nothing, with the reason; a stage that is off by the settings is not a problem. */
  readonly problems: Readonly<Partial<Record<StageName, Exclude<StageProblem, 'off'>>>>;
  /** Microseconds spent by stage. */
  readonly stageUs: Readonly<Partial<Record<StageName, number>>>;
}

export interface PipelineOptions {
  readonly stages: readonly TriageStage[];
  /** Monotonic, ms. */
  readonly clock: () => number;
  /** Told of a stage that failed, once per rest. */
  readonly onEvent: (event: string, details: Readonly<Record<string, unknown>>) => void;
}

/**
 * Runs the stages in their order. Nothing here can fail a verdict: a stage that throws or is too slow again and again
 * leaves its part empty, is named among the problems and rests for a second.
 */
export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #stages: readonly TriageStage[];
  readonly #nLate = new Map<StageName, number>();
  readonly #restsUntilMs = new Map<
    StageName,
    { readonly untilMs: number; readonly why: 'late' | 'failed' }
  >();

  constructor(options: PipelineOptions) {
    this.#options = options;
    const position = ({ name }: TriageStage): number => STAGE_NAMES.indexOf(name);
    this.#stages = [...options.stages].sort((a, b) => position(a) - position(b));
  }

  run(input: StageInput): TriageOutcome {
    const { clock } = this.#options;
    const facts: TriageFacts = {};
    const problems: Partial<Record<StageName, Exclude<StageProblem, 'off'>>> = {};
    const stageUs: Partial<Record<StageName, number>> = {};
    let startedAtMs = clock();
    for (const stage of this.#stages) {
      const rest = this.#restsUntilMs.get(stage.name);
      if (rest !== undefined && startedAtMs < rest.untilMs) {
        problems[stage.name] = rest.why;
        continue;
      }
      if (!stage.isReady()) {
        problems[stage.name] = 'loading';
        continue;
      }
      try {
        Object.assign(facts, stage.run(input, facts));
      } catch (error) {
        problems[stage.name] = 'failed';
        this.#restsUntilMs.set(stage.name, { untilMs: startedAtMs + REST_MS, why: 'failed' });
        this.#options.onEvent('stage_failed', { stage: stage.name, reason: String(error) });
      }
      const endedAtMs = clock();
      stageUs[stage.name] = 1000 * (endedAtMs - startedAtMs);
      const nLate = stageUs[stage.name]! > stage.budgetUs ? (this.#nLate.get(stage.name) ?? 0) + 1 : 0;
      this.#nLate.set(stage.name, nLate % LATE_IN_A_ROW);
      if (nLate === LATE_IN_A_ROW) {
        this.#restsUntilMs.set(stage.name, { untilMs: endedAtMs + REST_MS, why: 'late' });
        this.#options.onEvent('stage_late', { stage: stage.name, us: Math.round(stageUs[stage.name]!) });
      }
      startedAtMs = endedAtMs;
    }
    return { facts, problems, stageUs };
  }
}
