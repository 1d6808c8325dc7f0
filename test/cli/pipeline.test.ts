import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { readPackage } from '../../src/logs/lab/lab-package.ts';
import { expectFiguresOf, expectMentions, expectSelfContained } from './report-checks.ts';
import { runCli, startCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'alertforest-pipeline-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lab = gunzipSync(readFileSync(new URL('../fixtures/lab20/lab20_logs.csv.gz', import.meta.url)))
  .toString()
  .split('\n');

describe('alertforest pipeline', () => {
  it('goes from raw logs to a package that scores, with both reports', async () => {
    // a small input: the ml.js candidates take their time on a large one
    const rows = lab.slice(0, 1201);
    rows.splice(5, 0, 'not,a,log');
    writeFileSync(at('logs.csv'), `${rows.join('\n')}\n`);
    const { code, stdout, stderr } = await runCli([
      'pipeline',
      at('logs.csv'),
      ...['--package', at('package'), '--json', at('lab.json'), '--html', at('lab.html'), '--seed', '3'],
    ]);
    expect(stderr).not.toContain('rows');
    expect([code, stdout]).toEqual([0, expect.stringContaining('1200 rows, 1 unreadable')]);
    for (const part of [
      'line 6, column protocol: expected 15 fields, got 3',
      'cleaning',
      'logistic_regression',
      'chosen',
      'scored one by one',
      'sha256',
    ])
      expect(stdout).toContain(part);

    const { result, manifest, live } = JSON.parse(readFileSync(at('lab.json'), 'utf8'));
    expect(result).toMatchObject({ seed: 3, fit_rows: 900, test_rows: 300 });
    expect(result.contestants.map(({ name }: { name: string }) => name).sort()).toEqual(
      expect.arrayContaining(['boosted', 'logistic_regression', 'random_forest']),
    );
    expect(result.test.roc_auc).toBeGreaterThan(0.95);
    expect(live.scored).toBe(300);
    expect(live.windows.reduce((sum: number, { scored }: { scored: number }) => sum + scored, 0)).toBe(300);
    expect(live).toMatchObject({
      closed: result.chosen.closed,
      missed_attacks: result.chosen.missed_attacks,
    });

    expect(readdirSync(at('package')).sort()).toEqual(['SHA256SUMS', 'manifest.json', 'model.bin']);
    const sums = readFileSync(join(at('package'), 'SHA256SUMS'), 'utf8')
      .trim()
      .split('\n');
    for (const line of sums) {
      const bytes = readFileSync(join(at('package'), line.slice(66)));
      expect(line.slice(0, 64)).toBe(createHash('sha256').update(bytes).digest('hex'));
    }
    expect(sums.map((line) => line.slice(66))).toEqual(['model.bin', 'manifest.json']);
    expect(sums[0]!.slice(0, 64)).toBe(manifest.sha256);
    expect(JSON.stringify(manifest.columns)).not.toMatch(/label/);

    const html = readFileSync(at('lab.html'), 'utf8');
    expectSelfContained(html);
    expectFiguresOf(html, JSON.parse(readFileSync(at('lab.json'), 'utf8')));
    expectMentions(html, ['--seed 3', '<td class="text">15 fields</td>', 'protocol', 'SHA256SUMS']);
    expect(/<h1>([^<]*)<\/h1>/.exec(html)?.[1]).toMatch(
      /^[\d.]+ % of the logs can be closed without a person; /,
    );
    expect(readdirSync(folder).sort()).toEqual(['lab.html', 'lab.json', 'logs.csv', 'package']);
  });

  it('gives a package that is refused when one byte of it changes', async () => {
    cpSync(at('package'), at('changed'), { recursive: true });
    await expect(readPackage(at('changed'))).resolves.toMatchObject({ manifest: { seed: 3 } });
    for (const name of ['model.bin', 'manifest.json']) {
      const bytes = readFileSync(join(at('changed'), name));
      const at3 = bytes.length >> 1;
      bytes[at3] = bytes[at3]! ^ 1;
      writeFileSync(join(at('changed'), name), bytes);
      await expect(readPackage(at('changed'))).rejects.toMatchObject({
        code: 'MODEL_CORRUPT',
        message: expect.stringContaining(name),
      });
      bytes[at3] = bytes[at3]! ^ 1;
      writeFileSync(join(at('changed'), name), bytes);
    }
  });

  it('keeps an earlier package and writes nothing when it is stopped', async () => {
    const before = readdirSync(folder).sort();
    const { child, outcome } = startCli([
      'pipeline',
      at('logs.csv'),
      '--package',
      at('package'),
      '--html',
      at('stopped.html'),
    ]);
    await new Promise<void>((resolve) => {
      child.stderr?.on('data', (chunk) => {
        if (String(chunk).includes('%')) resolve();
      });
    });
    child.kill('SIGTERM');
    expect((await outcome).signal).toBe('SIGTERM');
    expect(readdirSync(folder).sort()).toEqual(before);
    await expect(readPackage(at('package'))).resolves.toMatchObject({ manifest: { seed: 3 } });
  });

  it('refuses in one sentence to lose files or to learn from nothing', async () => {
    mkdirSync(at('mine'));
    writeFileSync(at('mine/thesis.txt'), 'x');
    writeFileSync(
      at('calm.csv'),
      `${[
        lab[0],
        ...lab
          .slice(1)
          .filter((line) => line.endsWith(',0'))
          .slice(0, 200),
      ].join('\n')}\n`,
    );
    writeFileSync(at('guide.csv'), 'OrgId,IncidentGrade\n1,TruePositive\n');
    const pipeline = (...args: string[]) => runCli(['pipeline', ...args]);
    const refused = await Promise.all([
      pipeline(at('logs.csv'), '--package', at('mine')),
      pipeline(at('logs.csv'), '--package', at('calm.csv')),
      pipeline(at('logs.csv'), '--package', at('none'), '--json', at('nowhere/lab.json')),
      pipeline(at('calm.csv'), '--package', at('none')),
      pipeline(at('guide.csv'), '--package', at('none')),
    ]);
    expect(refused.map(({ code, stdout }) => [code, stdout])).toEqual(refused.map(() => [1, '']));
    expect(refused.map(({ stderr }) => stderr.replace('checking quality: 0 %\n', ''))).toEqual([
      `REQUEST_INVALID: Cannot write --package ${at('mine')}: the folder holds thesis.txt, which would be lost.\n`,
      `REQUEST_INVALID: Cannot write --package ${at('calm.csv')}: it is a file.\n`,
      `REQUEST_INVALID: Cannot write --json ${at('nowhere/lab.json')}: there is no folder ${at('nowhere')}.\n`,
      'REQUEST_INVALID: Expected at least 12 usable logs of each label, got 0 attacks and 200 others.\n',
      `REQUEST_INVALID: Expected ${at('guide.csv')} to hold raw logs, it looks like guide (--format guide), which the command evaluate reads.\n`,
    ]);
    expect(readdirSync(at('mine'))).toEqual(['thesis.txt']);
  });

  it('asks what is an attack in a table without label and writes nothing', async () => {
    writeFileSync(at('short.csv'), 'timestamp,src_ip\n2024-01-01T00:00:00Z,1.1.1.1\n');
    const { code, stderr } = await runCli([
      'pipeline',
      at('short.csv'),
      '--format',
      'lab',
      '--package',
      at('none'),
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^REQUEST_INVALID: Nothing says what is an attack: /);
    expect(readdirSync(folder)).not.toContain('none');
  });
});
