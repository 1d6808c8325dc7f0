// Measures how often each shipped rule hits on labelled and unlabelled alerts, and writes rules/firing.json.
//
//   node scripts/rules-firing.ts                                   the alerts in test/fixtures
//   SECRL=alerts.json.gz AIT_ADS=folder node scripts/rules-firing.ts    and sets that are not part of the project
//   node scripts/rules-firing.ts --check    exit 1 where the figures of test/fixtures are others than those kept
//
// Sets that are not at hand keep the figures they had, and the name of the rules these were measured with. A rule that
// hits more than a fifth of harmless alerts has to say why it may, in its attribute `broad`.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { parseBody } from '../src/intake/body/parse-body.ts';
import { unwrapEnvelope } from '../src/intake/envelope/unwrap-envelope.ts';
import { type NormalizedAlert, normalizeAlert } from '../src/intake/normalize.ts';
import { SHIPPED_ID, shippedRuleEngine } from '../src/triage/rules/shipped-rules.ts';
import type { RuleDocument } from '../src/triage/rules/sigma/read/document.ts';
import { readDocuments } from '../src/triage/rules/sigma/read/read-documents.ts';
import { runGenerator } from './generated-files.ts';
import { ruleTexts } from './rules.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { SECRL, AIT_ADS } = process.env;

/** A payload, and how many alerts it stands for where it is more than one. */
interface Counted {
  readonly payload: unknown;
  readonly count?: number;
}

type SetName = 'samples' | 'harmless' | 'attacks' | 'secrl' | 'ait';

/** rules/firing.json */
interface Firing {
  readonly sets: Partial<
    Record<SetName, { readonly title: string; readonly alerts: number; readonly rules?: string }>
  >;
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

/** Share of harmless alerts from which on a rule has to say why it may hit them. */
const BROAD = 0.2;

function measured(): Firing {
  const engine = shippedRuleEngine();
  const before: Firing = JSON.parse(readFileSync(join(root, 'rules', 'firing.json'), 'utf8'));
  const result: Firing = { sets: {}, rules: {} };
  const count = (id: string, set: SetName, hits: number): void => {
    result.rules[id] = { ...result.rules[id], [set]: (result.rules[id]?.[set] ?? 0) + hits };
  };
  for (const set of Object.keys(SETS) as SetName[]) {
    const [title, read] = SETS[set];
    if (read === undefined) {
      if (before.sets[set] === undefined) continue;
      result.sets[set] = before.sets[set];
      for (const [id, hits] of Object.entries(before.rules)) {
        if ((hits[set] ?? 0) > 0) count(id, set, hits[set]!);
      }
      continue;
    }
    let alerts = 0;
    for (const { payload, count: times = 1 } of read()) {
      let read: NormalizedAlert;
      try {
        read = normalizeAlert(payload, { receivedAt: '2026-01-01T00:00:00.000Z' });
      } catch {
        // some samples are closings or hold no alert
        continue;
      }
      alerts += times;
      for (const { id } of engine.evaluate(read.alert, read.opened).matches) count(id, set, times);
    }
    const isOutside = set === 'secrl' || set === 'ait';
    result.sets[set] = { title, alerts, ...(isOutside ? { rules: SHIPPED_ID } : {}) };
  }
  return result;
}

/** Throws where a rule hits many harmless alerts and does not say why it may. */
function checkBroad({ sets, rules }: Firing): void {
  const documents = ruleTexts().flatMap((text) => readDocuments(text).documents as RuleDocument[]);
  const excused = new Set(documents.filter(({ attributes }) => attributes['broad']).map(({ name }) => name));
  for (const set of ['harmless', 'ait'] as const) {
    for (const [id, hits] of Object.entries(rules)) {
      const share = (hits[set] ?? 0) / (sets[set]?.alerts ?? Number.POSITIVE_INFINITY);
      if (share > BROAD && !excused.has(id)) {
        throw new Error(
          `${id} hits ${(100 * share).toFixed(1)} % of ${sets[set]!.title}: say why it may, in \`broad\`.`,
        );
      }
    }
  }
}

function generatedFiles(): Readonly<Record<string, string>> {
  const result = measured();
  checkBroad(result);
  const rules = Object.keys(result.rules)
    .sort()
    .map((id) => `${JSON.stringify(id)}:${JSON.stringify(result.rules[id])}`);
  return {
    'rules/firing.json': `{"sets":${JSON.stringify(result.sets)},\n"rules":{\n${rules.join(',\n')}\n}}\n`,
  };
}

await runGenerator(import.meta.url, 'npm run rules:firing', generatedFiles);
