import { once } from 'node:events';
import { createWriteStream, mkdtempSync, rmSync, type WriteStream } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hash64, lastHash } from '../features/hash64.ts';
import { onInterrupt } from '../logs/on-interrupt.ts';
import { writeError } from '../logs/write-error.ts';

/** A row on its way to the others of its key. */
export interface KeyedRow {
  readonly key: string;
  /** JSON text of the row. */
  readonly json: string;
}

export interface PartitionOptions {
  /** Files that rows are spread over; memory holds one of them at a time. @default 64 */
  readonly nPartitions?: number;
}

/**
 * Joins rows that share a key, wherever they stand in the input: first every row goes to a temporary file by hash of
 * its key, then each file is read whole and grouped. Memory is bounded by the largest file. Groups come out in an
 * order that depends on the keys alone; rows within a group keep their order.
 */
export async function* joinByKey(
  rows: AsyncIterable<KeyedRow>,
  options: PartitionOptions = {},
): AsyncGenerator<{ readonly key: string; readonly rows: readonly unknown[] }> {
  const { nPartitions = 64 } = options;
  // retried: files that were being opened when the signal came may turn up while the folder is removed
  const removal = { recursive: true, force: true, maxRetries: 20, retryDelay: 20 } as const;
  // listened to before there is a folder, and in one turn with its making, so that no signal falls between
  let folder: string | undefined;
  const forget = onInterrupt(() => {
    if (folder !== undefined) rmSync(folder, removal);
  });
  folder = mkdtempSync(join(tmpdir(), 'alertforest-join-'));
  try {
    const paths = Array.from({ length: nPartitions }, (_, i) => join(folder as string, String(i)));
    await partition(rows, paths);
    for (const path of paths) yield* joined(path);
  } finally {
    forget();
    await rm(folder, removal);
  }
}

async function partition(rows: AsyncIterable<KeyedRow>, paths: readonly string[]): Promise<void> {
  let failure: Error | undefined;
  const files = paths.map((path): WriteStream => {
    const file = createWriteStream(path, { highWaterMark: 1 << 18 });
    // A full disk is met below, between two rows; without a listener it would end the process on the spot.
    file.on('error', (error) => {
      failure ??= error;
    });
    return file;
  });
  try {
    for await (const { key, json } of rows) {
      hash64([key], 0);
      const file = files[(lastHash[0] as number) % files.length] as WriteStream;
      if (!file.write(`${JSON.stringify(key)}\t${json}\n`) && failure === undefined) {
        // `once` rejects with a failure that the listener above has kept already
        await once(file, 'drain').catch(() => {});
      }
      if (failure !== undefined) break;
    }
  } finally {
    await Promise.all(files.map(closed));
  }
  if (failure !== undefined) throw writeError(`temporary files under ${tmpdir()}`, failure);
}

async function closed(file: WriteStream): Promise<void> {
  if (file.closed) return;
  const done = new Promise<void>((resolve) => file.on('close', resolve));
  file.end();
  await done;
}

async function* joined(
  path: string,
): AsyncGenerator<{ readonly key: string; readonly rows: readonly unknown[] }> {
  const groups = new Map<string, string[]>();
  for (const line of (await readFile(path, 'utf8')).split('\n')) {
    if (line === '') continue;
    const at = line.indexOf('\t');
    const key = JSON.parse(line.slice(0, at)) as string;
    const group = groups.get(key);
    if (group) group.push(line.slice(at + 1));
    else groups.set(key, [line.slice(at + 1)]);
  }
  for (const key of [...groups.keys()].sort()) {
    yield { key, rows: (groups.get(key) as string[]).map((json) => JSON.parse(json) as unknown) };
  }
}
