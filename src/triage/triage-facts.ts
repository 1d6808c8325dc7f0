import type { Alert } from '../alert/alert.ts';
import type { BehaviorFacts } from './behavior/behavior-facts.ts';
import type { ProfileFacts } from './behavior/tenant-profile.ts';
import type { IncidentFacts } from './correlation/incident-facts.ts';
import type { AlertEntities } from './entities/alert-entities.ts';
import type { RuleOutcome } from './rules/rule-engine.ts';

/** The stages before the models, in their order: what is notable may rest on a rule, rules never test incidents. */
export const STAGE_NAMES = ['entities', 'intel', 'behavior', 'rules', 'correlation'] as const;
export type StageName = (typeof STAGE_NAMES)[number];

/** One indicator that an entity of the alert matched. */
export interface IntelHit {
  readonly source: string;
  /** What kind of indicator: `ip`, `domain`, `url`, `hash` and so on. */
  readonly kind: string;
  /** The entity that hit, in the normal form of its kind. */
  readonly entity: string;
  /** 0-100. */
  readonly confidence: number;
}

/** What goes into every stage. */
export interface StageInput {
  readonly alert: Alert;
  /** The record as the sender wrote it, out of its envelope. */
  readonly payload: unknown;
  /** 32 hex digits, see alertKey. */
  readonly alertKey: string;
  /** When it was received, ms. */
  readonly nowMs: number;
  /** False: a trial. Nothing may be counted or kept. */
  readonly observe: boolean;
  /** It was counted before, as routine or in an incident: it may stand out by now, or say more than it did. */
  readonly repeats?: 'routine' | 'joined' | undefined;
  /** It is counted later than it was judged: what is noted of every verdict was noted then. */
  readonly isNoted?: boolean;
  /** The alert has no time of its own: `occurred_at` is when it was received. */
  readonly isTimeOfReceipt?: boolean | undefined;
  /** Id of a rule that does not speak, in a trial of what would be without it. */
  readonly withoutRule?: string | undefined;
  /** Whether an explanation is asked for: rules then say in which fields they found something. */
  readonly explains?: boolean;
}

/** What the stages found out so far. A part is undefined where its stage is off, loading, late or failed. */
export interface TriageFacts {
  entities?: AlertEntities;
  /** Hits among the entities, highest confidence first; empty where looked up and nothing found. */
  intel?: readonly IntelHit[];
  behavior?: BehaviorFacts;
  profile?: ProfileFacts;
  rules?: RuleOutcome;
  incident?: IncidentFacts;
}

/**
 * One stage of triage. It reads what earlier stages found and gives its own part. It may throw: the pipeline turns
 * that into a warning. It never waits for storage.
 */
export interface TriageStage {
  readonly name: StageName;
  /** Above this many microseconds an alert the stage rests for a while instead of holding up verdicts. */
  readonly budgetUs: number;
  /** Whether its state is there; until then it is passed over with the warning `loading`. */
  readonly isReady: () => boolean;
  readonly run: (input: StageInput, facts: Readonly<TriageFacts>) => Partial<TriageFacts>;
}
