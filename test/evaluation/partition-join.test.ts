import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { joinByKey, type KeyedRow } from '../../src/evaluation/partition-join.ts';
import { fc } from '../support/fast-check.ts';

// A folder for temporary files of its own: other processes have joins running too.
const folder = mkdtempSync(join(tmpdir(), 'alertforest-partitions-'));
vi.stubEnv('TMPDIR', folder);
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

async function* streamed(rows: readonly KeyedRow[]): AsyncGenerator<KeyedRow> {
  yield* rows;
}

async function joined(rows: readonly KeyedRow[], nPartitions: number): Promise<[string, unknown[]][]> {
  const groups: [string, unknown[]][] = [];
  for await (const { key, rows: own } of joinByKey(streamed(rows), { nPartitions }))
    groups.push([key, [...own]]);
  return groups;
}

const leftFolders = (): string[] => readdirSync(folder);

describe('joining rows by key', () => {
  it('gives every key once with all its rows in their order, whatever lies between them', async () => {
    const row = fc.tuple(fc.oneof(fc.string(), fc.constantFrom('a', 'b', 'a\tb', 'é\n')), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 60 }), fc.integer({ min: 1, max: 5 }), async (pairs, n) => {
        const rows = pairs.map(([key, value]) => ({ key, json: JSON.stringify(value) }));
        const expected = new Map<string, unknown[]>();
        for (const { key, json } of rows) expected.set(key, [...(expected.get(key) ?? []), JSON.parse(json)]);
        const groups = await joined(rows, n);
        expect(groups).toHaveLength(expected.size);
        expect(new Map(groups)).toEqual(expected);
      }),
      { numRuns: 40 },
    );
  });

  it('gives groups in an order that depends on the keys alone', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => ({ key: `k${i % 37}`, json: String(i) }));
    const forward = await joined(rows, 8);
    const backward = await joined([...rows].reverse(), 8);
    expect(backward.map(([key]) => key)).toEqual(forward.map(([key]) => key));
  });

  it('leaves no file behind, neither at the end, nor when the reader stops early, nor on an error', async () => {
    const before = leftFolders();
    const rows = [
      { key: 'a', json: '1' },
      { key: 'b', json: '2' },
    ];
    for await (const { key } of joinByKey(streamed(rows))) if (key) break;
    async function* broken(): AsyncGenerator<KeyedRow> {
      yield { key: 'a', json: '1' };
      throw new Error('line 2 is no row');
    }
    await expect(joinByKey(broken()).next()).rejects.toThrow('line 2 is no row');
    expect(leftFolders()).toEqual(before);
    expect(process.listenerCount('SIGINT')).toBe(0);
  });

  it.skipIf(process.platform === 'win32')(
    'ends in one sentence and leaves nothing behind when a temporary file cannot grow any more',
    () => {
      const columns =
        'OrgId,IncidentId,AlertId,AlertTitle,Category,IncidentGrade,EntityType,EvidenceRole,IpAddress,Url,ApplicationId,City,Day,Year,Hour,TimeOfDay';
      const rows = Array.from(
        { length: 60_000 },
        (_, i) =>
          `${i % 9},${i >> 2},${i >> 1},${i % 50},Malware,TruePositive,Ip,Related,${i},160396,2251,10630,3,2024,4,04:00:00`,
      );
      const guide = join(folder, 'guide.csv');
      writeFileSync(guide, `${columns}\n${rows.join('\n')}\n`);
      const before = leftFolders();
      const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url));
      // the shell's limit on the size of a file, in blocks of 512 bytes: what a full disk does to a writer
      const { status, stderr } = spawnSync(
        'sh',
        [
          ...['-c', 'ulimit -f 100 && exec "$@"', 'sh', process.execPath, main],
          ...['evaluate', '--format', 'guide', '--train', guide, '--test', guide, '--splits', 'none'],
        ],
        { encoding: 'utf8' },
      );
      expect(status).toBe(1);
      expect(stderr.trim().split('\n').at(-1)).toMatch(
        /^INTERNAL: Cannot write temporary files under .*alertforest-partitions-.*: EFBIG/,
      );
      expect(stderr).not.toContain('    at ');
      expect(leftFolders()).toEqual(before);
    },
  );
});
