import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli, startCli } from '../cli/run-cli.ts';
import { API, eventually } from '../support/call-service.ts';
import type { IsolatedService } from '../support/isolated-service.ts';
import {
  Caller,
  FAST_TRAINING,
  retrainNow,
  startLearningService,
  storageOf,
} from '../support/learning-service.ts';

const folder = mkdtempSync(join(tmpdir(), 'alertforest-import-'));
let service: IsolatedService;
let soc: Caller;
let url: string;

beforeAll(async () => {
  service = await startLearningService({ RETRAIN_AFTER_HOURLY: '50' });
  soc = new Caller(service.url);
  url = service.url + API;
});
afterAll(async () => {
  await service?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const judged = (rule: string, disposition: string, n: number, from = 0) =>
  Array.from({ length: n }, (_, i) => ({
    alert: {
      id: `${rule}-${from + i}`,
      title: 'Lateral movement by remote service',
      rule_id: rule,
      source: 'edr',
      severity: 'high',
      occurred_at: '2026-02-01T10:00:00Z',
    },
    disposition,
    analyst: `analyst-${i % 5}`,
  }));
const closed = (name: string, classification: string) => ({
  name,
  type: 'Microsoft.SecurityInsights/Incidents',
  properties: {
    title: 'Old incident',
    severity: 'Low',
    status: 'Closed',
    createdTimeUtc: '2026-02-01T10:00:00Z',
    classification,
    owner: { userPrincipalName: 'ana@soc.example' },
  },
});

function fileOf(name: string, lines: readonly unknown[]): string {
  const path = join(folder, name);
  writeFileSync(
    path,
    lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'),
  );
  return path;
}
/** The command with the storage of the running service as its own, for imports without --url. */
const options = () => ({
  cwd: folder,
  env: {
    ...FAST_TRAINING,
    AzureWebJobsStorage: service.connectionString,
    ALERTFOREST_CACHE_DIR: join(folder, 'cache'),
  },
});
const importing = async (...args: string[]) => {
  const { code, stdout, stderr } = await runCli(['import', '--json', ...args], options());
  return { code, stderr, totals: stdout === '' ? undefined : JSON.parse(stdout) };
};
const pending = async (): Promise<number> =>
  (await soc.get('/health/details')).body.pending_feedback as number;

/** What the host's timer does; waits until the run it starts has ended. */
async function hourlyCheck(): Promise<void> {
  const waiting = (await soc.get('/health/details')).body;
  expect(Date.parse(waiting.oldest_pending_at)).toBeLessThanOrEqual(Date.now());
  const { status } = await fetch(`${service.url}/admin/functions/retrainHourly`, {
    method: 'POST',
    body: '{}',
  });
  expect(status).toBe(202);
  await eventually('the hourly run to end', async () => {
    const { runs } = (await soc.get('/retrain')).body;
    return runs.some(
      (run: { trigger: string; state: string }) =>
        run.trigger === 'timer' && ['promoted', 'refused'].includes(run.state),
    );
  });
  const line = await eventually('the line of the check', async () =>
    service.service.lines.find((text) => text.includes('{"event":"pending"')),
  );
  expect(line).toContain('"pending":0,"oldestMinutes":0');
  expect((await soc.get('/health/details')).body).toMatchObject({
    pending_feedback: 0,
    oldest_pending_at: null,
  });
}

describe('an import into a running service', () => {
  it('goes on where it was killed, to the same place alone, and doubles nothing', async () => {
    const file = fileOf('old-cases.jsonl', [
      ...judged('rule-a', 'false_positive', 700),
      closed('old-1', 'BenignPositive'),
      closed('old-2', 'Undetermined'),
    ]);
    const { child, outcome } = startCli(['import', file, '--url', url], options());
    await expect.poll(() => existsSync(`${file}.import`), { interval: 10 }).toBe(true);
    child.kill('SIGKILL');
    expect((await outcome).signal).toBe('SIGKILL');
    const { cutOff } = JSON.parse(readFileSync(`${file}.import`, 'utf8'));
    expect(cutOff).toMatchObject([{ destination: url, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    const { linesDone } = cutOff[0];
    expect(linesDone).toBeGreaterThan(0);
    expect(linesDone).toBeLessThan(700);

    const elsewhere = await importing(file);
    expect(elsewhere.code).toBe(0);
    expect(elsewhere.totals).toMatchObject({ resumed_after_line: 0, failed: 0, revised: 0, no_label: 1 });
    const { accepted, duplicates } = elsewhere.totals;
    expect(accepted + duplicates).toBe(701);
    const { code, totals } = await importing(file, '--url', url);
    expect(code).toBe(0);
    expect(totals).toMatchObject({ resumed_after_line: linesDone, accepted: 0, failed: 0, no_label: 1 });
    expect(totals.duplicates + totals.no_label).toBe(702 - linesDone);
    expect(existsSync(`${file}.import`)).toBe(false);
    expect(await pending()).toBe(701);
    const again = await importing(file, '--url', url);
    expect(again.totals).toMatchObject({ accepted: 0, revised: 0, duplicates: 701, no_label: 1 });
    const { feedback } = storageOf(service);
    let votes = 0;
    for await (const sample of feedback.samples()) votes += sample.votes.length;
    expect(votes).toBe(701);
  });

  it('takes the good lines, names the bad ones by number and ends with an error', async () => {
    const [first, second] = judged('rule-b', 'benign', 2);
    const file = fileOf('mixed.jsonl', [
      first,
      '{nope',
      { ...second, disposition: 'bad_luck' },
      { alert_id: 'nobody-knows', disposition: 'benign' },
      second,
    ]);
    const { code, stderr, totals } = await importing(file, '--url', url);
    expect(code).toBe(1);
    expect(totals).toMatchObject({ accepted: 2, failed: 3 });
    expect(stderr).toMatch(/line 2: character 2: expected JSON, got nope/);
    expect(stderr).toMatch(/line 3: The judgement cannot be read/);
    expect(stderr).toMatch(/line 4: No alert with alert_id nobody-knows/);
    expect(await pending()).toBe(703);
  });

  it('is guarded like any feedback, unless an operator vouches for it by name and reason', async () => {
    const file = fileOf('reversal.jsonl', [
      ...judged('rule-c', 'true_positive', 40),
      ...judged('rule-c', 'benign', 15, 1_000),
    ]);
    expect((await importing(file, '--url', url)).totals).toMatchObject({ accepted: 55 });
    await hourlyCheck();
    const held = (await soc.get('/quarantine')).body.held;
    expect(held).toHaveLength(15);

    const unsigned = await importing(file, '--url', url, '--restart', '--confirm');
    expect(unsigned.code).not.toBe(0);
    expect(unsigned.stderr).toContain('--by and --why');
    for (const how of [['--url', url], []]) {
      const vouched = await importing(
        file,
        ...how,
        ...['--restart', '--confirm', '--by', 'olga', '--why', 'cases of last year'],
      );
      expect(vouched).toMatchObject({ code: 0, totals: { accepted: 0, duplicates: 55 } });
    }
    await retrainNow(soc);
    expect((await soc.get('/quarantine')).body.held).toEqual([]);
    const history = await storageOf(service).feedback.history(held[0].alert_key);
    expect(history.map(({ ruling }) => ruling?.by)).toEqual([undefined, 'olga']);
    expect((await soc.get('/audit?limit=1')).body.entries[0]).toMatchObject({
      samples: 701 + 2 + 55,
      quarantined: 0,
    });
  });
});

describe('the operator commands on a running service', () => {
  const command = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli([...args, '--json'], options());
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout);
  };

  const lines = async (...args: string[]) => {
    const { code, stdout, stderr } = await runCli(args, options());
    expect(code, stderr).toBe(0);
    return stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line));
  };

  it('say what the service says, by its storage and by its address, and what they change it shows', async () => {
    const served = (await soc.get('/versions')).body;
    const newest = served.versions.find(({ model }: { model: string }) => model === 'classifier').version;
    const card = (await soc.get(`/versions/classifier/${newest}/card`)).body;
    const policyNow = (await soc.get('/policy')).body;
    const both = (...args: string[]) =>
      Promise.all([command(...args), command(...args, '--url', service.url)]);
    expect(await both('versions')).toEqual([served, served]);
    expect(await both('card', 'classifier', newest)).toEqual([card, card]);
    expect(await both('policy')).toEqual([policyNow, policyNow]);

    const moved = await command('activate', 'scorer', '1.0.0', '--by', 'olga', '--why', 'a drill');
    expect(moved).toMatchObject({ model: 'scorer', after: '1.0.0', pinned: true });
    expect((await soc.get('/versions')).body.pinned).toEqual({ scorer: '1.0.0' });
    await command('unpin', 'scorer', '--by', 'olga', '--url', url);
    expect((await soc.get('/versions')).body.pinned).toEqual({});
    const { body: audit } = await soc.get('/audit?limit=2');
    expect(audit.entries).toMatchObject([
      { kind: 'unpin', by: 'olga' },
      { kind: 'activate', by: 'olga', why: 'a drill', after: { scorer: '1.0.0' } },
    ]);
    expect(await both('audit', '--limit', '2')).toEqual([audit, audit]);

    const { document } = await command('policy');
    const file = fileOf('policy.json', [
      { policy: { ...document.policy, alpha: 0.1 }, why: 'fewer reviews' },
    ]);
    for (const preview of await both('policy', '--set', file, '--dry-run'))
      expect(preview).toMatchObject({ document: { seq: 1 }, preview: { held_out: expect.any(Number) } });
    expect((await soc.get('/policy')).body.document.seq).toBe(0);
    await command('policy', '--set', file, '--by', 'olga');
    expect((await soc.get('/policy')).body.document).toMatchObject({
      seq: 1,
      by: 'olga',
      why: 'fewer reviews',
      policy: { alpha: 0.1 },
    });
  });

  it('show what was learned and what it is worth, by either way', async () => {
    const [{ alert_key }] = (await lines('export', 'judgements')).slice(-1);
    for (const args of [['drift'], ['workload'], ['quarantine'], ['importances'], ['similar', alert_key]]) {
      const [stored, asked] = await Promise.all([command(...args), command(...args, '--url', url)]);
      expect(asked, args.join(' ')).toEqual(stored);
    }
    const { alerts } = await command('similar', alert_key, '--url', url);
    expect(alerts.length).toBeGreaterThan(0);
    const tables = await runCli(['importances', '--top', '2', '--url', url], options());
    expect(tables.stderr).toContain('the first 2 columns of 3 models');
    expect(tables.stdout.match(/classifier/g)).toHaveLength(2);
  });

  it('export everything page by page, the models too, by either way', async () => {
    await soc.post('/predict', { id: 'scored-1', title: 'A scored alert', source: 'edr', severity: 'high' });
    const votes = await lines('export', 'judgements');
    expect(votes).toHaveLength(758);
    expect(await lines('export', 'judgements', '--url', url)).toEqual(votes);
    const page = (await soc.get(`/export/judgements?limit=5`)).body;
    const rest = (await soc.get(`/export/judgements?limit=5&after=${page.next}`)).body;
    expect([...page.votes, ...rest.votes]).toEqual(votes.slice(0, 10));
    const verdicts = await lines('export', 'verdicts', '--url', url);
    expect(verdicts.map(({ alert_id }) => alert_id)).toContain('scored-1');
    expect(await lines('export', 'verdicts')).toEqual(verdicts);
    expect(await lines('export', 'verdicts', '--since', '2999-01-01', '--url', url)).toEqual([]);

    const models = await lines('export', 'release', '--artefacts', join(folder, 'models'), '--url', url);
    expect(models).toHaveLength(3);
    for (const { model, version, sha256 } of models) {
      const bytes = readFileSync(join(folder, 'models', `${model}-${version}.bin`));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
      const at = `${url}/versions/${model}/${version}/artefact`;
      const raw = await fetch(at, { headers: { accept: 'application/octet-stream' } });
      expect(Buffer.from(await raw.arrayBuffer()).equals(bytes)).toBe(true);
      const headers = { accept: 'application/octet-stream', 'if-none-match': raw.headers.get('etag')! };
      expect((await fetch(at, { headers })).status).toBe(304);
    }
  });

  it('look for damage, learn without an analyst and forget one, by the address', async () => {
    const { findings } = await command('doctor', '--url', url);
    expect(findings.length).toBeGreaterThan(5);
    expect(findings.every(({ state }: { state: string }) => state === 'ok')).toBe(true);
    expect(await command('doctor', '--fix', '--url', url)).toEqual({ findings, before: [], after: [] });

    const run = await command(
      ...['replay', '--without', 'analyst-4', '--by', 'olga', '--why', 'left', '--url', url],
    );
    expect(run).toMatchObject({ trigger: 'manual', release: expect.stringMatching(/./) });
    const [entry] = (await soc.get('/audit?limit=1')).body.entries;
    expect(entry).toMatchObject({
      kind: 'replay',
      by: 'olga',
      why: 'left',
      exclusions: [{ analyst: 'analyst-4' }],
    });
    for (const [args, status, field] of [
      [['--without', 'nobody'], 1, 'No judgement of nobody is stored'],
      [['--without', 'nobody', '--lift'], 1, 'nobody is not excluded'],
      [['--without', 'analyst-4', '--since', 'yesterday'], 2, 'Expected an ISO 8601 date or time'],
    ] as const) {
      const refused = await runCli(['replay', ...args, '--url', url], options());
      expect([refused.code, refused.stderr]).toEqual([status, expect.stringContaining(field)]);
    }

    const before = (await lines('export', 'judgements')).filter(({ analyst }) => analyst === 'analyst-4');
    const forgotten = await command('forget', '--analyst', 'analyst-4', '--url', url);
    expect(forgotten).toMatchObject({
      before: { alerts: before.length },
      after: { alerts: 0, incidents: 0 },
      note: expect.stringContaining('Retrain'),
    });
    const left = await lines('export', 'judgements');
    expect(left.some(({ analyst }) => analyst === 'analyst-4')).toBe(false);
  });
});
