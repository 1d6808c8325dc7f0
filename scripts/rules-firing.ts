// Measures how often each shipped rule hits on labelled and unlabelled alerts, and writes rules/firing.json.
//
//   node scripts/rules-firing.ts                                   the alerts in test/fixtures
//   SECRL=alerts.json.gz AIT_ADS=folder node scripts/rules-firing.ts    and sets that are not part of the project
//
// Sets that are not at hand keep the figures they had.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Alert } from '../src/alert/alert.ts';
import { parseBody } from '../src/intake/body/parse-body.ts';
import { unwrapEnvelope } from '../src/intake/envelope/unwrap-envelope.ts';
import { normalizeAlert } from '../src/intake/normalize.ts';
import { shippedRuleEngine } from '../src/triage/rules/shipped-rules.ts';
import type { SigmaEvent } from '../src/triage/rules/sigma/match/event-field.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const engine = shippedRuleEngine();
const { SECRL, AIT_ADS } = process.env;

/** A payload, and how many alerts it stands for where it is more than one. */
interface Counted {
  readonly payload: unknown;
  readonly count?: number;
}

type SetName = 'samples' | 'harmless' | 'attacks' | 'secrl' | 'ait';

/** rules/firing.json */
interface Firing {
  readonly sets: Partial<Record<SetName, { readonly title: string; readonly alerts: number }>>;
  /** Rule -> hits by set. */
  readonly rules: Record<string, Partial<Record<SetName, number>>>;
}

function* fixtures(): Generator<Counted> {
  const dir = join(root, 'test', 'fixtures', 'samples');
  for (const vendor of readdirSync(dir, { withFileTypes: true })) {
    if (!vendor.isDirectory()) continue;
    for (const file of readdirSync(join(dir, vendor.name)).sort()) {
      for (const payload of unwrapEnvelope(parseBody(readFileSync(join(dir, vendor.name, file), 'utf8')))) {
        yield { payload };
      }
    }
  }
}

function wazuh(label: 'TP' | 'FP'): Counted[] {
  const text = gunzipSync(readFileSync(join(root, 'test/fixtures/wazuh178/wazuh178.jsonl.gz'))).toString();
  const rows = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return rows.filter((row) => row.label === label).map((row) => ({ payload: row.alert }));
}

const secrl = (file: string): Counted[] =>
  (JSON.parse(gunzipSync(readFileSync(file)).toString()) as unknown[]).map((payload) => ({ payload }));

/** Alerts of a name, host and address are one, counted. */
function aitAds(dir: string): Counted[] {
  const counts = new Map<string, number>();
  for (const file of readdirSync(dir).filter((name) => name.endsWith('.csv.gz'))) {
    const lines = gunzipSync(readFileSync(join(dir, file)))
      .toString()
      .trim()
      .split(/\r?\n/)
      .slice(1);
    for (const line of lines) {
      const parts = line.split(',');
      const key = JSON.stringify([parts.slice(1, -5).join(','), parts.at(-5), parts.at(-4)]);
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return [...counts].map(([key, count]) => {
    const [name, ip, host] = JSON.parse(key) as [string, string, string];
    const entities = [
      { kind: 'ip', value: ip },
      { kind: 'host', value: host },
    ];
    const [product = ''] = name.split(':');
    return {
      count,
      payload: {
        id: key,
        title: name,
        source: product.toLowerCase(),
        occurred_at: '2022-01-21T12:00:00Z',
        entities,
      },
    };
  });
}

const SETS: Readonly<Record<SetName, readonly [title: string, read: (() => Counted[]) | undefined]>> = {
  samples: ['payloads of test/fixtures/samples', () => [...fixtures()]],
  harmless: ['harmless alerts of wazuh178', () => wazuh('FP')],
  attacks: ['attacks of wazuh178', () => wazuh('TP')],
  secrl: ['Sentinel alerts of SecRL, all attacks', SECRL ? () => secrl(SECRL) : undefined],
  ait: ['alerts of AIT-ADS', AIT_ADS ? () => aitAds(AIT_ADS) : undefined],
};

const path = join(root, 'rules', 'firing.json');
const before: Firing = JSON.parse(readFileSync(path, 'utf8'));
const result: Firing = { sets: {}, rules: {} };
for (const set of Object.keys(SETS) as SetName[]) {
  const [title, read] = SETS[set];
  if (!read) {
    if (before.sets[set] === undefined) continue;
    result.sets[set] = before.sets[set];
    for (const [id, hits] of Object.entries(before.rules)) {
      if ((hits[set] ?? 0) > 0) result.rules[id] = { ...result.rules[id], [set]: hits[set] };
    }
    continue;
  }
  let alerts = 0;
  for (const { payload, count = 1 } of read()) {
    let alert: Alert;
    try {
      ({ alert } = normalizeAlert(payload, { receivedAt: '2026-01-01T00:00:00.000Z' }));
    } catch {
      continue;
    }
    alerts += count;
    for (const { id } of engine.evaluate(alert, payload as SigmaEvent).matches) {
      const hits = result.rules[id] ?? {};
      result.rules[id] = hits;
      hits[set] = (hits[set] ?? 0) + count;
    }
  }
  result.sets[set] = { title, alerts };
}
const rules = Object.keys(result.rules)
  .sort()
  .map((id) => `"${id}":${JSON.stringify(result.rules[id])}`);
writeFileSync(path, `{"sets":${JSON.stringify(result.sets)},\n"rules":{\n${rules.join(',\n')}\n}}\n`);
console.log(result.sets);
for (const set of ['harmless', 'ait'] as const) {
  for (const [id, hits] of Object.entries(result.rules)) {
    const share = (hits[set] ?? 0) / (result.sets[set]?.alerts ?? Number.POSITIVE_INFINITY);
    if (share > 0.2) console.log(`${id} hits ${(100 * share).toFixed(1)} % of ${set}`);
  }
}
