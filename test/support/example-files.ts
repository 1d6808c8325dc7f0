import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import { madeFlows } from '../logs/made-flows.ts';
import { closedRecords } from './closed-records.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const fixture = (path: string): Buffer => readFileSync(join(root, 'test/fixtures', path));
const lines = (items: readonly unknown[]): string =>
  `${items.map((item) => JSON.stringify(item)).join('\n')}\n`;

/** Judgements in our own words, one analyst after the other. */
export function judgements(n: number, seed: number, analysts: readonly string[]) {
  return generateSyntheticAlerts(n, seed).map(({ alert, disposition }, i) => ({
    alert,
    disposition,
    analyst: analysts[i % analysts.length],
  }));
}

const conn = (minutes: number): string => {
  const fields = [
    ...['ts', 'uid', 'id.orig_h', 'id.orig_p', 'id.resp_h', 'id.resp_p', 'proto', 'service', 'duration'],
    ...['orig_bytes', 'resp_bytes', 'conn_state', 'orig_pkts', 'resp_pkts'],
  ];
  const rows = madeFlows(minutes)
    .sort((a, b) => a.at - b.at)
    .map((flow, i) => [
      ...[(flow.at / 1000).toFixed(6), `C${i}`, flow.source, 40_000 + i, flow.target, flow.port, 'tcp', '-'],
      ...[(flow.ms / 1000).toFixed(6), flow.out, flow.back, flow.back === 0 ? 'S0' : 'SF', 3, flow.packetsIn],
    ]);
  return [
    ...['#separator \\x09', '#set_separator\t,', '#empty_field\t(empty)', '#unset_field\t-', '#path\tconn'],
    `#fields\t${fields.join('\t')}`,
    ...rows.map((row) => row.join('\t')),
    '',
  ].join('\n');
};

/** Flows as CICFlowMeter writes them, its own label in the last column. */
const labelledFlows = (): string =>
  [
    'Dst Port,Protocol,Timestamp,Flow Duration,Tot Fwd Pkts,Tot Bwd Pkts,TotLen Fwd Pkts,TotLen Bwd Pkts,Label',
    ...madeFlows(120)
      .sort((a, b) => a.at - b.at)
      .map(({ at, port, ms, packetsIn, out, back, attack }) => {
        const time = new Date(at).toISOString();
        const day = time.slice(0, 10).split('-').reverse().join('/');
        const label = attack === undefined ? 'Benign' : port % 2 === 0 ? 'PortScan' : 'Bot';
        return [port, 6, `${day} ${time.slice(11, 19)}`, ms * 1000, 3, packetsIn, out, back, label].join();
      }),
    '',
  ].join('\n');

/** Windows that say which of `conn.log` was a scan. */
const connWindows = (): string =>
  [
    'start,end,source.ip,destination.ip,label',
    ...[10, 30, 50, 70].map((minute) => {
      const at = new Date(Date.parse('2026-03-02T00:00:00Z') + 60_000 * minute).toISOString();
      return `${at},${at.slice(0, 17)}59.000Z,203.0.113.${minute},,scan`;
    }),
    '',
  ].join('\n');

const RULE = `title: Who am I
id: 6f0d5a1e-3a54-4d5e-9f5e-0c1f5a1b2c3d
level: low
logsource: { product: windows }
detection:
  selection: { CommandLine|startswith: whoami }
  condition: selection
`;
const EVENT = {
  Image: 'C:\\Windows\\System32\\whoami.exe',
  CommandLine: 'whoami /all',
  '@timestamp': '2026-03-02T10:00:00Z',
};

/** Puts the files that the examples of `--help` speak of into a folder, which is also the home of who types them. */
export function writeExampleFiles(folder: string): void {
  const put = (path: string, contents: string | Uint8Array): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), contents);
  };
  const alerts = generateSyntheticAlerts(60, 11).map(({ alert }) => alert);
  put('alerts.jsonl', lines(alerts));
  put('alerts.jsonl.gz', gzipSync(lines(alerts)));
  put('alerts.json', JSON.stringify(alerts.slice(0, 5)));
  put('alerts.csv', fixture('cases/88_kibana_discover.csv'));
  put('closed-2025.jsonl', lines(judgements(240, 12, ['ana'])));
  put('closed-2026.jsonl', lines(judgements(80, 13, ['ana'])));
  put('closed-incidents.jsonl', lines(closedRecords().map(([, , record]) => record)));
  put('judgements.csv', fixture('cases/92_flat_judgements.csv'));
  put('last-year.jsonl', lines(judgements(30, 14, ['ana', 'ben'])));
  put('conn.log.gz', gzipSync(conn(90)));
  put('var/log/zeek/conn.log', conn(20));
  put('windows.csv', connWindows());
  put('flows.csv', labelledFlows());
  put('auth.log', fixture('raw-logs/sshd-1.log'));
  put('feed.csv', fixture('threat-intel/csv/threatfox-shape.csv'));
  put('events.jsonl', lines([EVENT]));
  put('settings.json', readFileSync(join(root, 'local.settings.sample.json')));
  put('rules/whoami.yml', RULE);
  cpSync(join(root, 'rules/lolbin'), join(folder, 'my-rules'), { recursive: true });
}
