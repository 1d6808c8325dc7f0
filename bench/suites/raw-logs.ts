import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BenchRow, type BenchSuite, compare } from '../bench-row.ts';
import { madeDay } from '../raw-logs/made-day.ts';

// Raw logs by whole processes, as a person runs them: how long 100,000 flows take to be read and derived, and the most
// memory that a million scored and ten million read ones take. FLOWS_PEER names a Python script with the same columns in
// pandas, PYTHON its interpreter; without them there is no peer. RAW_ROWS is the number of rows that are read.

const DERIVED = 100_000;
const SCORED = 1_000_000;
const READ = Number(process.env['RAW_ROWS'] ?? 10_000_000);
const MB = 1024 ** 2;

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
const DERIVE = fileURLToPath(new URL('../raw-logs/read-and-derive.ts', import.meta.url));
/** Says at its end what the process took at most. */
const WITH_PEAK = `data:text/javascript,process.on('exit',()=>console.error('PEAK '+process.resourceUsage().maxRSS*1024))`;

interface Ended {
  readonly seconds: number;
  readonly peakBytes: number;
  readonly stdout: string;
}

async function ended(child: ReturnType<typeof spawn>, startedAtMs: number): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    if (stdout.length < 10_000) stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`Expected the process to end with 0, got ${code}: ${stderr.slice(-500)}`);
  const peakBytes = Number(/PEAK (\d+)/.exec(stderr)?.[1] ?? Number.NaN);
  return { seconds: (performance.now() - startedAtMs) / 1000, peakBytes, stdout };
}

const node = (args: readonly string[], stdin: 'ignore' | 'pipe' = 'ignore') =>
  spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '--import', WITH_PEAK, ...args], {
    stdio: [stdin, 'pipe', 'pipe'],
  });

/** Rows of made-up days, one after the other. */
function* rowsOf(n: number): Generator<string> {
  for (let day = 0, given = 0; ; day++) {
    for (const row of madeDay(1 + (day % 50), day).rows) {
      if (given++ >= n) return;
      yield row;
    }
  }
}

async function writeRows(sink: NodeJS.WritableStream, n: number): Promise<void> {
  let text = `${madeDay(1).header}\n`;
  for (const row of rowsOf(n)) {
    text += `${row}\n`;
    if (text.length < 1 << 20) continue;
    if (!sink.write(text)) await once(sink, 'drain');
    text = '';
  }
  sink.end(text);
}

async function derivedRow(folder: string): Promise<BenchRow> {
  const path = join(folder, 'flows.csv');
  await writeFileOf(path, DERIVED);
  const started = performance.now();
  const ours = await ended(node([DERIVE, path]), started);
  const name = `${DERIVED.toLocaleString('en-US')} flows read and derived`;
  const { FLOWS_PEER: peer, PYTHON: python = 'python3' } = process.env;
  if (peer === undefined) return compare(name, 's', ours.seconds, null, 'FLOWS_PEER names no script');
  // as far as its columns, without what it learns and its libraries for that
  const source = readFileSync(peer, 'utf8');
  const end = source.indexOf('\n', source.indexOf('E = windows(f)'));
  const part = source.slice(0, end).replace(/^from (lightgbm|sklearn)\S* import .*$/gm, '');
  const script = join(folder, 'peer.py');
  writeFileSync(script, part);
  const windows = join(folder, 'windows.csv');
  writeFileSync(windows, madeDay(1).windows);
  const peerStarted = performance.now();
  const theirs = await ended(
    spawn(python, [script, path, windows], { stdio: ['ignore', 'pipe', 'pipe'] }),
    peerStarted,
  );
  return compare(name, 's', ours.seconds, theirs.seconds, 'pandas and a heap, whole processes');
}

async function writeFileOf(path: string, n: number): Promise<void> {
  const sink = createWriteStream(path);
  await writeRows(sink, n);
  await once(sink, 'close');
}

async function scoredRows(folder: string): Promise<BenchRow[]> {
  const day = madeDay(1);
  const [flows, windows, pack, path] = ['day.csv', 'day.windows.csv', 'package', 'million.csv'].map((name) =>
    join(folder, name),
  ) as [string, string, string, string];
  writeFileSync(flows, `${[day.header, ...day.rows].join('\n')}\n`);
  writeFileSync(windows, day.windows);
  const learn = [MAIN, 'pipeline', flows, '--labels', windows, '--rest', 'normal', '--package', pack];
  await ended(node(learn), performance.now());
  await writeFileOf(path, SCORED);
  const started = performance.now();
  const out = join(folder, 'scores.jsonl');
  const { seconds, peakBytes } = await ended(
    node([MAIN, 'score', path, '--package', pack, '--out', out]),
    started,
  );
  const name = `${SCORED.toLocaleString('en-US')} flows read, derived and scored`;
  return [compare(name, 's', seconds, null), compare(`${name}, peak`, 'MB', peakBytes / MB, null)];
}

async function readRows(): Promise<BenchRow[]> {
  const started = performance.now();
  const child = node([MAIN, 'quality', '-'], 'pipe');
  const done = ended(child, started);
  await writeRows(child.stdin as NodeJS.WritableStream, READ);
  const { seconds, peakBytes } = await done;
  const name = `${READ.toLocaleString('en-US')} flows read by quality`;
  return [
    compare(name, 's', seconds, null, 'with making them in the same time'),
    compare(`${name}, peak`, 'MB', peakBytes / MB, null),
  ];
}

export const suite: BenchSuite = {
  name: 'raw-logs',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'alertforest-bench-logs-'));
    try {
      return [await derivedRow(folder), ...(await scoredRows(folder)), ...(await readRows())];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};
