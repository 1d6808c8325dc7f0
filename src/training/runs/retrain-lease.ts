import type { Lease, ModelStore } from '../../store/model-store.ts';
import { RETRAIN_LOCK_BLOB } from '../../store/names.ts';
import type { Liveness } from '../../store/owner.ts';

export const LEASE_SECONDS = 60;
/** A third of the lease: two renewals in a row may fail. */
const RENEW_EVERY_MS = 20_000;

interface LeaseDeps {
  readonly models: ModelStore;
  readonly liveness?: Liveness | undefined;
  readonly onEvent?: ((event: string, details: Readonly<Record<string, unknown>>) => void) | undefined;
}

/**
 * Takes the lease under which retrains run. One whose owner is known dead is broken at once: no process waits out the
 * minute of a process that was killed. An unknown owner keeps it until it ends.
 *
 * @returns `undefined` while a living process holds it
 * @throws AlertforestError STORE_UNAVAILABLE
 */
export async function takeRetrainLease({ models, liveness, onEvent }: LeaseDeps): Promise<Lease | undefined> {
  // Heard of before it owns anything: whoever meets the lease must find its owner among the living.
  await liveness?.announce();
  const take = (): Promise<Lease | undefined> =>
    models.acquireLease(RETRAIN_LOCK_BLOB, LEASE_SECONDS, liveness?.self);
  const lease = await take();
  if (lease !== undefined || liveness === undefined) return lease;
  const held = await models.leaseOwner(RETRAIN_LOCK_BLOB);
  if (held === undefined || (await liveness.lifeOf(held.owner)) !== 'dead') return undefined;
  await models.breakLease(RETRAIN_LOCK_BLOB, held.etag);
  onEvent?.('retrain_lease_broken', { owner: held.owner.instanceId, pid: held.owner.pid });
  return take();
}

/**
 * Renews the lease by a clock until the function it gives is called: a step that is long without a word of progress, or
 * storage that is slow to answer, loses it not.
 */
export function keepRenewed(
  lease: Lease,
  runId: string,
  { onEvent }: Pick<LeaseDeps, 'onEvent'>,
): () => void {
  const renew = async (): Promise<void> => {
    const isHeld = await lease.renew().catch((error: unknown) => String(error));
    if (isHeld === true) return;
    const reason = isHeld === false ? 'another holds it' : isHeld;
    onEvent?.('retrain_lease_lost', { run_id: runId, reason });
  };
  const timer = setInterval(() => void renew(), RENEW_EVERY_MS);
  return () => clearInterval(timer);
}
