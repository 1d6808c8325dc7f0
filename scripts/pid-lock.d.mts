export interface PidLockHolder {
  readonly pid: number;
  readonly [detail: string]: unknown;
}

/** Takes the lock at `path`: `release` when it was taken, else `holder`, what its living holder wrote. */
export function takePidLock(
  path: string,
  details?: Readonly<Record<string, unknown>>,
): { readonly release: () => void; readonly holder?: undefined } | { readonly holder: PidLockHolder };
