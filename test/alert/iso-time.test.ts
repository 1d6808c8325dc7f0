import { describe, expect, it } from 'vitest';
import { exactIsoMs, isoMs, isoText } from '../../src/alert/iso-time.ts';
import { fc } from '../support/fast-check.ts';

const FIRST_MS = Date.UTC(0, 0, 1) - 1900 * 365.2425 * 86_400_000;
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
const moment = fc.oneof(
  fc.integer({ min: Date.UTC(1890, 0), max: Date.UTC(2110, 0) }),
  fc.integer({ min: Math.ceil(FIRST_MS), max: LAST_MS }),
);

describe('exactIsoMs', () => {
  it('reads what toISOString writes', () => {
    fc.assert(
      fc.property(moment, (ms) => {
        const text = new Date(ms).toISOString();
        fc.pre(text.length === 24);
        expect(exactIsoMs(text)).toBe(ms);
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads nothing else: a text with another character is read only where it is another such moment', () => {
    fc.assert(
      fc.property(
        moment,
        fc.integer({ min: 0, max: 23 }),
        fc.constantFrom(...'0123456789-:.TZtz +/'),
        (ms, at, character) => {
          const text = new Date(ms).toISOString();
          fc.pre(text.length === 24);
          const changed = text.slice(0, at) + character + text.slice(at + 1);
          const parsed = new Date(Date.parse(changed));
          const isExact = !Number.isNaN(parsed.getTime()) && parsed.toISOString() === changed;
          expect(exactIsoMs(changed)).toBe(isExact ? parsed.getTime() : Number.NaN);
        },
      ),
      { numRuns: 5_000 },
    );
  });

  it.each([
    '2026-02-29T00:00:00.000Z',
    '2100-02-29T00:00:00.000Z',
    '2026-04-31T00:00:00.000Z',
    '2026-12-01T24:00:00.000Z',
    '2026-12-01T23:59:60.000Z',
    '2026-00-10T00:00:00.000Z',
    '2026-12-00T00:00:00.000Z',
    '2026-12-01T00:00:00Z',
    '',
  ])('does not read %s', (text) => {
    expect(exactIsoMs(text)).toBeNaN();
  });
});

describe('isoMs and isoText', () => {
  it('say what Date says, of one moment after the other', () => {
    const texts = fc.oneof(
      moment.map((ms) => new Date(ms).toISOString()),
      fc.constantFrom('2026-12-01', '2026-12-01T10:00:00+02:00', 'Tue, 01 Dec 2026 10:00:00 GMT', 'soon', ''),
    );
    fc.assert(
      fc.property(texts, moment, (text, ms) => {
        expect(isoMs(text)).toBe(Date.parse(text));
        expect([isoText(ms), isoText(ms)]).toEqual([new Date(ms).toISOString(), new Date(ms).toISOString()]);
      }),
    );
    expect(() => isoText(Number.NaN)).toThrow(RangeError);
  });
});
