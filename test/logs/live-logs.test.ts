import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { alertSchema } from '../../src/alert/alert.ts';
import type { LogRow } from '../../src/logs/formats/log-row.ts';
import { AlertGate, alertOfAlarm } from '../../src/logs/live/alarm-alert.ts';
import { LiveMonitor, prometheusText } from '../../src/logs/live/live-monitor.ts';
import { LiveScorer } from '../../src/logs/live/live-scorer.ts';
import { readLiveState, writeLiveState } from '../../src/logs/live/live-state.ts';
import { checkSameFormat, logPackageOf, readLogPackage } from '../../src/logs/log-package.ts';
import { openLogs } from '../../src/logs/open-logs.ts';
import { RowJudge } from '../../src/logs/score-logs.ts';
import { ownLabels } from '../../src/logs/study/row-labels.ts';
import { runStudy } from '../../src/logs/study/study.ts';
import { deriveFeatures } from '../../src/logs/windows/derive.ts';
import { eventsOf } from '../../src/logs/windows/log-events.ts';
import { LogTable } from '../../src/logs/windows/log-table.ts';
import { DEFAULT_POLICY } from '../../src/policy/policy.ts';
import { madeFlows } from './made-flows.ts';
import { lines, logFile, readPaths } from './read-log-text.ts';

const folder = mkdtempSync(join(tmpdir(), 'alertforest-live-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEADER =
  '@timestamp,duration_ms,source.ip,destination.ip,destination.port,source.bytes,destination.bytes,source.packets,destination.packets,network.transport,label,attack';
const path = logFile(
  lines(
    HEADER,
    ...madeFlows(90)
      .sort((a, b) => a.at - b.at)
      .map((flow) =>
        [
          new Date(flow.at).toISOString(),
          flow.ms,
          flow.source,
          flow.target,
          flow.port,
          flow.out,
          flow.back,
          3,
          flow.packetsIn,
          'tcp',
          flow.attack === undefined ? 0 : 1,
          flow.attack ?? '',
        ].join(),
      ),
  ),
  'flows.csv',
);
const { reading, rows } = await readPaths([path]);
const table = new LogTable();
for (const row of rows) table.add(row);
const outcome = runStudy(table, {
  seed: 1,
  costs: DEFAULT_POLICY.costs,
  labels: ownLabels(table)!,
  reading,
  embargoMs: 0,
  keep: new Set(),
  alarmsPerDay: 50,
  maxRows: 1_000_000,
  lines: Float64Array.from(rows, ({ line }) => line),
});
for (const [name, content] of Object.entries(logPackageOf(outcome, reading, undefined).files))
  writeFileSync(join(folder, name), content);
const pack = await readLogPackage(folder);
const cut = pack.manifest.cuts.find(({ name }) => name === 'one_percent')!;

describe('a package of raw logs', () => {
  it('scores rows one by one as it scores a file of them', () => {
    const events = eventsOf(table, 'start');
    const derived = deriveFeatures(table, events, pack.manifest.plan);
    const judge = new RowJudge(pack, cut, 3);
    const scores = judge.scores(derived);
    const live = new LiveScorer(pack, judge, [...table.numberNames, ...table.textNames]);
    rows.forEach((row, i) => {
      const { scored, columns } = live.push(row);
      const width = derived.names.length;
      expect(Buffer.from(columns.buffer)).toEqual(
        Buffer.from(derived.X.slice(i * width, (i + 1) * width).buffer),
      );
      expect(scored).toEqual(judge.judge(derived, events, scores, i, { line: row.line, time: scored.time }));
    });
  });

  it('goes on over a restart as if there had been none', async () => {
    const judge = new RowJudge(pack, cut, 3);
    const columns = [...table.numberNames, ...table.textNames];
    const whole = new LiveScorer(pack, judge, columns);
    const expected = rows.map((row) => whole.push(row));
    let live = new LiveScorer(pack, judge, columns);
    const path = join(folder, 'state');
    const { sha256 } = pack.manifest;
    expect(await readLiveState(path, sha256)).toBeUndefined();
    for (const [i, row] of rows.entries()) {
      if (i % 97 === 50) {
        await writeLiveState(path, sha256, { scorer: live.toState(), alerted: new Map([['a', i]]) });
        const state = (await readLiveState(path, sha256))!;
        expect(state.alerted).toEqual(new Map([['a', i]]));
        live = new LiveScorer(pack, judge, columns, state.scorer);
      }
      const one = live.push(row);
      expect(one.scored).toEqual(expected[i]!.scored);
      expect(Buffer.from(one.columns.buffer)).toEqual(Buffer.from(expected[i]!.columns.buffer));
    }
    expect(statSync(path).mode & 0o777).toBe(0o600);
    await expect(readLiveState(path, 'other')).rejects.toThrow(/is the state of another package/);
    writeFileSync(path, 'no state');
    await expect(readLiveState(path, sha256)).rejects.toThrow(/is no state of live scoring/);
  });

  it('is refused for another format, whose bytes count something else', async () => {
    const other = await openLogs(
      logFile(
        '1796000000.123    411 192.0.2.26 TCP_MISS/503 3378 GET http://203.0.113.42/x - HIER_NONE/- text/html\n',
      ),
    );
    if (!('format' in other)) throw new Error('Expected squid.');
    expect(() => checkSameFormat(pack.manifest, other)).toThrow(
      /learned from ecs-table .* is squid .*other counts/,
    );
  });

  it('is refused when a byte of it changes', async () => {
    const broken = mkdtempSync(join(tmpdir(), 'alertforest-broken-'));
    const { files } = logPackageOf(outcome, reading, undefined);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(broken, name), content);
    writeFileSync(join(broken, 'manifest.json'), `${files['manifest.json']} `);
    await expect(readLogPackage(broken)).rejects.toMatchObject({ code: 'MODEL_CORRUPT' });
    rmSync(broken, { recursive: true });
  });
});

describe('live scoring', () => {
  const judge = new RowJudge(pack, cut, 3);
  const live = new LiveScorer(pack, judge, [...table.numberNames, ...table.textNames]);
  const scored = rows.map((row) => ({ row, ...live.push(row) }));
  const alarms = scored.filter(({ scored: one }) => one.alarm);

  it('makes an alert of an alarm: who, where, when, why', () => {
    const { row, scored: one } = alarms[0]!;
    const alert = alertSchema.parse(alertOfAlarm(row, one));
    expect(alert).toMatchObject({ source: 'raw_log', category: 'scan', occurred_at: one.time });
    expect(alert.entities).toEqual([
      { kind: 'ip', value: row.values['source.ip'], role: 'related' },
      { kind: 'ip', value: row.values['destination.ip'], role: 'impacted' },
    ]);
    expect(alert.telemetry).toMatchObject({ attack_probability: one.score });
    expect(one.top).toHaveLength(3);
  });

  it('gives one alert of a source in ten minutes', () => {
    const gate = new AlertGate();
    const at = (ms: number, source: string): LogRow =>
      ({ time: ms, values: { 'source.ip': source } }) as unknown as LogRow;
    expect(
      [at(0, 'a'), at(1, 'b'), at(599_999, 'a'), at(600_000, 'a')].map((row) => gate.passes(row)),
    ).toEqual([true, true, false, true]);
  });

  it('counts what it does, and what people say of it', () => {
    const monitor = new LiveMonitor(pack.manifest.training);
    const ids = scored.map((one) => monitor.add(one, one.row.time, 20));
    monitor.unreadable();
    const alarm = ids[scored.indexOf(alarms[0]!)]!;
    const calm = ids[scored.findIndex(({ scored: one }) => !one.alarm)]!;
    expect([monitor.judge(alarm, true), monitor.judge(calm, true), monitor.judge(alarm, false)]).toEqual([
      true,
      true,
      true,
    ]);
    expect(monitor.judge(1_000_000, true)).toBe(false);
    const figures = monitor.figures();
    expect(figures).toMatchObject({
      rows: rows.length,
      alarms: alarms.length,
      latency_us: { p50: 20, p95: 20, p99: 20 },
      feedback: { found: 1, missed: 1, false_alarms: 1 },
      unreadable_share: 1 / (rows.length + 1),
    });
    expect(figures.drift?.columns).toBe(pack.manifest.features.length);
    const text = prometheusText(figures);
    expect(text).toContain(`alertforest_log_rows_total ${rows.length}\n`);
    expect(text).toContain('alertforest_log_latency_microseconds{quantile="0.99"} 20\n');
    for (const line of text.trimEnd().split('\n'))
      expect(line).toMatch(/^(# (HELP|TYPE) \S+ .+|\S+ -?[\d.e+-]+)$/);
  });
});
