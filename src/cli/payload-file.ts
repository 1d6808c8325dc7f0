import { AlertforestError } from '../errors.ts';
import { csvRows } from '../logs/csv-rows.ts';
import { openText } from '../logs/open-text.ts';
import { wordsOf } from '../logs/skip-counts.ts';
import { jsonMisfit, TOO_LONG, textLines } from '../logs/text-lines.ts';

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

/** Payloads of JSON lines or, for `.csv`, of CSV rows; one at a time, so that any size fits. `-` is stdin. */
export async function* payloadsOf(path: string): AsyncGenerator<FilePayload | BadLine> {
  if (/\.csv(\.gz)?$/.test(path)) {
    yield* csvPayloads(path);
    return;
  }
  let nLines = 0;
  for await (const { line, text } of textLines(openText(path))) {
    nLines++;
    if (text === undefined) yield { line, problem: wordsOf(TOO_LONG) };
    else if (text.trim() !== '') yield linePayload(line, text);
  }
  if (nLines === 0)
    throw new AlertforestError('REQUEST_INVALID', `Expected ${path} to hold at least one line.`);
}

function linePayload(line: number, text: string): FilePayload | BadLine {
  try {
    return { line, payload: JSON.parse(text) };
  } catch {
    return { line, problem: wordsOf(jsonMisfit(text)) };
  }
}

async function* csvPayloads(path: string): AsyncGenerator<FilePayload | BadLine> {
  for await (const { line, row, misfit } of csvRows(openText(path), { name: path })) {
    if (misfit !== undefined) yield { line, problem: wordsOf(misfit) };
    if (row === undefined) continue;
    // Cells that hold JSON (entities, telemetry) are read as such; an empty cell is an absent field.
    const payload = Object.fromEntries(
      Object.entries(row).flatMap(([name, cell]) => (cell === '' ? [] : [[name, cellValue(cell)]])),
    );
    yield { line, payload };
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
