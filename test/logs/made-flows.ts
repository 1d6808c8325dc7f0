import { newRow, put, TIME } from '../../src/logs/formats/log-row.ts';
import { deriveFeatures } from '../../src/logs/windows/derive.ts';
import type { FeaturePlan } from '../../src/logs/windows/feature-plan.ts';
import { eventsOf } from '../../src/logs/windows/log-events.ts';
import { LogTable } from '../../src/logs/windows/log-table.ts';
import type { DerivedFeatures } from '../../src/logs/windows/put-history.ts';
import { createRandom } from '../../src/trees/random.ts';

export interface MadeFlow {
  readonly at: number;
  readonly ms: number;
  readonly source: string;
  readonly target: string;
  readonly port: number;
  readonly out: number;
  readonly back: number;
  readonly packetsIn: number;
  readonly attack: string | undefined;
}

const START = Date.parse('2026-03-02T00:00:00Z');

/** Flows of some machines over so many minutes, a scan in each third of an hour; the same for the same seed. */
export function madeFlows(minutes: number, seed = 1): MadeFlow[] {
  const random = createRandom(seed);
  const flows: MadeFlow[] = [];
  for (let minute = 0; minute < minutes; minute++) {
    for (let k = 0; k < 6; k++) {
      flows.push({
        at: START + 60_000 * minute + random.int(60_000),
        ms: random.int(90_000),
        source: `192.0.2.${random.int(12)}`,
        target: `198.51.100.${random.int(5)}`,
        port: [443, 53, 22][random.int(3)] as number,
        out: random.int(5_000),
        back: random.int(20_000),
        packetsIn: random.int(9),
        attack: undefined,
      });
    }
    if (minute % 20 !== 10) continue;
    for (let k = 0; k < 20; k++)
      flows.push({
        at: START + 60_000 * minute + 900 * k,
        ms: 0,
        source: `203.0.113.${minute % 250}`,
        target: '198.51.100.1',
        port: 1_000 + random.int(60_000),
        out: 54,
        back: 0,
        packetsIn: 0,
        attack: 'scan',
      });
  }
  return flows;
}

export function tableOf(flows: readonly MadeFlow[]): LogTable {
  const table = new LogTable();
  for (const flow of flows) {
    const row = newRow();
    put(row, TIME, flow.at);
    row.values['duration_ms'] = flow.ms;
    row.values['source.ip'] = flow.source;
    row.values['destination.ip'] = flow.target;
    row.values['destination.port'] = flow.port;
    row.values['source.bytes'] = flow.out;
    row.values['destination.bytes'] = flow.back;
    row.values['source.packets'] = 3;
    row.values['destination.packets'] = flow.packetsIn;
    row.values['network.transport'] = 'tcp';
    row.values['label'] = flow.attack === undefined ? 0 : 1;
    if (flow.attack !== undefined) row.values['attack'] = flow.attack;
    table.add(row);
  }
  return table;
}

export const PLAN: FeaturePlan = {
  numbers: ['destination.port', 'duration_ms'],
  words: [{ column: 'network.transport', vocabulary: ['tcp', 'udp'] }],
  hasWindows: true,
  hasDays: false,
};

export function derivedOf(flows: readonly MadeFlow[], plan: FeaturePlan = PLAN): DerivedFeatures {
  const table = tableOf(flows);
  return deriveFeatures(table, eventsOf(table, 'start'), plan);
}

/** Bytes of one row's columns. */
export const rowBytes = ({ X, names }: DerivedFeatures, i: number): string =>
  Buffer.from(X.slice(i * names.length, (i + 1) * names.length).buffer).toString('hex');
