import { describe, expect, it } from 'vitest';
import type { FleetStore, HeardInstance, InstanceReport } from '../../src/store/fleet-store.ts';
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
const withoutAge = ({ ageMs: _, skewMs: __, ...report }: HeardInstance): InstanceReport => report;
const HOUR_MS = 3_600_000;

/** What every {@link FleetStore} does. */
export function fleetStoreContract(
  name: string,
  /** `wait` lets so much time pass by the clock of the storage. */
  open: () => Promise<{ store: FleetStore; other: FleetStore; wait: (ms: number) => Promise<void> }>,
): void {
  describe(`${name} as a fleet store`, () => {
    it('has no instances before the first report', async () => {
      const { store } = await open();
      expect(await store.list(HOUR_MS)).toEqual([]);
    });

    it('keeps the last report of each instance, large sketches included', async () => {
      const { store, other } = await open();
      await store.report(reportOf('a', 1));
      await other.report(reportOf('b/with#odd?characters\\', 2, { release: undefined }));
      const last = reportOf('a', 3, {
        sketches: { one: 'y'.repeat(30_000), two: 'z'.repeat(30_000), three: '𝔘'.repeat(9_000) },
      });
      await store.report(last);
      expect((await other.list(HOUR_MS)).map(withoutAge).sort(byId)).toEqual([
        last,
        reportOf('b/with#odd?characters\\', 2, { release: undefined }),
      ]);
    });

    it('tells the age by the clock of storage, whatever the instances think the time is', async () => {
      const { store, other, wait } = await open();
      const year = 365 * 24 * 60;
      await store.report(reportOf('a-year-behind', -year));
      await wait(2_000);
      await other.report(reportOf('a-year-ahead', year));
      const [ahead, behind] = [...(await store.list(HOUR_MS))].sort(byId);
      expect([ahead?.instanceId, behind?.instanceId]).toEqual(['a-year-ahead', 'a-year-behind']);
      expect(ahead!.skewMs - behind!.skewMs).toBeGreaterThan(2 * (year - 1) * 60_000);
      // the date of an answer has whole seconds
      expect(behind?.ageMs).toBeGreaterThanOrEqual(900);
      expect(behind?.ageMs).toBeLessThan(HOUR_MS);
      expect(behind!.ageMs - ahead!.ageMs).toBeGreaterThanOrEqual(900);
      expect((await store.list(behind!.ageMs - 500)).map(({ instanceId }) => instanceId)).not.toContain(
        'a-year-behind',
      );
    });

    it('forgets an instance that says goodbye, and takes goodbyes of strangers', async () => {
      const { store, other } = await open();
      await store.report(reportOf('stays', 1));
      await store.report(reportOf('goes', 1));
      await other.withdraw('goes');
      await other.withdraw('never-came');
      expect((await store.list(HOUR_MS)).map(({ instanceId }) => instanceId)).toEqual(['stays']);
    });
  });
}
