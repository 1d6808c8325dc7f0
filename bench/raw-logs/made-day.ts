import { createRandom, type Random } from '../../src/trees/random.ts';

/** A day of flows as nfstream writes them, with the windows of its attacks. */
export interface MadeDay {
  readonly header: string;
  /** CSV rows in order of time. */
  readonly rows: readonly string[];
  /** `start,end,source.ip,destination.ip,label` */
  readonly windows: string;
  /** When kinds begin that nobody has seen before. */
  readonly testFrom: string;
}

interface Flow {
  readonly atMs: number;
  readonly source: string;
  readonly target: string;
  readonly port: number;
  readonly protocol: number;
  readonly ms: number;
  readonly out: readonly [packets: number, bytes: number];
  readonly back: readonly [packets: number, bytes: number];
  readonly resets?: number;
  readonly app: string;
}

const START = Date.parse('2026-03-03T00:00:00Z');
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const HEADER =
  'id,expiration_id,src_ip,src_port,dst_ip,dst_port,protocol,ip_version,bidirectional_first_seen_ms,bidirectional_last_seen_ms,bidirectional_duration_ms,bidirectional_packets,bidirectional_bytes,src2dst_packets,src2dst_bytes,dst2src_packets,dst2src_bytes,src2dst_rst_packets,dst2src_rst_packets,application_name';

/** Hours of the test part: kinds never seen before come here. */
const TEST_HOUR = 15;

class Day {
  readonly flows: Flow[] = [];
  readonly windows: string[] = [];
  readonly random: Random;

  constructor(seed: number) {
    this.random = createRandom(seed);
  }

  int(from: number, to: number): number {
    return from + this.random.int(to - from + 1);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.random.int(list.length)] as T;
  }

  /** A positive size with a long tail. */
  size(middle: number): number {
    const normal = Array.from({ length: 6 }, () => this.random.next()).reduce((a, b) => a + b, -3);
    return Math.round(middle * Math.exp(0.8 * normal));
  }

  web(atMs: number, source: string, target: string, port = 443): void {
    const out = this.size(700) + 200;
    const back = this.size(3_000) + 300;
    const ms = this.size(500);
    this.flows.push({
      ...{ atMs, source, target, port, protocol: 6, ms, app: port === 443 ? 'TLS' : 'HTTP' },
      out: [4 + Math.ceil(out / 1_400), out],
      back: [3 + Math.ceil(back / 1_400), back],
    });
  }

  probe(atMs: number, source: string, target: string, port: number): void {
    const isOpen = this.random.next() < 0.4;
    this.flows.push({
      ...{ atMs, source, target, port, protocol: 6, ms: isOpen ? 3 : 0, app: 'Unknown' },
      out: [1, 54],
      back: isOpen ? [1, 54] : [0, 0],
      resets: isOpen ? 1 : 0,
    });
  }

  login(atMs: number, source: string, target: string): void {
    const jitter = this.int(0, 60);
    this.flows.push({
      ...{ atMs, source, target, port: 22, protocol: 6, ms: this.int(1_800, 5_200), app: 'SSH' },
      out: [5, 1_400 + jitter],
      back: [4, 2_350 + jitter],
    });
  }

  window(fromMs: number, toMs: number, source: string, target: string, label: string): void {
    const time = (ms: number): string => new Date(ms).toISOString();
    this.windows.push([time(fromMs), time(toMs), source, target, label].join());
  }
}

const stations = Array.from({ length: 24 }, (_, i) => `192.0.2.${10 + i}`);
const servers = Array.from({ length: 12 }, (_, i) => `198.51.100.${20 + i}`);

/** What people and machines do on any day, with harmless twins of attacks: inventory, update checks, backups, mistypes. */
function calm(day: Day): void {
  const sites = Array.from({ length: 90 }, (_, i) => `203.0.113.${20 + i}`);
  for (const station of stations) {
    for (let hour = 0; hour < 24; hour++) {
      const at = (): number => START + HOUR * hour + day.int(0, HOUR - 1);
      const isWork = hour >= 7 && hour < 17;
      for (let k = day.int(0, isWork ? 12 : 3); k > 0; k--) {
        const atMs = at();
        day.flows.push({
          ...{ atMs, source: station, target: '198.51.100.53', port: 53, protocol: 17, ms: 10, app: 'DNS' },
          out: [1, 70 + day.int(0, 20)],
          back: [1, 90 + day.int(0, 60)],
        });
        day.web(atMs + 20, station, day.pick(sites), day.random.next() < 0.85 ? 443 : 80);
      }
      day.flows.push({
        ...{
          atMs: at(),
          source: station,
          target: '198.51.100.123',
          port: 123,
          protocol: 17,
          ms: 0,
          app: 'NTP',
        },
        out: [1, 90],
        back: [0, 0],
      });
    }
    const offset = day.int(0, 15 * MINUTE);
    for (let at = START + offset; at < START + 24 * HOUR; at += 15 * MINUTE)
      day.web(at + day.int(0, 8_000), station, '203.0.113.10');
    if (day.random.next() < 0.5)
      for (
        let k = day.int(1, 4), at = START + day.int(7, 22) * HOUR;
        k > 0;
        k--, at += day.int(4_000, 20_000)
      )
        day.login(at, station, '198.51.100.22');
  }
  for (let k = 0; k < 10; k++) {
    const out = day.int(150_000, 330_000);
    day.flows.push({
      ...{ atMs: START + day.int(0, 23) * HOUR + day.int(0, HOUR), source: day.pick(stations) },
      ...{ target: '198.51.100.90', port: 443, protocol: 6, ms: 30_000, app: 'TLS' },
      out: [Math.ceil(out / 1_420), out],
      back: [4, 2_216],
    });
  }
  for (const hour of [3, 9, 15, 21])
    for (let k = 0; k < 140; k++)
      day.probe(
        START + hour * HOUR + 183 * k,
        '192.0.2.9',
        day.pick(servers),
        day.pick([22, 80, 443, 445, 3389]),
      );
}

function scan(day: Day, fromMs: number, source: string, n: number, gapMs: number): void {
  const target = day.pick(servers);
  for (let k = 0; k < n; k++) day.probe(fromMs + gapMs * k, source, target, day.int(1, 10_000));
  day.window(fromMs, fromMs + gapMs * n, source, '', 'scan');
}

function bruteForce(day: Day, fromMs: number, source: string, n: number): void {
  let at = fromMs;
  for (let k = 0; k < n; k++, at += day.int(5_500, 8_500)) day.login(at, source, '198.51.100.22');
  day.window(fromMs, at, source, '', 'bruteforce');
}

function flood(day: Day, fromMs: number, source: string, n: number): void {
  for (let k = 0; k < n; k++)
    day.flows.push({
      ...{ atMs: fromMs + 230 * k, source, target: '198.51.100.80', port: 80, protocol: 6, app: 'HTTP' },
      ms: day.int(30, 320),
      out: [4, day.int(410, 700)],
      back: day.random.next() < 0.5 ? [1, 54] : [2, 408],
      resets: 1,
    });
  day.window(fromMs, fromMs + 230 * n, source, '', 'flood');
}

/** Attacks that fitting sees, from new addresses in the test part, and after it three that it never saw. */
function attacks(day: Day): void {
  const at = (hour: number): number => START + Math.round(hour * HOUR) + day.int(0, 10 * MINUTE);
  let n = 0;
  const outside = (): string => `203.0.113.${200 + n++}`;
  for (const hour of [4, 8, 12, 17.2]) scan(day, at(hour), outside(), day.int(200, 320), day.int(150, 420));
  for (const hour of [5, 10, 13, 18.3]) bruteForce(day, at(hour), outside(), day.int(80, 150));
  for (const hour of [6.5, 11, 20.1]) flood(day, at(hour), outside(), day.int(220, 310));
  const beacon = day.pick(stations);
  const periodMs = day.int(60, 300) * 1_000;
  const begin = START + (TEST_HOUR + 0.2) * HOUR;
  for (let t = begin; t < START + 23.9 * HOUR; t += periodMs + day.int(-periodMs / 20, periodMs / 20))
    day.web(t, beacon, '203.0.113.250');
  day.window(begin, START + 23.9 * HOUR, beacon, '203.0.113.250', 'beacon');
  const slow = outside();
  const slowBegin = begin + day.int(10, 40) * MINUTE;
  for (let t = slowBegin; t < START + 23.9 * HOUR; t += day.int(100, 220) * 1_000)
    day.probe(t, slow, day.pick(servers), day.pick([22, 23, 80, 443, 3389, 5900, 8080]));
  day.window(slowBegin, START + 23.9 * HOUR, slow, '', 'slowscan');
  const thief = day.pick(stations.filter((one) => one !== beacon));
  const exit = START + day.int(16, 20) * HOUR;
  for (let k = 0, t = exit; k < 20; k++, t += day.int(4, 8) * MINUTE) {
    const out = day.int(120_000, 420_000);
    day.flows.push({
      ...{ atMs: t, source: thief, target: '203.0.113.251', port: 443, protocol: 6, ms: 40_000, app: 'TLS' },
      out: [Math.ceil(out / 1_420), out],
      back: [4, 2_216],
    });
  }
  day.window(exit, exit + 3 * HOUR, thief, '203.0.113.251', 'exfiltration');
}

/**
 * The same day for the same seed: 24 machines, an inventory, updates, backups; six kinds of attacks.
 *
 * @param later days after the first, by which rows are dated; the attacks' windows are those of the first
 */
export function madeDay(seed: number, later = 0): MadeDay {
  const day = new Day(seed);
  calm(day);
  attacks(day);
  const flows = day.flows.sort((a, b) => a.atMs - b.atMs);
  return {
    header: HEADER,
    rows: flows.map((flow, id) => rowOf({ ...flow, atMs: flow.atMs + 24 * HOUR * later }, id, day)),
    windows: `${['start,end,source.ip,destination.ip,label', ...day.windows].join('\n')}\n`,
    testFrom: new Date(START + TEST_HOUR * HOUR + 2 * MINUTE).toISOString(),
  };
}

function rowOf(
  { atMs, source, target, port, protocol, ms, out, back, resets = 0, app }: Flow,
  id: number,
  day: Day,
): string {
  const last = atMs + ms;
  return [
    ...[id, 0, source, day.int(32_768, 60_999), target, port, protocol, 4, atMs, last, ms],
    ...[out[0] + back[0], out[1] + back[1], out[0], out[1], back[0], back[1], 0, resets, app],
  ].join();
}
