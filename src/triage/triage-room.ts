import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AlertforestError } from '../errors.ts';
import type { BehaviorLog } from '../store/behavior-log.ts';
import type { ModelStore } from '../store/model-store.ts';
import type { Group, GroupJudgement } from './correlation/group.ts';
import type { RollUp } from './correlation/roll-up.ts';
import { announcedRule, announcedSource, tenantKey } from './entities/entity-stage.ts';
import { RecentKeys } from './recent-keys.ts';
import type { RuleSource } from './rules/rule-stage.ts';
import { SharedState, type SharedStateStatus } from './state/shared-state.ts';
import type { SnapshotPaths } from './state/stored-snapshot.ts';
import { createTriage, type Triage } from './triage.ts';
import type { StageInput, TriageFacts, TriageStage } from './triage-facts.ts';
import { type UncountedAlert, UncountedAlerts } from './uncounted-alerts.ts';

const KEY_BYTES = 32;
/** Judged incidents that are remembered as joined; the hourly look at all of them finds the rest. */
const MAX_JOINED_JUDGED = 1_000;
/** Alerts counted late between two turns of the event loop: a few milliseconds. */
const COUNTED_A_TURN = 16;

export interface TriageRoomOptions {
  readonly log: BehaviorLog;
  readonly blobs: Pick<ModelStore, 'read' | 'create' | 'replace' | 'acquireLease'>;
  readonly paths: SnapshotPaths & { readonly key: string; readonly lock: string };
  readonly rules: RuleSource | undefined;
  readonly intel?: TriageStage | undefined;
  readonly withEntities: boolean;
  readonly withBehavior: boolean;
  readonly withCorrelation: boolean;
  readonly withNames: boolean;
  readonly withTitles: boolean;
  readonly instanceId: string;
  readonly now: () => number;
  readonly onEvent: (event: string, details: Readonly<Record<string, unknown>>) => void;
}

/** What is announced as new: a rule, a product, or everything of a tenant. */
export interface Announcement {
  readonly tenant: string | undefined;
  readonly rule: string | undefined;
  readonly source: string | undefined;
  readonly untilMs: number;
}

/** One incident with its tenant's key. */
export interface KnownIncident {
  readonly tenant: number;
  readonly group: Group;
}

/** The stages before the models of a running service, with what they remember and share. */
export class TriageRoom {
  readonly #options: TriageRoomOptions;
  readonly #triage: Triage;
  readonly #recent = new RecentKeys();
  /** Those of them that joined an incident. */
  readonly #joined = new RecentKeys();
  readonly #uncounted = new UncountedAlerts();
  readonly #joinedJudged = new Set<string>();
  readonly #shared: SharedState;

  constructor(options: TriageRoomOptions) {
    this.#options = options;
    const { rules, intel, withEntities, withBehavior, withCorrelation, withNames, withTitles } = options;
    const { now, onEvent } = options;
    this.#triage = createTriage({
      rules,
      intel,
      withEntities,
      withBehavior,
      withCorrelation,
      withNames,
      withTitles,
      isReady: () => this.#shared.isReady,
      onEvent,
    });
    const { behavior, correlation, hostNames, pending, hash } = this.#triage;
    pending.isKept = true;
    rules?.windows?.share({
      isReady: () => this.#shared.isReady,
      hash: (text) => hash.of(text),
      tell: (event) => pending.windowed(event),
    });
    this.#shared = new SharedState({
      behavior,
      correlation,
      hostNames,
      pending,
      recent: this.#recent,
      joined: this.#joined,
      windows: rules?.windows,
      now,
      onEvent,
      log: options.log,
      blobs: options.blobs,
      snapshotPaths: options.paths,
      lockPath: options.paths.lock,
      instanceId: options.instanceId,
      useKey: async () => {
        const key = await this.#readKey();
        return hash.use(key);
      },
      useOwnKey: () => {
        if (!hash.hasKey) hash.use(randomBytes(KEY_BYTES));
      },
      onReady: () => this.#countHeld(),
    });
  }

  get pipeline(): Triage['pipeline'] {
    return this.#triage.pipeline;
  }

  get status(): SharedStateStatus {
    return this.#shared.status;
  }

  /** Whether an alert was not counted yet nor waits for it, here or by another instance that has told. */
  isNew(alertKey: string): boolean {
    return !this.#recent.has(alertKey) && !this.#uncounted.has(alertKey);
  }

  /** As what an alert was counted: vendors send again what has become graver, or what they know more of. */
  repeatOf(alertKey: string): StageInput['repeats'] {
    if (this.#uncounted.has(alertKey)) return undefined;
    return this.#joined.has(alertKey) ? 'joined' : 'routine';
  }

  /**
   * Remembers that an alert was counted and what was answered. One that was judged while what is remembered was loading
   * was not: it is counted as soon as that is there.
   */
  noteScored(scored: UncountedAlert): void {
    const { behavior, correlation } = scored.triage.problems;
    if (behavior !== 'loading' && correlation !== 'loading') this.#noteCounted(scored, scored.triage.facts);
    else if (this.#shared.isReady) this.#countLate(scored);
    else this.#uncounted.hold(scored);
  }

  /** Ids of judged incidents that alerts scored here have joined since this was asked last. */
  takeJoinedJudged(): readonly string[] {
    const ids = [...this.#joinedJudged];
    this.#joinedJudged.clear();
    return ids;
  }

  /** Tells the others, hears from them; never fails. */
  share(): Promise<void> {
    return this.#shared.tick();
  }

  /** The same where something stands out that the others should hear of, or tell of, before the next regular time. */
  async shareIfStirred(): Promise<void> {
    if (this.#shared.isStirred) await this.#shared.tick();
  }

  close(): Promise<void> {
    return this.#shared.close();
  }

  /** Every incident of a tenant, or of all. */
  *incidents(tenant: string | undefined): Generator<KnownIncident> {
    const only = tenant === undefined ? undefined : tenantKey(tenant, this.#triage.hash);
    for (const [key, incidents] of this.#triage.correlation.tenants()) {
      if (only !== undefined && key !== only) continue;
      for (const group of incidents.incidents()) yield { tenant: key, group };
    }
  }

  /** Every roll-up of a tenant, or of all. */
  rollUps(tenant: string | undefined): Iterable<RollUp> {
    const { correlation, hash } = this.#triage;
    return correlation.rollUps.items(tenant === undefined ? undefined : tenantKey(tenant, hash));
  }

  /** Names of alerts, as far as an incident remembers them. */
  namesOf(alertKeys: ReadonlySet<string>): Map<string, { readonly rule: string; readonly title: string }> {
    const names = new Map<string, { rule: string; title: string }>();
    if (alertKeys.size === 0) return names;
    for (const { group } of this.incidents(undefined)) {
      for (const { alertKey, ruleName, title } of group.members)
        if (alertKeys.has(alertKey)) names.set(alertKey, { rule: ruleName, title });
    }
    return names;
  }

  /** The incident that an id stands for by now. */
  incident(id: string): KnownIncident | undefined {
    for (const [tenant, incidents] of this.#triage.correlation.tenants()) {
      const group = incidents.byId(id);
      if (group !== undefined) return { tenant, group };
    }
    return undefined;
  }

  /** Keeps the judgement of a whole incident, or that it was taken back, on all instances. */
  judge(tenant: number, id: string, judgement: GroupJudgement): void {
    this.#triage.correlation.judge(tenant, id, judgement);
    this.#triage.pending.judge(tenant, id, judgement);
  }

  /**
   * Takes the judgements of an analyst out of all incidents, on all instances and in what is stored.
   *
   * @returns incidents changed
   * @throws AlertforestError STORE_UNAVAILABLE
   */
  forget(pseudonym: string): Promise<number> {
    return this.#shared.forget({ pseudonym, at: new Date(this.#options.now()).toISOString() });
  }

  /**
   * Alerts of what is announced are counted without surprise until then, on all instances; a later moment announced
   * before stays.
   *
   * @returns until when all of it was announced before, ms; 0 where it was not
   */
  announce({ tenant, rule, source, untilMs }: Announcement): number {
    const { hash, behavior, pending } = this.#triage;
    const what = [
      ...(rule === undefined ? [] : [announcedRule(tenant, rule, hash)]),
      ...(source === undefined ? [] : [announcedSource(tenant, source, hash)]),
    ];
    const key = tenantKey(tenant, hash);
    let beforeMs = Number.POSITIVE_INFINITY;
    for (const one of what.length === 0 ? [undefined] : what) {
      beforeMs = Math.min(beforeMs, 1000 * behavior.quiet(key, one, untilMs / 1000));
      pending.quiet(key, one, untilMs / 1000);
    }
    return beforeMs;
  }

  #noteCounted(scored: UncountedAlert, { entities, incident }: TriageFacts): void {
    const { alertKey } = scored.snapshot;
    if (this.#recent.add(alertKey, this.#options.now())) this.#triage.pending.seen(alertKey);
    if (entities !== undefined && incident?.incident !== undefined)
      this.#noteJoined(scored, entities.tenant, incident.incident.id);
    this.#shared.packIfLarge();
  }

  #noteJoined(
    { snapshot: { alertKey }, verdict, verdictId, decision }: UncountedAlert,
    tenant: number,
    incidentId: string,
  ): void {
    const { pending, correlation } = this.#triage;
    this.#joined.add(alertKey, this.#options.now());
    const { disposition, finalScore } = verdict;
    const answer = { verdictId, disposition, decision: decision.decision, finalScore };
    const group = correlation.tenant(tenant)?.byId(incidentId);
    group?.answer(alertKey, answer);
    if (group?.judged !== undefined && this.#joinedJudged.size < MAX_JOINED_JUDGED)
      this.#joinedJudged.add(group.id);
    pending.answered(alertKey, answer);
  }

  /** Its verdict stays as it was given: this is for the alerts after it. */
  #countLate(scored: UncountedAlert): void {
    const { normalized, snapshot, scoredAt } = scored;
    // another instance has told of it since
    if (this.#recent.has(snapshot.alertKey)) return;
    const { facts } = this.#triage.pipeline.run({
      alert: normalized.alert,
      payload: normalized.opened,
      alertKey: snapshot.alertKey,
      nowMs: Date.parse(scoredAt),
      observe: true,
      isNoted: true,
      isTimeOfReceipt: normalized.report.fields['occurred_at'] === undefined,
    });
    this.#noteCounted(scored, facts);
  }

  async #countHeld(): Promise<void> {
    const { alerts, nLeftOut } = this.#uncounted.take();
    for (let nth = 0; nth < alerts.length; nth++) {
      this.#countLate(alerts[nth]!);
      if (nth % COUNTED_A_TURN === COUNTED_A_TURN - 1) await nextTurn();
    }
    if (alerts.length > 0 || nLeftOut > 0)
      this.#options.onEvent('alerts_counted_late', { alerts: alerts.length, leftOut: nLeftOut });
  }

  async #readKey(): Promise<Uint8Array> {
    const { blobs, paths } = this.#options;
    const stored = await blobs.read(paths.key);
    if (stored !== undefined) return wholeKey(paths.key, stored.bytes);
    await blobs.create(paths.key, randomBytes(KEY_BYTES));
    // whoever was first has made it
    const made = await blobs.read(paths.key);
    if (made === undefined) throw new Error(`Expected ${paths.key} to be there once it was made.`);
    return wholeKey(paths.key, made.bytes);
  }
}

/** Half a key would be another key: what was counted under the whole one would not be found again, and nobody told. */
function wholeKey(path: string, bytes: Uint8Array): Uint8Array {
  if (bytes.length === KEY_BYTES) return bytes;
  throw new AlertforestError(
    'STORE_CORRUPT',
    `Expected ${KEY_BYTES} bytes in ${path}, got ${bytes.length}: restore the blob.`,
  );
}
