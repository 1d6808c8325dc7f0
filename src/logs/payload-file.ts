import { extname } from 'node:path';
import { AlertforestError } from '../errors.ts';
import { endOfDocument } from '../intake/body/json-documents.ts';
import type { SplitRecord } from '../intake/body/record-splitter.ts';
import { cutOff } from '../intake/body/text-line.ts';
import { textRecords } from '../intake/body/text-records.ts';
import { Unread } from '../intake/unread.ts';
import { DEFAULT_JSON_LIMITS, JsonSyntaxError } from '../reading/json-limits.ts';
import { readJsonItems } from '../reading/read-json.ts';
import { UnreadItem } from '../reading/unread-item.ts';
import { openText, peeked, type TextInput } from './open-text.ts';
import { type Misfit, wordsOf } from './skip-counts.ts';
import { jsonMisfit, MAX_LINE_BYTES, NOT_UTF8, TOO_LONG, textLines } from './text-lines.ts';

/** One payload of a file and where it stood. */
export interface FilePayload {
  /** From 1: the line on which it began; in one JSON document that holds many, its number among them. */
  readonly line: number;
  readonly payload: unknown;
}

/** A part that cannot be read; the reader goes on after it. */
export interface BadLine {
  readonly line: number;
  /** In a sentence. */
  readonly problem: string;
  /** The same in its parts. */
  readonly misfit: Misfit;
}

export interface PayloadFileOptions {
  /** Name of the text's encoding, as `TextDecoder` knows it; a byte order mark wins. @default utf-8 */
  readonly encoding?: string;
  /** What the file holds, where that is known otherwise than by its name. */
  readonly contentType?: string;
  /** The bytes where the file has been opened already. */
  readonly input?: AsyncGenerator<Uint8Array> | undefined;
}

/** Bytes by which the kind of a file is told. */
const HEAD_BYTES = 64 * 1024;
/** Up to here a file is read as a body is, its documents whole; beyond it the long lists come item by item. */
const WHOLE_BYTES = 16 * 1024 * 1024;
const LISTS = ['', 'value', 'hits.hits'];
const LIMITS = {
  ...DEFAULT_JSON_LIMITS,
  maxItems: Infinity,
  maxValues: Infinity,
  maxItemBytes: 4 * MAX_LINE_BYTES,
};
const TABLE_TYPES: Readonly<Record<string, string>> = {
  '.csv': 'text/csv',
  '.tsv': 'text/tab-separated-values',
};

/**
 * Payloads of a file of any known kind, as a request body of the same bytes would be read: JSON documents and lines, CEF,
 * LEEF, key=value, tables; packed or not. One at a time, so that any size fits. `-` is stdin.
 *
 * @throws AlertforestError REQUEST_INVALID where the file cannot be read or holds nothing
 */
export async function* payloadsOf(
  path: string,
  { encoding, contentType, input: opened }: PayloadFileOptions = {},
): AsyncGenerator<FilePayload | BadLine> {
  const { head, input } = await peeked(opened ?? openText(path, encoding), HEAD_BYTES);
  const text = head.toString('utf8');
  if (text.trim() === '' && head.length < HEAD_BYTES)
    throw new AlertforestError('REQUEST_INVALID', `Expected ${path} to hold at least one line.`);
  const type = contentType ?? TABLE_TYPES[extname(path.replace(/\.(gz|zst|br)$/, '')).toLowerCase()] ?? '';
  if (type !== '' || !beginsLongDocument(text)) {
    yield* linePayloads(input, text, type);
    return;
  }
  const whole = await peeked(input, WHOLE_BYTES);
  let nDone = 0;
  try {
    const lists = whole.head.length < WHOLE_BYTES ? [] : LISTS;
    for await (const item of jsonPayloads(whole.input, lists)) {
      yield item;
      nDone++;
    }
  } catch (error) {
    // Lines of documents of which the first alone is spread over several: as lines they can be read one by one.
    if (!(error instanceof JsonSyntaxError) || path === '-' || nDone > 0) throw asProblem(error, path, nDone);
    yield* linePayloads(openText(path, encoding), text, type);
  }
}

/** Whether a text begins with a JSON document that its first line does not end. */
function beginsLongDocument(text: string): boolean {
  const start = text.search(/\S/);
  if (text[start] !== '{' && text[start] !== '[') return false;
  const newline = text.indexOf('\n', start);
  return endOfDocument(newline < 0 ? text : text.slice(0, newline), start) === undefined;
}

async function* jsonPayloads(
  input: AsyncGenerator<Uint8Array>,
  lists: readonly string[],
): AsyncGenerator<FilePayload | BadLine> {
  let n = 0;
  for await (const part of readJsonItems(input, { ...LIMITS, lists })) {
    const { value } = part;
    // What is left of a document whose list came item by item is its frame and no record.
    if (part.kind === 'document' && n > 0 && isEmptied(value)) continue;
    n++;
    if (value instanceof UnreadItem) yield badLine(n, value.problem);
    else yield { line: n, payload: part.kind === 'document' && part.isCut ? cutOff(value) : value };
  }
}

function isEmptied(document: unknown): boolean {
  if (Array.isArray(document)) return document.length === 0;
  if (typeof document !== 'object' || document === null) return false;
  return LISTS.some((path) => {
    let value: unknown = document;
    for (const name of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[name];
    return Array.isArray(value) && value.length === 0;
  });
}

function asProblem(error: unknown, path: string, nDone: number): unknown {
  if (!(error instanceof JsonSyntaxError)) return error;
  return new AlertforestError(
    'REQUEST_INVALID',
    `${path} stops being JSON after ${nDone} records: ${error.message}`,
    {
      cause: error,
    },
  );
}

async function* linePayloads(
  input: TextInput,
  head: string,
  contentType: string,
): AsyncGenerator<FilePayload | BadLine> {
  const records = textRecords(head, { contentType });
  // The last two lines: a torn one is given up when the next has come.
  const texts = new Map<number, string>();
  for await (const { line, text, isUtf8 } of textLines(input)) {
    if (text === undefined) {
      yield { line, problem: wordsOf(TOO_LONG), misfit: TOO_LONG };
      continue;
    }
    if (!isUtf8) {
      yield { line, problem: wordsOf(NOT_UTF8), misfit: NOT_UTF8 };
      continue;
    }
    texts.set(line, text).delete(line - 2);
    for (const record of records.push(line, text)) yield filePayload(record, texts);
  }
  for (const record of records.end()) yield filePayload(record, texts);
}

function filePayload(
  { line, value }: SplitRecord,
  texts: ReadonlyMap<number, string>,
): FilePayload | BadLine {
  if (!(value instanceof Unread)) return { line, payload: value };
  // Of a line of JSON that is still at hand, the character at which it stops being JSON says more.
  const text = texts.get(line);
  if (text === undefined || !/^\s*[{["]/.test(text)) return badLine(line, value.problem);
  const misfit = jsonMisfit(text);
  return { line, problem: wordsOf(misfit), misfit };
}

/** `Expected 5 cells as in the header, got 4.` with its parts. */
function badLine(line: number, problem: string): BadLine {
  const [, expected, got] = /^Expected (.*), got (.*?)\.?$/s.exec(problem.slice(0, 400)) ?? [];
  const misfit = { column: '1', expected: expected ?? 'a record', got: got ?? problem };
  return { line, problem, misfit };
}
