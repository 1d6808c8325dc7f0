import { RETRAIN_LOCK_BLOB } from '../../src/store/names.ts';
import type { FaultProxy, FaultRule } from './fault-proxy.ts';
import type { HostProcess } from './host-process.ts';

/** A functions process, by what the local host knows of it. */
interface Running {
  readonly pid: number | undefined;
}

export interface NamedCall extends Pick<FaultRule, 'matches' | 'from'> {
  /** Whether storage has done the call by then. @default 'before' */
  readonly when?: 'before' | 'after';
}

/** Kills the functions process, as `kill -9` does, at a named call of storage. Resolves with its process id. */
export function killAt(proxy: FaultProxy, service: Running, call: NamedCall): Promise<number> {
  return signalAt(proxy, service, call, 'SIGKILL');
}

/**
 * Hangs the functions process at a named call: it neither runs nor ends, as one that the system has put aside.
 *
 * @returns resolves once it hangs, with how to let it go on
 */
export async function hangAt(proxy: FaultProxy, service: Running, call: NamedCall): Promise<() => void> {
  const pid = await signalAt(proxy, service, call, 'SIGSTOP');
  return () => process.kill(pid, 'SIGCONT');
}

/** Kills host and functions together at a named call, as a machine that loses its power. Resolves once they are. */
export function killAllAt(
  proxy: FaultProxy,
  host: Pick<HostProcess, 'killAll'>,
  call: NamedCall,
): Promise<void> {
  return actAt(proxy, call, () => host.killAll());
}

/** How long a lease lasts: nothing may need to wait for its end. */
const LEASE_MS = 60_000;

/**
 * Whether the lease of training was taken from the one who was killed at `sinceMs`, in ms of this process. On a machine so busy
 * that the lease had run out before anybody asked, there was nothing to take.
 */
export function wasTaken(proxy: FaultProxy, sinceMs: number): boolean {
  const asked = proxy.leases.filter(
    ({ path, atMs }) => atMs >= sinceMs && decodeURIComponent(path).includes(RETRAIN_LOCK_BLOB),
  );
  const [first] = asked;
  return (
    asked.some(({ action }) => action === 'break') || (first !== undefined && first.atMs - sinceMs > LEASE_MS)
  );
}

function signalAt(
  proxy: FaultProxy,
  service: Running,
  call: NamedCall,
  signal: NodeJS.Signals,
): Promise<number> {
  return actAt(proxy, call, () => {
    const { pid } = service;
    if (pid === undefined)
      throw new Error('Expected the functions process to run at the named call; it is down.');
    process.kill(pid, signal);
    return pid;
  });
}

/** Does something at a named call. Resolves with what it gave. */
function actAt<T>(
  proxy: FaultProxy,
  { matches, from = 1, when = 'before' }: NamedCall,
  what: () => T,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const act = (): void => {
      try {
        resolve(what());
      } catch (error) {
        reject(error);
      }
    };
    proxy.break({ matches, from, times: 1, fault: { kind: 'act', when, act } });
  });
}
