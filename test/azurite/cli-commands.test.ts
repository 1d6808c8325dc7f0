import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Azurite, startAzurite } from '../../src/local/azurite.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import { runCli } from '../cli/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'alertforest-commands-'));
const at = (name: string) => join(folder, name);
let azurite: Azurite;
let env: Record<string, string>;

// Storage of its own: the commands use the product's fixed names.
beforeAll(async () => {
  azurite = await startAzurite({ inMemory: true });
  env = { AzureWebJobsStorage: azurite.connectionString, ALERTFOREST_CACHE_DIR: at('cache') };
});
afterAll(async () => {
  await azurite.stop();
  rmSync(folder, { recursive: true, force: true });
});

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
    expect(stderr).toContain('line 5: character 1: expected JSON, got nope');
    expect(JSON.parse(stdout)).toMatchObject({ unreadable_lines: 1 });
  });
});
