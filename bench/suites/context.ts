import { alertKey } from '../../src/alert/alert.ts';
import { freshModels } from '../../src/cli/fresh-models.ts';
import { play, scoringHere } from '../../src/evaluation/simulate/play.ts';
import { makeStory } from '../../src/evaluation/story/story.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';
import { DEFAULT_BLEND } from '../../src/models/ensemble.ts';
import type { ServingModels } from '../../src/models/serving-models.ts';
import { DEFAULT_POLICY } from '../../src/policy/policy.ts';
import { quantile } from '../../src/trees/metrics/quantile.ts';
import { AlertScorer } from '../../src/triage/alert-scorer.ts';
import { TenantBehavior } from '../../src/triage/behavior/tenant-behavior.ts';
import { shippedRuleEngine } from '../../src/triage/rules/shipped-rules.ts';
import { createTriage } from '../../src/triage/triage.ts';
import { type BenchRow, type BenchSuite, compare } from '../bench-row.ts';

// The stages around the models on two weeks of the story: microseconds an alert by stage and from payload to verdict,
// alerts a minute through `simulate`, memory of the pairs. The peer of the counts is a Map of objects that keeps the same
// numbers under texts and never forgets.

const KEY = new Uint8Array(32).fill(5);
const START = Date.UTC(2026, 0, 5);
const N_PAIRS = 100_000;
const N_RULES = 100;

const story = makeStory({ seed: 1, startMs: START, days: 14, hosts: 40, users: 60 }).map(
  ({ alert }) => alert,
);

/** Behaviour and correlation of every alert, us. */
function stagesRow(): BenchRow[] {
  const both: number[] = [];
  for (let round = 0; round < 2; round++) {
    const { pipeline } = createTriage({ key: KEY });
    both.length = 0;
    for (const alert of story) {
      const nowMs = Date.parse(alert.occurred_at);
      const input = { alert, payload: alert, alertKey: alertKey(alert), nowMs, observe: true };
      const { stageUs } = pipeline.run(input);
      both.push(stageUs.behavior! + stageUs.correlation!);
    }
  }
  const times = Float64Array.from(both);
  return [
    { ...compare('behaviour and correlation p50', 'us', quantile(times, 0.5), null), note: 'budget 10' },
    { ...compare('behaviour and correlation p99', 'us', quantile(times, 0.99), null) },
  ];
}

/** From the payload to the verdict, the stages on, us. */
function verdictRows(models: ServingModels): BenchRow[] {
  const payloads = story.slice(0, 20_000).map((alert) => JSON.stringify(alert));
  const rows: BenchRow[] = [];
  const engine = shippedRuleEngine();
  for (const [name, rules, budget] of [
    ['without rules', undefined, 80],
    ['with the shipped rules', { engine: () => engine }, 120],
  ] as const) {
    const scorer = new AlertScorer({
      normalize: (payload, nowMs) => normalizeAlert(payload, { receivedAt: new Date(nowMs).toISOString() }),
      pipeline: createTriage({ key: KEY, rules }).pipeline,
      isNew: () => true,
      weights: DEFAULT_BLEND,
      policy: () => DEFAULT_POLICY,
      newVerdictId: () => '',
    });
    const times = new Float64Array(payloads.length);
    for (const [at, payload] of payloads.entries()) {
      const nowMs = Date.parse(story[at]!.occurred_at);
      const startedAtMs = performance.now();
      scorer.score(JSON.parse(payload), models, 0, nowMs);
      times[at] = 1000 * (performance.now() - startedAtMs);
    }
    // the first ones warm the code up
    const warm = times.subarray(5_000);
    rows.push({
      ...compare(`payload to verdict ${name} p50`, 'us', quantile(warm, 0.5), null),
      note: `budget ${budget}; p99 ${quantile(warm, 0.99).toFixed(0)}`,
    });
  }
  return rows;
}

async function simulateRow(models: ServingModels): Promise<BenchRow> {
  const stream = story.slice(0, 40_000).map((alert, index) => ({
    index,
    atS: Date.parse(alert.occurred_at) / 1000,
    rule: alert.title,
    host: alert.entities[0]!.value,
    label: undefined,
    alert: () => alert,
    payload: undefined,
    isTimeOfReceipt: false,
  }));
  const { usPerAlert } = await play(stream, { scoring: scoringHere(stream, models) });
  const row = compare('alerts a minute through simulate', 'alerts', 60e6 / usPerAlert, null);
  return { ...row, note: 'goal 400,000; models and shipped rules on, one thread' };
}

/** Memory and cost of the pairs against a Map of objects. */
async function pairRows(): Promise<BenchRow[]> {
  const hosts = N_PAIRS / N_RULES;
  const alerts = Array.from({ length: N_PAIRS }, (_, i) => ({
    rule: 1_000 + (i % N_RULES),
    entities: [{ key: 2 ** 40 + Math.floor(i / N_RULES) * 7_919, kind: 0 }],
    texts: [`rule-${i % N_RULES}`, `host-${Math.floor(i / N_RULES)}`] as const,
  }));
  const before = await memoryBytes();
  const ours = new TenantBehavior({ pairs: 2 * N_PAIRS, rules: 1_000, entities: 2 * hosts });
  let startedAtMs = performance.now();
  for (let round = 0; round < 3; round++) {
    for (const [i, alert] of alerts.entries()) ours.observe(alert, round * 7_200 + i / 100, true);
  }
  const oursUs = (1000 * (performance.now() - startedAtMs)) / (3 * N_PAIRS);
  const oursMb = ((await memoryBytes()) - before) / 1e6;
  const beforePeer = await memoryBytes();
  const peer = new PlainCounts();
  startedAtMs = performance.now();
  for (let round = 0; round < 3; round++) {
    for (const [i, { texts }] of alerts.entries()) peer.count(...texts, round * 7_200 + i / 100);
  }
  const peerUs = (1000 * (performance.now() - startedAtMs)) / (3 * N_PAIRS);
  const peerMb = ((await memoryBytes()) - beforePeer) / 1e6;
  if (ours.pairs.size !== N_PAIRS || peer.size !== N_PAIRS)
    throw new Error('Expected both to hold every pair.');
  return [
    {
      ...compare('memory of 100,000 pairs', 'MB', oursMb, peerMb),
      note: 'budget 10; peer: a Map of objects',
    },
    {
      ...compare('count one alert of 100,000 pairs', 'us', oursUs, peerUs),
      note: 'the peer counts and compares nothing',
    },
  ];
}

/** The same counts as plain JavaScript would keep them. */
class PlainCounts {
  readonly #pairs = new Map<
    string,
    { seen: number; cell: number; busy: number; record: number; peak: number; atS: number }
  >();

  get size(): number {
    return this.#pairs.size;
  }

  count(rule: string, host: string, atS: number): void {
    const key = `${rule} ${host}`;
    const cell = Math.floor(atS / 600);
    let pair = this.#pairs.get(key);
    if (pair === undefined) {
      pair = { seen: 0, cell: -1, busy: 0, record: 0, peak: 0, atS };
      this.#pairs.set(key, pair);
    }
    if (cell > pair.cell) {
      pair.seen = pair.seen * Math.exp((pair.cell - cell) / 1_008) + 1;
      pair.record = Math.max(pair.record, pair.peak);
      pair.peak = 0;
      pair.cell = cell;
    }
    pair.busy = pair.busy * Math.exp((pair.atS - atS) / 600) + 1;
    pair.peak = Math.max(pair.peak, pair.busy);
    pair.atS = atS;
  }
}

async function memoryBytes(): Promise<number> {
  // buffers are given back a turn after the arrays that held them
  for (let turn = 0; turn < 3; turn++) {
    globalThis.gc?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

export const suite: BenchSuite = {
  name: 'context',
  run: async () => {
    const models = await freshModels();
    return [...stagesRow(), ...verdictRows(models), await simulateRow(models), ...(await pairRows())];
  },
};
