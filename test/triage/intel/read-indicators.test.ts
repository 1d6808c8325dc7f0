import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { isRefusal, type ReadIndicator } from '../../../src/triage/intel/indicator.ts';
import { IndicatorCollector, type ReadingCounts } from '../../../src/triage/intel/indicator-collector.ts';
import { readIndicators } from '../../../src/triage/intel/read-indicators.ts';
import { TLP } from '../../../src/triage/intel/tlp.ts';

const FIXTURES = 'test/fixtures/threat-intel';

async function* chunksOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

interface Read extends ReadingCounts {
  readonly values: string[];
  readonly read: ReadIndicator[];
  readonly tlps: (string | undefined)[];
}

async function read(content: string | Uint8Array, format?: string, chunk = 65_536): Promise<Read> {
  const readings: ReadIndicator[] = [];
  const collector = new IndicatorCollector((reading) => {
    if (!isRefusal(reading)) readings.push(reading);
  });
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  await readIndicators(chunksOf(bytes, chunk), collector, format);
  const counts = await collector.finish();
  return {
    ...counts,
    read: readings,
    values: readings.flatMap(({ values }) => values.map(({ type, value }) => `${type} ${value}`)),
    tlps: Array.from(collector.rows.tlp.subarray(0, collector.rows.n), (tlp) => TLP[tlp]),
  };
}

const file = (path: string): Buffer => readFileSync(`${FIXTURES}/${path}`);

describe('feeds by their shape', () => {
  it.each([
    ['csv/feodo-shape.csv', ['ip 192.0.2.113', 'ip 198.51.100.7', 'ip 203.0.113.200']],
    [
      'csv/urlhaus-shape.csv',
      ['url http://192.0.2.45:55012/i', 'url https://bad.example/a/b,c.exe', 'url http://[2001:db8::7]/x.sh'],
    ],
    [
      'csv/threatfox-shape.csv',
      ['url http://files.example.top/five/fre.php', 'ip 198.51.100.90', 'domain c2.example.net'],
    ],
    [
      'text/plain-mixed.txt',
      [
        'ip 192.0.2.0/24',
        'ip 198.51.100.7',
        'ip 2001:db8:dead::/48',
        'ip 203.0.113.5',
        'ip 203.0.113.9',
        'url http://bad.example/x',
        'domain evil.example',
        'domain xn--bcher-kva.example',
      ],
    ],
  ])('reads %s', async (path, right) => {
    for (const chunk of [7, 65_536])
      expect((await read(file(path), undefined, chunk)).values).toEqual(expect.arrayContaining(right));
  });

  it('reads the export of MISP as MISP means it', async () => {
    const { values, refused, passedOver } = await read(file('csv/misp-export-shape.csv'));
    expect(values).toEqual(
      expect.arrayContaining([
        'ip 192.0.2.10',
        'domain c2.example.org',
        'ip 192.0.2.11',
        'hash e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
        'ip 192.0.2.12',
      ]),
    );
    expect(values.some((value) => value.includes('example.com/report'))).toBe(false);
    expect(passedOver['`to_ids` is off']).toBeGreaterThan(0);
    expect(refused).toEqual({});
  });

  it('reads a feed of 1,574 lines without a header by its type words', async () => {
    const { read: readings, refused } = await read(gunzipSync(file('csv/tweetfeed-week.csv.gz')));
    const counts: Record<string, number> = {};
    for (const { values } of readings) for (const { type } of values) counts[type] = (counts[type] ?? 0) + 1;
    expect(counts).toEqual({ url: 699, domain: 592, ip: 167, hash: 116 });
    expect(refused).toEqual({});
  });

  it('reads 2,000 lines of addresses with counts', async () => {
    const { indicators, refused } = await read(file('text/ipsum-head2000.txt'));
    expect(indicators).toBeGreaterThan(1_900);
    expect(refused).toEqual({});
  });

  it('refuses the digests of a MISP feed by name', async () => {
    const { indicators, refused } = await read(`${'ab'.repeat(16)},5d3c8f32-0000-4000-8000-000000000001\n`);
    expect(indicators).toBe(0);
    expect(Object.keys(refused)).toEqual([
      'a digest of a value (hashes.csv of a MISP feed), which is no indicator',
    ]);
  });
});

describe('STIX bundles', () => {
  it('reads what a bundle holds and passes over the rest', async () => {
    const { values, refused } = await read(file('stix/tc-3.7.3.6-multiple-indicators.json'));
    expect(values).toContain('ip 198.51.100.0/24');
    expect(refused).toEqual({});
    const report = await read(file('stix/oasis-poisonivy.json'));
    expect(report.indicators).toBeGreaterThan(0);
  });

  it('lets a later version replace an earlier one, and a withdrawal take it back', async () => {
    const indicator = (id: string, ip: string, modified: string, more: object = {}) => ({
      type: 'indicator',
      id: `indicator--${id}`,
      created: '2020-01-01T00:00:00Z',
      modified,
      valid_from: '2020-01-01T00:00:00Z',
      pattern: `[ipv4-addr:value = '${ip}']`,
      pattern_type: 'stix',
      ...more,
    });
    const objects = [
      indicator('a', '198.51.100.1', '2020-01-01T00:00:00Z'),
      indicator('a', '198.51.100.2', '2021-01-01T00:00:00Z'),
      indicator('a', '198.51.100.3', '2020-06-01T00:00:00Z'),
      indicator('b', '198.51.100.4', '2020-01-01T00:00:00Z'),
      indicator('b', '198.51.100.4', '2022-01-01T00:00:00Z', { revoked: true }),
    ];
    const { indicators, passedOver } = await read(JSON.stringify({ type: 'bundle', objects }));
    expect(indicators).toBe(1);
    expect(passedOver).toMatchObject({ 'an older version': 1, revoked: 1 });
  });

  it('takes the strictest TLP of an indicator, its own markings and the report that names it', async () => {
    const objects = [
      {
        type: 'report',
        id: 'report--1',
        object_refs: ['indicator--1'],
        object_marking_refs: ['marking-definition--own'],
      },
      {
        type: 'indicator',
        id: 'indicator--1',
        created: '2020-01-01T00:00:00Z',
        pattern: "[ipv4-addr:value = '198.51.100.7']",
        object_marking_refs: ['marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9'],
      },
      {
        type: 'marking-definition',
        id: 'marking-definition--own',
        name: 'TLP:AMBER+STRICT',
        extensions: {
          'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d': { tlp_2_0: 'amber+strict' },
        },
      },
    ];
    expect((await read(JSON.stringify({ type: 'bundle', objects }))).tlps).toEqual(['amber+strict']);
  });

  it('reads a bundle without objects as nothing', async () => {
    expect(await read('{"type":"bundle","id":"bundle--1"}')).toMatchObject({ indicators: 0, refused: {} });
  });
});

describe('MISP events', () => {
  it('reads a published event', async () => {
    const { values, refused } = await read(file('misp/57c4445b-c548-4654-af0b-4be3950d210f.json'));
    expect(values.length).toBeGreaterThan(0);
    expect(values.every((value) => value.startsWith('hash'))).toBe(true);
    expect(refused).toEqual({});
  });

  it('gives the tags of an event to its attributes, those of objects too', async () => {
    const attribute = (value: string) => ({ type: 'ip-dst', value, to_ids: true });
    const event = {
      Event: {
        Attribute: [attribute('198.51.100.1'), { ...attribute('198.51.100.2'), Tag: [{ name: 'tlp:red' }] }],
        Object: [{ Attribute: [attribute('198.51.100.3'), { ...attribute('198.51.100.4'), deleted: '1' }] }],
        ShadowAttribute: [attribute('198.51.100.5')],
        Tag: [{ name: 'tlp:green' }],
      },
    };
    const one = await read(JSON.stringify(event));
    expect([...one.values].sort()).toEqual(['ip 198.51.100.1', 'ip 198.51.100.2', 'ip 198.51.100.3']);
    expect([...one.tlps].sort()).toEqual(['green', 'green', 'red']);
    const many = await read(JSON.stringify({ response: [event, event] }));
    expect(many.values.length).toBe(6);
  });
});

describe('what a source may do', () => {
  it('suppresses what a warning list holds, and addresses of inner networks', async () => {
    const { indicators, suppressed } = await read(
      '8.8.8.8\n10.0.0.1\n198.51.100.7\ngoogle.com\n8.8.0.0/16\n',
    );
    expect(indicators).toBe(2);
    expect(Object.values(suppressed).reduce((a, b) => a + b, 0)).toBe(3);
  });

  it('counts what it cannot read and goes on', async () => {
    const { indicators, refused } = await read(`${'x'.repeat(200_000)}\n198.51.100.7\nnot an indicator\n`);
    expect(indicators).toBe(1);
    expect(refused).toEqual({ 'a line that is too long': 1, 'a value of no known form': 1 });
  });

  it('keeps few reasons however many a hostile source invents', async () => {
    const rows = Array.from({ length: 2_000 }, (_, at) =>
      JSON.stringify({ type: `kind-${at}`, indicator: 'x' }),
    );
    const { refused, passedOver } = await read(rows.join('\n'));
    expect(Object.keys(refused).length + Object.keys(passedOver).length).toBeLessThanOrEqual(202);
  });

  it('refuses what begins like JSON and is none, and a format nobody knows', async () => {
    await expect(read('{nonsense: 1}')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await expect(read('198.51.100.7', 'nonsense')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });
});
