import { lookUp } from '../../src/triage/intel/look-up.ts';
import { buildTable } from '../../src/triage/intel/table/build-table.ts';
import { IndicatorRows } from '../../src/triage/intel/table/indicator-rows.ts';
import { IndicatorTable } from '../../src/triage/intel/table/indicator-table.ts';
import { type BenchRow, type BenchSuite, compare } from '../bench-row.ts';

// A million indicators of four kinds: memory, and microseconds to look up an entity of each. The peer is a `Set` of the
// same texts: exact matches alone, no networks, no domains above, no terms.

const N = 1_000_000;
const LOOKUPS = 200_000;

const ipv4 = (i: number): string =>
  `${20 + ((i >> 24) & 63)}.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;
/** The position, spread over the whole range, so that neighbours are not asked for one after the other. */
const spread = (i: number): number => Math.imul(i, 0x9e3779b1) >>> 0;
const hash = (i: number): string => spread(i).toString(16).padStart(8, '0').repeat(8);
const domain = (i: number): string => `h${spread(i).toString(36)}.example.com`;
const url = (i: number): string => `http://${domain(i)}/a/${i}`;

async function intelBench(): Promise<BenchRow[]> {
  const before = heapBytes();
  const peer = new Set<string>();
  const rows = new IndicatorRows();
  for (let i = 0; i < N; i++) {
    const at = spread(i);
    if (i % 4 === 0) rows.add({ type: 'ip', value: ipv4(at) }, { confidence: i % 100 });
    else if (i % 4 === 1) rows.add({ type: 'hash', value: hash(i) }, { confidence: i % 100 });
    else if (i % 4 === 2) rows.add({ type: 'domain', value: domain(i) }, { confidence: i % 100 });
    else rows.add({ type: 'url', value: url(i) }, { confidence: i % 100 });
  }
  const startedMs = performance.now();
  const bytes = await buildTable(rows);
  const buildMs = performance.now() - startedMs;
  const loadMs = performance.now();
  const table = IndicatorTable.from(bytes);
  const tookMs = performance.now() - loadMs;
  for (let i = 0; i < N; i++) peer.add([ipv4(spread(i)), hash(i), domain(i), url(i)][i % 4] as string);
  const peerBytes = heapBytes() - before;
  const mib = (n: number): number => n / 1_048_576;
  const result: BenchRow[] = [
    compare(
      'memory of 1 M indicators',
      'MiB',
      mib(table.sizeBytes),
      mib(peerBytes),
      'budget 60 MB; peer is a Set of texts',
    ),
    { name: 'build of 1 M rows, in slices', ours: buildMs, peer: null, ratio: null },
    { name: 'views over the bytes of a table', ours: tookMs, peer: null, ratio: null },
  ];
  const kinds = [
    ['ip', (i: number) => ipv4(spread(i))],
    ['hash', hash],
    ['domain', (i: number) => `www.${domain(i)}`],
    ['url', url],
  ] as const;
  for (const [offset, [kind, make]] of kinds.entries()) {
    const asked = Array.from({ length: LOOKUPS }, (_, i) =>
      make(((spread(i) % (N / 4)) * 4 + offset + (i % 2 ? 0 : N)) | 0),
    );
    let hits = 0;
    const ours = perCallUs(asked, (text) => lookUp(table, kind, text, () => hits++));
    let found = 0;
    const theirs = perCallUs(asked, (text) => {
      if (peer.has(text)) found++;
    });
    result.push(
      compare(
        `look up one ${kind}`,
        'us',
        ours,
        theirs,
        `budget 5 us; ${hits} hits here, ${found} exact ones in the Set`,
      ),
    );
  }
  return result;
}

function perCallUs(asked: readonly string[], call: (text: string) => void): number {
  for (const text of asked.slice(0, 20_000)) call(text);
  const startedMs = performance.now();
  for (const text of asked) call(text);
  return (1000 * (performance.now() - startedMs)) / asked.length;
}

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

export const suite: BenchSuite = { name: 'intel', run: intelBench };
