import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'alertforest-input-test-'));
const temp = mkdtempSync(join(tmpdir(), 'alertforest-input-temp-'));
const file = join(folder, 'ait.csv');
const START_S = 1_640_995_200;

// Half a day of one sensor with an attack, as the AIT set is written.
const rows = Array.from({ length: 300 }, (_, at) =>
  at % 100 === 99
    ? `${START_S + 120 * at},Web shell,10.0.0.9,web,W-Sh,webshell,webshell_cmd`
    : `${START_S + 120 * at},Logon failed,10.0.0.${at % 7},web,W-Log,false_positive,-`,
);
const csv = `time,name,ip,host,short,time_label,event_label\n${rows.join('\n')}\n`;
writeFileSync(file, csv);

afterAll(() => {
  for (const path of [folder, temp]) rmSync(path, { recursive: true, force: true });
});

function simulate(path: string, input?: Uint8Array) {
  const args = [join(root, 'src/cli/main.ts'), 'simulate', path, '--json', '-', '--threads', '2'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: temp },
    ...(input === undefined ? {} : { input }),
  });
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(status, stderr).toBe(0);
  const { file: name, run, us_per_alert, ...figures } = JSON.parse(stdout);
  return { name, figures, stderr };
}

describe('simulate', () => {
  it('reads a pipe, named or not, as the file, and leaves nothing behind', () => {
    const { figures } = simulate(file);
    expect(figures.alerts).toBe(300);
    const piped = simulate('-', gzipSync(readFileSync(file)));
    expect(piped.name).toBe('stdin');
    expect(piped.figures).toEqual(figures);
    const fifo = join(folder, 'named');
    execFileSync('mkfifo', [fifo]);
    spawn('sh', ['-c', `cat '${file}' > '${fifo}'`]);
    expect(simulate(fifo).figures).toEqual(figures);
    expect(readdirSync(temp).filter((name) => name.startsWith('alertforest-input-'))).toEqual([]);
  });

  it('counts what can be counted of a file of less than a day, and says what cannot', () => {
    const { figures, stderr } = simulate(file);
    expect(figures.steps).toHaveProperty('webshell');
    expect(figures).not.toHaveProperty('auc_time');
    expect(figures).not.toHaveProperty('line_ap');
    expect(stderr).toContain('after the first 24 hours');
  });
});
