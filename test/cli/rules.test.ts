import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

const RULES = `
title: Encoded command
id: 11111111-1111-4111-8111-111111111111
level: high
tags: [attack.execution, attack.t1059.001]
logsource: {category: process_creation, product: windows}
detection: {sel: {CommandLine|contains: ' -enc '}, condition: sel}
---
title: Number
id: 22222222-2222-4222-8222-222222222222
logsource: {product: linux}
detection: {sel: {Id: 9007199254740993}, condition: sel}
---
title: Absent
id: 33333333-3333-4333-8333-333333333333
logsource: {category: test}
detection: {sel: {A: x}, out: {B: y}, condition: sel and not out}
---
title: Twice
id: 44444444-4444-4444-8444-444444444444
correlation:
  type: event_count
  rules: [33333333-3333-4333-8333-333333333333]
  timespan: 1m
  condition: {gte: 2}
generate: true
`;

const BAD = `
title: Listless
id: 55555555-5555-4555-8555-555555555555
logsource: {category: test}
detection: {sel: {A|expand: '%servers%'}, condition: sel}
`;

describe('alertforest rules', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rules-'));
  const path = (name: string): string => join(folder, name);
  const matched = async (...args: string[]) => {
    const { stdout, stderr, code } = await runCli(['rules', 'match', '--json', ...args]);
    const lines = stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { line: number; matches: { title: string; half?: boolean }[] });
    return { lines, stderr, code, titles: lines.map(({ matches }) => matches.map(({ title }) => title)) };
  };

  beforeAll(() => {
    mkdirSync(path('good'));
    writeFileSync(path('good/rules.yml'), RULES);
    mkdirSync(path('mixed'));
    writeFileSync(path('mixed/a.yml'), BAD);
    writeFileSync(path('mixed/b.yml'), RULES);
    writeFileSync(
      path('events.ndjson'),
      [
        '{"CommandLine": "powershell -ENC AAAA"}',
        '{"Id": 9007199254740993}',
        '{"Id": 9007199254740992}',
        '{"A": "x", "@timestamp": "2026-03-02T10:00:00Z"}',
        '{"A": "x", "B": "z", "when": "2026-03-02T10:00:59Z"}',
        '{"A": "x", "B": "z", "@timestamp": "2026-03-02T10:01:00Z"}',
      ].join('\n'),
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('matches one line an event, with exact integers, correlations and the half of a match', async () => {
    const { lines, titles, code } = await matched('--rules', path('good'), '--events', path('events.ndjson'));
    expect(code).toBe(0);
    expect(lines.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(titles).toEqual([
      ['Encoded command'],
      ['Number'],
      [],
      ['Absent'],
      ['Absent'],
      ['Absent', 'Twice'],
    ]);
    expect(lines[0]!.matches[0]).toEqual({
      id: '11111111-1111-4111-8111-111111111111',
      title: 'Encoded command',
    });
    expect(lines.map(({ matches }) => matches[0]?.half)).toEqual([
      undefined,
      undefined,
      undefined,
      true,
      undefined,
      undefined,
    ]);
  });

  it('reads the event time from a named field and reports every event at which a correlation holds', async () => {
    const { titles } = await matched(
      ...['--rules', path('good'), '--events', path('events.ndjson')],
      ...['--time', 'when', '--correlations', 'holds'],
    );
    expect(titles.map((each) => each.includes('Twice'))).toEqual([false, false, false, false, true, true]);
  });

  it('leaves out rules for another log source', async () => {
    const { titles } = await matched(
      ...['--rules', path('good'), '--events', path('events.ndjson')],
      ...['--logsource', 'product=windows,category=process_creation'],
    );
    expect(titles.flat()).toEqual(['Encoded command']);
  });

  it('names a refused rule, matches with the others and ends with 1', async () => {
    const args = ['--rules', path('mixed'), '--events', path('events.ndjson')];
    const { titles, stderr, code } = await matched(...args);
    expect(code).toBe(1);
    expect(titles[0]).toEqual(['Encoded command']);
    expect(stderr).toContain('a.yml:5:');
    expect(stderr).toContain('Listless, 55555555-5555-4555-8555-555555555555');
    expect(stderr).toContain('%servers%');
    writeFileSync(path('lists.yml'), 'servers: [x]\n');
    const listed = await matched(...args, '--placeholders', path('lists.yml'));
    expect(listed.code).toBe(0);
    expect(listed.titles[3]).toEqual(['Listless', 'Absent']);
  });

  it('names lines that are no JSON and goes on', async () => {
    writeFileSync(path('broken.ndjson'), '{"A": \n\n{"A": "x"}\n[1]\n');
    const args = ['--rules', path('good'), '--events', path('broken.ndjson')];
    const { lines, stderr, code } = await matched(...args);
    expect(code).toBe(1);
    expect(lines.map(({ line, matches }) => [line, matches.length])).toEqual([
      [1, 0],
      [3, 1],
      [4, 0],
    ]);
    expect(stderr).toContain('line 1:');
    expect(stderr).toContain('line 4: no JSON object');
  });

  it('reads alerts as events', async () => {
    writeFileSync(
      path('title.yml'),
      'title: Speaks of downloads\nid: x\nlogsource: {category: alert}\ndetection: {sel: [mass download], condition: sel}\n',
    );
    writeFileSync(
      path('alerts.ndjson'),
      '{"id":"a1","title":"Mass download","source":"edr","severity":"medium","occurred_at":"2026-03-02T10:00:00Z"}\n{"nothing":1}\n',
    );
    const args = ['--rules', path('title.yml'), '--events', path('alerts.ndjson'), '--alerts'];
    const { titles, stderr } = await matched(...args);
    expect(titles).toEqual([['Speaks of downloads'], []]);
    expect(stderr).toContain('line 2:');
  });

  it('checks, lists and draws the techniques of rules', async () => {
    const check = await runCli(['rules', 'check', path('mixed'), '--json']);
    expect(check.code).toBe(1);
    expect(JSON.parse(check.stdout)).toMatchObject({
      rules: 3,
      correlations: 1,
      refused: [{ line: 5, title: 'Listless' }],
    });
    const list = await runCli(['rules', 'list', path('good'), '--json']);
    const rows = JSON.parse(list.stdout) as { title: string; type: string; level?: string }[];
    expect(rows.map(({ title, type }) => `${title} ${type}`)).toEqual([
      'Encoded command rule',
      'Number rule',
      'Absent rule',
      'Twice event_count',
    ]);
    const coverage = await runCli(['rules', 'coverage', path('good')]);
    expect(JSON.parse(coverage.stdout)).toMatchObject({
      domain: 'enterprise-attack',
      techniques: [{ techniqueID: 'T1059.001', score: 1, comment: 'Encoded command' }],
    });
  });

  it('runs the cases beside rules', async () => {
    writeFileSync(
      path('good/rules.cases.yml'),
      [
        "- {rule: 11111111-1111-4111-8111-111111111111, match: true, event: {CommandLine: 'x -enc y'}}",
        '- {rule: 11111111-1111-4111-8111-111111111111, match: false, event: {CommandLine: x}}',
        '- {rule: 33333333-3333-4333-8333-333333333333, match: true, event: {A: z}}',
        '- {rule: nobody, match: true, event: {A: z}}',
      ].join('\n'),
    );
    const { stdout, code } = await runCli(['rules', 'test', path('good'), '--json']);
    expect(code).toBe(1);
    const report = JSON.parse(stdout) as { cases: number; failures: object[]; untested: object[] };
    expect(report.cases).toBe(4);
    expect(report.failures).toMatchObject([
      { case: 3, reason: 'expected a match, got none' },
      { case: 4, reason: 'no such rule, or it was refused' },
    ]);
    expect(report.untested).toEqual([
      { rule: 'Number', lacks: 'a match and a non-match' },
      { rule: 'Absent', lacks: 'a non-match' },
    ]);
    rmSync(path('good/rules.cases.yml'));
  });

  it.each([
    [['match', '--rules', 'nowhere', '--events', '-'], 1, 'nowhere'],
    [['match', '--rules', 'package.json', '--events', '-', '--logsource', 'windows'], 2, '--logsource'],
    [['check', 'docs'], 1, '.yml'],
  ])('refuses %j', async (args, status, said) => {
    const { stderr, code } = await runCli(['rules', ...args]);
    expect(code).toBe(status);
    expect(stderr).toContain(said);
  });
});
