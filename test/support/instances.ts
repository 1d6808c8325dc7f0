import { fileURLToPath } from 'node:url';
import { type LocalServiceTestOptions, type LocalTestService, startLocalService } from './local-service.ts';

const CLOCK_SHIFT = fileURLToPath(new URL('./clock-shift.mjs', import.meta.url));

export interface InstanceOptions {
  /** How far its clock is ahead of this machine's. Storage in Azure refuses clocks more than 15 minutes off. */
  readonly clockAheadMs: number;
  /** Whether it listens to timers and queues. @default true */
  readonly listen?: boolean;
}

/** Several instances of the service on one storage, each with a clock of its own. */
export async function startInstances(
  options: LocalServiceTestOptions,
  each: readonly InstanceOptions[],
): Promise<LocalTestService[]> {
  const instances: LocalTestService[] = [];
  // one after the other: the first makes the models
  for (const { clockAheadMs, listen = true } of each) {
    instances.push(
      await startLocalService({
        ...options,
        listen,
        env: {
          ...options.env,
          CLOCK_AHEAD_MS: String(clockAheadMs),
          NODE_OPTIONS: `--max-http-header-size=65536 --import=${CLOCK_SHIFT}`,
        },
      }),
    );
  }
  return instances;
}
