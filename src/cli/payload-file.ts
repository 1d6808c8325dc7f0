import { AlertforestError } from '../errors.ts';
import { RecordSplitter, type SplitRecord } from '../intake/body/record-splitter.ts';
import { Unread } from '../intake/unread.ts';
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

/**
 * Payloads of a file of lines and documents of any known kind (JSON over one line or many, CEF, LEEF, key=value) or, for
 * `.csv`, of its rows; one at a time, so that any size fits. `-` is stdin.
 */
export async function* payloadsOf(path: string): AsyncGenerator<FilePayload | BadLine> {
  if (/\.csv(\.gz)?$/.test(path)) {
    yield* csvPayloads(path);
    return;
  }
  const records = new RecordSplitter();
  // The last two lines: a torn one is given up when the next has come.
  const texts = new Map<number, string>();
  let nLines = 0;
  for await (const { line, text } of textLines(openText(path))) {
    nLines++;
    if (text === undefined) {
      yield { line, problem: wordsOf(TOO_LONG) };
      continue;
    }
    texts.set(line, text).delete(line - 2);
    for (const record of records.push(line, text)) yield filePayload(record, texts);
  }
  for (const record of records.end()) yield filePayload(record, texts);
  if (nLines === 0)
    throw new AlertforestError('REQUEST_INVALID', `Expected ${path} to hold at least one line.`);
}

function filePayload(
  { line, value }: SplitRecord,
  texts: ReadonlyMap<number, string>,
): FilePayload | BadLine {
  if (!(value instanceof Unread)) return { line, payload: value };
  // Of a line that is still at hand, the character at which it stops being JSON says more.
  const text = texts.get(line);
  return { line, problem: text === undefined ? value.problem : wordsOf(jsonMisfit(text)) };
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
