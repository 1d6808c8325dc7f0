import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Alert, alertKey } from '../../src/alert/alert.ts';
import type { StreamAlert } from '../../src/evaluation/simulate/alert-stream.ts';
import { readStream } from '../../src/evaluation/simulate/read-stream.ts';
import { rocAuc } from '../../src/trees/metrics/ranking-metrics.ts';
import { RecentKeys } from '../../src/triage/recent-keys.ts';
import { createTriage, replaying } from '../../src/triage/triage.ts';
import type { BenchRow, BenchSuite } from '../bench-row.ts';

// Who wants to blind the context, on every scenario of the AIT alert data set in the folder AIT_DIR: what each attack takes
// off ROC-AUC by time after the first day. The tests play the same attacks on the story.

const KEY = new Uint8Array(32).fill(3);
const DAY_S = 86_400;
const MAX_FALL = 0.01;

interface Received {
  readonly alert: Alert;
  readonly receivedAtS: number;
  /** Undefined for what was sent to blind. */
  readonly isAttack?: boolean;
}

function aucOf(stream: readonly Received[], more: readonly Received[]): number {
  const triage = createTriage({ key: KEY, ...replaying });
  const recent = new RecentKeys();
  const received = [...stream, ...more].sort((a, b) => a.receivedAtS - b.receivedAtS);
  const cutS = stream[0]!.receivedAtS + DAY_S;
  const labels: number[] = [];
  const scores: number[] = [];
  for (const { alert, receivedAtS, isAttack } of received) {
    const key = alertKey(alert);
    const nowMs = receivedAtS * 1000;
    const observe = recent.add(key, nowMs);
    const { behavior } = triage.pipeline.run({
      alert,
      payload: undefined,
      alertKey: key,
      nowMs,
      observe,
    }).facts;
    if (isAttack === undefined || receivedAtS < cutS) continue;
    labels.push(isAttack ? 1 : 0);
    scores.push(Number.isNaN(behavior!.score) ? 0 : behavior!.score);
  }
  return rocAuc(labels, scores);
}

/** What is sent to blind, by name. */
function attacksOn(stream: readonly StreamAlert[]): Record<string, Received[]> {
  const attack = stream.filter(({ label }) => label?.step !== undefined && label.event !== undefined);
  const beginsS = attack[0]!.atS;
  const copy = (of: StreamAlert, id: string, atS: number, changes: Partial<Alert> = {}): Alert => ({
    ...of.alert(),
    id,
    occurred_at: new Date(atS * 1000).toISOString(),
    ...changes,
  });
  const pairs = new Map(stream.map((one) => [`${one.rule} ${one.host}`, one]));
  const floodS = beginsS - 6 * 3_600;
  const invented = (i: number): Alert['entities'] => [{ kind: 'host', value: `invented-${i}` }];
  return {
    'one alert a pair dated ten years ahead': [...pairs.values()].map((one, i) => ({
      alert: copy(one, `ahead-${i}`, beginsS + 3_650 * DAY_S),
      receivedAtS: beginsS - DAY_S,
    })),
    'a week of back-dated alerts in one burst': Array.from({ length: 1_000 }, (_, i) => ({
      alert: copy(attack[(i * 7) % attack.length]!, `back-${i}`, beginsS - 8 * DAY_S + 600 * i),
      receivedAtS: beginsS - DAY_S,
    })),
    'a flood of invented hosts and tenants': Array.from({ length: 20_000 }, (_, i) => ({
      alert: copy(stream[0]!, `flood-${i}`, floodS, {
        entities: invented(i),
        ...(i % 2 === 0 ? {} : { tenant: `invented-${i}` }),
      }),
      receivedAtS: floodS,
    })),
    "yesterday's alerts again": stream
      .filter(({ atS }) => atS > beginsS - DAY_S && atS < beginsS)
      .map((one) => ({ alert: one.alert(), receivedAtS: beginsS - 60 })),
  };
}

async function attackRows(folder: string): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.csv.gz'))) {
    const stream = await readStream(join(folder, file), 'ait', { alerts: 0, skipped: 0 });
    const own = stream.map((one) => ({
      alert: one.alert(),
      receivedAtS: one.atS,
      isAttack: one.label?.step !== undefined,
    }));
    const plain = aucOf(own, []);
    for (const [name, more] of Object.entries(attacksOn(stream))) {
      const fall = plain - aucOf(own, more);
      const note = `goal <= ${MAX_FALL}; ${more.length} alerts sent, ${plain.toFixed(4)} without`;
      rows.push({ name: `${file}: ${name}`, ours: fall, peer: null, ratio: null, unit: 'AUC lost', note });
    }
  }
  return rows;
}

export const suite: BenchSuite = {
  name: 'attacks',
  run: async () => {
    const folder = process.env['AIT_DIR'];
    if (folder !== undefined && folder !== '') return attackRows(folder);
    const note = 'not run: AIT_DIR names no folder with scenarios of the AIT alert data set';
    return [{ name: 'attacks on the context', ours: null, peer: null, ratio: null, note }];
  },
};
