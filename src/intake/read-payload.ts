import { isUtf8 } from 'node:buffer';
import type { BodyBytes } from '../reading/body-bytes.ts';
import { type JsonLimits, JsonSyntaxError, tooMuch } from '../reading/json-limits.ts';
import { readJson } from '../reading/read-json.ts';
import { WorkSlices } from '../reading/work-slices.ts';
import { decodeText } from './body/decode-text.ts';
import { parseBody, valueOfRecords } from './body/parse-body.ts';
import { mayHoldFlattened, reviveTexts } from './body/powershell-texts.ts';
import type { SplitRecord } from './body/record-splitter.ts';
import { formOf, textRecords } from './body/text-records.ts';
import { Unread } from './unread.ts';

/** A text of at most this many bytes is read at once: a few milliseconds. */
const SHORT_BYTES = 65_536;

export interface ReadPayload {
  /** The value, or a list of the values of several documents or lines. */
  readonly value: unknown;
  readonly nBytes: number;
  /** Bytes that an object of the payload took; undefined for one of less than 128 KiB. */
  readonly sizeOf: (value: object) => number | undefined;
}

/**
 * What a request body or file holds: JSON, documents one after the other, lines, a form, a table. A long one is read in
 * slices between which other requests run; limits hold before anything is built. A document or line that cannot be read
 * stands as `Unread` in its place.
 *
 * @throws AlertforestError REQUEST_INVALID for bytes that are no text, NOTHING_READ where no record could be read;
 * REQUEST_TOO_LARGE, BATCH_TOO_LARGE
 */
export async function readPayload(
  { bytes, contentType }: BodyBytes,
  limits: JsonLimits,
  slices: WorkSlices = new WorkSlices(),
): Promise<ReadPayload> {
  const nBytes = bytes.length;
  // Bytes of another encoding would come out as marks for what cannot be read; the decoder names them.
  if (beginsLikeJson(bytes) && isUtf8(bytes) && !/charset=(?!"?utf-?8)/i.test(contentType ?? '')) {
    try {
      const { documents, isCut, sizeOf } = await readJson(bytes, limits, slices);
      if (!isCut && documents.length > 0) {
        const value = documents.length === 1 ? documents[0] : documents;
        const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
        return { value: mayHoldFlattened(text) ? reviveTexts(value) : value, nBytes, sizeOf };
      }
    } catch (cause) {
      if (!(cause instanceof JsonSyntaxError)) throw cause;
    }
  }
  const text = decodeText(bytes, contentType);
  const value =
    nBytes <= SHORT_BYTES || formOf(text, { contentType }) !== undefined
      ? parseBody(text, { contentType })
      : valueOfRecords(await recordsInSlices(text, contentType, limits, slices));
  return { value, nBytes, sizeOf: () => undefined };
}

/** The records of a long text, line by line. */
async function recordsInSlices(
  text: string,
  contentType: string | undefined,
  limits: JsonLimits,
  slices: WorkSlices,
): Promise<unknown[]> {
  const records = textRecords(
    text,
    { contentType },
    { maxDocument: limits.maxItemBytes, maxCells: limits.maxValues },
  );
  const values: unknown[] = [];
  let line = 0;
  const take = async (found: Iterable<SplitRecord>): Promise<void> => {
    for (const { value } of found) {
      if (values.push(value) > limits.maxItems)
        throw tooMuch('items in one body', limits.maxItems, 'BATCH_TOO_LARGE');
      await slices.spend(records.recordUnits);
    }
  };
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf('\n', from);
    const end = newline < 0 ? text.length : newline;
    line++;
    if (newline < 0 && from === 0 && end > limits.maxItemBytes)
      throw tooMuch('bytes in one line', limits.maxItemBytes, 'REQUEST_TOO_LARGE');
    if (end - from > limits.maxItemBytes)
      values.push(
        new Unread(`Expected a line of at most ${limits.maxItemBytes} bytes, got ${end - from}.`, line),
      );
    else await take(records.push(line, text.slice(from, text[end - 1] === '\r' ? end - 1 : end)));
    await slices.spend((end - from + 1) * 4);
    from = end + 1;
  }
  await take(records.end());
  return values;
}

function beginsLikeJson(bytes: Uint8Array): boolean {
  const at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const first = bytes.subarray(at).find((byte) => byte > 0x20);
  return first === 0x7b || first === 0x5b || first === 0x22;
}
