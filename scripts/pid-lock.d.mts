export interface PidLockHolder {
  readonly pid: number;
  readonly [detail: string]: unknown;
}

/** Takes the lock at `path`: `release` when it was taken, else `holder`, what its living holder wrote. */
export function takePidLock(
  path: string,
  details?: Readonly<Record<string, unknown>>,
): { readonly release: () => void; readonly holder?: undefined } | { readonly holder: PidLockHolder };

export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in the units of the system; absent where it does not tell. */
  readonly start?: string;
}

/** What identifies a process for `isAlive`, beyond its id. */
export function identityOf(pid: number): ProcessIdentity;

/** Whether the process that `identityOf` described still runs. */
export function isAlive(identity: ProcessIdentity): boolean;
