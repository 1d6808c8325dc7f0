import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { AlertforestError } from '../errors.ts';
import { openText } from '../evaluation/open-text.ts';

/** One payload of a file and where it stood. */
export interface FilePayload {
  /** From 1. */
  readonly line: number;
  readonly payload: unknown;
}

/** A line that cannot be read; the reader goes on after it. */
export interface BadLine {
  readonly line: number;
  readonly problem: string;
}

/** A file, or stdin for `-`. */
export function openInput(path: string): Readable {
  return path === '-' ? process.stdin : openText(path);
}

/** Payloads of JSON lines or, for `.csv`, of CSV rows; one at a time, so that any size fits. */
export async function* payloadsOf(path: string): AsyncGenerator<FilePayload | BadLine> {
  if (/\.csv(\.gz)?$/.test(path)) {
    yield* csvRows(path);
    return;
  }
  let line = 0;
  for await (const text of createInterface({ input: openInput(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    line++;
    if (text.trim() === '') continue;
    try {
      yield { line, payload: JSON.parse(text) };
    } catch (error) {
      yield { line, problem: `not JSON: ${(error as Error).message}` };
    }
  }
  if (line === 0)
    throw new AlertforestError('REQUEST_INVALID', `Expected ${path} to hold at least one line.`);
}

async function* csvRows(path: string): AsyncGenerator<FilePayload> {
  const input = openInput(path);
  const parser = parse({
    bom: true,
    columns: true,
    info: true,
    skip_empty_lines: true,
    relax_column_count: true,
  });
  input.on('error', (error) => parser.destroy(error));
  for await (const { record, info } of input.pipe(parser) as AsyncIterable<{
    record: Record<string, string>;
    info: { lines: number };
  }>) {
    // Cells that hold JSON (entities, telemetry) are read as such; an empty cell is an absent field.
    const payload = Object.fromEntries(
      Object.entries(record).flatMap(([name, cell]) => (cell === '' ? [] : [[name, cellValue(cell)]])),
    );
    yield { line: info.lines, payload };
  }
}

function cellValue(cell: string): unknown {
  if (!/^\s*[[{]/.test(cell)) return cell;
  try {
    return JSON.parse(cell);
  } catch {
    return cell;
  }
}
