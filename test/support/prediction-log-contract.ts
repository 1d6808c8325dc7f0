import { describe, expect, it } from 'vitest';
import { keyDraw } from '../../src/alert/key-draw.ts';
import type { PredictionEntry, PredictionLog, PredictionLogMode } from '../../src/store/prediction-log.ts';
import { snapshotOf } from './judged-alerts.ts';

export interface PredictionLogHarness {
  /** A log over an empty place of its own whose clock stands at `nowMs`, and a second client of the same place. */
  open(mode: PredictionLogMode, nowMs: number): Promise<{ log: PredictionLog; other: PredictionLog }>;
}

/** Thursday of ISO week 2026-10. */
export const NOW_MS = Date.UTC(2026, 2, 5, 12);
const DAY_MS = 86_400_000;

export function entryOf(id: string, overrides: Partial<PredictionEntry> = {}): PredictionEntry {
  return {
    snapshot: snapshotOf(id),
    scoredAt: new Date(NOW_MS).toISOString(),
    versions: { classifier: '1.3.0', anomaly: '1.2.0', scorer: '1.3.0' },
    disposition: 'suspicious',
    probabilities: [0.1, 1 / 3, 0.5, 0],
    riskScore: 61,
    anomalyScore: 0.71,
    isAnomaly: true,
    finalScore: 54.321,
    decision: 'review',
    auditSample: false,
    ...overrides,
  };
}

async function entriesOf(log: PredictionLog, sinceMs: number, beforeMs?: number): Promise<PredictionEntry[]> {
  const entries: PredictionEntry[] = [];
  for await (const entry of log.entriesSince(sinceMs, beforeMs)) entries.push(entry);
  return entries;
}

const idsOf = (references: readonly { alertId: string }[]): string[] =>
  references.map(({ alertId }) => alertId).sort();

/** What every {@link PredictionLog} does. */
export function predictionLogContract(name: string, { open }: PredictionLogHarness): void {
  describe(`${name} as a prediction log`, () => {
    it('finds nothing before anything was scored', async () => {
      const { log } = await open('behind', NOW_MS);
      expect(await log.find(snapshotOf('a').alertKey)).toBeUndefined();
      expect(await log.findByAlertId('a')).toEqual([]);
      expect(await log.findByGroup(snapshotOf('a').group)).toEqual([]);
      expect(await entriesOf(log, 0)).toEqual([]);
      expect(await log.dropTablesOlderThan(1)).toEqual([]);
      expect(log.stats()).toEqual({ mode: 'behind', queued: 0, written: 0, dropped: 0, failed: 0 });
      await log.close();
    });

    it('gives back what was scored, exactly, to every client once flushed', async () => {
      const { log, other } = await open('behind', NOW_MS);
      const entry = entryOf('a', { snapshot: snapshotOf('a', { tenant: 'north' }) });
      await log.append([entry]);
      await log.flush();
      expect(await other.find(entry.snapshot.alertKey)).toEqual(entry);
      expect(await entriesOf(other, 0)).toEqual([entry]);
      expect(log.stats()).toMatchObject({ queued: 0, written: 1 });
      await log.close();
    });

    it('finds on the instance that scored it what is not flushed yet', async () => {
      const { log } = await open('behind', NOW_MS);
      await log.append([entryOf('a')]);
      expect(await log.find(snapshotOf('a').alertKey)).toBeDefined();
      await log.append([entryOf('b')]);
      expect(await log.findByAlertId('b')).toHaveLength(1);
      await log.close();
    });

    it('has written when append resolves in wait mode, and on close in behind mode', async () => {
      const waiting = await open('wait', NOW_MS);
      await waiting.log.append([entryOf('a')]);
      expect(await waiting.other.find(snapshotOf('a').alertKey)).toBeDefined();
      const behind = await open('behind', NOW_MS);
      await behind.log.append([entryOf('a')]);
      await behind.log.close();
      expect(await behind.other.find(snapshotOf('a').alertKey)).toBeDefined();
    });

    it('keeps nothing when off', async () => {
      const { log, other } = await open('off', NOW_MS);
      await log.append([entryOf('a')]);
      await log.close();
      expect(await other.find(snapshotOf('a').alertKey)).toBeUndefined();
      expect(log.stats()).toEqual({ mode: 'off', queued: 0, written: 0, dropped: 0, failed: 0 });
    });

    it('finds by the id of the vendor across tenants, sources and weeks', async () => {
      const { log } = await open('behind', NOW_MS);
      const last = new Date(NOW_MS - 21 * DAY_MS).toISOString();
      await log.append([
        entryOf('1', { snapshot: snapshotOf('1', { tenant: 'north' }) }),
        entryOf('1', { snapshot: snapshotOf('1', { tenant: 'south' }), scoredAt: last }),
        entryOf('2'),
      ]);
      await log.flush();
      expect((await log.findByAlertId('1')).map(({ tenant }) => tenant).sort()).toEqual(['north', 'south']);
      expect(await log.findByAlertId('3')).toEqual([]);
      await log.close();
    });

    it('finds the alerts of an incident, and an alert without one as its own group', async () => {
      const { log } = await open('behind', NOW_MS);
      const group = 'ab'.repeat(16);
      await log.append([
        entryOf('1', { snapshot: snapshotOf('1', { group }) }),
        entryOf('2', {
          snapshot: snapshotOf('2', { group }),
          scoredAt: new Date(NOW_MS - 8 * DAY_MS).toISOString(),
        }),
        entryOf('3'),
      ]);
      expect(idsOf(await log.findByGroup(group))).toEqual(['1', '2']);
      expect(idsOf(await log.findByGroup(snapshotOf('3').group))).toEqual(['3']);
      expect(await log.findByGroup(snapshotOf('1').alertKey)).toEqual([]);
      await log.close();
    });

    it('answers the newest scoring of an alert that was scored in several weeks', async () => {
      const { log } = await open('behind', NOW_MS);
      const older = entryOf('a', { scoredAt: new Date(NOW_MS - 14 * DAY_MS).toISOString(), finalScore: 1 });
      const newer = entryOf('a', { finalScore: 2 });
      const newest = entryOf('a', { finalScore: 3, scoredAt: new Date(NOW_MS + 1).toISOString() });
      await log.append([newer, older, newest]);
      expect((await log.find(newest.snapshot.alertKey))?.finalScore).toBe(3);
      expect(await log.findByAlertId('a')).toHaveLength(1);
      await log.close();
    });

    it('lists entries of a period in the order of their draw, of an alert the newest', async () => {
      const { log } = await open('behind', NOW_MS);
      const daysAgo = [0, 1, 6, 9, 20, 40];
      await log.append(
        daysAgo.map((days) =>
          entryOf(`d${days}`, { scoredAt: new Date(NOW_MS - days * DAY_MS).toISOString() }),
        ),
      );
      const found = await entriesOf(log, NOW_MS - 20 * DAY_MS);
      expect(idsOf(found.map(({ snapshot }) => snapshot))).toEqual(['d0', 'd1', 'd20', 'd6', 'd9']);
      const draws = found.map(({ snapshot }) => keyDraw(snapshot.alertKey));
      expect(draws).toEqual(draws.toSorted((a, b) => a - b));
      const earlier = await entriesOf(log, NOW_MS - 20 * DAY_MS, NOW_MS - DAY_MS);
      expect(idsOf(earlier.map(({ snapshot }) => snapshot))).toEqual(['d20', 'd6', 'd9']);
      await log.append([entryOf('d9', { finalScore: 1 })]);
      expect((await entriesOf(log, 0)).filter(({ snapshot }) => snapshot.alertId === 'd9')).toMatchObject([
        { finalScore: 1 },
      ]);
      await log.close();
    });

    it('goes on behind any entry of that order', async () => {
      const { log } = await open('behind', NOW_MS);
      await log.append(
        Array.from({ length: 30 }, (_, i) =>
          entryOf(`c${i}`, { scoredAt: new Date(NOW_MS - (i % 9) * DAY_MS).toISOString() }),
        ),
      );
      const keys = (await entriesOf(log, 0)).map(({ snapshot }) => snapshot.alertKey);
      for (const at of [0, 11, 28, 29]) {
        const found: string[] = [];
        for await (const { snapshot } of log.entriesSince(0, undefined, keys[at]))
          found.push(snapshot.alertKey);
        expect(found).toEqual(keys.slice(at + 1));
      }
      await log.close();
    });

    it('drops whole weeks, and only those beyond the ones to keep', async () => {
      const { log, other } = await open('behind', NOW_MS);
      for (let weeks = 0; weeks < 5; weeks++) {
        await log.append([
          entryOf(`w${weeks}`, { scoredAt: new Date(NOW_MS - 7 * weeks * DAY_MS).toISOString() }),
        ]);
      }
      await log.flush();
      const dropped = await log.dropTablesOlderThan(3);
      expect(dropped.map((table) => table.slice(-6))).toEqual(['202606', '202607']);
      expect(idsOf((await entriesOf(log, 0)).map(({ snapshot }) => snapshot))).toEqual(['w0', 'w1', 'w2']);
      expect(await other.find(snapshotOf('w4').alertKey)).toBeUndefined();
      expect(await log.dropTablesOlderThan(3)).toEqual([]);
      await expect(log.dropTablesOlderThan(0)).rejects.toThrow('Expected `weeks`');
      await log.close();
    });

    it('writes a large batch whole, repeats included', async () => {
      const { log, other } = await open('behind', NOW_MS);
      const group = 'cd'.repeat(16);
      const entries = Array.from({ length: 700 }, (_, i) =>
        entryOf(`b${i % 600}`, {
          snapshot: snapshotOf(`b${i % 600}`, { group }),
          scoredAt: new Date(NOW_MS + i).toISOString(),
          finalScore: i,
        }),
      );
      await log.append(entries);
      await log.flush();
      const found = await entriesOf(other, 0);
      expect(found).toHaveLength(600);
      expect(found.filter(({ finalScore }) => finalScore >= 600)).toHaveLength(100);
      expect(await other.findByGroup(group)).toHaveLength(600);
      expect(log.stats()).toMatchObject({ queued: 0, written: 700, dropped: 0, failed: 0 });
      await log.close();
    });
  });
}
