import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LOG_FORMATS } from '../../src/logs/formats/format-list.ts';
import { lines, readPaths, readText } from './read-log-text.ts';

const FIXTURES = fileURLToPath(new URL('../fixtures/raw-logs/', import.meta.url));

interface Expected {
  readonly rows: number;
  readonly columns: readonly string[];
  readonly first: Readonly<Record<string, unknown>>;
  readonly last: Readonly<Record<string, unknown>>;
  readonly quality: {
    readonly missing: Readonly<Record<string, number>>;
    readonly invalid: Readonly<Record<string, number>>;
    readonly duplicates: number;
    readonly skipped_lines: number;
    readonly other_lines?: number;
    readonly duplicate_columns?: readonly string[];
    readonly verdict?: string;
  };
  readonly time?: { readonly first: string; readonly last: string; readonly in_order: boolean } | null;
  /** Of the command line. */
  readonly options?: readonly string[];
}

const names = readdirSync(FIXTURES);
const samples = names
  .filter((name) => name.endsWith('.expect.json'))
  .map((name) => {
    const stem = name.replace('.expect.json', '');
    const file = names.find((one) => one.startsWith(`${stem}.`) && one !== name) as string;
    const expected = JSON.parse(readFileSync(`${FIXTURES}${name}`, 'utf8')) as Expected;
    return { stem, path: `${FIXTURES}${file}`, expected };
  });

describe('a sample of a real tool', () => {
  it.each(samples.filter(({ expected }) => expected.quality.verdict === undefined))(
    '$stem is read exactly',
    async ({ path, expected }) => {
      const year = expected.options?.[1];
      const { reading } = await readPaths([path], year === undefined ? {} : { year: Number(year) });
      const { missing, invalid, duplicates, skipped_lines, other_lines, duplicate_columns } =
        expected.quality;
      expect(reading.rows).toBe(expected.rows);
      expect(reading.columns).toEqual(expect.arrayContaining([...expected.columns]));
      expect(reading.first).toMatchObject(expected.first);
      expect(reading.last).toMatchObject(expected.last);
      expect(reading.quality).toMatchObject({
        missing,
        invalid,
        duplicates,
        skipped_lines,
        ...(other_lines === undefined ? {} : { other_lines }),
        ...(duplicate_columns === undefined ? {} : { duplicate_columns }),
      });
      if (expected.time === null) expect(reading.time).toBeNull();
      else if (expected.time !== undefined) expect(reading.time).toEqual(expected.time);
    },
  );

  it('without dates is refused until one is named, and then turns the day at midnight', async () => {
    const [sample] = samples.filter(({ expected }) => expected.quality.verdict !== undefined);
    await expect(readPaths([sample!.path])).rejects.toThrow(/have no date.*--date YYYY-MM-DD/);
    const { reading } = await readPaths([sample!.path], { date: '2026-03-02' });
    expect(reading.rows).toBe(20);
    expect(reading.first).toMatchObject({
      '@timestamp': '2026-03-02T00:00:14.950Z',
      'destination.port': 53,
      'network.bytes': 170,
    });
    const late = readFileSync(sample!.path, 'utf8').replace('00:00:14.950000', '23:59:14.950000');
    const turned = await readText(late, { date: '2026-03-01' });
    expect(turned.reading.time).toMatchObject({
      first: '2026-03-01T23:59:14.950Z',
      last: '2026-03-02T00:02:23.934Z',
    });
  });
});

describe('a sibling of a sample', () => {
  it('Zeek: other logs beside connections are no rows, zones of addresses fall away', async () => {
    const header = (path: string, fields: string): string[] => [
      '#separator \\x09',
      `#path\t${path}`,
      `#fields\t${fields.replaceAll(' ', '\t')}`,
    ];
    const { reading } = await readText(
      lines(
        ...header('conn', 'ts uid id.orig_h id.orig_p id.resp_h id.resp_p proto'),
        '1772409700.5\tC1\tfe80::1%eth0\t8\tff02::1\t0\ticmp',
        ...header('dns', 'ts uid query'),
        '1772409700.6\tC1\texample.com',
        'cut',
      ),
    );
    expect(reading).toMatchObject({
      rows: 1,
      first: { 'source.ip': 'fe80::1', '@timestamp': '2026-03-02T00:01:40.500Z' },
    });
    expect(reading.first).not.toHaveProperty(['source.port']);
    expect(reading.quality).toMatchObject({ other_lines: 1, skipped_lines: 1 });
  });

  it('Zeek JSON: times as seconds, ISO 8601 or ms', async () => {
    const record = (ts: unknown, path = 'conn'): string =>
      JSON.stringify({
        ts,
        _path: path,
        'id.orig_h': '192.0.2.1',
        'id.resp_h': '192.0.2.2',
        conn_state: 'S0',
      });
    const { reading, rows } = await readText(
      lines(
        record(1772409615.5),
        record('2026-03-02T00:00:15.500000Z'),
        record(1772409615500),
        record(1, 'dns'),
      ),
    );
    expect(rows.map(({ time }) => time)).toEqual([1772409615500, 1772409615500, 1772409615500]);
    expect(reading.quality.other_lines).toBe(1);
  });

  it('nfdump 1.7.5: words for columns, bytes that are packets', async () => {
    const { reading } = await readText(
      lines(
        'cnt,af,firstSeen,lastSeen,proto,srcAddr,srcPort,dstAddr,dstPort,flags,packets,bytes',
        '1,4,2026-03-02 00:00:15.000,2026-03-02 00:00:15.411,TCP,192.0.2.26,33032,203.0.113.42,443,...AP.SF,5,1086',
        '2,4,2026-03-02 00:00:15.000,2026-03-02 00:00:15.411,ICMP,192.0.2.26,0,203.0.113.42,8.0,........,5,86',
      ),
    );
    expect(reading.first).toMatchObject({
      duration_ms: 411,
      'network.transport': 'tcp',
      'source.bytes': 1086,
    });
    expect(reading.quality.invalid).toEqual({ 'source.bytes': 1 });
    expect(reading.last).not.toHaveProperty(['destination.port']);
  });

  it('CTU-13: background is no label, botnets are attacks', async () => {
    const { rows } = await readText(
      lines(
        'StartTime,Dur,Proto,SrcAddr,Sport,Dir,DstAddr,Dport,State,TotPkts,TotBytes,SrcBytes,Label',
        '2011/08/10 09:46:53.047277,1.5,udp,192.0.2.1,39678,  <->,192.0.2.2,13363,CON,12,875,413,flow=Background-UDP',
        '2011/08/10 09:46:53.048843,0.0,icmp,192.0.2.1,0x0008,   ->,192.0.2.2,0x0303,URP,2,135,75,flow=From-Botnet-V42-ICMP',
        '2011/08/10 09:46:53.048843,0.0,tcp,192.0.2.1,1,   ->,192.0.2.2,2,URP,2,135,200,flow=To-Normal-X',
      ),
    );
    expect(rows.map(({ values }) => values['label'])).toEqual([undefined, 1, 0]);
    expect(rows[1]!.values['attack']).toBe('flow=From-Botnet-V42-ICMP');
    expect(rows[0]!.values).toMatchObject({ 'destination.bytes': 462, duration_ms: 1500, Dir: '<->' });
    expect(rows[2]!.invalid).toEqual(['destination.bytes']);
  });

  it('CSE-CIC-IDS2018: the header stands inside again, clocks lost AM and PM', async () => {
    const header = 'Dst Port,Protocol,Timestamp,Flow Duration,Tot Fwd Pkts,TotLen Fwd Pkts,Flow Byts/s,Label';
    const { reading, rows } = await readText(
      lines(
        header,
        '443,6,14/02/2018 08:31:01,411512,5,886,9705.67,Benign',
        header,
        '22,6,14/02/2018 01:31:01,-1,5,886,Infinity,SSH-Bruteforce',
        '22,6,02/03/2018 11:30:00 PM,1,5,886,NaN,Infilteration',
      ),
    );
    expect(reading.quality).toMatchObject({
      skipped_lines: 1,
      invalid: { 'Flow Byts/s': 2, duration_ms: 1 },
    });
    expect(rows.map(({ time }) => new Date(time).toISOString())).toEqual([
      '2018-02-14T08:31:01.000Z',
      '2018-02-14T13:31:01.000Z',
      '2018-03-02T23:30:00.000Z',
    ]);
    expect(rows.map(({ values }) => values['attack'])).toEqual([
      undefined,
      'SSH-Bruteforce',
      'Infilteration',
    ]);
  });

  it('tshark: one packet a row, ports of either protocol', async () => {
    const { rows } = await readText(
      lines(
        'frame.time_epoch\tip.src\tip.dst\ttcp.srcport\ttcp.dstport\tudp.srcport\tudp.dstport\tframe.len',
        '1772409614.950000000\t192.0.2.26\t198.51.100.53\t\t\t20951\t53\t77',
        '1772409615.000000000\t192.0.2.26\t203.0.113.42\t33032\t443\t\t\t74',
      ),
    );
    expect(
      rows.map(({ values }) => [
        values['network.transport'],
        values['destination.port'],
        values['source.bytes'],
      ]),
    ).toEqual([
      ['udp', 53, 77],
      ['tcp', 443, 74],
    ]);
  });

  it('VPC flow logs of CloudWatch: no header, also behind the time of an export', async () => {
    const row =
      '2 123456789012 eni-0a 192.0.2.5 198.51.100.9 49152 443 6 10 5200 1772409600 1772409660 ACCEPT OK';
    const { reading } = await readText(
      lines(
        row,
        `2026-03-02T00:00:00.000Z ${row}`,
        '2 123456789012 eni-0a - - - - - - - 1772409720 1772409780 - SKIPDATA',
      ),
    );
    expect(reading).toMatchObject({ format: 'aws-vpc', rows: 2, quality: { skipped_lines: 1 } });
    expect(reading.last).toMatchObject({
      'source.bytes': 5200,
      duration_ms: 60000,
      'event.action': 'accept',
    });
  });

  it('VNet flow logs: ms, protocol numbers, state D is denied', async () => {
    const tuples = [
      '1772409600000,192.0.2.5,198.51.100.9,49152,443,6,O,B,NX,0,0,0,0',
      '1772409660123,192.0.2.5,198.51.100.9,49152,443,6,O,E,NX,10,5200,12,20000',
      '1772409661000,203.0.113.9,192.0.2.5,50000,22,6,I,D,NX,0,0,0,0',
    ];
    const record = {
      flowLogVersion: 4,
      flowRecords: { flows: [{ flowGroups: [{ rule: 'r', flowTuples: tuples }] }] },
    };
    const { reading, rows } = await readText(JSON.stringify({ records: [record] }));
    expect(reading).toMatchObject({ format: 'azure-vnet', rows: 3 });
    expect(rows.map(({ values }) => values['event.action'])).toEqual(['accept', 'accept', 'deny']);
    expect(rows[1]!.values).toMatchObject({ 'destination.bytes': 20000, 'network.direction': 'egress' });
    expect(rows[1]!.time).toBe(1772409660123);
  });

  it('Google flow logs: numbers as text, both ends report the same flow', async () => {
    const entry = (reporter: string): string =>
      JSON.stringify({
        jsonPayload: {
          bytes_sent: '5200',
          packets_sent: '10',
          reporter,
          connection: {
            src_ip: '192.0.2.5',
            src_port: 49152,
            dest_ip: '198.51.100.9',
            dest_port: 443,
            protocol: 6,
          },
          start_time: '2026-03-02T00:00:15.000000001Z',
          end_time: '2026-03-02T00:00:20.5Z',
        },
        timestamp: '2026-03-02T00:00:25.5Z',
      });
    const { reading } = await readText(lines(entry('SRC'), entry('DEST')));
    expect(reading).toMatchObject({ rows: 2, quality: { duplicates: 1 } });
    expect(reading.first).toMatchObject({
      'source.bytes': 5200,
      duration_ms: 5500,
      '@timestamp': '2026-03-02T00:00:15.000Z',
    });
  });

  it('ASA: the beginning of a connection says who opened it', async () => {
    const ends = (id: number, at: string, first: string, second: string): string =>
      `${at}%ASA-6-302014: Teardown TCP connection ${id} for outside:${first} to inside:${second} duration 0:01:05 bytes 4534 TCP FINs`;
    const { rows } = await readText(
      lines(
        'Mar 02 2026 00:00:10: %ASA-6-302013: Built outbound TCP connection 1 for outside:203.0.113.42/443 (203.0.113.42/443) to inside:192.0.2.26/33032 (192.0.2.26/33032)',
        ends(1, 'Mar 02 2026 00:00:15: ', '203.0.113.42/443', '192.0.2.26/33032'),
        ends(2, '<166>Mar 02 2026 00:00:16 fw : ', '203.0.113.9/50000', '192.0.2.26/22'),
      ),
    );
    expect(
      rows.map(({ values }) => [
        values['source.ip'],
        values['destination.port'],
        values['network.bytes'],
        values['duration_ms'],
      ]),
    ).toEqual([
      ['192.0.2.26', 443, 4534, 65000],
      ['203.0.113.9', 22, 4534, 65000],
    ]);
  });

  it('sshd: years, names that a sender chose, other programs', async () => {
    const log = lines(
      'Dec 31 23:59:07 bastion sshd[811]: Failed password for root from 203.0.113.9 port 38498 ssh2',
      'Jan  1 00:00:07 bastion sshd-session[811]: Failed password for invalid user x from 1.2.3.4 port 22 ssh2 from 203.0.113.9 port 38498 ssh2',
      'Jan  1 00:00:08 bastion CRON[811]: pam_unix(cron:session): session opened',
    );
    await expect(readText(log)).rejects.toThrow(/have no year.*--year YYYY/);
    const { reading, rows } = await readText(log, { year: 2025, timezone: 'Europe/Berlin' });
    expect(reading.time).toMatchObject({
      first: '2025-12-31T22:59:07.000Z',
      last: '2025-12-31T23:00:07.000Z',
    });
    expect(reading.quality).toMatchObject({
      other_lines: 1,
      time_zone: 'none stated: read as Europe/Berlin (--timezone)',
    });
    expect(rows[1]!.values).toMatchObject({
      'source.ip': '203.0.113.9',
      'user.name': 'x from 1.2.3.4 port 22 ssh2',
    });
  });

  it('sshd: elements of structured data, brackets in their texts', async () => {
    const said = (data: string): string =>
      `<38>1 2026-11-30T10:00:00Z bastion sshd 811 - ${data} Failed password for root from 203.0.113.9 port 38498 ssh2`;
    const { reading, rows } = await readText(
      lines(
        said('-'),
        said('[meta sequenceId="29"]'),
        said('[timeQuality tzKnown="1" isSynced="1"][origin ip="192.0.2.9"][meta sequenceId="30"]'),
        said('[note@32473 text="a \\] b [c"]'),
      ),
    );
    expect(reading.quality).toMatchObject({ skipped_lines: 0, duplicates: 3 });
    expect(reading.quality.other_lines ?? 0).toBe(0);
    expect(rows.map(({ values }) => values['source.ip'])).toEqual(Array(4).fill('203.0.113.9'));
  });

  it('the journal: messages that are not UTF-8 are lists of bytes', async () => {
    const message = [
      ...Buffer.from('Failed password for invalid user \u00e9 from 192.0.2.4 port 5 ssh2', 'latin1'),
    ];
    const record = {
      __REALTIME_TIMESTAMP: '1772409616123456',
      SYSLOG_IDENTIFIER: ['sshd', 'x'],
      MESSAGE: message,
    };
    const { reading } = await readText(lines(JSON.stringify(record)));
    expect(reading.first).toMatchObject({ '@timestamp': '2026-03-02T00:00:16.123Z', 'user.name': '\u00e9' });
  });

  it('nginx: requests that are none, combined with more behind it', async () => {
    const { rows } = await readText(
      lines(
        String.raw`192.0.2.1 - bob [29/Nov/2026:18:40:15 +0100] "GET /q\x22x HTTP/1.1" 404 153 "http://e/" "say \x22hi\x22 \xE9" "extra"`,
        String.raw`host.example - - [29/Nov/2026:18:40:15 +0100] "\x16\x03\x01" 400 157 "-" "-"`,
        '192.0.2.1 - - [29/Nov/2026:18:40:16 +0100] "" 408 0 "-" "-"',
      ),
    );
    expect(rows[0]!.values).toMatchObject({
      'url.original': String.raw`/q\x22x`,
      'user.name': 'bob',
      'user_agent.original': String.raw`say \x22hi\x22 \xE9`,
    });
    expect(rows[1]!.values).toMatchObject({ 'source.address': 'host.example', 'destination.bytes': 157 });
    expect(rows.map(({ values }) => values['http.request.method'])).toEqual(['GET', undefined, undefined]);
  });

  it('nginx with escape=json writes raw bytes, which are read leniently and counted', async () => {
    const line =
      '{"time":"2026-11-29T18:40:15+01:00","remote_addr":"192.0.2.1","request":"GET /x HTTP/1.1","status":404,"http_user_agent":"caf\u00e9"}\n';
    const { reading } = await readText(Buffer.from(line + line, 'latin1'));
    expect(reading).toMatchObject({
      rows: 2,
      first: {
        'user_agent.original': 'caf\u00e9',
        'http.request.method': 'GET',
        '@timestamp': '2026-11-29T17:40:15.000Z',
      },
      quality: { not_utf8_lines: 2, duplicates: 1 },
    });
  });

  it('squid and haproxy: what was no request', async () => {
    const squid = await readText(
      lines(
        '1796000000.123    411 192.0.2.26 TCP_MISS/503 3378 GET http://203.0.113.42/x - HIER_DIRECT/203.0.113.9 text/html',
        '1796000001.523      5 192.0.2.26 NONE_NONE/000 0 - error:transaction-end-before-headers - HIER_NONE/- -',
      ),
    );
    expect(squid.rows[0]!.values).toMatchObject({
      duration_ms: 411,
      'http.response.status_code': 503,
      'destination.ip': '203.0.113.9',
    });
    expect(squid.rows[1]!.values).not.toHaveProperty(['http.response.status_code']);
    const haproxy = await readText(
      lines(
        'Nov 29 18:39:44 lb haproxy[811]: 192.0.2.1:51234 [29/Nov/2026:18:39:44.813] front~ back/srv1 0/0/1/2/3 200 397 - - ---- 1/1/0/0/0 0/0 "GET /a HTTP/1.1"',
        'Nov 29 18:39:45 lb haproxy[811]: 192.0.2.1:51236 [29/Nov/2026:18:39:45.001] front front/<NOSRV> -1/-1/-1/-1/0 400 0 - - PR-- 1/1/0/0/0 0/0 "<BADREQ>"',
        'Nov 29 18:39:45 lb haproxy[811]: Proxy front started.',
      ),
    );
    expect(haproxy.rows[0]!.values).toMatchObject({
      'source.port': 51234,
      duration_ms: 3,
      'http.request.method': 'GET',
    });
    expect(haproxy.rows[1]!.values).not.toHaveProperty(['http.request.method']);
    expect(haproxy.reading.quality.other_lines).toBe(1);
  });

  it('IIS: fields change inside the file, plus is a blank', async () => {
    const { rows } = await readText(
      lines(
        '#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status time-taken',
        '2026-03-02 00:00:15 192.0.2.80 GET /a x=1 443 - 203.0.113.9 Mozilla/5.0+(Windows+NT) 200 15',
        '#Fields: date time c-ip cs-method cs-uri-stem sc-status time-taken',
        '2026-03-02 00:01:16 203.0.113.9 POST /c 500 1234',
      ),
    );
    expect(rows[0]!.values).toMatchObject({
      'url.original': '/a?x=1',
      'user_agent.original': 'Mozilla/5.0 (Windows NT)',
      duration_ms: 15,
    });
    expect(rows[1]!.values).toMatchObject({
      'source.ip': '203.0.113.9',
      'http.response.status_code': 500,
      duration_ms: 1234,
    });
    expect(rows[1]!.time).toBe(Date.parse('2026-03-02T00:01:16Z'));
  });

  it('Windows Security: logons of a JSON and of a CSV export', async () => {
    const event = {
      Event: {
        System: {
          EventID: 4625,
          TimeCreated: { '#attributes': { SystemTime: '2026-03-02T00:00:15.5Z' } },
          Computer: 'dc1',
        },
        EventData: { TargetUserName: 'ana', IpAddress: '-', LogonType: 5 },
      },
    };
    const json = await readText(lines(JSON.stringify(event)));
    expect(json.reading.first).toMatchObject({
      'event.outcome': 'failure',
      'user.name': 'ana',
      'host.name': 'dc1',
    });
    expect(json.reading.first).not.toHaveProperty(['source.ip']);
    const csv = await readText(
      lines('TimeCreated,EventID,TargetUserName,IpAddress', '2026-03-02 00:00:15,4624,ana,::ffff:192.0.2.7'),
    );
    expect(csv.reading.first).toMatchObject({ 'event.outcome': 'success', 'source.ip': '192.0.2.7' });
  });

  it('NSL-KDD: no header, difficulty leaks, a flag of 2 cannot be true', async () => {
    const row = (attack: string, su = 0): string =>
      `0,tcp,http,SF,215,45076,0,0,0,0,0,1,0,0,${su},0,0,0,0,0,0,0${',0.00'.repeat(19)},${attack},21`;
    const { reading } = await readText(lines(row('normal'), row('neptune', 2), row('neptune', 2)));
    expect(reading).toMatchObject({
      rows: 3,
      first: { label: 0, 'source.bytes': 215 },
      last: { label: 1, attack: 'neptune' },
    });
    expect(reading.quality).toMatchObject({
      duplicates: 1,
      invalid: { su_attempted: 2 },
      leak_columns: ['difficulty'],
    });
  });

  it('FortiGate: other types of log are no rows, old releases have no eventtime', async () => {
    const { reading } = await readText(
      lines(
        'date=2026-03-02 time=00:00:05 type=traffic srcip=192.0.2.26 dstip=203.0.113.42 proto=17 sentbyte=10',
        'date=2026-03-02 time=00:00:06 type="utm" srcip=192.0.2.26 msg="a, b=c"',
      ),
    );
    expect(reading).toMatchObject({
      rows: 1,
      first: { '@timestamp': '2026-03-02T00:00:05.000Z', 'network.transport': 'udp' },
    });
    expect(reading.quality.other_lines).toBe(1);
  });

  it('the fifteen names of the lab, and tables and records with standard names', async () => {
    const lab = await readText(
      lines(
        'timestamp,src_ip,dst_ip,protocol,bytes_sent,bytes_recv,duration_ms,packets_sent,label',
        '2026-03-02T00:00:05Z,192.0.2.1,192.0.2.2,TCP,5,6,-1,3,1',
      ),
    );
    expect(lab.reading).toMatchObject({
      format: 'lab',
      first: { 'source.bytes': 5, label: 1 },
      quality: { invalid: { duration_ms: 1 } },
    });
    const table = await readText(
      lines('@timestamp;source.ip;source.bytes;mine', '2026-03-02T00:00:05Z;192.0.2.1;5;x'),
    );
    expect(table.reading).toMatchObject({ format: 'ecs-table', other_columns: ['mine'] });
    const json = await readText(
      lines(
        '{"@timestamp":"2026-03-02T00:00:05Z","source":{"ip":"192.0.2.1","bytes":7},"event":{"duration":411512000}}',
      ),
    );
    expect(json.reading.first).toMatchObject({ 'source.bytes': 7, duration_ms: 411.512 });
  });
});

describe('the list of formats', () => {
  it('has each name once', () => {
    const list = LOG_FORMATS.map(({ name }) => name);
    expect(new Set(list).size).toBe(list.length);
  });
});
