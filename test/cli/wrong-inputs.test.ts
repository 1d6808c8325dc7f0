import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommanderError } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failureLines } from '../../src/cli/output/failure-lines.ts';
import { createProgram } from '../../src/cli/program.ts';
import { WrongCall } from '../../src/cli/wrong-call.ts';
import { AlertforestError } from '../../src/errors.ts';
import { runCli } from './run-cli.ts';

// What people type and hand over by mistake: each is told in a sentence what was expected where, and no stack.

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'alertforest-inputs-'));
  writeFileSync(join(folder, 'text.txt'), 'hello\n');
  writeFileSync(join(folder, 'none-in-it.json'), '[]');
  writeFileSync(join(folder, 'broken.json'), '{"policy":\n');
  writeFileSync(join(folder, 'alert.json'), '{"title":"x","id":"1"}\n');
  writeFileSync(
    join(folder, 'questions.ndjson'),
    '{"kind":"ip","input":"198.51.100.7"}\nhello\n{"kind":"ip"}\n',
  );
  mkdirSync(join(folder, 'package'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Calls the command in this process: its status, and what it says of the fault. */
async function call(words: readonly string[]): Promise<{ status: number; said: string }> {
  const program = await createProgram();
  const quiet = (command: typeof program): void => {
    command
      .exitOverride((error) => {
        throw error;
      })
      .configureOutput({ writeErr: () => {}, writeOut: () => {} });
    for (const each of command.commands) quiet(each);
  };
  quiet(program);
  try {
    await program.parseAsync([...words], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError) return { status: 2, said: error.message };
    if (error instanceof WrongCall) return { status: 2, said: error.message };
    const lines = failureLines(error);
    if (lines === undefined) throw error;
    return { status: 1, said: lines.join('\n') };
  }
  throw new Error(`Expected ${words.join(' ')} to be refused.`);
}

/** `@name` stands for a file of the folder. */
const CALLS: readonly (readonly [call: string, status: number, says: RegExp])[] = [
  // a folder where a file is meant
  ['config check @package', 1, /^REQUEST_INVALID: Cannot read or write \S+package: it is a folder\.$/],
  ['policy --set @package --by x', 1, /Cannot read or write \S+package: it is a folder\.$/],
  ['intel lookup --questions @package', 1, /Cannot read or write \S+package: it is a folder\.$/],
  // called wrongly, whatever the files hold
  ['score @alert.json --url nonsense', 2, /'nonsense' is invalid\. Expected an address such as https:/],
  ['versions --url ftp://x', 2, /--url <url>.* 'ftp:\/\/x' is invalid\. Expected an address such as https:/],
  ['serve --package @package', 2, /^Expected either --tail FILE or --port N\.$/],
  ['serve --package @package --port 99999', 2, /'99999' is invalid\. Expected a port from 0 to 65535\.$/],
  ['serve --package @package --port 0 --post nowhere', 2, /'nowhere' is invalid\. Expected an address/],
  ['intel lookup', 2, /^Expected a value to look up, or --questions with a file\.$/],
  ['import @alert.json --confirm', 2, /^Expected --by and --why with --confirm: they are recorded\.$/],
  ['train --force', 2, /^Expected --why with --force: it is recorded\.$/],
  ['simulate @alert.json --instances 0', 2, /'0' is invalid\. Expected an integer from 1 to \d+, got 0\.$/],
  [
    'evaluate --train a --test b --splits none,time',
    2,
    /Expected none alone, or some of random, .*, got none,time/,
  ],
  ['evaluate --train a --test b --splits wild', 2, /Expected none alone, or some of random, .*, got wild/],
  ['score @alert.json --encoding klingon', 2, /Expected an encoding such as utf-8, .*, got klingon\.$/],
  [
    'rules match --rules r --events e --logsource planet',
    2,
    /Expected parts such as product=windows.*, got planet\.$/,
  ],
  [
    'incidents list --since yesterday',
    2,
    /'yesterday' is invalid\. Expected an ISO 8601 date or time, got yesterday\.$/,
  ],
  [
    'rules switch cx-high maybe --why unsure',
    2,
    /'maybe' is invalid for argument 'state'\. Allowed choices are on, off/,
  ],
  [
    'rules switch cx-high on --weight 5 --why unsure',
    2,
    /'5' is invalid\. Expected a number from 0 to 2, got 5\.$/,
  ],
  ['rules switch cx-high on --weight much --why unsure', 2, /Expected a number from 0 to 2, got much\.$/],
  // files that are not there or hold something else
  [
    'intel import @none.csv --source feed',
    1,
    /^REQUEST_INVALID: Cannot read .*none\.csv: there is no such file\.$/,
  ],
  ['intel import @none.csv --source feed --dry-run', 1, /Cannot read .*none\.csv: there is no such file\.$/],
  ['intel lookup evil.example --from @none.csv', 1, /Cannot read .*none\.csv: there is no such file\.$/],
  ['intel lookup --questions @none.ndjson', 1, /Cannot read .*none\.ndjson: there is no such file\.$/],
  [
    'simulate @alert.json --no-models --incidents @none.json',
    1,
    /Cannot read .*none\.json: there is no such file\.$/,
  ],
  ['policy --set @none.json', 1, /Cannot read .*none\.json: there is no such file\.$/],
  [
    'policy --set @broken.json',
    1,
    /broken\.json holds no policy: it is not JSON: expected one whole document\.?$/,
  ],
  ['policy --set @alert.json', 1, /alert\.json holds no policy that can be set\.\n {2}policy: Expected /],
  [
    'score @none-in-it.json --url http://127.0.0.1:9',
    1,
    /: Expected alerts, .*none-in-it\.json holds none\.$/,
  ],
  ['explain-mapping @none-in-it.json', 1, /: Expected alerts, .*none-in-it\.json holds none\.$/],
  [
    'rules match --rules r --events e --placeholders @broken.json',
    1,
    /^REQUEST_INVALID: Expected .*broken\.json to be JSON or YAML, got an error in line 2: /,
  ],
  [
    'rules match --rules r --events e --placeholders @none.yml',
    1,
    /Cannot read or write .*none\.yml: there is no such file\.$/,
  ],
  ['config check @alert.json', 1, /alert\.json: Expected an object with `Values`\.$/],
];

describe('a wrong input', () => {
  it.each(CALLS)('%s', async (text, status, says) => {
    const words = text.split(' ').map((word) => (word.startsWith('@') ? join(folder, word.slice(1)) : word));
    const answer = await call(words);
    expect(answer.said).toMatch(says);
    expect(answer.status).toBe(status);
    expect(answer.said).not.toMatch(/^ {4}at /m);
  });

  it('is told once where the whole input is what is wrong', () => {
    const issues = [{ path: '', message: 'Nothing of it is an indicator.' }];
    expect(failureLines(new AlertforestError('REQUEST_INVALID', issues[0]!.message, { issues }))).toEqual([
      'REQUEST_INVALID: Nothing of it is an indicator.',
    ]);
  });

  it('ends the process with the status that it has', async () => {
    const wrong = await runCli(['import', join(folder, 'alert.json'), '--confirm']);
    expect([wrong.code, wrong.stderr.trim().split('\n')]).toEqual([
      2,
      [
        'error: Expected --by and --why with --confirm: they are recorded.',
        '(--help tells how the command is called, with examples)',
      ],
    ]);
  });

  it('among questions is named by its line, and the others are answered', async () => {
    const { code, stdout, stderr } = await runCli([
      'intel',
      'lookup',
      '--questions',
      join(folder, 'questions.ndjson'),
    ]);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toMatchObject([
      { answer: expect.anything() },
      { error: expect.any(String) },
      { error: expect.any(String) },
    ]);
    expect(lines[1]!['error']).toMatch(/^line 2: expected JSON/i);
    expect(lines[2]!['error']).toMatch(/^line 3: input: Expected /);
    expect([code, stderr]).toEqual([1, '']);
  });
});
