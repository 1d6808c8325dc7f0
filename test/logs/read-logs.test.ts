import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, it } from 'vitest';
import { readColumnMap } from '../../src/logs/formats/column-map.ts';
import { openLogs } from '../../src/logs/open-logs.ts';
import { openParquet } from '../../src/logs/read-parquet.ts';
import { lines, logFile, readPaths, readText } from './read-log-text.ts';

const VPC =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const vpcRow = (start: number): string =>
  `2 123456789012 eni-0a 192.0.2.5 198.51.100.9 49152 443 6 10 5200 ${start} ${start + 60} ACCEPT OK`;

describe('reading raw logs', () => {
  it('puts rotated files in order of their times, packed or not', async () => {
    const paths = [
      logFile(gzipSync(lines(VPC, vpcRow(1772409800))), 'b.log.gz'),
      logFile(lines(VPC, vpcRow(1772409600)), 'a.log'),
      logFile(lines(VPC, vpcRow(1772409700)), 'c.log'),
    ];
    const { reading, rows } = await readPaths(paths);
    expect(rows.map(({ time }) => time / 1000)).toEqual([1772409600, 1772409700, 1772409800]);
    expect(reading.time).toMatchObject({ in_order: true });
    expect(reading.files).toEqual([paths[1], paths[2], paths[0]]);
  });

  it('reads Parquet with whole numbers of 64 bits', async () => {
    const parquet = parquetWriteBuffer({
      columnData: [
        { name: 'interface_id', data: ['eni-1', 'eni-1'], type: 'STRING' },
        { name: 'srcaddr', data: ['192.0.2.5', '192.0.2.6'], type: 'STRING' },
        { name: 'dstaddr', data: ['198.51.100.9', '198.51.100.9'], type: 'STRING' },
        { name: 'bytes', data: [5200n, 9007199254740991n], type: 'INT64' },
        { name: 'start', data: [1772409600n, 1772409610n], type: 'INT64' },
        { name: 'end', data: [1772409660n, 1772409612n], type: 'INT64' },
        { name: 'action', data: ['ACCEPT', 'REJECT'], type: 'STRING' },
        { name: 'log_status', data: ['OK', 'OK'], type: 'STRING' },
      ],
    });
    const path = logFile(new Uint8Array(parquet), 'flows.parquet');
    const { reading } = await readPaths([path]);
    expect(reading).toMatchObject({ format: 'aws-vpc-table', rows: 2 });
    expect(reading.first).toMatchObject({
      'source.bytes': 5200,
      duration_ms: 60000,
      'event.action': 'accept',
    });
    expect(reading.last).toMatchObject({ 'source.bytes': 9007199254740991 });
    const cut = logFile(new Uint8Array(parquet).slice(0, 200), 'cut.parquet');
    await expect(openLogs(cut)).rejects.toThrow(/as Parquet: it is cut or damaged/);
  });

  it('keeps the microseconds of Parquet, and shows bytes that are no text as hexadecimal', async () => {
    const parquet = parquetWriteBuffer({
      schema: [
        { name: 'root', num_children: 2 },
        { name: 'at', type: 'INT64', converted_type: 'TIMESTAMP_MICROS', repetition_type: 'REQUIRED' },
        { name: 'raw', type: 'BYTE_ARRAY', repetition_type: 'REQUIRED' },
      ],
      columnData: [
        { name: 'at', data: [1772416800123456n, -1n] },
        { name: 'raw', data: [Uint8Array.of(0xc0, 0, 2, 1), Uint8Array.of(0x65, 0x6e, 0x69)] },
      ],
    });
    const { rows } = await openParquet(logFile(new Uint8Array(parquet), 'micros.parquet'));
    for await (const batch of rows())
      expect(batch).toEqual([
        ['2026-03-02T02:00:00.123456Z', 'c0000201'],
        ['1969-12-31T23:59:59.999999Z', 'eni'],
      ]);
  });

  it('reads any table by a map, and drafts one', async () => {
    const table = lines(
      'when,who,far_end,took_us,bytes_out,label',
      '1772409600123,192.0.2.5,198.51.100.9,411512,10,0',
    );
    const unknown = await openLogs(
      logFile(
        lines('time,client_ip,server_ip,bytes_sent,dur_us,note', '1772409600123,192.0.2.5,192.0.2.6,5,7,x'),
      ),
    );
    expect(unknown).toMatchObject({
      draft: {
        '@timestamp': { column: 'time', unit: 'ms' },
        'source.ip': 'client_ip',
        'destination.ip': 'server_ip',
        'source.bytes': 'bytes_sent',
        duration_ms: { column: 'dur_us', unit: 'us' },
      },
    });
    const short = await openLogs(
      logFile(lines('when;src;dst;bytes', '2026-03-01 00:00:00;192.0.2.5;192.0.2.6;5')),
    );
    expect(short).toMatchObject({
      draft: { '@timestamp': 'when', 'source.ip': 'src', 'destination.ip': 'dst', 'network.bytes': 'bytes' },
    });
    const map = readColumnMap(
      '{"@timestamp": {"column": "when", "unit": "ms"}, "source.ip": "who", "duration_ms": {"column": "took_us", "unit": "us"}}',
      'map.json',
    );
    const { reading } = await readText(table, { map });
    expect(reading).toMatchObject({ format: 'mapped', other_columns: ['bytes_out', 'far_end'] });
    expect(reading.first).toMatchObject({ '@timestamp': '2026-03-02T00:00:00.123Z', duration_ms: 411.512 });
    expect(() => readColumnMap('{"src": "who"}', 'map.json')).toThrow(
      /map.json: expected standard names.*got src/,
    );
    await expect(readText(table, { map: { 'source.ip': 'nobody' } })).rejects.toThrow(
      /column nobody, which .* has not/,
    );
  });

  it('reads quoted cells over several lines, and lines with other numbers of fields are counted', async () => {
    const { reading, rows } = await readText(
      lines(
        'when,source.ip,source.bytes,note',
        '2026-03-02T00:00:00Z,192.0.2.5,1,"a, ""b""',
        'second line"',
        '2026-03-02T00:00:01Z,192.0.2.5',
        '2026-03-02T00:00:02Z,192.0.2.5,2,inch 5"',
        '2026-03-02T00:00:03Z,192.0.2.5,3,x,',
      ),
      { map: { '@timestamp': 'when', 'source.ip': 'source.ip' } },
    );
    expect(rows.map(({ line }) => line)).toEqual([2, 5, 6]);
    expect(rows[0]!.values['note']).toBe('a, "b"\nsecond line');
    expect(rows[1]!.values['note']).toBe('inch 5"');
    expect(reading.quality).toMatchObject({
      skipped_lines: 1,
      skipped_why: { 'another number of fields': 1 },
    });
  });

  it('reads a table with a quote that is never closed, but for its line', async () => {
    const row = (i: number): string => `2026-03-02T00:00:00Z,192.0.2.5,${i}`;
    const { reading } = await readText(
      lines(
        '@timestamp,source.ip,source.bytes',
        row(0),
        '"open,1,2',
        ...Array.from({ length: 300 }, (_, i) => row(i)),
      ),
    );
    expect(reading).toMatchObject({ rows: 301, quality: { skipped_lines: 1 } });
  });

  it('reads times of a zone across the change of its clocks', async () => {
    const row = (clock: string): string => `2026-03-29T${clock},192.0.2.5,1`;
    const { rows } = await readText(
      lines('@timestamp,source.ip,source.bytes', row('01:30:00'), row('03:30:00')),
      {
        timezone: 'Europe/Berlin',
      },
    );
    expect(rows.map(({ time }) => new Date(time).toISOString())).toEqual([
      '2026-03-29T00:30:00.000Z',
      '2026-03-29T01:30:00.000Z',
    ]);
    await expect(
      readText(lines('@timestamp,source.ip,source.bytes', row('01:30:00')), { timezone: 'Mars' }),
    ).rejects.toThrow(/--timezone .* got Mars/);
  });

  it('names repeated, constant and leaking columns', async () => {
    const { reading } = await readText(
      lines(
        '@timestamp,source.ip,source.bytes,a,a,site,row_id,attack_cat',
        '2026-03-02T00:00:00Z,192.0.2.5,1,2,3,x,1,dos',
        '2026-03-02T00:00:01Z,192.0.2.6,2,4,5,x,2,',
      ),
    );
    expect(reading.quality).toMatchObject({
      duplicate_columns: ['a'],
      constant_columns: ['site'],
      leak_columns: ['attack_cat', 'row_id'],
    });
  });

  it('keeps the digits of ids that a double cannot hold', async () => {
    const record = (id: string): string =>
      `{"@timestamp":"2026-03-02T00:00:00Z","source.ip":"192.0.2.5","source.bytes":1,"session":${id}}`;
    const { rows } = await readText(lines(record('9007199254740993'), record('9007199254740992')));
    expect(rows.map(({ values }) => values['session'])).toEqual(['9007199254740993', '9007199254740992']);
    const table = await readText(
      lines(
        '@timestamp,source.ip,source.bytes,session',
        '2026-03-02T00:00:00Z,192.0.2.5,1,18446744073709551615',
      ),
    );
    expect(table.rows[0]!.values['session']).toBe('18446744073709551615');
  });

  it('gives alert events of a flow log to who asks for them', async () => {
    const flow = {
      event_type: 'flow',
      src_ip: '192.0.2.1',
      flow: { start: '2026-03-02T00:00:00Z', end: '2026-03-02T00:00:01Z' },
    };
    const others: unknown[] = [];
    const { reading } = await readText(
      lines(JSON.stringify(flow), '{"event_type":"alert","alert":{"signature":"x"}}'),
      {
        onOther: (record) => others.push(record),
      },
    );
    expect(reading).toMatchObject({ rows: 1, quality: { other_lines: 1 } });
    expect(others).toEqual([{ event_type: 'alert', alert: { signature: 'x' } }]);
  });
});

describe('what cannot be read', () => {
  const bytes = (...list: number[]): Uint8Array => Uint8Array.from([...list, ...Buffer.alloc(80, 1)]);

  it.each([
    ['an empty file', '', /holds? at least one line, it is empty/],
    ['blank lines', ' \n \n', /it is empty/],
    [
      'a packet capture',
      bytes(0xd4, 0xc3, 0xb2, 0xa1),
      /packet capture: make flows of it with nfstream or Zeek/,
    ],
    ['a newer packet capture', bytes(0x0a, 0x0d, 0x0d, 0x0a), /nfstream or Zeek/],
    ['a Windows event log', Buffer.from('ElfFile\0\0\0\0'), /EVTX\): export it as JSON/],
    ['an archive', bytes(0x50, 0x4b, 0x03, 0x04), /ZIP archive or a workbook: unpack it/],
    ['other bytes', Buffer.from('abc\0\u0001def'), /holds binary data: export it as text/],
    [
      'a cut gzip',
      gzipSync(lines(VPC, vpcRow(1772409600))).subarray(0, 60),
      /as gzip: its compressed data ends in the middle/,
    ],
  ])('%s is refused with the way out', async (_, content, message) => {
    await expect(readText(content)).rejects.toThrow(message);
  });

  it.each([
    ['a header alone', lines(VPC), /holds a header and no rows/],
    [
      'nothing but other lines',
      lines('Mar  2 08:14:07 bastion sshd[811]: Connection closed by 192.0.2.1 port 5'),
      /None of the 1 lines .* OpenSSH/,
    ],
    ['a header of a table', 'bidirectional_first_seen_ms,src_ip\n', /holds a header and no rows/],
  ])('%s is refused', async (_, content, message) => {
    await expect(readText(content)).rejects.toThrow(message);
  });

  it('a format that is not known, and files of two formats', async () => {
    await expect(readText(lines(VPC, vpcRow(1)), { format: 'nonsense' })).rejects.toThrow(
      /--format to be one of zeek, .*got nonsense/,
    );
    const squid =
      '1796000000.123    411 192.0.2.26 TCP_MISS/503 3378 GET http://203.0.113.42/x - HIER_NONE/- text/html';
    await expect(readPaths([logFile(lines(VPC, vpcRow(1772409600))), logFile(lines(squid))])).rejects.toThrow(
      /files of one format: .* is aws-vpc, .* is squid/,
    );
  });

  it('a document that is cut is read up to there and says so', async () => {
    const record = JSON.stringify({ eventTime: '2026-03-02T08:14:05Z', eventSource: 'a', eventName: 'b' });
    const { reading } = await readText(`{"Records": [${record}, {"eventTime"`);
    expect(reading).toMatchObject({
      rows: 1,
      quality: { skipped_why: { 'the document ends in the middle': 1 } },
    });
  });
});
