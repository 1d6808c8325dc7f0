import { describe, expect, it } from 'vitest';
import type { FleetStore, InstanceReport } from '../../src/store/fleet-store.ts';
import { minute } from './judged-alerts.ts';

export const reportOf = (
  instanceId: string,
  nth: number,
  overrides: Partial<InstanceReport> = {},
): InstanceReport => ({
  instanceId,
  startedAt: minute(0),
  seenAt: minute(nth),
  release: '3-0123456789ab',
  versions: { classifier: '1.2.0', anomaly: '1.0.0' },
  sketches: { latency: 'x'.repeat(30_720), drift: '' },
  ...overrides,
});

const byId = (a: InstanceReport, b: InstanceReport): number => (a.instanceId < b.instanceId ? -1 : 1);

/** What every {@link FleetStore} does. */
export function fleetStoreContract(
  name: string,
  open: () => Promise<{ store: FleetStore; other: FleetStore }>,
): void {
  describe(`${name} as a fleet store`, () => {
    it('has no instances before the first report', async () => {
      const { store } = await open();
      expect(await store.list(0)).toEqual([]);
    });

    it('keeps the last report of each instance, large sketches included', async () => {
      const { store, other } = await open();
      await store.report(reportOf('a', 1));
      await other.report(reportOf('b/with#odd?characters\\', 2, { release: undefined }));
      const last = reportOf('a', 3, {
        sketches: { one: 'y'.repeat(30_000), two: 'z'.repeat(30_000), three: '𝔘'.repeat(9_000) },
      });
      await store.report(last);
      expect([...(await other.list(0))].sort(byId)).toEqual([
        last,
        reportOf('b/with#odd?characters\\', 2, { release: undefined }),
      ]);
    });

    it('lists those seen since a moment', async () => {
      const { store } = await open();
      for (const nth of [1, 2, 3]) await store.report(reportOf(`i${nth}`, nth));
      const since = Date.parse(minute(2));
      expect((await store.list(since)).map(({ instanceId }) => instanceId).sort()).toEqual(['i2', 'i3']);
    });
  });
}
