import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import { runCli } from '../cli/run-cli.ts';
import { ownAccount } from '../support/own-account.ts';

const folder = mkdtempSync(join(tmpdir(), 'alertforest-commands-'));
const at = (name: string) => join(folder, name);
// Storage of its own: the commands use the product's fixed names.
const env = { AzureWebJobsStorage: ownAccount(), ALERTFOREST_CACHE_DIR: at('cache') };

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...args: string[]) => runCli(args, { env, cwd: folder });
const write = (name: string, items: readonly unknown[]): string => {
  const text = items.map((item) => (typeof item === 'string' ? item : JSON.stringify(item))).join('\n');
  writeFileSync(at(name), `${text}\n`);
  return at(name);
};

describe('commands on storage', () => {
  it('score a file line by line and leave bad lines as errors with their number', async () => {
    const alerts = generateSyntheticAlerts(3, 5).map(({ alert }) => alert);
    const file = write('alerts.jsonl', [alerts[0], '{nope', {}, alerts[1], alerts[2]]);
    const { code, stderr } = await run('score', file, '--out', at('verdicts.jsonl'), '--explain', '3');
    expect([code, stderr]).toEqual([0, expect.stringContaining('3 scored, 2 not readable')]);
    const verdicts = readFileSync(at('verdicts.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(verdicts).toHaveLength(5);
    expect(verdicts[0]).toMatchObject({
      alert_id: alerts[0]?.id,
      versions: { classifier: expect.any(String) },
    });
    expect(verdicts[1]).toMatchObject({ line: 2, error: 'character 2: expected JSON, got nope' });
    expect(verdicts[2]).toMatchObject({ line: 3 });
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('report the quality of a file with every unreadable line counted', async () => {
    const alerts = generateSyntheticAlerts(4, 6).map(({ alert }) => alert);
    const { code, stdout, stderr } = await run('quality', write('mixed.jsonl', [...alerts, 'nope']));
    expect(code).toBe(0);
    expect(stderr).toContain('line 5: Expected JSON, CEF, LEEF or key=value pairs, got "nope".');
    expect(JSON.parse(stdout)).toMatchObject({ unreadable_lines: 1 });
  });
});

describe('doctor', () => {
  it('reads everything that is stored and finds nothing wrong', async () => {
    const { code, stdout } = await run('doctor');
    expect(stdout).toMatch(/^ok {5}serving pointer$/m);
    expect([code, stdout.match(/^wrong.*/m)]).toEqual([0, null]);
  });
});

describe('export', () => {
  it('writes what is stored as lines and as a table', async () => {
    const [one, other] = generateSyntheticAlerts(2, 7);
    const file = write('judged.jsonl', [
      { alert: one!.alert, disposition: 'benign', analyst: 'ana' },
      { alert: other!.alert, disposition: 'true_positive', analyst: 'bob', comment: '=1+1' },
    ]);
    const imported = await run('import', file);
    expect([imported.code, imported.stderr]).toEqual([0, expect.stringContaining('2 accepted, 0 failed')]);
    const [lines, table] = await Promise.all([
      run('export', 'judgements'),
      run('export', 'judgements', '--format', 'csv', '--out', at('judgements.csv')),
    ]);
    const rows = lines.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map(({ analyst }) => analyst).sort()).toEqual(['ana', 'bob']);
    expect(table.stderr).toContain('2 votes exported to');
    expect(readFileSync(at('judgements.csv'), 'utf8')).toContain("'=1+1");
  });
});

describe('threat intelligence on storage', () => {
  it('imports, lists, looks up and removes a source', async () => {
    const file = write('list.txt', ['# addresses', '198.51.100.0/24 ; SBL1', 'evil[.]example']);
    const imported = await run('intel', 'import', file, '--source', 'drop', '--confidence', '70', '--json');
    expect([imported.code, JSON.parse(imported.stdout)]).toEqual([
      0,
      expect.objectContaining({ source: 'drop', indicators: expect.objectContaining({ ip: 1, domain: 1 }) }),
    ]);
    const listed = await run('intel', 'list', '--json');
    expect(JSON.parse(listed.stdout).sources).toHaveLength(1);
    const found = await run('intel', 'lookup', 'http://a.evil.example/x', '--json');
    expect(JSON.parse(found.stdout)).toMatchObject({
      is_hit: true,
      hits: [{ source: 'drop', matched: 'evil.example', confidence: 70 }],
    });
    expect((await run('intel', 'remove', 'drop')).code).toBe(0);
    const after = await run('intel', 'lookup', '198.51.100.7', '--json');
    expect(JSON.parse(after.stdout)).toMatchObject({ is_hit: false, hits: [] });
    const unknown = await run('intel', 'remove', 'drop');
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('NOT_FOUND')]);
  });

  it('looks up in a file alone, and answers questions about readings', async () => {
    const file = write('feed.csv', ['indicator,type,confidence', '198.51.100.7,ip,90']);
    const found = await run('intel', 'lookup', '198.51.100.7', '--from', file, '--json');
    expect(JSON.parse(found.stdout)).toMatchObject({ is_hit: true, hits: [{ confidence: 90 }] });
    const questions = write('questions.jsonl', [
      { kind: 'match', input: { kind: 'domain', indicator: 'evil.example', value: 'a.evil.example' } },
    ]);
    const answered = await run('intel', 'lookup', '--questions', questions, '--json');
    expect(JSON.parse(answered.stdout)).toMatchObject({ answer: true });
  });
});
