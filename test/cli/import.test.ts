import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'alertforest-import-'));
const at = (name: string) => join(folder, name);
let server: Server;
let url: string;
const batches: { readonly name?: string }[][] = [];

/** Takes judgements as the service does, but for records called `bad`. */
beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const items = JSON.parse(body) as { readonly name?: string }[];
      batches.push(items);
      const results = items.map(({ name }, index) =>
        name?.startsWith('bad')
          ? { index, error: { detail: `${name} has no verdict` } }
          : name?.startsWith('unsure')
            ? { index, status: 'no_label', reason: name.slice(7) }
            : { index, status: 'accepted' },
      );
      const accepted = results.filter(({ status }) => status !== undefined).length;
      response.setHeader('content-type', 'application/json');
      const none = results.filter(({ status }) => status === 'no_label').length;
      const counts = { accepted: accepted - none, duplicates: 0, revised: 0, no_label: none };
      response.end(JSON.stringify({ ...counts, results }));
    });
  }).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const incident = (name: string) => ({
  name,
  type: 'Microsoft.SecurityInsights/Incidents',
  properties: {
    title: 'Old incident',
    severity: 'Low',
    status: 'Closed',
    createdTimeUtc: '2026-02-01T10:00:00Z',
    classification: 'BenignPositive',
  },
});

describe('alertforest import', () => {
  it('names the right line for every record, however many records a line holds', async () => {
    const lines = [
      { value: [incident('a'), incident('b'), incident('bad 1')] },
      incident('bad 2'),
      { value: [] },
      [{ alert_key: 'k', disposition: 'benign', name: 'own' }, incident('bad 4')],
      { value: Array.from({ length: 150 }, (_, k) => incident(k === 149 ? 'bad 5' : `c${k}`)) },
      incident('bad 6'),
    ];
    writeFileSync(at('cases.jsonl'), [...lines.map((line) => JSON.stringify(line)), '{oops'].join('\n'));
    const { code, stdout, stderr } = await runCli(['import', at('cases.jsonl'), '--url', url, '--json']);
    expect(code).toBe(1);
    expect(stderr.split('\n').filter((line) => line.startsWith('line '))).toEqual([
      'line 3: expected a judgement, got an empty list',
      'line 1: bad 1 has no verdict',
      'line 2: bad 2 has no verdict',
      'line 4: bad 4 has no verdict',
      'line 7: character 2: expected JSON, got oops',
      'line 5: bad 5 has no verdict',
      'line 6: bad 6 has no verdict',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ accepted: 152, failed: 7 });
    expect(batches.map((batch) => batch.length)).toEqual([100, 57]);
    expect(existsSync(at('cases.jsonl.import'))).toBe(false);
  });

  it('says why records are no labels, each reason once with its first line', async () => {
    const names = ['a', 'unsure undetermined', 'unsure names nobody', 'unsure names nobody', 'b'];
    writeFileSync(at('unsure.jsonl'), names.map((name) => JSON.stringify(incident(name))).join('\n'));
    const { code, stdout, stderr } = await runCli(['import', at('unsure.jsonl'), '--url', url, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ accepted: 2, no_label: 3, failed: 0 });
    expect(stderr.split('\n').filter((line) => line.includes('without a label'))).toEqual([
      '1 without a label, first line 2: undetermined',
      '2 without a label, first line 3: names nobody',
    ]);
    const quiet = await runCli(['import', at('unsure.jsonl'), '--url', url, '--json', '--quiet']);
    expect(quiet.stderr).toBe('');
  });

  it('takes what export judgements wrote, as lines and as a table', async () => {
    const vote = {
      alert_key: 'k1',
      alert_id: 'a1',
      tenant: 't',
      source: 's',
      severity: 'high',
      occurred_at: '2026-10-01T20:00:00.000Z',
      disposition: 'benign',
      risk_score: 12,
      analyst: 'ana',
      verified: false,
      from: 'api',
      at: '2026-12-01T14:55:28.756Z',
      incident_id: null,
      comment: null,
      effective_disposition: 'benign',
      agreement: 1,
      ruling: null,
    };
    const told = {
      alert_key: 'k1',
      alert_id: 'a1',
      tenant: 't',
      source: 's',
      disposition: 'benign',
      risk_score: 12,
      analyst: 'ana',
    };
    writeFileSync(at('votes.jsonl'), JSON.stringify(vote));
    const header = Object.keys(vote).join(',');
    writeFileSync(
      at('votes.csv'),
      `${header}\n${Object.values(vote)
        .map((value) => value ?? '')
        .join(',')}\n`,
    );
    for (const file of ['votes.jsonl', 'votes.csv']) {
      batches.length = 0;
      await runCli(['import', at(file), '--url', url, '--json']);
      expect({ file, batches }).toEqual({ file, batches: [[told]] });
    }
  });

  it('sends all of a file whose place cannot be kept', async () => {
    // where the place would be written stands a folder, as nothing stops root
    mkdirSync(at('kept.jsonl.import.new'));
    const names = Array.from({ length: 250 }, (_, k) => JSON.stringify(incident(`n${k}`)));
    writeFileSync(at('kept.jsonl'), names.join('\n'));
    const { code, stdout, stderr } = await runCli(['import', at('kept.jsonl'), '--url', url, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ accepted: 250, failed: 0 });
    const told = stderr.split('\n').filter((line) => line.startsWith('An import that is cut off here'));
    expect(told).toEqual([
      expect.stringMatching(/begins anew: .*kept\.jsonl\.import\.new: it is a folder\.$/),
    ]);
  });
});
