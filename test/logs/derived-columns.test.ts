import { describe, expect, it } from 'vitest';
import { type LogRow, newRow, put, TIME } from '../../src/logs/formats/log-row.ts';
import { plainDetector } from '../../src/logs/study/plain-detectors.ts';
import { deriveFeatures } from '../../src/logs/windows/derive.ts';
import { eventsOf } from '../../src/logs/windows/log-events.ts';
import { LogTable } from '../../src/logs/windows/log-table.ts';
import { createRandom } from '../../src/trees/random.ts';
import { derivedOf, type MadeFlow, madeFlows, PLAN, rowBytes, tableOf } from './made-flows.ts';

const value = (flows: readonly MadeFlow[], i: number, name: string): number => {
  const derived = derivedOf(flows);
  expect(derived.names).toContain(name);
  return derived.X[i * derived.names.length + derived.names.indexOf(name)] as number;
};

const flow = (at: number, more: Partial<MadeFlow> = {}): MadeFlow => ({
  at: 1_772_409_600_000 + at,
  ms: 0,
  source: '192.0.2.1',
  target: '198.51.100.1',
  port: 443,
  out: 100,
  back: 100,
  packetsIn: 2,
  attack: undefined,
  ...more,
});

describe('derived columns', () => {
  const flows = madeFlows(90);

  it('are the same, bit for bit, when later rows are appended', () => {
    const early = flows.filter(({ at }) => at < flows[300]!.at);
    const whole = derivedOf([...early, ...flows.filter((one) => !early.includes(one))]);
    const alone = derivedOf(early);
    for (let i = 0; i < early.length; i++) expect(rowBytes(whole, i)).toBe(rowBytes(alone, i));
  });

  it('are the same, bit for bit, in any order of lines', () => {
    const order = createRandom(5).shuffle(flows.map((_, i) => i));
    const shuffled = derivedOf(order.map((i) => flows[i] as MadeFlow));
    const straight = derivedOf(flows);
    order.forEach((i, at) => {
      expect(rowBytes(shuffled, at)).toBe(rowBytes(straight, i));
    });
  });

  it('are the same, bit for bit, when every address is renamed', () => {
    const renamed = flows.map((one) => ({
      ...one,
      source: `10.${one.source}`,
      target: `2001:db8::${one.target}`,
    }));
    expect(Buffer.from(derivedOf(renamed).X.buffer)).toEqual(Buffer.from(derivedOf(flows).X.buffer));
  });

  it('see only what had ended before a row began, and never the row itself', () => {
    const rows = [flow(0, { ms: 5_000 }), flow(5_000), flow(5_001), flow(70_000)];
    expect([0, 1, 2, 3].map((i) => value(rows, i, 'source_events_1m'))).toEqual([0, 0, 2, 0]);
    expect([0, 1, 2, 3].map((i) => value(rows, i, 'source_events_10m'))).toEqual([0, 0, 2, 3]);
  });

  it('count failures, ports, places and their entropy', () => {
    const rows = [
      flow(0, { port: 1, packetsIn: 0 }),
      flow(1_000, { port: 2 }),
      flow(2_000, { port: 2, target: '198.51.100.2' }),
      flow(3_000, { port: 2 }),
    ];
    expect(value(rows, 3, 'source_failures_1m')).toBe(1);
    expect(value(rows, 3, 'source_failed_share_1m')).toBeCloseTo(1 / 3, 6);
    expect(value(rows, 3, 'source_ports_1m')).toBe(2);
    expect(value(rows, 3, 'source_targets_1m')).toBe(2);
    expect(value(rows, 3, 'source_same_place_1m')).toBe(1);
    expect(value(rows, 3, 'source_port_entropy_1m')).toBeCloseTo(0.9183, 4);
    expect(value(rows, 3, 'source_log_bytes_out_1m')).toBeCloseTo(Math.log1p(300), 6);
  });

  it('measure the regularity of gaps, and an upload against the own past', () => {
    const regular = Array.from({ length: 9 }, (_, i) => flow(60_000 * i));
    expect(value(regular, 8, 'gap_cv')).toBe(0);
    expect(value(regular, 8, 'gap_mean_s')).toBe(60);
    const past = Array.from({ length: 30 }, (_, i) => flow(1_000 * i * i, { out: 100 + i }));
    const rows = [...past, flow(2_000_000, { out: 5_000_000, target: '198.51.100.9' })];
    expect(value(rows, 30, 'upload_z')).toBeGreaterThan(4);
    expect(value(rows, 30, 'upload_rank')).toBe(1);
    const derived = derivedOf(rows);
    const events = eventsOf(tableOf(rows), 'start');
    expect(plainDetector(derived.detectors, events, 30)).toBe('large_upload');
    const beacon = derivedOf(regular);
    expect(plainDetector(beacon.detectors, eventsOf(tableOf(regular), 'start'), 8)).toBe('regular_gaps');
    const visited = [...regular, flow(300_000, { source: '192.0.2.2' })].sort((a, b) => a.at - b.at);
    const shared = derivedOf(visited);
    expect(plainDetector(shared.detectors, eventsOf(tableOf(visited), 'start'), 9)).toBeUndefined();
  });

  it('hold an upload against what went elsewhere, so that the tenth to a place stands out as the first', () => {
    const past = Array.from({ length: 30 }, (_, i) => flow(1_000 * i * i, { out: 100 + i }));
    const theft = Array.from({ length: 12 }, (_, i) =>
      flow(2_000_000 + 100_000 * i * i, { out: 5_000_000, target: '198.51.100.9' }),
    );
    const rows = [...past, ...theft];
    const derived = derivedOf(rows);
    const events = eventsOf(tableOf(rows), 'start');
    for (let i = 30; i < rows.length; i++)
      expect(plainDetector(derived.detectors, events, i)).toBe('large_upload');
  });

  it('count distinct ports and what looks like failed logins, unless the file does', () => {
    const rows = [
      flow(0, { port: 22, ms: 2_000, packetsIn: 4 }),
      flow(10_000, { port: 22, ms: 3_000, packetsIn: 4 }),
      flow(20_000, { port: 22, ms: 90_000, packetsIn: 40 }),
      flow(300_000),
    ];
    const derived = derivedOf(rows, { ...PLAN, hasLabCounts: true });
    const last = (name: string): number =>
      derived.X[3 * derived.names.length + derived.names.indexOf(name)] as number;
    expect([last('failed_logins'), last('unique_ports')]).toEqual([2, 1]);
    expect(derivedOf(rows).names).not.toContain('failed_logins');
  });

  it('tell a password that is tried from address after address, on many accounts or on one', () => {
    const login = (minute: number, source: string, user: string, outcome = 'failure') => {
      const row = newRow();
      put(row, TIME, 1_772_409_600_000 + 60_000 * minute);
      Object.assign(row.values, { 'source.ip': source, 'user.name': user, 'event.outcome': outcome });
      return row;
    };
    const detectorsOf = (rows: readonly LogRow[]) => {
      const table = new LogTable();
      for (const row of rows) table.add(row);
      const events = eventsOf(table, 'start');
      const { detectors } = deriveFeatures(table, events, PLAN);
      return rows.map((_, i) => plainDetector(detectors, events, i));
    };
    const spray = Array.from({ length: 7 }, (_, i) => login(i, `203.0.113.${i}`, `u${i}`));
    expect(detectorsOf(spray)).toEqual([...Array(5).fill(undefined), 'spray', 'spray']);
    // people who mistype are known to come from where they come from
    const known = spray.map((row) => ({ ...row, values: { ...row.values, 'event.outcome': 'success' } }));
    const later = spray.map((row) => ({ ...row, time: row.time + 600_000 }));
    expect(detectorsOf([...known, ...later])).toEqual(Array(14).fill(undefined));
    const first = spray.map((row) => ({ ...row, values: { ...row.values, 'user.name': 'root' } }));
    const again = first.map((row) => ({ ...row, time: row.time + 7_200_000 }));
    expect(detectorsOf([...first, ...again]).slice(7)).toEqual([
      ...Array(5).fill(undefined),
      'many_sources',
      'many_sources',
    ]);
  });

  it('keep at most 4,096 events of a source, exactly', () => {
    const rows = Array.from({ length: 6_000 }, (_, i) => flow(100 * i, { port: i % 7 }));
    const derived = derivedOf(rows, { ...PLAN, hasDays: true });
    const last = (name: string): number =>
      derived.X[5_999 * derived.names.length + derived.names.indexOf(name)] as number;
    expect(last('source_events_24h')).toBe(4_096);
    expect(last('source_events_1m')).toBe(600);
    expect(last('source_ports_24h')).toBe(7);
  });
});
