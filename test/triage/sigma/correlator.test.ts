import { describe, expect, it } from 'vitest';
import { Correlator } from '../../../src/triage/rules/sigma/correlate/correlator.ts';
import { reportsOf } from './correlation-runs.ts';
import { rulesOf } from './sigma-fixtures.ts';

const RULE = 'title: r\nname: r\nlogsource: {category: t}\ndetection: {sel: {a: 1}, condition: sel}';
const counting = (condition: string, more = 'group-by: [u]') =>
  rulesOf(
    `${RULE}\n---\ntitle: c\ncorrelation: {type: event_count, rules: [r], ${more}, timespan: 1m, condition: ${condition}}`,
  );

describe('Correlator', () => {
  it('keeps no more groups and events than it may, and counts what it dropped', () => {
    const rules = counting('{gte: 3}');
    const correlator = new Correlator(rules.correlations, { maxGroups: 10, maxEntries: 50 });
    for (let i = 0; i < 1000; i++) correlator.observe({ a: 1, u: `u${i}` }, [0], i);
    expect(correlator.nGroups).toBe(10);
    expect(correlator.nEntries).toBe(10);
    expect(correlator.dropped).toEqual({ untimed: 0, groups: 990, entries: 990 });
    for (let i = 0; i < 1000; i++) correlator.observe({ a: 1, u: 'one' }, [0], i);
    expect(correlator.nEntries).toBeLessThanOrEqual(50);
  });

  it('forgets what lies behind the window', () => {
    const rules = counting('{gte: 3}');
    const correlator = new Correlator(rules.correlations);
    for (let i = 0; i < 10_000; i++) correlator.observe({ a: 1, u: 'x' }, [0], i * 10_000);
    expect(correlator.nEntries).toBeLessThan(100);
  });

  it('counts matching events without a time', () => {
    const rules = counting('{gte: 1}');
    const correlator = new Correlator(rules.correlations);
    expect(correlator.observe({ a: 1, u: 'x' }, [0], undefined)).toEqual([]);
    expect(correlator.dropped.untimed).toBe(1);
  });

  it('names the group and the measured value', () => {
    const rules = counting('{gte: 2}');
    const correlator = new Correlator(rules.correlations);
    correlator.observe({ a: 1, u: 'Mia' }, [0], 0);
    expect(correlator.observe({ a: 1, u: 'MIA' }, [0], 1)).toMatchObject([
      { group: [['u', 'mia']], value: 2 },
    ]);
  });

  it('judges a late event by the windows that it lies in, as counting each window afresh would', () => {
    const rules = counting('{gte: 4}', 'group-by: []');
    let state = 7;
    const random = (): number => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return state / 2147483648;
    };
    for (let run = 0; run < 200; run++) {
      const correlator = new Correlator(rules.correlations, { report: 'holds' });
      const seen: number[] = [];
      for (let i = 0; i < 30; i++) {
        // in steps, so that events meet the edge of a window, and up to half a timespan late
        const timeMs = i * 10_000 - Math.floor(random() * 4) * 10_000;
        seen.push(timeMs);
        const ends = seen.filter((end) => end >= timeMs && end <= timeMs + 60_000);
        const wanted = ends.some((end) => seen.filter((t) => t <= end && t >= end - 60_000).length >= 4);
        expect(correlator.observe({ a: 1 }, [0], timeMs).length > 0).toBe(wanted);
      }
    }
  });

  it('takes microseconds and numbers as times', () => {
    const rules = counting('{gte: 2}');
    const at = (time: unknown) => ({ a: 1, u: 'x', '@timestamp': time });
    const first = '2026-03-02T10:00:00.0000000Z';
    expect(reportsOf(rules, [at(first), at('2026-03-02T10:01:00.000001Z')])).toEqual([[], []]);
    expect(reportsOf(rules, [at(first), at('2026-03-02T11:01:00+01:00')])).toEqual([[], ['c']]);
    expect(reportsOf(rules, [at(1772445600), at(1772445660000)])).toEqual([[], ['c']]);
  });

  it.each([
    ['a rule that is not there', 'rules: [nobody]', 'got `nobody`'],
    ['itself', 'rules: [c]', 'circle'],
    ['no rule', 'rules: []', 'empty list'],
  ])('refuses %s', (_, rules, reason) => {
    const set = rulesOf(
      `${RULE}\n---\ntitle: c\nname: c\ncorrelation: {type: event_count, ${rules}, timespan: 1m, condition: {gte: 1}}`,
    );
    expect(set.refused.map((refused) => refused.reason)).toEqual([expect.stringContaining(reason)]);
  });

  it('refuses a correlation over a rule that was refused', () => {
    const set = rulesOf(
      "title: r\nname: r\ndetection: {sel: {a|re: '('}, condition: sel}\n---\ntitle: c\ncorrelation: {type: event_count, rules: [r], timespan: 1m, condition: {gte: 1}}",
    );
    expect(set.refused.map(({ title }) => title)).toEqual(['r', 'c']);
  });
});
