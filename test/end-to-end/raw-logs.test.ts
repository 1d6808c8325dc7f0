import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AlertGate, alarmId } from '../../src/logs/live/alarm-alert.ts';
import { runCli, startCli } from '../cli/run-cli.ts';
import { madeFlows } from '../logs/made-flows.ts';
import { readPaths } from '../logs/read-log-text.ts';
import { API, call } from '../support/call-service.ts';
import { type IsolatedService, startIsolatedService } from '../support/isolated-service.ts';

const HEADER =
  '@timestamp,duration_ms,source.ip,destination.ip,destination.port,source.bytes,destination.bytes,source.packets,destination.packets,network.transport';
const flows = madeFlows(90)
  .sort((a, b) => a.at - b.at)
  .map((flow) =>
    [
      ...[new Date(flow.at).toISOString(), flow.ms, flow.source, flow.target, flow.port],
      ...[flow.out, flow.back, 3, flow.packetsIn, 'tcp'],
    ].join(),
  );
const half = Math.floor(flows.length / 2);

const folder = mkdtempSync(join(tmpdir(), 'alertforest-raw-logs-service-'));
const at = (name: string) => join(folder, name);

let service: IsolatedService;

beforeAll(async () => {
  service = await startIsolatedService({ env: { RETRAIN_AFTER: '1000000' } });
  writeFileSync(at('flows.csv'), `${[HEADER, ...flows].join('\n')}\n`);
  const windows = ['00:10', '00:30', '00:50', '01:10'].map(
    (clock, i) => `2026-03-02T${clock}:00Z,2026-03-02T${clock}:59Z,203.0.113.${10 + 20 * i},,scan`,
  );
  writeFileSync(at('windows.csv'), `start,end,source.ip,destination.ip,label\n${windows.join('\n')}\n`);
  const { code, stderr } = await runCli([
    ...['pipeline', at('flows.csv'), '--labels', at('windows.csv'), '--rest', 'normal'],
    ...['--test-from', '2026-03-02T00:45:00Z', '--package', at('package')],
  ]);
  expect([code, stderr]).toEqual([0, expect.anything()]);
});
afterAll(async () => {
  await service.stop();
  rmSync(folder, { recursive: true });
});

/** Starts a server of the package and gives its address; `stop` ends it and waits. */
async function serve(...more: readonly string[]): Promise<{ url: string; stop(): Promise<number | null> }> {
  const { child, outcome } = startCli([
    ...['serve', '--package', at('package'), '--port', '0', '--cut', 'one_percent'],
    ...['--post', `${service.url}${API}`, '--state', at('state'), ...more],
  ]);
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr?.on('data', (chunk) => {
      const found = /READY (\S+)/.exec(String(chunk))?.[1];
      if (found !== undefined) resolve(found);
    });
    void outcome.then(({ stderr }) => reject(new Error(stderr)));
  });
  return {
    url,
    stop: async () => {
      child.kill('SIGTERM');
      return (await outcome).code;
    },
  };
}

const score = async (url: string, rows: readonly string[]) => {
  const body = [HEADER, ...rows].join('\n');
  const text = await (await fetch(`${url}/score`, { method: 'POST', body })).text();
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
};

describe('raw logs and the service', () => {
  it('alarms become alerts of the service, over a restart with its windows', async () => {
    const whole = await runCli([
      ...['score', at('flows.csv'), '--package', at('package'), '--cut', 'one_percent'],
    ]);
    const expected = whole.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const first = await serve();
    const early = await score(first.url, flows.slice(0, half));
    expect(await first.stop()).toBe(0);
    expect(statSync(at('state')).size).toBeGreaterThan(1_000);
    const second = await serve();
    const late = await score(second.url, flows.slice(half));
    // rows that begin before another has ended in the first part see the same as in one file
    const scores = [...early, ...late].map((row) => row.score);
    expect(scores).toEqual(expected.map((row) => row.score));
    const figures = (await (await fetch(`${second.url}/figures`)).json()) as Record<string, unknown>;
    expect(figures).toMatchObject({ rows: flows.length - half, unreadable_share: 0 });
    expect(figures['latency_us']).toMatchObject({ p50: expect.any(Number), p99: expect.any(Number) });
    const metrics = await (await fetch(`${second.url}/metrics`)).text();
    expect(metrics).toMatch(/alertforest_log_alarms_total \d+\n/);
    expect(await second.stop()).toBe(0);
    // one alert a source in ten minutes
    const alarms = [...early, ...late].flatMap((row, i) =>
      row.alarm ? [{ at: Date.parse(row.time), source: flows[i]!.split(',')[2]! }] : [],
    );
    const last = new Map<string, number>();
    let n = 0;
    for (const { at: time, source } of alarms) {
      if (time - (last.get(source) ?? Number.NEGATIVE_INFINITY) < 600_000) continue;
      last.set(source, time);
      n++;
    }
    expect(n).toBeGreaterThanOrEqual(4);
    const { body } = await call(service.url, 'GET', '/incidents?kind=roll_up&limit=200');
    const incidents = await call(service.url, 'GET', '/incidents?limit=200');
    const counted = [...body.roll_ups, ...incidents.body.incidents] as { alerts: number }[];
    expect(counted.reduce((sum, { alerts }) => sum + alerts, 0)).toBe(n);
  });

  it('follow a file, and what analysts say of its alerts labels the rows', async () => {
    writeFileSync(at('growing.csv'), `${[HEADER, ...flows.slice(0, 3)].join('\n')}\n`);
    const { child, outcome } = startCli([
      ...['serve', '--package', at('package'), '--tail', at('growing.csv'), '--cut', 'one_percent'],
      ...['--post', `${service.url}${API}`],
    ]);
    let out = '';
    const all = new Promise<void>((resolve) => {
      child.stdout?.on('data', (chunk) => {
        out += chunk;
        if (out.split('\n').length > flows.length) resolve();
      });
    });
    appendFileSync(at('growing.csv'), `${flows.slice(3).join('\n')}\n`);
    await all;
    child.kill('SIGTERM');
    const { code, stderr } = await outcome;
    const { posted, post_failures, alarms } = JSON.parse(stderr.trim().split('\n').at(-1)!);
    expect([code, post_failures]).toEqual([0, 0]);
    expect(alarms).toBeGreaterThan(posted);
    // the rows that became alerts, by the id that they gave them
    const { rows } = await readPaths([at('flows.csv')]);
    const gate = new AlertGate();
    const raised = out
      .trim()
      .split('\n')
      .flatMap((line, i) => (JSON.parse(line).alarm && gate.passes(rows[i]!) ? [rows[i]!] : []));
    expect(raised).toHaveLength(posted);
    for (const row of raised) {
      const isScan = String(row.values['source.ip']).startsWith('203.0.113.');
      const judgement = {
        alert_id: alarmId(row),
        source: 'raw_log',
        disposition: isScan ? 'true_positive' : 'benign',
        analyst: 'a',
      };
      const { status } = await call(service.url, 'POST', '/feedback', judgement);
      expect(status).toBe(200);
    }
    const { code: learned, stderr: said } = await runCli(
      [
        ...['pipeline', at('flows.csv'), '--labels', 'service', '--rest', 'normal'],
        ...['--test-from', '2026-03-02T00:45:00Z', '--package', at('again'), '--json', at('again.json')],
      ],
      { env: { AzureWebJobsStorage: service.connectionString } },
    );
    expect([learned, said]).toEqual([0, expect.anything()]);
    const report = JSON.parse(readFileSync(at('again.json'), 'utf8'));
    expect(report.labels.from).toMatch(/^\d+ of \d+ judged alerts of the service$/);
    expect(report.labels.attacks).toBeGreaterThan(60);
    expect(report.test.roc_auc).toBeGreaterThan(0.95);
  });
});
