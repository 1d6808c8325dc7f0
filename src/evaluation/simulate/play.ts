import { alertKey } from '../../alert/alert.ts';
import type { Ensemble } from '../../models/ensemble.ts';
import type { BehaviorLog } from '../../store/behavior-log.ts';
import type { ModelStore } from '../../store/model-store.ts';
import { createRandom } from '../../trees/random.ts';
import type { Group } from '../../triage/correlation/group.ts';
import { RecentKeys } from '../../triage/recent-keys.ts';
import { shippedRuleEngine } from '../../triage/rules/shipped-rules.ts';
import { SharedState, STIR_EVERY_MS } from '../../triage/state/shared-state.ts';
import { createTriage, replaying, type Triage } from '../../triage/triage.ts';
import type { StreamAlert } from './alert-stream.ts';
import { type ModelRows, newModelRows, noteRow, scoreRows } from './model-rows.ts';

/** What the service said of one alert, with its incident as it turned out in the end. */
export interface PlayedAlert {
  readonly stream: StreamAlert;
  /** Context score, 0-1; NaN in a tenant's first day. */
  readonly score: number;
  /** 0-100; NaN where no models took part. */
  readonly finalScore: number;
  readonly notable: boolean;
  /** Undefined where the alert is in none. */
  readonly incident: Group | undefined;
}

export interface Played {
  readonly alerts: readonly PlayedAlert[];
  readonly usPerAlert: number;
}

/** What several instances share. */
export interface SharedStores {
  readonly log: BehaviorLog;
  readonly blobs: Pick<ModelStore, 'read' | 'replace' | 'acquireLease'>;
}

/** The models' part: no alert waits for what they say of another, so that it may be done in other threads. */
export interface Scoring {
  readonly rows: ModelRows;
  /** Once every row is noted: until every row is scored. @returns ms spent in all threads */
  readonly done: () => Promise<number>;
}

/** All in this thread, when everything is noted. */
export function scoringHere(stream: readonly StreamAlert[], models: Ensemble): Scoring {
  const rows = newModelRows(stream.length);
  return { rows, done: async () => scoreRows(rows, stream, models) };
}

export interface PlayOptions {
  /** Undefined: the stages alone. */
  readonly scoring: Scoring | undefined;
  /** Each alert goes to one of them at random; they share as a running service does. @default 1 */
  readonly instances?: number;
  /** Needed for more than one instance. */
  readonly stores?: SharedStores;
  readonly onProgress?: (nDone: number) => void;
}

/** Hashes of a simulation are the same in every run. */
const KEY = new Uint8Array(32).fill(7);
const SEED = 20_260_101;
/** How often an instance tells the others, seconds; each at its own phase. */
const SHARE_EVERY_S = 30;

interface Instance {
  readonly triage: Triage;
  readonly shared: SharedState | undefined;
  nextShareS: number;
  sharedAtS: number;
}

/**
 * Plays alerts in time order through the service's own stages and models with nothing remembered: each is received at
 * its own time.
 *
 * @throws Error where a stage fails: no figure shall rest on a gap
 */
export async function play(stream: readonly StreamAlert[], options: PlayOptions): Promise<Played> {
  const { scoring, onProgress = () => {} } = options;
  let nowMs = (stream[0]?.atS ?? 0) * 1000;
  const instances = makeInstances(options, () => nowMs);
  const random = createRandom(SEED);
  const alerts: PlayedAlert[] = [];
  const names: (string | undefined)[] = [];
  // as it was joined: by the end of a long file an old incident may be forgotten
  const groups: (Group | undefined)[] = [];
  let spentMs = 0;
  for (const [at, one] of stream.entries()) {
    nowMs = one.atS * 1000;
    for (const instance of instances) await shareIfDue(instance, one.atS);
    const instance = instances[instances.length === 1 ? 0 : random.int(instances.length)]!;
    const alert = one.alert();
    const startedAtMs = performance.now();
    const { facts } = instance.triage.pipeline.run({
      alert,
      payload: one.payload,
      alertKey: alertKey(alert),
      nowMs,
      observe: true,
      isTimeOfReceipt: one.isTimeOfReceipt,
    });
    if (scoring !== undefined) noteRow(scoring.rows, at, facts);
    const { behavior, incident } = facts;
    spentMs += performance.now() - startedAtMs;
    const name = incident?.incident?.id;
    names.push(name);
    groups.push(name === undefined ? undefined : instance.triage.incident(alert.tenant, name));
    alerts.push({
      stream: one,
      score: behavior?.score ?? Number.NaN,
      finalScore: Number.NaN,
      notable: incident?.notable ?? false,
      incident: undefined,
    });
    if ((at & 0xfff) === 0) {
      onProgress(at);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  // twice: the first round tells, the second hears
  for (const _ of [1, 2]) for (const { shared } of instances) await shared?.tick();
  const { triage } = instances[0]!;
  spentMs += (await scoring?.done()) ?? 0;
  return {
    alerts: alerts.map((one, at) => {
      const name = names[at];
      const tenant = name === undefined ? undefined : one.stream.alert().tenant;
      return {
        ...one,
        finalScore: scoring?.rows.finals[at] ?? Number.NaN,
        incident: name === undefined ? undefined : (triage.incident(tenant, name) ?? groups[at]?.current()),
      };
    }),
    usPerAlert: (spentMs * 1000) / Math.max(1, stream.length),
  };
}

function makeInstances({ instances = 1, stores }: PlayOptions, now: () => number): Instance[] {
  const engine = shippedRuleEngine();
  return Array.from({ length: instances }, (_, at) => {
    const triage = createTriage({
      key: KEY,
      rules: { engine: () => engine },
      useVendorIncidents: false,
      ...replaying,
    });
    const shared = instances > 1 && stores !== undefined ? shareOf(triage, stores, `i${at}`, now) : undefined;
    const phaseS = (SHARE_EVERY_S * at) / instances;
    return { triage, shared, nextShareS: now() / 1000 + phaseS, sharedAtS: now() / 1000 };
  });
}

function shareOf(triage: Triage, stores: SharedStores, instanceId: string, now: () => number): SharedState {
  const { behavior, correlation, hostNames, pending } = triage;
  pending.isKept = true;
  return new SharedState({
    behavior,
    correlation,
    hostNames,
    pending,
    instanceId,
    now,
    ...stores,
    recent: new RecentKeys(),
    snapshotPaths: { snapshot: 'snapshot.bin', before: 'snapshot-before.bin' },
    lockPath: 'lock',
    useKey: async () => false,
    useOwnKey: () => {},
    onEvent: (event, details) => {
      if (event !== 'behavior_loaded') replaying.onEvent(event, details);
    },
  });
}

async function shareIfDue(instance: Instance, atS: number): Promise<void> {
  const { shared, nextShareS, sharedAtS } = instance;
  if (shared === undefined) return;
  const isRegular = atS >= nextShareS;
  const isSooner = atS - sharedAtS >= STIR_EVERY_MS / 1000 && shared.isStirred;
  if (!isRegular && !isSooner) return;
  await shared.tick();
  instance.sharedAtS = atS;
  // a quiet night needs no ticks: nothing is told and nothing is heard
  if (isRegular)
    instance.nextShareS += SHARE_EVERY_S * (1 + Math.floor((atS - instance.nextShareS) / SHARE_EVERY_S));
}
