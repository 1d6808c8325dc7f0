import { describe, expect, it } from 'vitest';
import { keyDraw, keyRanges } from '../../src/alert/key-draw.ts';
import { checkDrift } from '../../src/monitoring/drift-monitor.ts';
import { DrawGrowth } from '../../src/store/azure/draw-growth.ts';
import { TablePredictionLog } from '../../src/store/azure/table-prediction-log.ts';
import type { PredictionEntry } from '../../src/store/prediction-log.ts';
import { drawTraffic } from '../../src/training/dataset/traffic.ts';
import { fc } from '../support/fast-check.ts';
import { pagedTables } from '../support/paged-tables.ts';
import { entryOf } from '../support/prediction-log-contract.ts';

const NOW_MS = Date.UTC(2026, 2, 5, 12);
const DAYS = 28;

function openLog(nAlerts: number) {
  const tables = pagedTables(nAlerts, DAYS, NOW_MS, entryOf('template'));
  return { log: new TablePredictionLog(tables.clients, { now: () => NOW_MS }), counts: tables.counts };
}

async function firstOf(entries: AsyncIterable<PredictionEntry>, n: number): Promise<PredictionEntry[]> {
  const first: PredictionEntry[] = [];
  for await (const entry of entries) if (first.push(entry) >= n) break;
  return first;
}

describe('keyRanges', () => {
  it('covers exactly the keys of a span of draws', () => {
    const hex12 = fc.integer({ min: 0, max: 2 ** 48 - 1 }).map((n) => n.toString(16).padStart(12, '0'));
    fc.assert(
      fc.property(
        hex12,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (digits, a, b) => {
          const [from, to] = a < b ? [a, b] : [b, a];
          const draw = keyDraw(digits.padEnd(32, '7'));
          // a draw within rounding of an end may fall on either side
          fc.pre(Math.min(Math.abs(draw - from), Math.abs(draw - to)) > 2 ** -46);
          const isInside = keyRanges(from, to).some(
            (range) => digits >= range.from && (range.below === undefined || digits < range.below),
          );
          expect(isInside).toBe(draw >= from && draw < to);
        },
      ),
    );
  });
});

describe('DrawGrowth', () => {
  it.each([0, 1, 37, 2_000, 1e5, 1e7, 3e8])('takes few bounded looks for a log of %d alerts', (nAlerts) => {
    const look = new DrawGrowth();
    let nLooks = 1;
    let nSeen = 0;
    let nFound: number;
    do {
      nFound = Math.floor(look.to * nAlerts) - Math.floor(look.from * nAlerts);
      expect(nFound).toBeLessThanOrEqual(17_000);
      nSeen += nFound;
      nLooks++;
    } while (nSeen < 25_000 && look.next(nFound));
    expect(nSeen).toBeGreaterThanOrEqual(Math.min(25_000, nAlerts));
    expect(nLooks).toBeLessThanOrEqual(10);
  });
});

describe('a sample of the prediction log', () => {
  it('costs as many pages as it holds thousands of alerts, however long the log is', async () => {
    const { log, counts } = openLog(400_000);
    const sample = await firstOf(log.entriesSince(NOW_MS - DAYS * 86_400_000), 5_000);
    expect(new Set(sample.map(({ snapshot }) => snapshot.alertKey)).size).toBe(5_000);
    // a few looks at four partitions of five weeks, most of them less than a page; all of it would be 400 pages of rows
    expect(counts.scanned).toBeLessThanOrEqual(20_000);
    expect(counts.pages).toBeLessThanOrEqual(130);
    // of every day as much as was scored on it
    const perDay = new Map<string, number>();
    for (const { scoredAt } of sample)
      perDay.set(scoredAt.slice(0, 10), (perDay.get(scoredAt.slice(0, 10)) ?? 0) + 1);
    const whole = [...perDay.values()].slice(1, -1);
    expect(Math.min(...perDay.values())).toBeGreaterThan(0);
    expect(Math.max(...whole)).toBeLessThan(2 * (5_000 / DAYS));
  });

  it('is the same when asked again, and the beginning of a longer one', async () => {
    const keysOf = async (n: number): Promise<string[]> =>
      (await firstOf(openLog(20_000).log.entriesSince(0), n)).map(({ snapshot }) => snapshot.alertKey);
    const short = await keysOf(300);
    expect(await keysOf(300)).toEqual(short);
    expect((await keysOf(900)).slice(0, 300)).toEqual(short);
    const all = await keysOf(1e6);
    expect(new Set(all).size).toBe(all.length);
    // whole rows of each table
    expect(all.length).toBeGreaterThan(19_950);
  });

  it('is what drift and the detector read', async () => {
    const drift = openLog(200_000);
    const report = await checkDrift(drift.log, NOW_MS, { maxWindow: 500, maxBaseline: 2_000 });
    expect(report).toMatchObject({ windowAlerts: 500, baselineAlerts: 2_000 });
    expect(drift.counts.scanned).toBeLessThanOrEqual(40_000);
    const draw = openLog(200_000);
    const rows = await drawTraffic(draw.log, { nowMs: NOW_MS, days: DAYS, size: 2_000 });
    expect(rows).toHaveLength(2_000);
    expect(draw.counts.scanned).toBeLessThanOrEqual(10_000);
  });
});
