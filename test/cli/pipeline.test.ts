import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'alertforest-pipeline-'));
const at = (name: string) => join(folder, name);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lab = gunzipSync(readFileSync(new URL('../fixtures/lab20/lab20_logs.csv.gz', import.meta.url)))
  .toString()
  .split('\n');

describe('alertforest pipeline', () => {
  it('goes from raw logs to a package that scores, with both reports', async () => {
    // a small input: the ml.js contestants take their time on a large one
    const rows = lab.slice(0, 1201);
    rows.splice(5, 0, 'not,a,log');
    writeFileSync(at('logs.csv'), `${rows.join('\n')}\n`);
    const { code, stdout, stderr } = await runCli([
      'pipeline',
      at('logs.csv'),
      ...['--package', at('package'), '--json', at('lab.json'), '--html', at('lab.html'), '--seed', '3'],
    ]);
    expect(stderr).toMatch(/line 6: /);
    expect([code, stdout]).toEqual([0, expect.stringContaining('1200 rows, 1 unreadable')]);

    const { result, manifest, live } = JSON.parse(readFileSync(at('lab.json'), 'utf8'));
    expect(result).toMatchObject({ seed: 3, fit_rows: 900, test_rows: 300 });
    expect(result.contestants.map(({ name }: { name: string }) => name).sort()).toEqual(
      expect.arrayContaining(['boosted', 'logistic_regression', 'random_forest']),
    );
    expect(result.test.roc_auc).toBeGreaterThan(0.95);
    expect(live.scored).toBe(300);
    expect(readdirSync(at('package')).sort()).toEqual([
      'manifest.json',
      expect.stringMatching(/\.(bin|afm|model)/),
    ]);
    const model = readdirSync(at('package')).find((name) => name !== 'manifest.json')!;
    const bytes = readFileSync(join(at('package'), model));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(manifest.sha256);
    expect(JSON.stringify(manifest.columns)).not.toMatch(/label/);

    const html = readFileSync(at('lab.html'), 'utf8');
    expect(html).toContain('</html>');
    expect(html).not.toMatch(/<(script|link|img|iframe)[^>]+(src|href)=/);
  });

  it('names the columns that a file lacks and writes nothing', async () => {
    writeFileSync(at('short.csv'), 'timestamp,src_ip\n2024-01-01T00:00:00Z,1.1.1.1\n');
    const { code, stderr } = await runCli(['pipeline', at('short.csv'), '--package', at('none')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/REQUEST_INVALID.*dst_ip/);
    expect(readdirSync(folder)).not.toContain('none');
  });
});
