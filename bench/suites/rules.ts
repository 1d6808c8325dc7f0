import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Alert } from '../../src/alert/alert.ts';
import { parseBody } from '../../src/intake/body/parse-body.ts';
import { unwrapEnvelope } from '../../src/intake/envelope/unwrap-envelope.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';
import { quantile } from '../../src/trees/metrics/quantile.ts';
import { shippedRuleEngine } from '../../src/triage/rules/shipped-rules.ts';
import { type BenchRow, type BenchSuite, compare, median } from '../bench-row.ts';
import type { CustomerLoad } from '../peers/customer-load.ts';
import type { PackLoad } from '../peers/pack-load.ts';

// The shipped rules on one real alert, projection included; what loading them costs a start; and what loading a
// customer's rules costs and holds up. SECRL names the alerts of SecRL, which are no part of the project.

const FIXTURES = new URL('../../test/fixtures/', import.meta.url);
const ROUNDS = 25;
const TURNS = 5;
const CUSTOMER_RULES = 5_000;
/** Built by peers/pack-load.ts. */
const BUILT_THREAD = fileURLToPath(new URL('../../.cache/rules/rules-thread.mjs', import.meta.url));

interface RealAlert {
  readonly alert: Alert;
  readonly payload: unknown;
}

function normalized(payloads: Iterable<unknown>): RealAlert[] {
  const alerts: RealAlert[] = [];
  for (const payload of payloads) {
    try {
      const { alert, opened } = normalizeAlert(payload, { receivedAt: '2026-01-01T00:00:00.000Z' });
      alerts.push({ alert, payload: opened });
    } catch {
      // some samples are closings or hold no alert
    }
  }
  return alerts;
}

function* samples(): Generator<unknown> {
  const folder = fileURLToPath(new URL('samples/', FIXTURES));
  for (const vendor of readdirSync(folder, { withFileTypes: true })) {
    if (!vendor.isDirectory()) continue;
    for (const file of readdirSync(join(folder, vendor.name)).sort()) {
      yield* unwrapEnvelope(parseBody(readFileSync(join(folder, vendor.name, file), 'utf8')));
    }
  }
}

const wazuh = (): unknown[] =>
  gunzipSync(readFileSync(new URL('wazuh178/wazuh178.jsonl.gz', FIXTURES)))
    .toString()
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { alert: unknown }).alert);

/** Microseconds of one alert, projection included: the median of the rounds, then over the alerts. */
function alertRows(name: string, alerts: readonly RealAlert[]): BenchRow[] {
  const engine = shippedRuleEngine();
  const times = alerts.map(() => new Float64Array(ROUNDS));
  for (let round = -5; round < ROUNDS; round++) {
    for (const [i, { alert, payload }] of alerts.entries()) {
      const startedAtMs = performance.now();
      engine.evaluate(alert, payload);
      if (round >= 0) times[i]![round] = 1000 * (performance.now() - startedAtMs);
    }
  }
  const medians = Float64Array.from(times, (each) => median([...each]));
  return [
    {
      ...compare(`one alert, ${name}, p50`, 'us', quantile(medians, 0.5), null),
      note: `${alerts.length} alerts; goal 40`,
    },
    { ...compare(`one alert, ${name}, p99`, 'us', quantile(medians, 0.99), null), note: 'goal 500' },
  ];
}

const peer = (script: string): string => fileURLToPath(new URL(`../peers/${script}`, import.meta.url));

const turnsOf = <Result>(script: string, ...args: readonly string[]): Result[] =>
  Array.from({ length: TURNS }, () => {
    const output = execFileSync(process.execPath, ['--expose-gc', peer(script), ...args], {
      encoding: 'utf8',
    });
    return JSON.parse(output) as Result;
  });

function loadRows(): BenchRow[] {
  execFileSync(process.execPath, [peer('pack-load.ts'), '--bundle']);
  const turns = turnsOf<PackLoad>('pack-load.ts');
  const artefact = readFileSync(new URL('../../src/triage/rules/shipped-rules.json', import.meta.url));
  const row = (name: string, value: (turn: PackLoad) => number, note: string): BenchRow => {
    const ms = turns.map(value);
    const spread = `${Math.min(...ms).toFixed(0)} to ${Math.max(...ms).toFixed(0)}`;
    return {
      ...compare(name, 'ms', median(ms), null),
      note: `${note}; CPU time, ${TURNS} processes, ${spread}`,
    };
  };
  return [
    row('load the shipped rules', ({ loadMs }) => loadMs, 'goal 80'),
    row('first alert after that', ({ firstMs }) => firstMs, 'builds what is left'),
    row('code of the engine', ({ importMs }) => importMs, 'the rules as they are kept included'),
    {
      ...compare('shipped rules, gzipped', 'kB', gzipSync(artefact, { level: 9 }).length / 1000, null),
      note: 'goal 80',
    },
  ];
}

function customerRows(): BenchRow[] {
  const turns = turnsOf<CustomerLoad>('customer-load.ts', String(CUSTOMER_RULES), BUILT_THREAD);
  const row = (
    name: string,
    unit: string,
    value: (turn: CustomerLoad) => number,
    note: string,
  ): BenchRow => ({
    ...compare(`${CUSTOMER_RULES} customer rules, ${name}`, unit, median(turns.map(value)), null),
    note,
  });
  return [
    row('until in force', 'ms', ({ wallMs }) => wallMs, 'goal 2000'),
    row('CPU time', 'ms', ({ cpuMs }) => cpuMs, 'of all threads'),
    row('largest stall', 'ms', ({ stallMs }) => stallMs, 'of the event loop, first alert included; goal 50'),
    row(
      'largest turn',
      'ms',
      ({ turnMs }) => turnMs,
      'CPU time of one turn of the loop: the stall on an idle machine',
    ),
    row('memory kept', 'MB', ({ keptMb }) => keptMb, 'heap and buffers; goal 120'),
    row('memory at the peak', 'MB', ({ peakMb }) => peakMb, "resident, the thread's included"),
  ];
}

export const suite: BenchSuite = {
  name: 'rules',
  run: async () => {
    const { SECRL } = process.env;
    const secrl =
      SECRL === undefined ? [] : (JSON.parse(gunzipSync(readFileSync(SECRL)).toString()) as unknown[]);
    return [
      ...alertRows('all', normalized([...samples(), ...wazuh(), ...secrl])),
      ...alertRows('samples of vendors', normalized(samples())),
      ...alertRows('Wazuh', normalized(wazuh())),
      ...(secrl.length === 0 ? [] : alertRows('Sentinel of SecRL', normalized(secrl))),
      ...loadRows(),
      ...customerRows(),
    ];
  },
};
