import { setImmediate as nextTurn } from 'node:timers/promises';
import { inflateRawSync } from 'node:zlib';
import { AlertforestError, hasCode } from '../../errors.ts';
import type { BehaviorDelta, BehaviorLog } from '../../store/behavior-log.ts';
import type { ModelStore } from '../../store/model-store.ts';
import type { Behavior } from '../behavior/behavior.ts';
import type { Correlation } from '../correlation/correlation.ts';
import type { ForgottenAnalyst } from '../correlation/forgotten-analysts.ts';
import type { HostNames } from '../entities/host-names.ts';
import type { RecentKeys } from '../recent-keys.ts';
import type { CorrelationWindows } from '../rules/correlation-windows.ts';
import {
  type ObservationBatch,
  observationBatchSchema,
  observedAlert,
  type PendingObservations,
  routineAlerts,
} from './observation-batch.ts';
import { restoreSnapshot, snapshotOf } from './snapshot.ts';
import { type SnapshotPaths, StoredSnapshot } from './stored-snapshot.ts';
import { UnpublishedDeltas } from './unpublished-deltas.ts';

/** Length of a bucket of deltas, ms. */
const BUCKET_MS = 300_000;
/** Deltas are kept for this many buckets: an hour. */
const KEPT_BUCKETS = 12;
const SNAPSHOT_EVERY_MS = 600_000;
const LEASE_SECONDS = 60;
/** Bytes a delta may have unpacked. */
const DECOMPRESSED_LIMIT = 16 * 1024 * 1024;

/** How long after something that stands out it pays to tell and hear sooner than usual, ms. */
const STIRRED_MS = 60_000;
/** No other instance heard for so long: none has to be told sooner, ms. */
const COMPANY_MS = 3_600_000;
/** One that told of nothing for so long counts no alerts by now, ms. */
const COUNTING_MS = 300_000;
/** Between two looks whether something stirs, ms. */
export const STIR_EVERY_MS = 5_000;

export interface SharedStateOptions {
  readonly behavior: Behavior;
  readonly correlation: Correlation;
  readonly pending: PendingObservations;
  readonly recent: RecentKeys;
  /** Those of them that joined an incident. */
  readonly joined?: RecentKeys | undefined;
  readonly hostNames: HostNames;
  /** What correlations of rules have seen; left out, there are none. */
  readonly windows?: Pick<CorrelationWindows, 'takeIn' | 'clear'> | undefined;
  readonly log: BehaviorLog;
  readonly blobs: Pick<ModelStore, 'read' | 'replace' | 'acquireLease'>;
  readonly snapshotPaths: SnapshotPaths;
  readonly lockPath: string;
  /** Brings in the key of all hashes. Resolves to whether it is another one than was used so far. */
  readonly useKey: () => Promise<boolean>;
  /** Storage is away: a key of one's own, where there is none. */
  readonly useOwnKey: () => void;
  /** What is remembered is there after it was loading: what was passed over may be counted, before the others are told. */
  readonly onReady?: () => Promise<void>;
  /** Of this process; a restart is another one. */
  readonly instanceId: string;
  readonly now: () => number;
  readonly onEvent: (event: string, details: Readonly<Record<string, unknown>>) => void;
}

interface ToldDelta {
  readonly bucket: number;
  readonly delta: BehaviorDelta;
}

export type SharedStateStatus = 'loading' | 'shared' | 'alone';

/**
 * Keeps what behaviour and correlation remember the same on all instances and over restarts.
 *
 * Each instance counts at once and tells the others what it counted: one delta a tick, taken in once by its (instance,
 * seq). The same deltas in any order lead to the same state, but for occupancy shares and novelties, which are taken of
 * what is known by then. One instance at a time writes everything down as a snapshot; a start reads it and the deltas
 * since. Storage that is away costs nothing but sharing: counting goes on, and what was counted waits.
 */
export class SharedState {
  readonly #options: SharedStateOptions;
  readonly #stored: StoredSnapshot;
  /** `instance|seq` of every delta taken in lately, with its bucket. */
  readonly #applied = new Map<string, number>();
  readonly #unpublished: UnpublishedDeltas;
  /** Newest bucket that was read. */
  #readBucket = Number.NEGATIVE_INFINITY;
  #status: SharedStateStatus = 'loading';
  #snapshotAtMs: number;
  #droppedBelow: number | undefined;
  #ticking: Promise<void> | undefined;
  /** When something that stands out was told or heard last. */
  #stirredAtMs = Number.NEGATIVE_INFINITY;
  /** When each other instance was heard last. */
  readonly #company = new Map<string, number>();

  constructor(options: SharedStateOptions) {
    this.#options = options;
    this.#stored = new StoredSnapshot({ ...options, paths: options.snapshotPaths });
    this.#unpublished = new UnpublishedDeltas(options.instanceId);
    this.#snapshotAtMs = options.now();
  }

  /** `alone`: storage was away at the start, so nothing of the others is known yet. */
  get status(): SharedStateStatus {
    return this.#status;
  }

  /** Whether verdicts can rest on it. */
  get isReady(): boolean {
    return this.#status !== 'loading';
  }

  /**
   * Whether the others should hear of this sooner than at the next regular tick: something stands out, here or with
   * them, and there are others. An attack unfolds within seconds, and each instance sees a part of it alone.
   */
  get isStirred(): boolean {
    const nowMs = this.#options.now();
    return (
      this.#nOthers(COMPANY_MS) > 0 &&
      (this.#options.pending.hasNotable || nowMs - this.#stirredAtMs < STIRRED_MS)
    );
  }

  /** Publishes, takes in the others, writes a snapshot where it is due. Joins a tick under way; never fails. */
  tick(): Promise<void> {
    this.#ticking ??= this.#tick().finally(() => {
      this.#ticking = undefined;
    });
    return this.#ticking;
  }

  /**
   * Takes an analyst's judgements out of the incidents here, with the other instances and in what is stored.
   *
   * @returns incidents changed
   * @throws AlertforestError STORE_UNAVAILABLE where the others could not be told; then nothing of it may last
   */
  async forget(who: ForgottenAnalyst): Promise<number> {
    const { correlation, pending } = this.#options;
    // what is stored has to be known before anything can be taken out of it
    await this.tick();
    const n = correlation.forget(who);
    pending.forget(who);
    this.#stored.forgetBefore();
    // now, not with the next regular one: it might be the last
    this.#snapshotAtMs = Number.NEGATIVE_INFINITY;
    await this.#ticking;
    await this.tick();
    if (this.#status !== 'shared' || !pending.isEmpty || this.#unpublished.oldest !== undefined)
      throw new AlertforestError('STORE_UNAVAILABLE', 'Cannot tell the other instances whom to forget.', {
        retryAfterSeconds: 5,
      });
    return n;
  }

  /** What was counted in a flood is made ready to be told before there is too much of it. */
  packIfLarge(): void {
    if (this.#options.pending.isLarge && this.isReady) this.#packPending();
  }

  /** Publishes what is left, for a stop. */
  async close(): Promise<void> {
    await this.#ticking;
    if (this.#status !== 'loading') await this.#publish().catch(() => {});
  }

  async #tick(): Promise<void> {
    const { onEvent } = this.#options;
    const isTooFarBehind = this.#bucket() - this.#readBucket > KEPT_BUCKETS;
    try {
      if (this.#status !== 'shared' || isTooFarBehind) {
        // passed over while it is put together: an alert counted in between would be counted twice
        this.#status = 'loading';
        await this.#load();
        await this.#options.onReady?.();
      }
      await this.#publish();
      await this.#hear();
      this.#options.behavior.heard(this.#nOthers(COUNTING_MS));
      await this.#snapshotIfDue();
      await this.#dropOld();
    } catch (error) {
      if (this.#status === 'loading') {
        this.#options.useOwnKey();
        this.#status = 'alone';
        await this.#options.onReady?.();
      }
      // an outage may be long: what waits for its end is kept small
      this.#packPending();
      onEvent('behavior_not_shared', { reason: error instanceof Error ? error.message : String(error) });
    }
    const nLeftOut = this.#unpublished.takeLeftOut() + this.#options.pending.takeLeftOut();
    if (nLeftOut > 0) onEvent('behavior_left_out', { observations: nLeftOut });
  }

  async #load(): Promise<void> {
    const { behavior, correlation, hostNames, onEvent, now } = this.#options;
    if (await this.#options.useKey()) {
      // counted under a private key: no other instance can tell what it was
      this.#options.pending.take();
      this.#unpublished.clear();
    }
    const snapshot = await this.#stored.read();
    const bucket = this.#bucket();
    const from = snapshot === undefined ? bucket - KEPT_BUCKETS : this.#bucketOf(snapshot.writtenAtMs) - 1;
    // all of it is read before anything is let go: where half of storage is away, what is known here is kept
    const deltas = await this.#readBuckets(Math.max(from, bucket - KEPT_BUCKETS), bucket);
    // what was counted here while storage was away is told again by its own deltas, below
    behavior.clear();
    correlation.clear();
    hostNames.clear();
    this.#options.windows?.clear();
    this.#applied.clear();
    if (snapshot !== undefined) {
      this.#snapshotAtMs = snapshot.writtenAtMs;
      await restoreSnapshot(snapshot, this.#options);
      const writtenIn = this.#bucketOf(snapshot.writtenAtMs);
      for (const name of snapshot.applied) this.#applied.set(name, writtenIn);
    }
    await this.#applyAll(deltas);
    for (const delta of this.#unpublished) this.#apply(bucket, delta);
    for (const batch of this.#packPending()) this.#takeIn(batch);
    this.#readBucket = bucket;
    this.#status = 'shared';
    onEvent('behavior_loaded', { tenants: behavior.nTenants, pairs: behavior.nPairs, atMs: now() });
  }

  /** Turns what was counted into deltas, which nobody has to be told twice, and gives the parts that they tell. */
  #packPending(): readonly ObservationBatch[] {
    const { pending } = this.#options;
    if (pending.isEmpty) return [];
    const packed = this.#unpublished.add(pending.take());
    for (const { batch, delta } of packed) {
      if (batch.notable.length > 0) this.#stirredAtMs = this.#options.now();
      if (delta !== undefined) this.#markApplied(this.#bucket(), delta);
    }
    return packed.map(({ batch }) => batch);
  }

  async #publish(): Promise<void> {
    this.#packPending();
    for (let delta = this.#unpublished.oldest; delta !== undefined; delta = this.#unpublished.oldest) {
      const bucket = this.#bucket();
      this.#markApplied(bucket, delta);
      await this.#options.log.append(bucket, delta);
      this.#unpublished.dropOldest();
    }
  }

  /** From the bucket before the one read last: a process may have been asleep, and rows of a bucket come late. */
  async #hear(): Promise<void> {
    const bucket = this.#bucket();
    await this.#applyAll(await this.#readBuckets(Math.min(this.#readBucket, bucket) - 1, bucket));
    this.#readBucket = bucket;
  }

  /** Everything told from bucket `first` to `last`, in their order. */
  async #readBuckets(first: number, last: number): Promise<ToldDelta[]> {
    const told: ToldDelta[] = [];
    for (let bucket = first; bucket <= last; bucket++)
      for (const delta of await this.#options.log.read(bucket)) told.push({ bucket, delta });
    return told;
  }

  async #applyAll(told: readonly ToldDelta[]): Promise<void> {
    for (const { bucket, delta } of told) if (this.#apply(bucket, delta)) await nextTurn();
  }

  /** @returns whether the delta was new */
  #apply(bucket: number, delta: BehaviorDelta): boolean {
    if (this.#isApplied(delta)) return false;
    this.#markApplied(bucket, delta);
    try {
      const json = inflateRawSync(delta.bytes, { maxOutputLength: DECOMPRESSED_LIMIT }).toString('utf8');
      const batch = observationBatchSchema.parse(JSON.parse(json));
      if (delta.instance !== this.#options.instanceId) this.#company.set(delta.instance, this.#options.now());
      if (batch.notable.length > 0) this.#stirredAtMs = this.#options.now();
      this.#takeIn(batch);
    } catch (error) {
      this.#options.onEvent('behavior_delta_unreadable', { instance: delta.instance, reason: String(error) });
    }
    return true;
  }

  #takeIn(batch: ObservationBatch): void {
    const { observed, notable, routine, keys, quiet, judged, unjudged, forgotten, windowed, hosts } = batch;
    const { behavior, correlation, hostNames, recent, joined, windows, now } = this.#options;
    for (const learned of hosts) hostNames.learn(learned);
    for (const group of observed) {
      const { t, s, n, l } = group;
      behavior.observe(t, observedAlert(group), s, now() / 1000, n, l === true ? 'late' : 'on time');
    }
    for (const { tenant, watchedS, alert, answer } of notable) {
      const { vendorIncident, ...rest } = alert;
      const notable = vendorIncident === undefined ? rest : { ...rest, vendorIncident };
      const { group } = correlation.join(tenant, notable, watchedS);
      if (answer !== undefined) group.answer(alert.alertKey, answer);
      joined?.add(alert.alertKey, now());
    }
    for (const counted of routine) correlation.rollUps.count(counted.t, routineAlerts(counted));
    for (const { tenant, rule, untilS } of quiet) behavior.quiet(tenant, rule, untilS);
    for (const { tenant, id, ...judgement } of judged) correlation.judge(tenant, id, judgement);
    for (const { tenant, id, ...who } of unjudged)
      correlation.judge(tenant, id, { ...who, disposition: undefined });
    for (const who of forgotten) {
      correlation.forget(who);
      this.#stored.forgetBefore();
    }
    for (const key of keys) recent.add(key, now());
    for (const event of windowed) windows?.takeIn(event);
  }

  async #snapshotIfDue(): Promise<void> {
    const { blobs, lockPath, now } = this.#options;
    if (now() - this.#snapshotAtMs < SNAPSHOT_EVERY_MS) return;
    const lease = await blobs.acquireLease(lockPath, LEASE_SECONDS);
    // another one is at it; asked again when the next would be due
    this.#snapshotAtMs = now();
    if (lease === undefined) return;
    try {
      await this.#stored.write(async () => {
        // until the first pause of the snapshot: what is counted from then on is in later deltas
        this.#packPending();
        const writtenAtMs = now();
        const bucket = this.#bucketOf(writtenAtMs);
        const applied = [...this.#applied].filter(([, of]) => of >= bucket - 2).map(([name]) => name);
        return snapshotOf({ writtenAtMs, applied }, this.#options);
      });
    } catch (error) {
      // a snapshot by another instance serves as well
      if (!hasCode(error, 'STORE_CONFLICT')) throw error;
    } finally {
      await lease.release().catch(() => {});
    }
    await this.#publish();
  }

  async #dropOld(): Promise<void> {
    const below = this.#bucket() - KEPT_BUCKETS;
    if (this.#droppedBelow === below) return;
    for (const [name, bucket] of this.#applied) if (bucket < below) this.#applied.delete(name);
    const goneMs = this.#options.now() - COMPANY_MS;
    for (const [instance, atMs] of this.#company) if (atMs < goneMs) this.#company.delete(instance);
    const from = Math.max(this.#droppedBelow ?? below - KEPT_BUCKETS, below - KEPT_BUCKETS);
    for (let bucket = from; bucket < below; bucket++) await this.#options.log.drop(bucket);
    this.#droppedBelow = below;
  }

  /** Instances that told of something within the last `ms`. */
  #nOthers(ms: number): number {
    const sinceMs = this.#options.now() - ms;
    let n = 0;
    for (const atMs of this.#company.values()) if (atMs > sinceMs) n++;
    return n;
  }

  #isApplied({ instance, seq }: BehaviorDelta): boolean {
    return this.#applied.has(`${instance}|${seq}`);
  }

  #markApplied(bucket: number, { instance, seq }: BehaviorDelta): void {
    this.#applied.set(`${instance}|${seq}`, bucket);
  }

  #bucket(): number {
    return this.#bucketOf(this.#options.now());
  }

  #bucketOf(ms: number): number {
    return Math.floor(ms / BUCKET_MS);
  }
}
