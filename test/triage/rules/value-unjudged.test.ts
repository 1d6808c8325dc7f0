import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { freshModels } from '../../../src/cli/fresh-models.ts';
import { normalizeAlert } from '../../../src/intake/normalize.ts';
import { DEFAULT_BLEND } from '../../../src/models/ensemble.ts';
import type { ServingModels } from '../../../src/models/serving-models.ts';
import { DEFAULT_POLICY } from '../../../src/policy/policy.ts';
import { rocAuc } from '../../../src/trees/metrics/ranking-metrics.ts';
import { AlertScorer, type ScoredAlert } from '../../../src/triage/alert-scorer.ts';
import { shippedRuleEngine } from '../../../src/triage/rules/shipped-rules.ts';
import { createTriage, replaying } from '../../../src/triage/triage.ts';

// What a service that nobody has taught is worth on real alerts: 178 of one quiet Wazuh laboratory, in-sample for the
// rules. The floors are generous; docs/writing-rules.md has the figures.

interface Row {
  readonly label: 'TP' | 'FP';
  readonly alert: { readonly _source: { readonly timestamp: string } };
}

const file = readFileSync(new URL('../../fixtures/wazuh178/wazuh178.jsonl.gz', import.meta.url));
const ROWS = gunzipSync(file)
  .toString()
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);

function played(rows: readonly Row[], models: ServingModels): ScoredAlert[] {
  const engine = shippedRuleEngine();
  const key = new Uint8Array(32).fill(7);
  const { pipeline } = createTriage({
    key,
    rules: { engine: () => engine },
    useVendorIncidents: true,
    ...replaying,
  });
  const nowMs = Date.parse('2026-03-02T10:00:00Z');
  const scorer = new AlertScorer({
    normalize: (payload) => normalizeAlert(payload, { receivedAt: new Date(nowMs).toISOString() }),
    pipeline,
    isNew: () => true,
    weights: DEFAULT_BLEND,
    policy: () => DEFAULT_POLICY,
    newVerdictId: () => '',
  });
  return rows.map(({ alert }) => scorer.score(alert, models, 0, nowMs));
}

const timeOf = ({ alert }: Row): string => alert._source.timestamp;

describe('a service that nobody has taught', () => {
  let models: ServingModels;
  beforeAll(async () => {
    models = await freshModels();
  }, 120_000);

  it.each([
    ['as they lie in the file', ROWS],
    ['in the order of time', ROWS.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1))],
  ])('ranks the attacks of a quiet tenant first, %s', (_, rows) => {
    const scored = played(rows, models);
    const isAttack = Uint8Array.from(rows, ({ label }) => (label === 'TP' ? 1 : 0));
    const aucOf = (value: (alert: ScoredAlert) => number): number =>
      rocAuc(isAttack, Float64Array.from(scored, value));
    expect(aucOf(({ rules }) => rules?.score ?? 0)).toBeGreaterThan(0.9);
    expect(aucOf(({ verdict }) => verdict.finalScore)).toBeGreaterThan(0.88);
  });
});
