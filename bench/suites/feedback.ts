import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build, buildReason } from '../../scripts/build.ts';
import { startAzurite } from '../../src/local/azurite.ts';
import { waitUntilHealthy } from '../../src/local/local-service.ts';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import { type BenchRow, type BenchSuite, compare, median } from '../bench-row.ts';
import { startService } from '../local-service.ts';

// How long a judgement takes, by the key of an alert that was scored a moment before: 16 callers that only judge, then 8
// beside 8 that only score. With FORMER=DIR another built tree is the peer, in turns with this one.

const root = dirname(dirname(import.meta.dirname));
const N_CALLERS = 16;
const N_ROUNDS = 3;
const SECONDS = 8;
/** Nothing is learned meanwhile, and one caller judges more than an analyst could. */
const ENV = {
  RETRAIN_AFTER: '1000000',
  RETRAIN_AFTER_HOURLY: '1000000',
  FEEDBACK_RATE_PER_MINUTE: '1000000',
  STORAGE_TIMEOUT_SECONDS: '60',
};
const QUANTILES = [0.5, 0.99] as const;

interface Figures {
  /** Times of judgements, in ms. */
  readonly alone: readonly number[];
  readonly beside: readonly number[];
  /** Times of predicts beside the second ones. */
  readonly predict: readonly number[];
}

const quantile = (values: readonly number[], q: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * q)] ?? Number.NaN;

async function measure(project: string): Promise<Figures> {
  const stateDir = mkdtempSync(join(tmpdir(), 'bench-feedback-'));
  const azurite = await startAzurite({ inMemory: true });
  const host = await startService(azurite, stateDir, ENV, () => {}, project);
  try {
    const api = `${host.url}/api/v1/ml`;
    await waitUntilHealthy(api, { timeoutMs: 120_000 });
    const alert = generateSyntheticAlerts(1, 7)[0]?.alert;
    let nth = 0;
    const post = async (path: string, body: unknown): Promise<Record<string, unknown>> => {
      const response = await fetch(`${api}${path}`, { method: 'POST', body: JSON.stringify(body) });
      const text = await response.text();
      if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
      return JSON.parse(text) as Record<string, unknown>;
    };
    const timed = async (call: () => Promise<unknown>, times: number[]): Promise<void> => {
      const startedAtMs = performance.now();
      await call();
      times.push(performance.now() - startedAtMs);
    };
    const score = () => post('/predict', { ...alert, id: `bench-${nth++}` });
    const until = async (endMs: number, once: () => Promise<void>): Promise<void> => {
      while (performance.now() < endMs) await once();
    };
    const judging = (times: number[]) => async (): Promise<void> => {
      const { alert_key } = await score();
      const body = { alert_key, disposition: 'benign', analyst: `ana-${nth % 7}` };
      await timed(() => post('/feedback', body), times);
    };
    const [alone, beside, predict]: [number[], number[], number[]] = [[], [], []];
    const callers = (n: number, endMs: number, once: () => Promise<void>) =>
      Array.from({ length: n }, () => until(endMs, once));
    // not the first of all, whatever has to be made ready for them
    await Promise.all(callers(N_CALLERS, performance.now() + 2_000, judging([])));
    await Promise.all(callers(N_CALLERS, performance.now() + SECONDS * 1_000, judging(alone)));
    const endMs = performance.now() + SECONDS * 1_000;
    await Promise.all([
      ...callers(N_CALLERS / 2, endMs, judging(beside)),
      ...callers(N_CALLERS / 2, endMs, () => timed(score, predict)),
    ]);
    return { alone, beside, predict };
  } finally {
    await host.stop();
    await azurite.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

async function run(): Promise<readonly BenchRow[]> {
  if (buildReason() !== undefined) await build();
  const against = process.env['FORMER'];
  const [ours, peer]: [Figures[], Figures[]] = [[], []];
  for (let round = 0; round < N_ROUNDS; round++) {
    if (against !== undefined) peer.push(await measure(against));
    ours.push(await measure(root));
  }
  const rowOf = (name: string, pick: (figures: Figures) => readonly number[], q: number): BenchRow => {
    const of = (all: readonly Figures[]) => median(all.map((figures) => quantile(pick(figures), q)));
    const n = ours.reduce((sum, figures) => sum + pick(figures).length, 0);
    return compare(
      `${name}, p${q * 100}`,
      'ms',
      of(ours),
      against === undefined ? null : of(peer),
      `${n} requests`,
    );
  };
  return QUANTILES.flatMap((q) => [
    rowOf(`a judgement, ${N_CALLERS} callers`, ({ alone }) => alone, q),
    rowOf(`a judgement of ${N_CALLERS / 2} callers beside as many that score`, ({ beside }) => beside, q),
    rowOf('predict beside them', ({ predict }) => predict, q),
  ]);
}

export const suite: BenchSuite = { name: 'feedback', run };
