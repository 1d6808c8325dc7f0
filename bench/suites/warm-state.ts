import { MemoryBehaviorLog } from '../../src/store/memory/memory-behavior-log.ts';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import type { ModelStore } from '../../src/store/model-store.ts';
import { IntelSources } from '../../src/triage/intel/intel-sources.ts';
import { replaceSource } from '../../src/triage/intel/intel-store.ts';
import { buildTable } from '../../src/triage/intel/table/build-table.ts';
import { IndicatorRows } from '../../src/triage/intel/table/indicator-rows.ts';
import { RecentKeys } from '../../src/triage/recent-keys.ts';
import { SharedState } from '../../src/triage/state/shared-state.ts';
import { createTriage } from '../../src/triage/triage.ts';
import { type BenchRow, type BenchSuite, compare } from '../bench-row.ts';

// What a start brings in before verdicts can rest on it, from memory instead of storage: how long until it is there, and
// the longest time for which nothing else could run.

const N_INDICATORS = 1_000_000;
const TENANTS = 4;
const PAIRS = 100_000;
const INCIDENTS = 1_000;
const MEMBERS = 20;
const START = Date.UTC(2026, 0, 10);

async function indicatorRows(): Promise<BenchRow[]> {
  const store = new MemoryModelStore(Date.now);
  const rows = new IndicatorRows();
  for (let i = 0; i < N_INDICATORS; i++) {
    const spread = Math.imul(i, 0x9e3779b1) >>> 0;
    rows.add({ type: 'hash', value: spread.toString(16).padStart(8, '0').repeat(8) }, {});
  }
  await replaceSource(store, 'list', await buildTable(rows), {
    imported_at: new Date(START).toISOString(),
    indicators: { hash: N_INDICATORS },
    default_confidence: 50,
    refused: {},
    passed_over: {},
    suppressed: {},
    warnings: [],
  } as unknown as Parameters<typeof replaceSource>[3]);
  // a copy of the whole in one turn is the memory store's, which storage does not make
  for await (const { path } of store.list('')) {
    const held = await store.read(path);
    const { read } = store;
    store.read = (asked) => (asked === path ? Promise.resolve(held) : read.call(store, asked));
  }
  const sources = new IntelSources(store);
  const refreshed = await watched(() => sources.refresh());
  if (!sources.isReady) throw new Error(`Expected the indicators to be loaded, got ${sources.problem}.`);
  return rowsOf('a million indicators', refreshed);
}

async function stateRows(): Promise<BenchRow[]> {
  const shared = { log: new MemoryBehaviorLog(), blobs: handedOver() };
  let nowMs = START;
  const start = (instanceId: string) => {
    const triage = createTriage({ key: new Uint8Array(32) });
    const { behavior, correlation, hostNames, pending } = triage;
    const state = new SharedState({
      ...{ behavior, correlation, hostNames, pending, instanceId, ...shared },
      recent: new RecentKeys(),
      snapshotPaths: { snapshot: 'snapshot', before: 'before' },
      lockPath: 'lock',
      useKey: async () => false,
      useOwnKey: () => {},
      now: () => nowMs,
      onEvent: () => {},
    });
    return { triage, state };
  };
  const first = start('first');
  await first.state.tick();
  const { behavior, correlation } = first.triage;
  for (let tenant = 0; tenant < TENANTS; tenant++) {
    for (let i = 0; i < PAIRS; i++) {
      const rule = i % 100;
      const entities = [{ key: 2 ** 40 + Math.floor(i / 100) * 7_919, kind: 0 }];
      const profiled = { rule, incident: undefined, nEntities: 1, tactics: [] };
      const atS = START / 1000 + i / 10;
      behavior.observe(tenant, { rule, entities, profiled }, atS, atS);
    }
    for (let i = 0; i < INCIDENTS * MEMBERS; i++) {
      const alert = {
        ...{
          alertKey: i.toString(16).padStart(32, '0'),
          atS: START / 1000 + 60 * i,
          strength: 0.2,
          rule: i % 97,
        },
        ...{ entities: [1e6 + Math.floor(i / MEMBERS)], ruleName: 'A rule with a name of some length' },
        ...{ title: 'What happened, in a sentence of some length', entityNames: [`host:server-${i}`] },
        ...{ tactics: ['TA0001'], isWarmingUp: true },
      };
      correlation.join(tenant, alert, 0);
    }
  }
  nowMs += 11 * 60_000;
  const written = await watched(() => first.state.tick());
  const second = start('second');
  const restored = await watched(() => second.state.tick());
  if (second.triage.behavior.nPairs !== TENANTS * PAIRS)
    throw new Error('Expected every pair to be restored.');
  const what = `${(TENANTS * PAIRS).toLocaleString('en')} pairs and ${(TENANTS * INCIDENTS).toLocaleString('en')} incidents`;
  return [...rowsOf(what, restored), ...stallRows('their snapshot is written', written)];
}

/** Storage that gives and takes bytes as they are: a copy of tens of megabytes at once is no part of what is measured. */
function handedOver(): Pick<ModelStore, 'read' | 'replace' | 'acquireLease'> {
  const blobs = new Map<string, { readonly bytes: Uint8Array; readonly etag: string }>();
  const leases = new MemoryModelStore(Date.now);
  return {
    read: async (path) => blobs.get(path),
    replace: async (path, bytes) => {
      const etag = String(blobs.size);
      blobs.set(path, { bytes, etag });
      return etag;
    },
    acquireLease: (path, seconds) => leases.acquireLease(path, seconds),
  };
}

function rowsOf(what: string, watch: Watched): BenchRow[] {
  const took = { ...compare(`${what} loaded`, 'ms', watch.tookMs, null), note: 'goal 2,000' };
  return [took, ...stallRows(`${what} are loaded`, watch)];
}

function stallRows(what: string, { stallMs, turnMs }: Watched): BenchRow[] {
  return [
    { ...compare(`longest stall while ${what}`, 'ms', stallMs, null), note: 'goal 20' },
    { ...compare(`longest turn while ${what}, CPU time`, 'ms', turnMs, null), note: 'goal 20' },
  ];
}

interface Watched {
  readonly tookMs: number;
  /** The longest time for which nothing else had its turn. */
  readonly stallMs: number;
  /** The longest turn in time of the processor: what other processes on the machine take is not in it. */
  readonly turnMs: number;
}

/** Runs something and watches the turns of the event loop meanwhile. */
async function watched(what: () => Promise<unknown>): Promise<Watched> {
  // garbage of the preparations is none of what is measured
  globalThis.gc?.();
  const cpuMs = (): number => {
    const { user, system } = process.threadCpuUsage();
    return (user + system) / 1000;
  };
  let isRunning = true;
  let stallMs = 0;
  let turnMs = 0;
  let lastMs = performance.now();
  let lastCpuMs = cpuMs();
  const look = (): void => {
    const [nowMs, nowCpuMs] = [performance.now(), cpuMs()];
    stallMs = Math.max(stallMs, nowMs - lastMs);
    turnMs = Math.max(turnMs, nowCpuMs - lastCpuMs);
    [lastMs, lastCpuMs] = [nowMs, nowCpuMs];
    if (isRunning) setImmediate(look);
  };
  setImmediate(look);
  const startedMs = performance.now();
  await what();
  const tookMs = performance.now() - startedMs;
  isRunning = false;
  look();
  return { tookMs, stallMs, turnMs };
}

export const suite: BenchSuite = {
  name: 'warm-state',
  run: async () => [...(await indicatorRows()), ...(await stateRows())],
};
