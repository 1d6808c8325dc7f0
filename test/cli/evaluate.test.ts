import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSyntheticAlerts } from '../../src/training/synthetic-alerts.ts';
import { runCli, startCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'alertforest-cli-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lines = (n: number, seed: number): string[] =>
  generateSyntheticAlerts(n, seed).map(({ alert, disposition }) => JSON.stringify({ alert, disposition }));

beforeAll(() => {
  const train = lines(500, 1);
  train.splice(3, 0, '{"alert": {"id": "x"');
  writeFileSync(at('train.jsonl'), `${train.join('\n')}\n`);
  writeFileSync(at('test.jsonl'), `${lines(300, 2).join('\n')}\n`);
  writeFileSync(at('large.jsonl'), `${lines(4000, 3).join('\n')}\n`);
});

describe('alertforest evaluate', () => {
  it('trains on one file, tests on another and writes both reports whole', async () => {
    const { code, stderr, stdout } = await runCli([
      'evaluate',
      ...[
        '--train',
        at('train.jsonl'),
        '--test',
        at('test.jsonl'),
        '--splits',
        'incident',
        '--seed',
        '7',
        '--ablation',
      ],
      ...['--json', at('report.json'), '--html', at('report.html')],
    ]);
    expect(stderr).toContain('train: 1 rows left out: {"not JSON":1}');
    expect(stderr).toContain('line 4: not JSON');
    expect([code, stdout]).toEqual([0, '']);

    const report = JSON.parse(readFileSync(at('report.json'), 'utf8'));
    expect(report).toMatchObject({ alerts: 300, fit_alerts: 500, seed: 7, read: { train: { skipped: 1 } } });
    for (const key of [
      'per_class',
      'confusion',
      'ece',
      'closed_at_miss',
      'fit_seconds',
      'score_us_per_alert',
    ]) {
      expect(report).toHaveProperty(key);
    }
    expect(report.model).toBe(report.tournament.find((one: { won: boolean }) => one.won).algorithm);
    // the generator's classes overlap on purpose: far above the 0.25 of chance, and not perfect
    expect(report.macro_f1).toBeGreaterThan(0.5);
    expect(report.roc_auc_tp).toBeGreaterThan(0.8);
    expect(report.splits.map(({ name }: { name: string }) => name)).toEqual(['incident']);
    expect(report.splits[0].alerts).toBe(500);

    const left = report.ablation.map(({ without }: { without: string | null }) => without);
    expect(left).toEqual(expect.arrayContaining([null, 'alert', 'entities', 'record']));

    const html = readFileSync(at('report.html'), 'utf8');
    expect(html).toContain('</html>');
    expect(html).not.toMatch(/<(script|link|img|iframe)[^>]+(src|href)=/);
    expect(html).not.toMatch(/url\(|@import|fetch\(|XMLHttpRequest/);
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('leaves no report at all when it is stopped', async () => {
    const { child, outcome } = startCli([
      'evaluate',
      ...['--train', at('large.jsonl'), '--test', at('test.jsonl')],
      ...['--json', at('stopped.json'), '--html', at('stopped.html')],
    ]);
    await new Promise<void>((resolve) => {
      child.stderr?.on('data', (chunk) => {
        if (String(chunk).includes('tournament')) resolve();
      });
    });
    child.kill('SIGINT');
    expect((await outcome).signal).toBe('SIGINT');
    expect(readdirSync(folder).filter((name) => name.startsWith('stopped'))).toEqual([]);
  });

  it('says in one line what is wrong with a file, a split or a seed', async () => {
    const evaluate = (...args: string[]) => runCli(['evaluate', '--test', at('test.jsonl'), ...args]);
    const missing = await evaluate('--train', at('nowhere.jsonl'));
    expect([missing.code, missing.stderr]).toEqual([
      1,
      `ENOENT: cannot read or write ${at('nowhere.jsonl')}\n`,
    ]);
    const split = await evaluate('--train', at('test.jsonl'), '--splits', 'moon');
    expect(split.stderr).toContain('Expected splits of random, incident, time, tenant, rule, got moon.');
    const seed = await evaluate('--train', at('test.jsonl'), '--seed', '1.5');
    expect(seed.stderr).toContain('Expected a whole number from 0 to 4294967295, got 1.5.');
    expect([split.code, seed.code]).toEqual([1, 1]);
  });
});
