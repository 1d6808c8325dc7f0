import { describe, expect, it } from 'vitest';
import { isoWeek, isoWeekStartMs, WEEK_MS } from '../../src/store/azure/iso-week.ts';
import { MemoryPredictionLog } from '../../src/store/memory/memory-prediction-log.ts';
import { fc } from '../support/fast-check.ts';
import { predictionLogContract } from '../support/prediction-log-contract.ts';

predictionLogContract('MemoryPredictionLog', {
  open: async (mode, nowMs) => {
    const log = new MemoryPredictionLog({ mode, now: () => nowMs });
    return { log, other: log };
  },
});

describe('isoWeek', () => {
  it('follows ISO 8601 at the turns of years', () => {
    const weekOf = (text: string): string => isoWeek(Date.parse(`${text}T12:00:00Z`));
    expect(weekOf('2026-01-01')).toBe('202601');
    expect(weekOf('2025-12-28')).toBe('202552');
    expect(weekOf('2025-12-29')).toBe('202601');
    expect(weekOf('2026-12-31')).toBe('202653');
    expect(weekOf('2027-01-03')).toBe('202653');
    expect(weekOf('2027-01-04')).toBe('202701');
    expect(weekOf('1969-12-29')).toBe('197001');
  });

  it('puts moments of one week together and keeps the order of time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(1950), max: Date.UTC(2100) }),
        fc.integer({ min: 0, max: WEEK_MS - 1 }),
        (atMs, offsetMs) => {
          const startMs = isoWeekStartMs(atMs);
          expect(startMs).toBeLessThanOrEqual(atMs);
          expect(new Date(startMs).getUTCDay()).toBe(1);
          expect(isoWeek(startMs + offsetMs)).toBe(isoWeek(atMs));
          expect(isoWeek(startMs - 1) < isoWeek(atMs)).toBe(true);
        },
      ),
    );
  });
});
