import { execFileSync, spawnSync } from 'node:child_process';
import {
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import { expectFiguresOf, expectMentions, expectSelfContained } from './report-checks.ts';
import { MAIN, runCli, startCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'alertforest-cli-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lines = (n: number, seed: number): string[] =>
  generateSyntheticAlerts(n, seed).map(({ alert, disposition }) => JSON.stringify({ alert, disposition }));

beforeAll(() => {
  const train = lines(300, 1);
  train.splice(3, 0, '{"alert": {"id": x}}');
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
    expect(stderr).toContain('train.jsonl: 301 rows read as 300 alerts, 1 left out');
    expect(stderr).toContain('  1 x line: expected JSON');
    expect(stderr).toContain('  line 4, character 18: expected JSON, got x}}');
    expect([code, stdout]).toEqual([0, '']);

    const report = JSON.parse(readFileSync(at('report.json'), 'utf8'));
    expect(report).toMatchObject({ alerts: 300, fit_alerts: 300, seed: 7, read: { train: { skipped: 1 } } });
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
    expect(report.splits[0].alerts).toBe(300);

    const left = report.ablation.map(({ without }: { without: string | null }) => without);
    expect(left).toEqual(expect.arrayContaining([null, 'alert', 'entities', 'record']));

    const html = readFileSync(at('report.html'), 'utf8');
    expectSelfContained(html);
    expectFiguresOf(html, report);
    expectMentions(html, ['line: expected JSON', 'x}}', '--seed 7', 'train.jsonl']);
    const told = report.closed_at_miss.find((point: { miss_rate: number }) => point.miss_rate === 0.01);
    expectMentions(html, [`<h1>${(100 * told.closed.value).toFixed(1)} % of the alerts`]);
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

  it('removes its temporary files when it is stopped between rows', async () => {
    const pipe = at('rows.csv');
    const temporary = at('temporary');
    mkdirSync(temporary);
    execFileSync('mkfifo', [pipe]);
    const { child, outcome } = startCli(
      ['evaluate', '--format', 'guide', '--train', pipe, '--test', pipe, '--json', at('piped.json')],
      { env: { TMPDIR: temporary } },
    );
    const rows = createWriteStream(pipe);
    rows.on('error', () => {});
    // more rows than decide how the columns' dates are written
    rows.write(
      `OrgId,IncidentId,AlertId,AlertTitle,Category,IncidentGrade,EntityType,Day\n${'1,1,1,1,x,TruePositive,Ip,4\n'.repeat(20_000)}`,
    );
    await expect.poll(() => readdirSync(temporary).length, { interval: 20 }).toBeGreaterThan(0);
    child.kill('SIGTERM');
    expect((await outcome).signal).toBe('SIGTERM');
    rows.destroy();
    expect(readdirSync(temporary)).toEqual([]);
    expect(readdirSync(folder)).not.toContain('piped.json');
  });

  it('refuses what cannot be read or written in one sentence, before any work, and leaves nothing', async () => {
    const before = readdirSync(folder).sort();
    const evaluate = (...args: string[]) => runCli(['evaluate', '--test', at('test.jsonl'), ...args]);
    const train = ['--train', at('test.jsonl')];
    writeFileSync(at('bad.jsonl'), 'no\n{"alert": {}}\n');
    const refused = await Promise.all([
      evaluate('--train', at('nowhere.jsonl')),
      evaluate(...train, '--html', at('nowhere/report.html')),
      evaluate(...train, '--json', folder),
      evaluate(...train, '--json', at('same'), '--html', at('same')),
      evaluate(...train, '--json', at('test.jsonl')),
      evaluate(...train, '--format', 'guide'),
      evaluate('--train', at('bad.jsonl'), '--json', at('bad.json'), '--html', at('bad.html')),
    ]);
    expect(refused.map(({ code, stdout }) => [code, stdout])).toEqual(refused.map(() => [1, '']));
    expect(refused.map(({ stderr }) => stderr)).toEqual([
      `REQUEST_INVALID: Cannot read ${at('nowhere.jsonl')}: there is no such file.\n`,
      `REQUEST_INVALID: Cannot write --html ${at('nowhere/report.html')}: there is no folder ${at('nowhere')}.\n`,
      `REQUEST_INVALID: Cannot write --json ${folder}: it is a folder.\n`,
      `REQUEST_INVALID: Cannot write --html ${at('same')}: it is the output of --json too.\n`,
      `REQUEST_INVALID: Cannot write --json ${at('test.jsonl')}: it is the input.\n`,
      `REQUEST_INVALID: Expected ${at('test.jsonl')} to be in the format guide, it looks like labelled alerts (--format auto).\n`,
      `REQUEST_INVALID: None of the 2 rows of ${at('bad.jsonl')} is a labelled alert: line 1, column 1: expected JSON, CEF, LEEF or key=value pairs, got "no".\n`,
    ]);
    rmSync(at('bad.jsonl'));
    expect(readdirSync(folder).sort()).toEqual(before);
    const seed = await evaluate(...train, '--seed', '1.5');
    expect(seed.stderr).toContain('Expected a whole number from 0 to 4294967295, got 1.5.');
    expect(seed.code).toBe(2);
    const splits = await evaluate(...train, '--splits', 'moon');
    expect(splits.stderr).toContain(
      'Expected none alone, or some of random, incident, time, tenant, rule, got moon.',
    );
    expect(splits.code).toBe(2);
  });

  it.skipIf(process.platform !== 'linux')('says in one sentence that its output could not be written', () => {
    const { status, stderr } = spawnSync(
      'sh',
      ['-c', 'exec "$@" > /dev/full', 'sh', process.execPath, MAIN, 'quality', at('test.jsonl')],
      { encoding: 'utf8' },
    );
    const said = stderr.trim().split('\n');
    expect([status, said.at(-1)]).toEqual([1, 'Cannot write the standard output: the disk is full.']);
    expect(said.length).toBeLessThanOrEqual(2);
  });

  it('prints the figures alone on stdout when no file is asked for', async () => {
    writeFileSync(at('small.jsonl'), `${lines(120, 4).join('\n')}\n`);
    const { code, stdout } = await runCli([
      'evaluate',
      '--train',
      at('small.jsonl'),
      '--test',
      at('test.jsonl'),
      '--splits',
      'none',
    ]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ alerts: 300, splits: [], read: { test: { skipped: 0 } } });
  });
});
