// Measures how often each shipped rule hits on labelled and unlabelled alerts, and writes rules/firing.json.
//
//   node scripts/rules-firing.mjs                                   the alerts in test/fixtures
//   SECRL=alerts.json.gz AIT_ADS=folder node scripts/rules-firing.mjs    and sets that are not part of the project
//
// Sets that are not at hand keep the figures they had.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { unwrapEnvelope } from '../src/intake/envelope.ts';
import { normalizeAlert } from '../src/intake/normalize.ts';
import { parseBody } from '../src/intake/parse-body.ts';
import { shippedRuleEngine } from '../src/triage/rules/shipped-rules.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const engine = shippedRuleEngine();
const { SECRL, AIT_ADS } = process.env;

function* fixtures() {
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

function wazuh(label) {
  const text = gunzipSync(readFileSync(join(root, 'test/fixtures/wazuh178/wazuh178.jsonl.gz'))).toString();
  const rows = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return rows.filter((row) => row.label === label).map((row) => ({ payload: row.alert }));
}

const secrl = (file) => JSON.parse(gunzipSync(readFileSync(file)).toString()).map((payload) => ({ payload }));

/** Alerts of a name, host and address are one, counted. */
function aitAds(dir) {
  const counts = new Map();
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
    const [name, ip, host] = JSON.parse(key);
    const entities = [
      { kind: 'ip', value: ip },
      { kind: 'host', value: host },
    ];
    const [product] = name.split(':');
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

const SETS = {
  samples: ['payloads of test/fixtures/samples', () => [...fixtures()]],
  harmless: ['harmless alerts of wazuh178', () => wazuh('FP')],
  attacks: ['attacks of wazuh178', () => wazuh('TP')],
  secrl: ['Sentinel alerts of SecRL, all attacks', SECRL && (() => secrl(SECRL))],
  ait: ['alerts of AIT-ADS', AIT_ADS && (() => aitAds(AIT_ADS))],
};

const path = join(root, 'rules', 'firing.json');
const before = JSON.parse(readFileSync(path, 'utf8'));
const result = { sets: {}, rules: {} };
for (const [set, [title, read]] of Object.entries(SETS)) {
  if (!read) {
    if (before.sets[set] === undefined) continue;
    result.sets[set] = before.sets[set];
    for (const [id, hits] of Object.entries(before.rules)) {
      if (hits[set] > 0) result.rules[id] = { ...result.rules[id], [set]: hits[set] };
    }
    continue;
  }
  let alerts = 0;
  for (const { payload, count = 1 } of read()) {
    let alert;
    try {
      ({ alert } = normalizeAlert(payload, { receivedAt: '2026-01-01T00:00:00.000Z' }));
    } catch {
      continue;
    }
    alerts += count;
    for (const { id } of engine.evaluate(alert, payload).matches) {
      result.rules[id] ??= {};
      result.rules[id][set] = (result.rules[id][set] ?? 0) + count;
    }
  }
  result.sets[set] = { title, alerts };
}
const rules = Object.keys(result.rules)
  .sort()
  .map((id) => `"${id}":${JSON.stringify(result.rules[id])}`);
writeFileSync(path, `{"sets":${JSON.stringify(result.sets)},\n"rules":{\n${rules.join(',\n')}\n}}\n`);
console.log(result.sets);
for (const set of ['harmless', 'ait']) {
  for (const [id, hits] of Object.entries(result.rules)) {
    const share = (hits[set] ?? 0) / (result.sets[set]?.alerts ?? Number.POSITIVE_INFINITY);
    if (share > 0.2) console.log(`${id} hits ${(100 * share).toFixed(1)} % of ${set}`);
  }
}
