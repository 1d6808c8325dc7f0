import { Behavior } from './behavior/behavior.ts';
import { behaviorStage } from './behavior/behavior-stage.ts';
import { Correlation } from './correlation/correlation.ts';
import { correlationStage } from './correlation/correlation-stage.ts';
import type { Group } from './correlation/group.ts';
import { entityStage, tenantKey } from './entities/entity-stage.ts';
import { HostNames, type LearnedName } from './entities/host-names.ts';
import { KeyedHash } from './entities/keyed-hash.ts';
import { Pipeline } from './pipeline.ts';
import { type RuleSource, ruleStage } from './rules/rule-stage.ts';
import { PendingObservations } from './state/observation-batch.ts';
import type { TriageStage } from './triage-facts.ts';

export interface TriageOptions {
  /** Key of every hash that is kept, at least 16 bytes; left out: `hash.use` gives it before anything is ready. */
  readonly key?: Uint8Array;
  /** Left out: the stage is off. */
  readonly rules?: RuleSource | undefined;
  readonly intel?: TriageStage | undefined;
  /** Without it behaviour and correlation have nothing to go by. @default true */
  readonly withEntities?: boolean;
  readonly withBehavior?: boolean;
  readonly withCorrelation?: boolean;
  /** Whether what behaviour and correlation remember is there. @default always */
  readonly isReady?: () => boolean;
  /** Whether incidents that the vendor made may join alerts. @default true */
  readonly useVendorIncidents?: boolean;
  /** Whether entity values are kept for who reads an incident. @default true */
  readonly withNames?: boolean;
  /** Whether titles are. @default as `withNames` */
  readonly withTitles?: boolean;
  /** Monotonic, ms. A replay gives a clock that stands still: what it finds must not depend on the machine. */
  readonly clock?: () => number;
  readonly onEvent?: (event: string, details: Readonly<Record<string, unknown>>) => void;
}

/** For replays: time stands still, and a stage that fails fails the replay, so that no figure rests on a gap. */
export const replaying = {
  clock: () => 0,
  onEvent: (event: string, details: Readonly<Record<string, unknown>>) => {
    throw new Error(`${event}: ${JSON.stringify(details)}`);
  },
} as const satisfies Partial<TriageOptions>;

/** The stages before the models with what they remember. */
export interface Triage {
  readonly pipeline: Pipeline;
  readonly behavior: Behavior;
  readonly correlation: Correlation;
  readonly hash: KeyedHash;
  /** Which short names stand for one host. */
  readonly hostNames: HostNames;
  /** What was counted and is not told to the other instances yet. */
  readonly pending: PendingObservations;
  /** The incident that an id stands for by now; undefined where it was never given out or is forgotten. */
  readonly incident: (tenant: string | undefined, id: string) => Group | undefined;
}

/** Puts the stages together, with nothing remembered yet. */
export function createTriage(options: TriageOptions): Triage {
  const { rules, intel, withBehavior = true, withCorrelation = true, useVendorIncidents = true } = options;
  const { withEntities = true, isReady = () => true, onEvent = () => {}, withNames = true } = options;
  const { withTitles = withNames } = options;
  const pending = new PendingObservations();
  const hash = new KeyedHash(options.key);
  const behavior = new Behavior();
  const correlation = new Correlation();
  const hostNames = new HostNames();
  const onLearned = (learned: LearnedName): void => pending.learned(learned);
  const stages: TriageStage[] = withEntities ? [entityStage({ hash, hostNames, onLearned })] : [];
  if (intel !== undefined) stages.push(intel);
  if (withBehavior)
    stages.push(behaviorStage({ behavior, isReady, onCounted: (...counted) => pending.count(...counted) }));
  if (rules !== undefined) stages.push(ruleStage(rules));
  if (withCorrelation)
    stages.push(
      correlationStage({
        correlation,
        isReady,
        useVendorIncidents,
        withNames,
        withTitles,
        onJoined: (...joined) => pending.join(...joined),
        onRoutine: (...counted) => pending.routine(...counted),
      }),
    );
  const pipeline = new Pipeline({ stages, clock: options.clock ?? (() => performance.now()), onEvent });
  return {
    pipeline,
    behavior,
    correlation,
    hash,
    hostNames,
    pending,
    incident: (tenant, id) => correlation.tenant(tenantKey(tenant, hash))?.byId(id),
  };
}
