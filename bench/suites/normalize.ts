import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseBody } from '../../src/intake/body/parse-body.ts';
import { unwrapEnvelope } from '../../src/intake/envelope/unwrap-envelope.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';
import { quantile } from '../../src/trees/metrics/quantile.ts';
import { type BenchRow, type BenchSuite, compare } from '../bench-row.ts';

// Microseconds to turn a parsed payload into a canonical alert, for the sample payloads of each format, and the
// slowest calls for payloads of 256 KiB, the sort a caller could send on purpose included. No other program does the
// same work, so rows have no peer but an earlier build: `FORMER=DIR`, a work tree of another commit, is timed call by
// call beside this one. `JSON.parse` of the same text is given in the note as a yardstick.

const SAMPLES = new URL('../../test/fixtures/samples/', import.meta.url);
const TARGET_BYTES = 256 * 1024;
const RECEIVED_AT = '2026-01-01T00:00:00.000Z';

function timesOf(nWarm: number, nCalls: number, call: () => unknown): Float64Array {
  for (let i = 0; i < nWarm; i++) call();
  return Float64Array.from({ length: nCalls }, () => {
    const start = performance.now();
    call();
    return (performance.now() - start) * 1000;
  });
}

type Normalize = (single: unknown) => unknown;

/** The reader of the work tree in `FORMER`, or undefined where none is named. */
async function formerReader(): Promise<Normalize | undefined> {
  const root = process.env['FORMER'];
  if (root === undefined || root === '') return undefined;
  const file = pathToFileURL(join(resolve(root), 'src/intake/normalize.ts')).href;
  const { normalizeAlert: former } = (await import(file)) as { normalizeAlert: typeof normalizeAlert };
  return (single) => former(single, { receivedAt: RECEIVED_AT });
}

/** Medians of two calls in microseconds, timed in turns of 50 so that both meet the same machine. */
function medianOfBoth(ours: () => unknown, former: () => unknown): readonly [ours: number, former: number] {
  const times: [number[], number[]] = [[], []];
  for (let turn = 0; turn < 60; turn++)
    for (const [at, call] of [ours, former].entries())
      for (const time of timesOf(turn === 0 ? 1000 : 0, 50, call)) times[at]?.push(time);
  const [mine, theirs] = times;
  return [quantile(Float64Array.from(mine), 0.5), quantile(Float64Array.from(theirs), 0.5)];
}

/** As many copies as fit into 256 KiB of JSON text. */
function filled(make: (i: number) => unknown): unknown[] {
  const size = JSON.stringify(make(1000)).length + 1;
  return Array.from({ length: Math.floor(TARGET_BYTES / size) }, (_, i) => make(i));
}

function largePayloads(): Record<string, unknown> {
  const text = (unit: string): string => unit.repeat(Math.floor(TARGET_BYTES / unit.length));
  return {
    'Sentinel alert, accounts': {
      SystemAlertId: 'x',
      AlertName: 'A',
      AlertSeverity: 'High',
      TimeGenerated: '2025-01-01T00:00:00Z',
      Entities: JSON.stringify(
        filled((i) => ({
          $id: `${i}`,
          Name: `user${i}`,
          NTDomain: 'CORP',
          Host: { $ref: '1' },
          Type: 'account',
        })),
      ),
    },
    'Graph alert, evidence': {
      '@odata.type': '#microsoft.graph.security.alert',
      id: 'x',
      title: 'T',
      createdDateTime: '2025-01-01T00:00:00Z',
      evidence: filled((i) => ({
        '@odata.type': '#microsoft.graph.security.fileEvidence',
        roles: ['compromised'],
        fileDetails: { fileName: `f${i}.exe`, filePath: 'C:\\x', sha256: i.toString(16).padStart(64, 'a') },
      })),
    },
    'Splunk notable, _raw': { index: 'notable', search_name: 'S', _raw: text('key="value", ') },
    'CEF line': `CEF:0|V|P|1|s|n|5|${text('key=value ')}`,
    'ECS alert, long text': {
      '@timestamp': '2025-01-01T00:00:00Z',
      ecs: { version: '8' },
      event: { kind: 'alert', original: text('x'), id: 'e' },
      message: text('y '),
    },
    'unknown vendor, wide': {
      id: '1',
      ...Object.fromEntries(
        Array.from({ length: Math.floor(TARGET_BYTES / 25) }, (_, i) => [`key${i}`, 'some value']),
      ),
    },
    'unknown vendor, nested lists': {
      id: '1',
      title: 'T',
      connections: filled((i) => ({
        remote: { ip: `10.1.${i % 256}.9` },
        host: { name: `h${i}` },
        at: 1700000000 + i,
      })),
    },
    'unknown vendor, addresses': {
      id: '1',
      title: 'T',
      ips: filled((i) => `10.${i >> 16}.${(i >> 8) % 256}.${i % 256}`),
    },
    'unknown vendor, one long text': {
      id: '1',
      title: text('a,b;c '),
      severity: text('high '),
      url: text('http://'),
    },
  };
}

export async function normalizeBench(): Promise<BenchRow[]> {
  const former = await formerReader();
  const ofFormer: number[] = [];
  const ofOurs: number[] = [];
  const rows: BenchRow[] = [];
  const add = (name: string, ours: number, unit: string, note: string): void => {
    rows.push({ name, ours, peer: null, ratio: null, unit, note });
  };
  const medians: number[] = [];
  for (const folder of readdirSync(SAMPLES, { withFileTypes: true })) {
    if (!folder.isDirectory()) continue;
    const file = readdirSync(new URL(`${folder.name}/`, SAMPLES))[0] as string;
    const body = readFileSync(new URL(`${folder.name}/${file}`, SAMPLES), 'utf8');
    const single = unwrapEnvelope(parseBody(body))[0];
    const normalize = (): unknown => normalizeAlert(single, { receivedAt: RECEIVED_AT });
    const times = timesOf(2000, 2000, normalize);
    if (former !== undefined) {
      const [ours, theirs] = medianOfBoth(normalize, () => former(single));
      ofFormer.push(theirs);
      ofOurs.push(ours);
    }
    const parse = quantile(
      timesOf(500, 1000, () => JSON.parse(body)),
      0.5,
    );
    const p50 = quantile(times, 0.5);
    medians.push(p50);
    add(
      folder.name,
      p50,
      'us',
      `p99 ${quantile(times, 0.99).toFixed(0)} us; JSON.parse ${parse.toFixed(1)} us`,
    );
  }
  add('all formats', quantile(Float64Array.from(medians), 0.5), 'us', 'median over the formats');
  if (former !== undefined) {
    const ours = quantile(Float64Array.from(ofOurs), 0.5);
    const peer = quantile(Float64Array.from(ofFormer), 0.5);
    const note = 'medians over the formats of medians in turns; goal .83 and more (1.2 times), 12 us';
    rows.push(compare('all formats, beside FORMER', 'us', ours, peer, note));
  }
  for (const [name, payload] of Object.entries(largePayloads())) {
    const body = JSON.stringify(payload);
    const times = timesOf(20, 200, () => {
      for (const single of unwrapEnvelope(payload)) normalizeAlert(single, { receivedAt: RECEIVED_AT });
    });
    add(
      `256 KiB ${name}`,
      quantile(times, 0.99) / 1000,
      'ms',
      `p99, budget 5 ms; p50 ${(quantile(times, 0.5) / 1000).toFixed(2)} ms; ${Math.round(body.length / 1024)} KiB`,
    );
  }
  return rows;
}

export const suite: BenchSuite = { name: 'normalize', run: normalizeBench };
