import { z } from 'zod';

/** The process that holds a lease or makes a run, told so that another process can find out whether it still lives. */
export interface Owner {
  /** Name of the instance in the fleet. */
  readonly instanceId: string;
  /** When the instance started, ISO 8601 UTC, as its heartbeat says: an instance that started again is another owner. */
  readonly startedAt: string;
  /** The machine, or the container on it, within which `pid` names one process. */
  readonly machine: string;
  readonly pid: number;
  /** What tells the process from a later one with the same id, where the system says it. */
  readonly processMark?: string | undefined;
}

/** `unknown` where it cannot be asked; only `dead` ever allows anything. */
export type Life = 'alive' | 'dead' | 'unknown';

/** Who this process is, and whether others still live. */
export interface Liveness {
  readonly self: Owner;
  /**
   * Tells the fleet that this process lives, before it owns anything.
   *
   * @throws AlertforestError STORE_UNAVAILABLE
   */
  announce(): Promise<void>;
  /** Never throws. */
  lifeOf(owner: Owner): Promise<Life>;
}

export const ownerSchema = z.object({
  instanceId: z.string(),
  startedAt: z.string(),
  machine: z.string(),
  pid: z.int(),
  processMark: z.string().optional(),
});

export const encodeOwner = (owner: Owner): Uint8Array => new TextEncoder().encode(JSON.stringify(owner));

/** `undefined` for bytes that name no owner: an empty lock, or one of another build. */
export function decodeOwner(bytes: Uint8Array): Owner | undefined {
  try {
    return ownerSchema.parse(JSON.parse(new TextDecoder().decode(bytes)));
  } catch {
    return undefined;
  }
}
