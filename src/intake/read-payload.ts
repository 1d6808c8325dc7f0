import { AlertforestError } from '../errors.ts';
import type { BodyBytes } from '../reading/body-bytes.ts';
import { type JsonLimits, JsonSyntaxError, tooMuch } from '../reading/json-limits.ts';
import { readJson } from '../reading/read-json.ts';
import { WorkSlices } from '../reading/work-slices.ts';
import { parseBody } from './parse-body.ts';

/** A text of at most this many bytes is read at once: a few milliseconds. */
const SHORT_BYTES = 65_536;
const NEWLINE = 0x0a;

export interface ReadPayload {
  /** The value, or a list of the values of several documents or lines. */
  readonly value: unknown;
  readonly nBytes: number;
  /** Bytes that an object of the payload took; undefined for one of less than 128 KiB. */
  readonly sizeOf: (value: object) => number | undefined;
}

/**
 * What a request body or file holds: JSON, documents one after the other, or lines. A long one is read in slices
 * between which other requests run; limits hold before anything is built.
 *
 * @throws AlertforestError REQUEST_INVALID with the line that does not parse; REQUEST_TOO_LARGE, BATCH_TOO_LARGE
 */
export async function readPayload(
  { bytes }: BodyBytes,
  limits: JsonLimits,
  slices: WorkSlices = new WorkSlices(),
): Promise<ReadPayload> {
  const nBytes = bytes.length;
  if (beginsLikeJson(bytes)) {
    try {
      const { documents, isCut, sizeOf } = await readJson(bytes, limits, slices);
      if (!isCut && documents.length > 0) {
        return { value: documents.length === 1 ? documents[0] : documents, nBytes, sizeOf };
      }
    } catch (cause) {
      if (!(cause instanceof JsonSyntaxError)) throw cause;
      if (!bytes.includes(NEWLINE)) throw invalid(cause);
    }
  }
  return { value: await readText(bytes, limits, slices), nBytes, sizeOf: () => undefined };
}

/** Lines, in blocks of whole ones. */
async function readText(bytes: Uint8Array, limits: JsonLimits, slices: WorkSlices): Promise<unknown> {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (text.length <= SHORT_BYTES) return parseBody(text.toString('utf8'));
  const values: unknown[] = [];
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf(NEWLINE, Math.min(from + SHORT_BYTES, text.length));
    const end = newline < 0 ? text.length : newline + 1;
    if (end - from > limits.maxItemBytes + SHORT_BYTES)
      throw tooMuch('bytes in one line', limits.maxItemBytes, 'REQUEST_TOO_LARGE');
    const block = text.toString('utf8', from, end);
    if (block.trim() !== '') values.push(parseBody(block));
    if (values.flat().length > limits.maxItems)
      throw tooMuch('items in one body', limits.maxItems, 'BATCH_TOO_LARGE');
    await slices.spend((end - from) * 4);
    from = end;
  }
  return values.flat();
}

function beginsLikeJson(bytes: Uint8Array): boolean {
  const at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const first = bytes.subarray(at).find((byte) => byte > 0x20);
  return first === 0x7b || first === 0x5b || first === 0x22;
}

function invalid(cause: JsonSyntaxError): AlertforestError {
  const line = cause.line ?? 1;
  return new AlertforestError(
    'REQUEST_INVALID',
    `Expected JSON, JSON lines or CEF lines, got text that does not parse at line ${line}: ${cause.message.slice(0, 200)}`,
    { cause, issues: [{ path: '', message: `Line ${line} is neither JSON nor CEF.` }] },
  );
}
