import { type JsonLimits, JsonSyntaxError } from './json-limits.ts';
import { type JsonPart, JsonReader, type JsonReaderOptions, PIECE_BYTES } from './json-reader.ts';
import { JsonScanner, NO_EVENTS } from './json-scanner.ts';
import { WorkSlices } from './work-slices.ts';

/** Bytes in pieces; where a piece ends means nothing. */
export type ByteSource = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export interface JsonDocuments {
  /** In order; one for a plain body, several for documents one after the other (JSON lines among them). */
  readonly documents: readonly unknown[];
  /** The bytes end in the middle of the last one; it has what was whole. */
  readonly isCut: boolean;
  /** Bytes of JSON that a container took; undefined for one of less than two pieces. */
  readonly sizeOf: (value: object) => number | undefined;
}

/**
 * Reads the JSON documents of a body that is in memory, in slices between which everything else may run. All limits
 * hold before the first value is built.
 *
 * @throws AlertforestError REQUEST_TOO_LARGE or BATCH_TOO_LARGE by name; JsonSyntaxError
 */
export async function readJson(
  bytes: Uint8Array,
  limits: JsonLimits,
  slices: WorkSlices = new WorkSlices(),
): Promise<JsonDocuments> {
  if (bytes.length > PIECE_BYTES) await checkLimits(bytes, limits, slices);
  const reader = new JsonReader(limits);
  const documents: unknown[] = [];
  let isCut = false;
  const take = (parts: readonly JsonPart[]): void => {
    for (const part of parts) {
      documents.push(part.value);
      if (part.kind === 'document') isCut = part.isCut;
    }
  };
  for (const piece of piecesOf(bytes)) {
    take(reader.push(piece));
    await slices.spend(piece.length);
  }
  take(reader.finish());
  return { documents, isCut, sizeOf: (value) => reader.sizeOf(value) };
}

/** Depth, values and items of a body, without building anything. */
async function checkLimits(bytes: Uint8Array, limits: JsonLimits, slices: WorkSlices): Promise<void> {
  const scanner = new JsonScanner(limits);
  for (const piece of piecesOf(bytes)) {
    scanner.scan(piece, NO_EVENTS);
    // A scan takes about a third of the time that building takes.
    await slices.spend(piece.length / 4);
  }
}

/**
 * Reads the elements of the lists named in `lists` one by one, and after them what the documents hold beside those.
 * Memory holds one item and one chunk, whatever comes.
 *
 * @throws AlertforestError REQUEST_TOO_LARGE or BATCH_TOO_LARGE by name; JsonSyntaxError
 */
export async function* readJsonItems(
  source: ByteSource,
  options: JsonReaderOptions,
  slices: WorkSlices = new WorkSlices(),
): AsyncGenerator<JsonPart> {
  const reader = new JsonReader(options);
  for await (const chunk of source) {
    for (const piece of piecesOf(chunk)) {
      yield* reader.push(piece);
      await slices.spend(piece.length);
    }
  }
  yield* reader.finish();
}

/**
 * A JSON text inside a field, read at once and with its digits. For short texts: it does not pause.
 *
 * @throws AlertforestError REQUEST_TOO_LARGE by name; JsonSyntaxError where it is not exactly one document
 */
export function parseExactJson(text: string, limits: JsonLimits): unknown {
  const reader = new JsonReader(limits);
  const parts: JsonPart[] = [];
  for (const piece of piecesOf(Buffer.from(text))) parts.push(...reader.push(piece));
  parts.push(...reader.finish());
  const [only] = parts;
  if (parts.length !== 1 || only?.kind !== 'document' || only.isCut)
    throw new JsonSyntaxError('expected one whole JSON document', 0, 1);
  return only.value;
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES);
}
