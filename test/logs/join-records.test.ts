import { describe, expect, it } from 'vitest';
import { LOG_FORMATS } from '../../src/logs/formats/format-list.ts';
import type { LogRow } from '../../src/logs/formats/log-row.ts';
import { eventRows } from '../../src/logs/windows/join-records.ts';
import { fc } from '../support/fast-check.ts';
import { lines, readText } from './read-log-text.ts';

const HEADER =
  'StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,sTos,dTos,TotPkts,TotBytes,SrcBytes';
const flow = (
  second: number,
  state: string,
  more: { proto?: string; sport?: number; dur?: number } = {},
): string =>
  `2026/03/02 00:00:${String(second).padStart(2, '0')}.000000,${more.dur ?? 4.5},${more.proto ?? 'tcp'},192.0.2.26,${more.sport ?? 33032},   ->,203.0.113.42,443,${state},0,0,10,4000,1000`;

/** What is learned from, of the rows that the text holds. */
async function events(text: string): Promise<{ rows: number; events: LogRow[] }> {
  const { reading, rows } = await readText(text);
  const taken: LogRow[] = [];
  const format = LOG_FORMATS.find(({ name }) => name === reading.format)!;
  const joined = eventRows(format, (row) => taken.push(row));
  for (const row of rows) joined.add(row, false);
  joined.end();
  return { rows: reading.rows, events: taken.sort((a, b) => a.time - b.time) };
}

describe('records of one connection', () => {
  it('of argus are summed, and stay records in the reading', async () => {
    const { rows, events: whole } = await events(
      lines(
        HEADER,
        ...[0, 5, 10, 15, 20, 25, 30].map((second) => flow(second, 'CON')),
        flow(35, 'FIN', { dur: 5 }),
        flow(58, 'CON'),
      ),
    );
    expect(rows).toBe(9);
    expect(whole.map(({ values }) => values)).toEqual([
      expect.objectContaining({
        duration_ms: 40_000,
        'source.bytes': 8_000,
        'destination.bytes': 24_000,
        'network.packets': 80,
        'connection.state': 'FIN',
      }),
      expect.objectContaining({ duration_ms: 4_500, 'source.bytes': 1_000 }),
    ]);
  });

  it('are told apart by ports, and without a state by a shorter silence', async () => {
    const { events: whole } = await events(
      lines(
        HEADER,
        flow(0, 'CON', { proto: 'udp' }),
        flow(5, 'CON', { proto: 'udp' }),
        flow(6, 'CON', { proto: 'udp', sport: 5 }),
        flow(40, 'CON', { proto: 'udp' }),
      ),
    );
    expect(whole.map(({ values }) => values['source.bytes'])).toEqual([2_000, 1_000, 1_000]);
  });

  it('of CTU-13 are joined by the flags of both sides, and an attack in one is one of all', async () => {
    const row = (second: number, state: string, label: string): string => `${flow(second, state)},${label}`;
    const { events: whole } = await events(
      lines(
        `${HEADER},Label`,
        row(0, 'SPA_SPA', 'flow=Background'),
        row(5, 'FA_FRA', 'flow=From-Botnet-V42-TCP'),
        row(40, 'S_SA', 'flow=From-Normal-V42'),
      ),
    );
    expect(whole.map(({ values: { label, attack } }) => [label, attack])).toEqual([
      [1, 'flow=From-Botnet-V42-TCP'],
      [0, undefined],
    ]);
  });

  it('of Azure begin at B, go on at C and end at E; what was denied is whole', async () => {
    const tuple = (second: number, state: string, counts: string): string =>
      `${1_772_409_600_000 + 1000 * second},192.0.2.5,198.51.100.9,49152,443,6,O,${state},NX,${counts}`;
    const tuples = [
      tuple(0, 'B', '0,0,0,0'),
      tuple(300, 'C', '10,5200,12,20000'),
      tuple(420, 'E', '1,100,2,300'),
      tuple(421, 'B', '0,0,0,0'),
      tuple(422, 'D', '0,0,0,0'),
      tuple(423, 'D', '0,0,0,0'),
    ];
    const record = {
      time: '2026-03-02T00:01:10Z',
      flowLogVersion: 4,
      flowRecords: { flows: [{ flowGroups: [{ rule: 'r', flowTuples: tuples }] }] },
    };
    const { rows, events: whole } = await events(JSON.stringify({ records: [record] }));
    expect(rows).toBe(6);
    expect(
      whole.map(({ values }) => [values['connection.state'], values['source.bytes'], values['duration_ms']]),
    ).toEqual([
      ['E', 5_300, 420_000],
      ['B', 0, undefined],
      ['D', 0, undefined],
      ['D', 0, undefined],
    ]);
  });

  it('lose no byte, whatever comes in whatever order', async () => {
    const argus = LOG_FORMATS.find(({ name }) => name === 'argus')!;
    const record = fc.record({
      time: fc.integer({ min: 0, max: 1_000_000 }),
      port: fc.integer({ min: 1, max: 3 }),
      bytes: fc.integer({ min: 0, max: 9_999 }),
      state: fc.constantFrom('CON', 'FIN', 'RST', 'REQ', 'INT'),
      proto: fc.constantFrom('tcp', 'udp'),
    });
    fc.assert(
      fc.property(fc.array(record, { maxLength: 60 }), (records) => {
        let bytes = 0;
        let n = 0;
        const joined = eventRows(argus, ({ values }) => {
          bytes += values['source.bytes'] as number;
          n++;
        });
        for (const { time, port, bytes: own, state, proto } of records) {
          const values = {
            'source.ip': '192.0.2.1',
            'source.port': port,
            'network.transport': proto,
            'source.bytes': own,
            'connection.state': state,
            duration_ms: 5_000,
          };
          joined.add({ line: 1, time, values, invalid: [], key: undefined }, false);
        }
        joined.end();
        expect(bytes).toBe(records.reduce((sum, one) => sum + one.bytes, 0));
        expect(n).toBeLessThanOrEqual(records.length);
      }),
    );
  });

  it('that both ends report count once, of formats that say so', () => {
    const gcp = LOG_FORMATS.find(({ name }) => name === 'gcp-vpc')!;
    const sshd = LOG_FORMATS.find(({ name }) => name === 'sshd')!;
    for (const [format, expected] of [
      [gcp, 1],
      [sshd, 2],
    ] as const) {
      let n = 0;
      const joined = eventRows(format, () => n++);
      const row: LogRow = { line: 1, time: 0, values: {}, invalid: [], key: undefined };
      joined.add(row, false);
      joined.add(row, true);
      expect(n).toBe(expected);
    }
  });
});
