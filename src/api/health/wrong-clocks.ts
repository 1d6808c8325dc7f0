import type { HeardInstance } from '../../store/fleet-store.ts';

/** From this difference on a clock is wrong; reports take a second or two to be stored. */
const WRONG_CLOCK_MS = 60_000;

/** A sentence for each instance whose clock is a minute or more off that of storage. */
export function wrongClocks(instances: readonly HeardInstance[]): string[] {
  return instances
    .filter(({ skewMs }) => Math.abs(skewMs) >= WRONG_CLOCK_MS)
    .map(({ instanceId, skewMs }) => {
      const side = skewMs > 0 ? 'ahead of' : 'behind';
      return `the clock of instance ${instanceId} is ${Math.round(Math.abs(skewMs) / 1000)} s ${side} that of storage`;
    });
}
