import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alertSchema } from '../../src/alert/alert.ts';
import { madeFlows } from '../logs/made-flows.ts';
import { expectFiguresOf, expectSelfContained } from './report-checks.ts';
import { runCli, startCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'alertforest-raw-logs-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const HEADER =
  '@timestamp,duration_ms,source.ip,destination.ip,destination.port,source.bytes,destination.bytes,source.packets,destination.packets,network.transport';
const flows = madeFlows(90)
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
    ].join(),
  );
const WINDOWS = [10, 30, 50, 70]
  .map((minute) => `2026-03-02T00:${minute}:00Z,2026-03-02T00:${minute}:59Z,203.0.113.${minute},,scan`)
  .map((line) => line.replaceAll('T00:70', 'T01:10'));

beforeAll(() => {
  writeFileSync(at('flows.csv'), `${[HEADER, ...flows].join('\n')}\n`);
  writeFileSync(at('windows.csv'), `start,end,source.ip,destination.ip,label\n${WINDOWS.join('\n')}\n`);
});

describe('raw logs on the command line', () => {
  it('are learned from, and judged on what came later', async () => {
    const { code, stdout, stderr } = await runCli([
      ...['pipeline', at('flows.csv'), '--labels', at('windows.csv'), '--rest', 'normal'],
      ...['--test-from', '2026-03-02T00:45:00Z', '--package', at('package')],
      ...['--json', at('study.json'), '--html', at('study.html')],
    ]);
    expect([code, stderr.includes('at ')]).toEqual([0, false]);
    expect(stdout).toContain('found at 1 % false alarms');
    const report = JSON.parse(readFileSync(at('study.json'), 'utf8'));
    expect(report).toMatchObject({
      reading: { format: 'ecs-table', rows: flows.length, quality: { duplicates: 0 } },
      test: { from: '2026-03-02T00:45:00.000Z', kinds: [{ kind: 'scan', n: 40, seen: true }] },
      manifest: { package_version: 2 },
    });
    expect(report.test.roc_auc).toBeGreaterThan(0.98);
    const page = readFileSync(at('study.html'), 'utf8');
    expectSelfContained(page);
    expectFiguresOf(page, report);
  });

  it('are scored by the package, one line a row', async () => {
    const { code, stdout, stderr } = await runCli([
      ...['score', at('flows.csv'), '--package', at('package'), '--cut', 'one_percent', '--explain', '2'],
    ]);
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(
        /^\d+ rows scored, \d+ alarms, 0 lines not readable; drift (none|drifted): \d+ of 47/,
      ),
    ]);
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toHaveLength(flows.length);
    const scans = rows.filter(({ line }) => flows[line - 2]!.includes('203.0.113.'));
    expect(scans.filter(({ alarm }) => alarm).length).toBeGreaterThan(0.9 * scans.length);
    expect(scans.find(({ alarm }) => alarm)).toMatchObject({ kind: 'scan', top: [{}, {}] });
  });

  it('are served over HTTP, and alarms become alerts of the service', async () => {
    const alerts: unknown[] = [];
    let onAlert = (): void => {};
    const given = new Promise<void>((resolve) => {
      onAlert = resolve;
    });
    const service = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      request.on('end', () => {
        alerts.push([request.url, request.headers['x-functions-key'], JSON.parse(body)]);
        response.end('{}');
        onAlert();
      });
    }).listen(0, '127.0.0.1');
    await new Promise((resolve) => service.once('listening', resolve));
    const { port } = service.address() as AddressInfo;
    const { child, outcome } = startCli([
      ...['serve', '--package', at('package'), '--port', '0', '--cut', 'one_percent'],
      ...['--post', `http://127.0.0.1:${port}/api`, '--key', 'k'],
    ]);
    const base = await new Promise<string>((resolve) => {
      child.stderr?.on('data', (chunk) => {
        const url = /READY (\S+)/.exec(String(chunk))?.[1];
        if (url !== undefined) resolve(url);
      });
    });
    const post = (path: string, body: string) => fetch(`${base}${path}`, { method: 'POST', body });
    const scored = (await (await post('/score', readFileSync(at('flows.csv'), 'utf8'))).text())
      .trim()
      .split('\n');
    expect(scored).toHaveLength(flows.length);
    const alarm = scored.map((line) => JSON.parse(line)).find(({ alarm: is }) => is);
    expect(
      await (
        await post(
          '/feedback',
          JSON.stringify([
            { id: alarm.id, attack: true },
            { id: 9e6, attack: true },
          ]),
        )
      ).json(),
    ).toEqual({
      taken: 1,
      unknown: [9e6],
    });
    const refused = await post('/score', 'no log at all\n');
    expect([refused.status, await refused.json()]).toEqual([
      400,
      { error: expect.stringContaining('No format of raw logs') },
    ]);
    await given;
    const metrics = await (await fetch(`${base}/metrics`)).text();
    expect(metrics).toContain(`alertforest_log_rows_total ${flows.length}\n`);
    expect(metrics).toContain('alertforest_log_feedback_total{outcome="found"} 1\n');
    child.kill('SIGTERM');
    expect((await outcome).code).toBe(0);
    service.close();
    const [[url, key, alert]] = alerts as [[string, string, unknown]];
    expect([url, key]).toEqual(['/api/predict', 'k']);
    expect(alertSchema.parse(alert).source).toBe('raw_log');
  });

  it('are followed as a file grows', async () => {
    writeFileSync(at('growing.csv'), `${[HEADER, ...flows.slice(0, 5)].join('\n')}\n`);
    const { child, outcome } = startCli(['serve', '--package', at('package'), '--tail', at('growing.csv')]);
    let out = '';
    const nLines = (): number => out.split('\n').length - 1;
    const until = (n: number): Promise<void> =>
      new Promise((resolve) => {
        const look = (): void => {
          if (nLines() < n) return;
          child.stdout?.off('data', look);
          resolve();
        };
        child.stdout?.on('data', look);
      });
    const five = until(5);
    const eight = until(8);
    child.stdout?.prependListener('data', (chunk) => {
      out += chunk;
    });
    await five;
    appendFileSync(at('growing.csv'), `${flows.slice(5, 8).join('\n')}\n`);
    await eight;
    expect(nLines()).toBe(8);
    child.kill('SIGTERM');
    expect(JSON.parse((await outcome).stderr)).toMatchObject({ rows: 8 });
  });

  it('that cannot be read end with one sentence, 1 and no stack', async () => {
    writeFileSync(at('capture.pcap'), Buffer.from([0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0]));
    writeFileSync(
      at('auth.log'),
      'Mar  2 08:14:07 b sshd[1]: Failed password for root from 192.0.2.1 port 5 ssh2\n',
    );
    writeFileSync(at('table.csv'), 'when,client_ip,bytes\n1772409600,192.0.2.1,5\n');
    const refused = await Promise.all([
      runCli(['quality', at('capture.pcap')]),
      runCli(['quality', at('auth.log')]),
      runCli(['pipeline', at('table.csv'), '--package', at('none')]),
      runCli(['pipeline', at('flows.csv'), '--package', at('none')]),
      runCli(['score', at('auth.log'), '--year', '2026', '--package', at('package')]),
      runCli(['score', at('flows.csv'), '--package', at('nowhere')]),
      runCli(['pipeline', at('flows.csv'), '--target', 'source.packets=4', '--package', at('none')]),
      runCli(['pipeline', at('flows.csv'), '--labels', 'service', '--package', at('none')], {
        env: { AzureWebJobsStorage: '' },
      }),
    ]);
    expect(refused.map(({ code }) => code)).toEqual(Array(8).fill(1));
    const sentences = refused.map(({ stderr }) => stderr);
    expect(sentences[0]).toMatch(
      /^REQUEST_INVALID: .*is a packet capture: make flows of it with nfstream or Zeek\.\n$/,
    );
    expect(sentences[1]).toMatch(/^REQUEST_INVALID: .*have no year: .*--year YYYY\.\n$/);
    expect(sentences[2]).toContain(
      '--map; a draft:\n{\n  "@timestamp": {\n    "column": "when",\n    "unit": "s"\n  },\n  "source.ip": "client_ip",',
    );
    expect(sentences[3]).toMatch(
      /^REQUEST_INVALID: Nothing says what is an attack: .*--labels windows.csv\.\n$/,
    );
    expect(sentences[4]).toMatch(/^REQUEST_INVALID: The package learned from ecs-table .*\n$/);
    expect(sentences[5]).toMatch(
      /^REQUEST_INVALID: .*nowhere to be a package of pipeline, it has no SHA256SUMS\.\n$/,
    );
    expect(sentences[6]).toMatch(
      /^REQUEST_INVALID: Expected at least 5 attacks and 5 other rows to learn from.*\n$/,
    );
    expect(sentences[7]).toMatch(/^CONFIG_INVALID: .*AzureWebJobsStorage/);
    for (const sentence of sentences) expect(sentence).not.toMatch(/^ {4}at /m);
  });

  it('and alerts are told apart, and --as decides', async () => {
    const flow = {
      event_type: 'flow',
      src_ip: '192.0.2.1',
      dest_ip: '192.0.2.2',
      proto: 'TCP',
      flow: { start: '2026-03-02T00:00:00Z', end: '2026-03-02T00:00:01Z' },
    };
    const alert = {
      timestamp: '2026-03-02T00:00:00.1+0000',
      event_type: 'alert',
      src_ip: '192.0.2.1',
      src_port: 5,
      dest_ip: '192.0.2.2',
      dest_port: 80,
      proto: 'TCP',
      alert: {
        signature_id: 1,
        gid: 1,
        rev: 1,
        signature: 'x',
        category: 'y',
        severity: 1,
        action: 'allowed',
      },
    };
    writeFileSync(at('eve.json'), `${JSON.stringify(flow)}\n${JSON.stringify(alert)}\n`);
    const [both, alerts] = await Promise.all([
      runCli(['quality', at('eve.json'), '--json', at('both.json')]),
      runCli(['quality', at('eve.json'), '--as', 'alerts', '--json', at('alerts.json')]),
    ]);
    expect([both.code, alerts.code]).toEqual([0, 0]);
    expect(JSON.parse(readFileSync(at('both.json'), 'utf8'))).toMatchObject({
      reading: { format: 'suricata-flow', rows: 1, quality: { other_lines: 1 } },
      alerts: { read: 1 },
    });
    expect(JSON.parse(readFileSync(at('alerts.json'), 'utf8'))).not.toHaveProperty('reading');
  });
});
