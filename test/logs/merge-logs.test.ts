import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { LogRow } from '../../src/logs/formats/log-row.ts';
import { mergedBatches } from '../../src/logs/merge/merge-batches.ts';
import type { RowBatch } from '../../src/logs/merge/row-batches.ts';
import { fc } from '../support/fast-check.ts';
import { lines, logFile, readPaths } from './read-log-text.ts';

const HEADER = '@timestamp,source.ip,source.bytes';
const at = (second: number): string => new Date(1_772_409_600_000 + 1000 * second).toISOString();
const row = (second: number, bytes = 1): string => `${at(second)},192.0.2.5,${bytes}`;

/** Batches of so many rows with these times. */
async function* batchesOf(times: readonly number[], size: number): AsyncGenerator<RowBatch> {
  for (let from = 0; from < times.length; from += size) {
    const part = times.slice(from, from + size);
    yield { rows: part.map((time) => ({ time }) as LogRow), texts: part.map(String) };
  }
}

describe('several files', () => {
  it('that overlap are merged by time, whatever their order, packed or not', async () => {
    const even = lines(HEADER, ...[0, 2, 4, 6].map((second) => row(second)));
    const odd = lines(HEADER, ...[1, 3, 5, 9].map((second) => row(second)));
    const late = lines(HEADER, ...[7, 8].map((second) => row(second)));
    const paths = [logFile(gzipSync(late), 'c.gz'), logFile(odd, 'b'), logFile(even, 'a')];
    for (const order of [paths, paths.toReversed(), [paths[1]!, paths[2]!, paths[0]!]]) {
      const { reading, rows } = await readPaths(order);
      expect(rows.map(({ time }) => new Date(time).toISOString())).toEqual(
        Array.from({ length: 10 }, (_, second) => at(second)),
      );
      expect(reading).toMatchObject({
        rows: 10,
        first: { '@timestamp': at(0) },
        last: { '@timestamp': at(9) },
        time: { in_order: true },
      });
      expect(reading.files).toEqual([paths[2], paths[1], paths[0]]);
    }
  });

  it('with rows in common count those as repeated', async () => {
    const paths = [
      [0, 1, 2, 3],
      [2, 3, 4],
    ].map((seconds) => logFile(lines(HEADER, ...seconds.map((second) => row(second)))));
    expect((await readPaths(paths)).reading).toMatchObject({ rows: 7, quality: { duplicates: 2 } });
  });

  it('whose times have no year turn it where the widest gap is', async () => {
    const line = (time: string): string =>
      `${time} b sshd[1]: Failed password for root from 192.0.2.1 port 5 ssh2`;
    const paths = [
      logFile(lines(line('Jan  3 00:00:01'), line('Jan 11 00:00:00')), 'auth.log'),
      logFile(lines(line('Dec 14 10:00:00'), line('Dec 20 10:00:00')), 'auth.log.2'),
      logFile(lines(line('Dec 21 10:00:00'), line('Jan  2 10:00:00')), 'auth.log.1'),
    ];
    const { rows, reading } = await readPaths(paths, { year: 2026 });
    expect(reading.time?.in_order).toBe(true);
    expect(rows.map(({ time }) => new Date(time).toISOString().slice(0, 10))).toEqual([
      ...['2026-12-14', '2026-12-20', '2026-12-21'],
      ...['2027-01-02', '2027-01-03', '2027-01-11'],
    ]);
  });
});

describe('a merge', () => {
  it('has open only what it has come to', async () => {
    let nOpen = 0;
    let most = 0;
    const sources = Array.from({ length: 50 }, (_, i) => ({
      firstTime: 10 * i,
      open: async function* () {
        most = Math.max(most, ++nOpen);
        yield* batchesOf([10 * i, 10 * i + 12], 5);
        nOpen--;
      },
    }));
    let n = 0;
    for await (const { rows } of mergedBatches(sources)) n += rows.length;
    expect([n, most, nOpen]).toEqual([100, 2, 0]);
  });

  it('of sources in order is in order, of any sources keeps every row and the order inside each', async () => {
    const times = fc.array(fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constant(Number.NaN)), {
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(times, { maxLength: 6 }),
        fc.integer({ min: 1, max: 7 }),
        async (lists, size) => {
          const first = (list: readonly number[]): number =>
            list.find((time) => !Number.isNaN(time)) ?? Number.NaN;
          const order = (list: readonly number[]): number =>
            Number.isNaN(first(list)) ? Infinity : first(list);
          const sources = lists.toSorted((a, b) => order(a) - order(b));
          const tagged = new Map<LogRow, number>();
          const merged: LogRow[] = [];
          const opened = sources.map((list, place) => ({
            firstTime: first(list),
            open: async function* () {
              for await (const batch of batchesOf(list, size)) {
                for (const one of batch.rows) tagged.set(one, place);
                yield batch;
              }
            },
          }));
          for await (const { rows, texts } of mergedBatches(opened)) {
            expect(texts).toEqual(rows.map(({ time }) => String(time)));
            merged.push(...rows);
          }
          sources.forEach((list, place) => {
            expect(merged.filter((one) => tagged.get(one) === place).map(({ time }) => time)).toEqual(list);
          });
          const isSorted = (list: readonly number[]): boolean =>
            list.every((time, i) => time >= (i === 0 ? 0 : (list[i - 1] as number)));
          if (lists.every(isSorted)) expect(isSorted(merged.map(({ time }) => time))).toBe(true);
        },
      ),
    );
  });
});
