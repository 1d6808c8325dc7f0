import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshModels } from '../../src/cli/fresh-models.ts';
import { scoringInThreads } from '../../src/cli/simulation/scoring-in-threads.ts';
import { ScoringThreads } from '../../src/cli/simulation/scoring-threads.ts';
import type { StreamAlert } from '../../src/evaluation/simulate/alert-stream.ts';
import { type Played, play, scoringHere } from '../../src/evaluation/simulate/play.ts';
import { openStream, readStream } from '../../src/evaluation/simulate/read-stream.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';
import { DEFAULT_BLEND } from '../../src/models/ensemble.ts';
import type { ServingModels } from '../../src/models/serving-models.ts';
import { DEFAULT_POLICY } from '../../src/policy/policy.ts';
import { MemoryBehaviorLog } from '../../src/store/memory/memory-behavior-log.ts';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import { AlertScorer } from '../../src/triage/alert-scorer.ts';
import { shippedRuleEngine } from '../../src/triage/rules/shipped-rules.ts';
import { createTriage, replaying } from '../../src/triage/triage.ts';

const folder = mkdtempSync(join(tmpdir(), 'alertforest-simulate-'));
const file = join(folder, 'alerts.jsonl');
let models: ServingModels;
let stream: StreamAlert[];

// Real records, seven times over on later days, so that there is more than one chunk of rows.
beforeAll(async () => {
  const wazuh = fileURLToPath(new URL('../fixtures/wazuh178/wazuh178.jsonl.gz', import.meta.url));
  const records = gunzipSync(readFileSync(wazuh))
    .toString('utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).alert);
  const startMs = Date.parse('2026-03-01T00:00:00Z');
  const lines = Array.from({ length: 7 }, (_, day) =>
    records.map((record, at) => {
      const time = new Date(startMs + day * 86_400_000 + at * 61_000).toISOString();
      const source = { ...record._source, timestamp: time, '@timestamp': time };
      return JSON.stringify({ ...record, _id: `${day}-${at}`, _source: source });
    }),
  ).flat();
  writeFileSync(file, lines.join('\n'));
  models = await freshModels();
  stream = await readStream(file, 'auto', { alerts: 0, skipped: 0 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const shown = ({ alerts }: Played) =>
  alerts.map(({ stream: { index }, score, finalScore, notable, incident }) => ({
    ...{ index, score, finalScore, notable },
    incident: incident?.id,
  }));

describe('a simulation', () => {
  it('scores what the service would, from the record as it was sent', async () => {
    const engine = shippedRuleEngine();
    const { pipeline } = createTriage({
      key: new Uint8Array(32).fill(7),
      rules: { engine: () => engine },
      useVendorIncidents: false,
      ...replaying,
    });
    const service = new AlertScorer({
      normalize: (payload, nowMs) => normalizeAlert(payload, { receivedAt: new Date(nowMs).toISOString() }),
      pipeline,
      isNew: () => true,
      weights: DEFAULT_BLEND,
      policy: () => DEFAULT_POLICY,
      newVerdictId: () => '',
    });
    const scored = stream.map(({ payload, atS }) => service.score(payload, models, 0, atS * 1000));
    expect(scored.some(({ rules }) => (rules?.matches.length ?? 0) > 0)).toBe(true);
    const played = await play(stream, { scoring: scoringHere(stream, models) });
    expect(played.alerts.map(({ finalScore }) => finalScore)).toEqual(
      scored.map(({ verdict }) => verdict.finalScore),
    );
  });

  it.each([2, 3])('comes to the same in %i threads', async (nThreads) => {
    const threads = new ScoringThreads({ file, format: 'auto', playsAlone: true }, nThreads);
    try {
      const stores = { log: new MemoryBehaviorLog(), blobs: new MemoryModelStore(Date.now) };
      const options = { instances: 2, stores };
      const several = await play(stream, {
        ...options,
        scoring: scoringInThreads(threads, { alerts: stream, ait: undefined }),
      });
      const here = await play(stream, {
        instances: 2,
        stores: { log: new MemoryBehaviorLog(), blobs: new MemoryModelStore(Date.now) },
        scoring: scoringHere(stream, models),
      });
      expect(shown(several)).toEqual(shown(here));
      const alone = await play(stream, { scoring: undefined });
      expect(await threads.alone()).toEqual(alone.alerts.map(({ incident }) => incident?.id));
    } finally {
      await threads.close();
    }
  });

  it('comes to the same where other threads play what this one has read', async () => {
    const path = join(folder, 'alerts.csv');
    const rows = Array.from({ length: 1500 }, (_, i) => {
      const step = i > 900 && i < 1000 ? 'scan' : 'false_positive';
      return `${1_700_000_000 + ((i * 7919) % 200_000)},Wazuh: rule ${i % 17},10.0.0.${i % 40},host${i % 6},s${i % 17},${step},-`;
    });
    writeFileSync(path, ['time,name,ip,host,short,time_label,event_label', ...rows].join('\n'));
    const read = await openStream(path, 'auto', { alerts: 0, skipped: 0 });
    expect(read.ait?.index.length).toBe(rows.length);
    const threads = new ScoringThreads({ file: path, format: 'auto', playsAlone: true }, 3);
    try {
      const several = await play(read.alerts, { scoring: scoringInThreads(threads, read) });
      const here = await play(read.alerts, { scoring: scoringHere(read.alerts, models) });
      expect(shown(several)).toEqual(shown(here));
      expect(await threads.alone()).toEqual(here.alerts.map(({ incident }) => incident?.id));
    } finally {
      await threads.close();
    }
  });

  it('says why where a thread cannot go on', async () => {
    const threads = new ScoringThreads(
      { file: join(folder, 'gone.jsonl'), format: 'auto', playsAlone: false },
      2,
    );
    try {
      await expect(
        play(stream, { scoring: scoringInThreads(threads, { alerts: stream, ait: undefined }) }),
      ).rejects.toThrow('gone.jsonl');
    } finally {
      await threads.close();
    }
  });
});
