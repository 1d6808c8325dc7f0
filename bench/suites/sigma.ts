import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { ruleTexts } from '../../src/cli/rules/load-rules.ts';
import { Correlator } from '../../src/triage/rules/sigma/correlate/correlator.ts';
import type { SigmaEvent } from '../../src/triage/rules/sigma/match/event-field.ts';
import { compileRules } from '../../src/triage/rules/sigma/rule-set.ts';
import { type BenchRow, type BenchSuite, compare, median } from '../bench-row.ts';
import type { LaneResult } from '../peers/sigma-lane.ts';

// The Sigma engine beside rsigma on lanes of events, by turns, in events per second of CPU time with JSON parsing on
// both sides. The corpus of rules is no part of the project: SIGMA_RULES names its folder. rsigma is built by cargo
// where crates are reached.

const FIXTURES = new URL('../../test/fixtures/sigma/lanes/', import.meta.url);
const CACHE = fileURLToPath(new URL('../../.cache/sigma/', import.meta.url));
const ROUNDS = 5;
const SECONDS = '1';

const LANES: readonly { readonly name: string; readonly source?: string }[] = [
  { name: 'structured_windows', source: 'windows/process_creation' },
  { name: 'raw_windows' },
  { name: 'cisco_syslog' },
  { name: 'sysmon_file_event', source: 'windows/file_event' },
  { name: 'match_heavy' },
];

const laneText = (name: string): string =>
  gunzipSync(readFileSync(new URL(`${name}.ndjson.gz`, FIXTURES))).toString('utf8');

const notMeasured = (name: string, note: string): BenchRow => ({
  name,
  ours: null,
  peer: null,
  ratio: null,
  note: `not measured: ${note}`,
});

/** Path of the built peer, or why there is none. */
function builtPeer(): { readonly path?: string; readonly problem?: string } {
  const manifest = fileURLToPath(new URL('../peers/rsigma/Cargo.toml', import.meta.url));
  const target = process.env['CARGO_TARGET_DIR'] ?? join(CACHE, 'target');
  try {
    execFileSync(
      'cargo',
      ['build', '--release', '--quiet', '--ignore-rust-version', '--manifest-path', manifest],
      {
        env: { ...process.env, CARGO_TARGET_DIR: target },
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    return { path: join(target, 'release', 'rsigma-lane') };
  } catch (error) {
    return { problem: (error as Error).message.split('\n')[0]! };
  }
}

const OURS = fileURLToPath(new URL('../peers/sigma-lane.ts', import.meta.url));

function runLane(command: string, args: readonly string[]): LaneResult {
  return JSON.parse(execFileSync(command, args, { encoding: 'utf8' })) as LaneResult;
}

const medianOf = (results: readonly LaneResult[], value: (result: LaneResult) => number): number =>
  median(results.map(value));

function rate(
  name: string,
  ours: readonly LaneResult[],
  peers: readonly LaneResult[],
  value: (result: LaneResult) => number,
  matches: (result: LaneResult) => number,
): BenchRow {
  const mine = medianOf(ours, value);
  const theirs = peers.length === 0 ? null : medianOf(peers, value);
  const spread = ours.map(value).map(Math.round);
  const found = `matches ${matches(ours[0]!)}${peers.length === 0 ? '' : `, peer ${matches(peers[0]!)}`}`;
  return {
    name,
    ours: mine,
    peer: theirs,
    ratio: theirs === null ? null : mine / theirs,
    unit: 'events/s',
    note: `rsigma 0.26.0, ${ours.length} turns, ours ${Math.min(...spread)} to ${Math.max(...spread)}; ${found}`,
  };
}

function laneRows(folder: string): BenchRow[] {
  mkdirSync(CACHE, { recursive: true });
  const peer = builtPeer();
  const rows: BenchRow[] = peer.path === undefined ? [notMeasured('rsigma', peer.problem!)] : [];
  const all: { readonly ours: LaneResult[]; readonly peers: LaneResult[] } = { ours: [], peers: [] };
  for (const { name, source } of LANES) {
    const lane = join(CACHE, `${name}.ndjson`);
    writeFileSync(lane, laneText(name));
    const args = [folder, lane, SECONDS, ...(source === undefined ? [] : [source])];
    const ours: LaneResult[] = [];
    const peers: LaneResult[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      ours.push(runLane(process.execPath, [OURS, ...args]));
      if (peer.path !== undefined) peers.push(runLane(peer.path, args));
    }
    all.ours.push(...ours);
    all.peers.push(...peers);
    rows.push(
      rate(
        name,
        ours,
        peers,
        (each) => each.perSecond,
        (each) => each.matches,
      ),
    );
    rows.push({
      name: `${name}, times plain evaluation`,
      ours: medianOf(ours, (each) => each.perSecond / each.plainPerSecond),
      peer: peers.length === 0 ? null : medianOf(peers, (each) => each.perSecond / each.plainPerSecond),
      ratio: null,
      unit: 'x',
      note: 'each against its own loop over all rules, so the two say nothing of each other',
    });
    if (source !== undefined) {
      const routed = (each: LaneResult): number => each.routed?.perSecond ?? Number.NaN;
      rows.push(rate(`${name}, routed`, ours, peers, routed, (each) => each.routed?.matches ?? 0));
    }
  }
  const peakOf = (results: readonly LaneResult[], value: (result: LaneResult) => number): number | null =>
    results.length === 0 ? null : medianOf(results, value);
  rows.push(
    compare(
      `load ${all.ours[0]!.rules} rules`,
      'ms',
      peakOf(all.ours, (each) => each.loadMs)!,
      peakOf(all.peers, (each) => each.loadMs),
      'CPU time, YAML included',
    ),
    compare(
      'memory above an empty process',
      'MB',
      peakOf(all.ours, (each) => each.addedMb)!,
      peakOf(all.peers, (each) => each.addedMb),
      `peak RSS ${Math.round(peakOf(all.ours, (each) => each.peakMb)!)} and ${Math.round(peakOf(all.peers, (each) => each.peakMb) ?? 0)} MB`,
    ),
  );
  return rows;
}

/** Memory after many events over all rules: it must not grow. */
function growthRow(folder: string): BenchRow {
  const set = compileRules(ruleTexts(folder));
  const lines = laneText('structured_windows').trim().split('\n');
  const logsource = { product: 'windows', category: 'process_creation' };
  const heapAfter = (events: number): number => {
    for (let i = 0; i < events; i++) set.match(JSON.parse(lines[i % lines.length]!) as SigmaEvent, logsource);
    globalThis.gc?.();
    return process.memoryUsage().heapUsed / 2 ** 20;
  };
  const early = heapAfter(50_000);
  const late = heapAfter(950_000);
  return {
    name: 'heap growth over 1,000,000 events',
    ours: late - early,
    peer: null,
    ratio: null,
    unit: 'MB',
    note: `${early.toFixed(1)} MB after 50,000, ${late.toFixed(1)} MB at the end`,
  };
}

/** Events per second of CPU time through rules and correlations of the correlation lane. */
function correlationRow(): BenchRow {
  const text = readFileSync(new URL('correlation-rules.yml', FIXTURES), 'utf8');
  const set = compileRules([{ file: 'correlation-rules.yml', text }]);
  const events = laneText('correlation')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as SigmaEvent);
  const rates = Array.from({ length: ROUNDS }, () => {
    const correlator = new Correlator(set.correlations);
    const start = process.cpuUsage();
    const n = 100_000;
    for (let i = 0; i < n; i++) {
      const event = events[i % events.length]!;
      const rules = set.matchedRules(event).map(({ index }) => index);
      correlator.observe(event, rules, i * 100);
    }
    const { user, system } = process.cpuUsage(start);
    return n / ((user + system) / 1e6);
  });
  return {
    name: 'correlation lane',
    ours: median(rates),
    peer: null,
    ratio: null,
    unit: 'events/s',
    note: '4 correlations of 5 minutes, ten events a second',
  };
}

export const suite: BenchSuite = {
  name: 'sigma',
  run: async () => {
    const folder = process.env['SIGMA_RULES'];
    if (folder === undefined || !existsSync(folder)) {
      return [notMeasured('lanes', 'SIGMA_RULES names no folder of Sigma rules'), correlationRow()];
    }
    return [...laneRows(folder), growthRow(folder), correlationRow()];
  },
};
