import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { EMPTY_CONTEXT } from '../../src/alert/context.ts';
import type { LabelledAlert } from '../../src/evaluation/labelled-alert.ts';
import type { Format } from '../../src/evaluation/readers/formats.ts';
import { readLabelled } from '../../src/evaluation/readers/read-labelled.ts';
import { extractStateless } from '../../src/features/alert-feature-extractor.ts';
import { newCounts, placeOf } from '../../src/logs/skip-counts.ts';

const folder = mkdtempSync(join(tmpdir(), 'alertforest-readers-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(format: Format, text: string | Uint8Array, name = `${format}.txt`) {
  const path = join(folder, name);
  writeFileSync(path, text);
  const counts = newCounts();
  const alerts: LabelledAlert[] = [];
  for await (const alert of readLabelled(path, format, counts)) alerts.push(alert);
  return { alerts, counts };
}

const HEADER =
  'OrgId,IncidentId,AlertId,AlertTitle,Category,IncidentGrade,EntityType,EvidenceRole,IpAddress,Url,Day,Year,TimeOfDay';
const guide = (...rows: string[]) => read('guide', `${[HEADER, ...rows].join('\n')}\n`);

describe('reading GUIDE', () => {
  const rows = [
    '7,1,10,55,InitialAccess,TruePositive,User,Impacted,360606,160396,4,2024,06:05:15',
    '8,1,10,55,InitialAccess,BenignPositive,User,Impacted,360606,160396,4,2024,06:05:15',
    '7,1,10,55,InitialAccess,TruePositive,Ip,Related,27,160396,4,2024,06:05:10',
    '7,1,11,56,Malware,FalsePositive,Url,Related,360606,160396,28,2024,23:00:00',
  ];

  it('joins the rows of one alert, with its entities and its earliest time', async () => {
    const { alerts, counts } = await guide(...rows);
    expect(counts).toMatchObject({ rows: 4, alerts: 3, skipped: 0 });
    const own = alerts.find(({ alert }) => alert.tenant === '7' && alert.id === '10');
    expect(own?.disposition).toBe('true_positive');
    expect(own?.alert.entities).toEqual([
      { kind: 'user', value: 'User:unnamed', role: 'impacted' },
      { kind: 'ip', value: 'Ip:27', role: 'related' },
    ]);
    expect(own?.alert.occurred_at).toBe('2024-06-04T06:05:10.000Z');
    expect(alerts.map(({ disposition }) => disposition).sort()).toEqual([
      'benign',
      'false_positive',
      'true_positive',
    ]);
    // late days of the month belong to May: the set ends on 17 June
    expect(alerts.find(({ alert }) => alert.id === '11')?.alert.occurred_at).toBe('2024-05-28T23:00:00.000Z');
  });

  it('never splits an incident, and one incident number in two tenants is two incidents', async () => {
    const { alerts } = await guide(...rows);
    const groups = alerts.map(({ alert, group }) => [alert.tenant, alert.id, group]);
    const groupOf = (tenant: string, id: string) => groups.find(([t, i]) => t === tenant && i === id)?.[2];
    expect(groupOf('7', '10')).toBe(groupOf('7', '11'));
    expect(groupOf('7', '10')).not.toBe(groupOf('8', '10'));
  });

  it('lets grade, incident id and alert id change no feature', async () => {
    const [a, b] = await Promise.all([
      guide(rows[0]!),
      read(
        'guide',
        `${HEADER}\n${rows[0]!.replace('7,1,10', '7,999,888').replace('TruePositive', 'FalsePositive')}\n`,
        'other',
      ),
    ]);
    const columns = ({ alerts }: typeof a) => [...extractStateless(alerts[0]!.alert, EMPTY_CONTEXT)];
    expect(columns(b)).toEqual(columns(a));
    expect(b.alerts[0]?.disposition).toBe('false_positive');
  });

  it('counts rows without a grade and with an unknown one, by line and column', async () => {
    const { counts } = await guide(
      rows[0]!,
      rows[1]!.replace('BenignPositive', ''),
      rows[2]!.replace('TruePositive', 'Maybe'),
    );
    const expected = 'one of TruePositive, FalsePositive, BenignPositive';
    expect(counts).toEqual({
      rows: 3,
      alerts: 1,
      skipped: 2,
      reasons: { [`IncidentGrade: expected ${expected}`]: 2 },
      examples: [
        { line: 3, column: 'IncidentGrade', expected, got: 'nothing' },
        { line: 4, column: 'IncidentGrade', expected, got: 'Maybe' },
      ],
    });
  });

  it('passes over rows that are short, long, without an id or a time, each with its line and column', async () => {
    const { alerts, counts } = await guide(
      rows[0]!,
      '7,1,10,55,InitialAccess',
      `${rows[1]},more`,
      rows[2]!.replace('7,1,10', ',1,10'),
      rows[3]!.replace(',28,2024', ',32,2024'),
      rows[3]!.replace('23:00:00', 'late'),
    );
    expect(alerts).toHaveLength(1);
    expect(counts.examples.map(placeOf)).toEqual([
      'line 3, column 1: expected 13 cells as in the header, got 5',
      'line 4, column 1: expected 13 cells as in the header, got 14',
      'line 5, column OrgId: expected an id, got nothing',
      'line 6, column Day: expected a day of the month, got 32',
      'line 7, column TimeOfDay: expected a time as 06:05:15, got late',
    ]);
  });

  it('leaves out an alert whose rows do not agree on the grade', async () => {
    const { alerts, counts } = await guide(...rows, rows[2]!.replace('TruePositive', 'FalsePositive'));
    expect(alerts.map(({ alert }) => `${alert.tenant}/${alert.id}`).sort()).toEqual(['7/11', '8/10']);
    expect(counts.examples.map(placeOf)).toEqual([
      'line 6, column IncidentGrade: expected one grade for all rows of an alert, got FalsePositive after TruePositive',
    ]);
  });

  it('names the columns a file lacks', async () => {
    await expect(read('guide', 'OrgId,AlertId\n1,2\n')).rejects.toThrow(
      /: expected the columns IncidentId, AlertTitle, Category, IncidentGrade, EntityType\.$/,
    );
  });
});

const alert = (id: string) => ({
  id,
  title: 'Odd sign-in',
  source: 'idp',
  tenant: 't',
  incident_id: 'i',
  occurred_at: '2026-01-02T03:04:05Z',
});

describe('reading JSON lines', () => {
  it('takes canonical lines with their group and counts bad ones by line', async () => {
    const lines = [
      { alert: alert('1'), disposition: 'suspicious', risk_score: 40 },
      { alert: alert('2'), disposition: 'benign', group: 'own' },
      { alert: alert('3'), disposition: 'maybe' },
      { alert: alert('4'), disposition: 'benign', risk_score: 140 },
      { alert: {}, disposition: 'benign' },
    ].map((line) => JSON.stringify(line));
    const { alerts, counts } = await read('canonical', [lines[0], '', '{nope', ...lines.slice(1)].join('\n'));
    expect(alerts.map(({ disposition, riskScore }) => [disposition, riskScore])).toEqual([
      ['suspicious', 40],
      ['benign', undefined],
    ]);
    expect(alerts[1]?.group).toBe('own');
    expect(alerts[0]?.group).not.toBe('own');
    expect(counts).toMatchObject({ rows: 6, alerts: 2, skipped: 4 });
    expect(counts.examples.map(placeOf)).toEqual([
      'line 3, character 2: expected JSON, got nope',
      'line 5, column disposition: expected one of true_positive, false_positive, suspicious, benign, got maybe',
      'line 6, column risk_score: expected a number from 0 to 100, got 140',
      'line 7, column alert.id: expected an id or a title, got nothing',
    ]);
  });

  it('names the path of a field inside the alert, and one reason for the same field of different entities', async () => {
    const bad = (k: number) => ({
      alert: {
        ...alert(`${k}`),
        entities: [...Array(k).fill({ kind: 'ip', value: '8.8.8.8' }), { kind: 'spy', value: 'x' }],
      },
      disposition: 'benign',
    });
    const lines = [bad(0), { alert: alert('1'), disposition: 'benign' }, bad(2)].map((line) =>
      JSON.stringify(line),
    );
    const { counts } = await read('canonical', lines.join('\n'));
    expect(counts.examples.map(({ line, column, got }) => [line, column, got])).toEqual([
      [1, 'alert.entities.0.kind', 'spy'],
      [3, 'alert.entities.2.kind', 'spy'],
    ]);
    expect(Object.values(counts.reasons)).toEqual([2]);
    expect(Object.keys(counts.reasons)[0]).toMatch(/^alert\.entities\.\*\.kind: expected one of ip, host/);
  });

  it('keeps line numbers right with a byte order mark, CRLF, text of many bytes and a separator inside a string', async () => {
    const good = (id: string) =>
      JSON.stringify({ alert: { ...alert(id), title: 'Zugriff \u2028 日本語 🐻' }, disposition: 'benign' });
    const text = `\ufeff${[good('1'), '{"ä": nein}', good('2'), '[]'].join('\r\n')}\r\n`;
    const { alerts, counts } = await read('canonical', text);
    expect(alerts.map((one) => one.alert.title)).toEqual([
      'Zugriff \u2028 日本語 🐻',
      'Zugriff \u2028 日本語 🐻',
    ]);
    expect(counts.examples.map(placeOf)).toEqual([
      'line 2, character 7: expected JSON, got nein}',
      'line 4, column record: expected an alert, got []',
    ]);
  });

  it('says which Wazuh label is wrong', async () => {
    const lines = ['TP', 'maybe'].map((label) => JSON.stringify({ alert: alert(label), label }));
    const { counts } = await read('wazuh', lines.join('\n'));
    expect(counts.examples.map(placeOf)).toEqual(['line 2, column label: expected TP or FP, got maybe']);
  });

  it('reads compressed files and refuses one without a labelled alert', async () => {
    const text = JSON.stringify({ alert: alert('1'), disposition: 'benign' });
    const { counts } = await read('canonical', gzipSync(text), 'lines.jsonl.gz');
    expect(counts.alerts).toBe(1);
    await expect(read('canonical', '\n')).rejects.toThrow(/^Expected .* to hold at least one line\.$/);
  });
});

describe('reading CSV', () => {
  it('takes canonical fields as columns, JSON in cells, and names the line of a bad row', async () => {
    const { alerts, counts } = await read(
      'csv',
      [
        'id,title,source,occurred_at,vendor_score,entities,disposition,risk_score,group',
        '1,Scan,ids,2026-01-02T03:04:05Z,70,"[{""kind"":""ip"",""value"":""8.8.8.8""}]",true_positive,90,g1',
        '2,Scan,ids,2026-01-02T03:04:05Z,,,unsure,,',
        '3,Scan,ids,2026-01-02T03:04:05Z,,[broken,benign,,',
      ].join('\n'),
    );
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toMatchObject({ disposition: 'true_positive', riskScore: 90, group: 'g1' });
    expect(alerts[0]?.alert).toMatchObject({
      vendor_score: 70,
      entities: [{ kind: 'ip', value: '8.8.8.8' }],
    });
    expect(counts.examples.map(placeOf)).toEqual([
      expect.stringMatching(/^line 3, column disposition: .*, got unsure$/),
      expect.stringMatching(/^line 4, column alert\.entities: .*, got \[broken$/),
    ]);
  });

  it.each([
    ['in UTF-16', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['with semicolons behind sep=;', (text: string) => `sep=;\r\n${text.replaceAll(',', ';')}`],
    ['with tabs', (text: string) => text.replaceAll(',', '\t')],
  ])('reads a table %s', async (_, written) => {
    const text =
      'id,title,source,occurred_at,disposition\n1,Scan,ids,28/02/2026 03:04,benign\n2,Scan,ids,01/02/2026 03:04,benign\n';
    const { alerts } = await read('csv', written(text));
    expect(alerts.map(({ alert }) => alert.occurred_at)).toEqual([
      '2026-02-28T03:04:00.000Z',
      '2026-02-01T03:04:00.000Z',
    ]);
  });

  it('leaves out the row whose quote is never closed, and no other', async () => {
    const row = (id: number) => `${id},Scan,ids,2026-01-02T03:04:05Z,benign`;
    const { alerts, counts } = await read(
      'csv',
      ['id,title,source,occurred_at,disposition', row(1), '2,"Scan,ids', row(3)].join('\n'),
    );
    expect(alerts).toHaveLength(2);
    expect(counts.examples.map(({ line, got }) => [line, got])).toEqual([
      [3, 'a quote that is never closed'],
    ]);
  });

  it('counts lines through quoted line ends, CRLF and empty lines', async () => {
    const row = (id: string, title: string, disposition = 'benign') =>
      `${id},"${title}",ids,2026-01-02T03:04:05Z,${disposition}`;
    const { alerts, counts } = await read(
      'csv',
      [
        'id,title,source,occurred_at,disposition',
        row('1', 'two\r\nlines and "" a quote'),
        '',
        row('2', 'wrong', 'x'),
        row('3', 'three\r\nlines\r\nwrong', 'x'),
        row('4', 'short').replace(',benign', ''),
      ].join('\r\n'),
    );
    expect(alerts.map((one) => one.alert.title)).toEqual(['two\nlines and " a quote']);
    expect(counts.examples.map(({ line, column }) => [line, column])).toEqual([
      [5, 'disposition'],
      [6, 'disposition'],
      [9, '1'],
    ]);
  });
});

describe('a file that cannot be read as asked', () => {
  const line = JSON.stringify({ alert: alert('1'), disposition: 'benign' });
  const csv = 'id,title,source,occurred_at,disposition\n1,Scan,ids,2026-01-02T03:04:05Z,benign\n';
  const cut = (text: string): Uint8Array => {
    const bytes = gzipSync(text.repeat(2000));
    return bytes.subarray(0, bytes.length - 9);
  };
  const cases: [string, Format, string | Uint8Array, RegExp][] = [
    ['in another format', 'guide', line, /looks like labelled alerts \(--format auto\)\.$/],
    ['of GUIDE rows', 'csv', `${HEADER}\n`, /looks like guide \(--format guide\)\.$/],
    [
      'of raw logs',
      'csv',
      'timestamp,src_ip,dst_ip,protocol,bytes_sent,bytes_recv,duration_ms,label,status_code\n',
      /raw logs, which the command pipeline reads\.$/,
    ],
    ['without bytes', 'csv', '', /^Expected .* to hold at least one line\.$/],
    ['without rows', 'guide', `${HEADER}\n`, /holds no row\.$/],
    [
      'of bad rows alone',
      'canonical',
      '{"a": x}\n'.repeat(3),
      /^None of the 3 rows of .*: line 1, character 7: expected JSON, got x\}\.$/,
    ],
    [
      'without the column it needs',
      'csv',
      'id,title\n1,Scan\n',
      /^None of the 1 rows of .*: line 2, column closing: expected a disposition or a closed record, got nothing\.$/,
    ],
    [
      'cut in the middle of its compressed data',
      'csv',
      cut(csv),
      /^Cannot read .*: its compressed data ends in the middle\.$/,
    ],
    [
      'with damaged compressed data',
      'csv',
      Buffer.concat([gzipSync(csv).subarray(0, 12), Buffer.alloc(40, 255)]),
      /its compressed data is damaged\.$/,
    ],
  ];
  it.each(cases)('%s is refused in one sentence', async (name, format, text, message) => {
    const error: unknown = await read(format, text, name.replaceAll(' ', '-')).catch((reason) => reason);
    expect(error).toMatchObject({ code: 'REQUEST_INVALID', message: expect.stringMatching(message) });
    expect((error as Error).message).not.toContain('\n');
  });

  it('is refused when it is missing or a folder', async () => {
    const reading = async (path: string) => {
      for await (const _ of readLabelled(path, 'canonical', newCounts())) break;
    };
    await expect(reading(join(folder, 'nowhere'))).rejects.toThrow(
      /^Cannot read .*nowhere: there is no such file\.$/,
    );
    await expect(reading(folder)).rejects.toThrow(/: it is a folder\.$/);
  });

  it('is unpacked by its first bytes, whatever it is called', async () => {
    expect((await read('csv', gzipSync(csv), 'plain.csv')).counts.alerts).toBe(1);
  });
});
