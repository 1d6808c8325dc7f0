import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { EMPTY_CONTEXT } from '../../src/alert/context.ts';
import type { LabelledAlert } from '../../src/evaluation/labelled-alert.ts';
import { type Format, newCounts, readLabelled } from '../../src/evaluation/readers/read-labelled.ts';
import { extractStateless } from '../../src/features/alert-feature-extractor.ts';

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

  it('counts rows without a grade and with an unknown one, by line', async () => {
    const { counts } = await guide(
      rows[0]!,
      rows[1]!.replace('BenignPositive', ''),
      rows[2]!.replace('TruePositive', 'Maybe'),
    );
    expect(counts).toMatchObject({
      rows: 3,
      alerts: 1,
      skipped: 2,
      reasons: { 'no grade': 1, 'unknown grade Maybe': 1 },
      examples: ['line 3: no grade', 'line 4: unknown grade Maybe'],
    });
  });

  it('names the columns a file lacks', async () => {
    await expect(read('guide', 'OrgId,AlertId\n1,2\n')).rejects.toThrow(
      'Line 1: expected the columns IncidentId, AlertTitle, Category, IncidentGrade, EntityType.',
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
    expect(counts.examples.map((example) => example.split(':')[0])).toEqual([
      'line 3',
      'line 5',
      'line 6',
      'line 7',
    ]);
    expect(counts.examples[0]).toBe('line 3: not JSON');
    expect(counts.examples[1]).toContain('expected disposition true_positive');
    expect(counts.examples[2]).toContain('expected risk_score from 0 to 100, got 140');
  });

  it('reads compressed files and refuses one without a labelled alert', async () => {
    const text = JSON.stringify({ alert: alert('1'), disposition: 'benign' });
    const { counts } = await read('canonical', gzipSync(text), 'lines.jsonl.gz');
    expect(counts.alerts).toBe(1);
    await expect(read('canonical', '\n')).rejects.toThrow('holds no labelled alert in the format canonical');
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
    expect(counts.examples[0]).toMatch(/^line 3: .*got unsure/);
    expect(counts.examples[1]).toBe('line 4: not JSON');
  });
});
