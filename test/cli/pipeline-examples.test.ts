import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'alertforest-examples-'));
symlinkSync(join(ROOT, 'test'), join(folder, 'test'));
afterAll(() => rmSync(folder, { recursive: true }));

const text = readFileSync(join(ROOT, 'docs/pipeline.md'), 'utf8');
const [, section = ''] = /^## Four examples$([\s\S]*?)^## /m.exec(text) ?? [];
const commands = [...section.matchAll(/^ {4}alertforest (.+)$/gm)].map(([, words = '']) => words);

/** What each command says first, or at its end on stderr. */
const SAYS: readonly RegExp[] = [
  /^scan +250 +yes/m,
  // on a slow machine progress stands before it
  /^\d+ rows scored, \d+ alarms, 0 lines not readable/m,
  /^OpenSSH .*: lines of sshd\n7 rows, 2 repeated, 0 lines skipped, 5 of other kinds/,
  /^nginx or Apache .*\n10 rows, 4 repeated/,
  /^AWS VPC flow logs .*\n4 rows, 0 repeated, 2 lines skipped/,
  /^AWS CloudTrail .*\n2 rows/,
];

describe('the examples of docs/pipeline.md', () => {
  it('are one a family, in the order of what is checked here', () => {
    expect(commands).toHaveLength(SAYS.length);
  });

  it('run as they stand there', async () => {
    for (const [i, command] of commands.entries()) {
      const { code, stdout, stderr } = await runCli(command.split(' '), { cwd: folder });
      expect([command, code, stderr.includes('    at ')]).toEqual([command, 0, false]);
      expect(stdout === '' ? stderr : stdout).toMatch(SAYS[i] as RegExp);
    }
    const rows = readFileSync(join(folder, 'flows.jsonl'), 'utf8').trim().split('\n');
    expect(rows).toHaveLength(12_313);
  });

  it('show pictures that are there', () => {
    for (const [, file = ''] of section.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g))
      expect(
        readFileSync(join(ROOT, 'docs', file))
          .subarray(1, 4)
          .toString(),
      ).toBe('PNG');
  });
});
