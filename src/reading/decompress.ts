import { Readable, type Transform } from 'node:stream';
import zlib from 'node:zlib';
import { AlertforestError } from '../errors.ts';
import { tooMuch } from './json-limits.ts';
import type { ByteSource } from './read-json.ts';

/** How bytes are compressed; `plain` where they are not. */
export type Compression = 'plain' | 'gzip' | 'zlib' | 'deflate' | 'zstd' | 'br';

/** First bytes that are looked at. */
const HEAD_BYTES = 4;
/** Bytes that are inflated to see whether they are zlib's: they give half a megabyte at most. */
const TRIED_BYTES = 512;

/**
 * The compression of bytes that begin with `head`. The bytes decide; the label (a `content-encoding` or file ending)
 * only where they cannot: brotli and raw deflate have no mark of their own, and are believed unless the bytes begin as text does.
 */
export function compressionOf(head: Uint8Array, label: string | undefined): Compression {
  const [a = 0, b = 0, c = 0, d = 0] = head;
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  const named = label?.split(',').at(-1)?.trim().toLowerCase();
  const isZlib = a === 0x78 && (b === 0x01 || b === 0x5e || b === 0x9c || b === 0xda);
  // Brotli may begin with the same bytes; what inflates to text is none.
  if (isZlib && (named !== 'br' || inflatesToText(head))) return 'zlib';
  if ((named === 'br' || named === 'deflate') && !beginsLikeJson(head)) return named;
  return 'plain';
}

/** Whether bytes are the beginning of zlib's compression of a text. */
function inflatesToText(bytes: Uint8Array): boolean {
  try {
    const text = zlib.inflateSync(bytes.subarray(0, TRIED_BYTES), {
      finishFlush: zlib.constants.Z_SYNC_FLUSH,
    });
    return text.length > 0 && text.every((byte) => byte >= 0x20 || (byte >= 0x09 && byte <= 0x0d));
  } catch {
    return false;
  }
}

/** JSON in plain letters; compressed bytes begin like that once in some thousand times. */
function beginsLikeJson(head: Uint8Array): boolean {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, HEAD_BYTES)).toString(
    'latin1',
  );
  return /^\s*[[{"][\s\x20-\x7e]*$/.test(text.replace('\u00ef\u00bb\u00bf', ''));
}

/** Makes a decoder. Node before 22.15 knows no zstd. */
function decoderOf(compression: Exclude<Compression, 'plain'>): Transform {
  if (compression === 'gzip') return zlib.createGunzip();
  if (compression === 'zlib') return zlib.createInflate();
  if (compression === 'deflate') return zlib.createInflateRaw();
  if (compression === 'br') return zlib.createBrotliDecompress();
  if (zlib.createZstdDecompress === undefined)
    throw new AlertforestError(
      'REQUEST_INVALID',
      'Expected gzip, deflate or br, got zstd, which this Node does not read.',
    );
  return zlib.createZstdDecompress();
}

export interface DecompressOptions {
  /** What the sender calls the compression. */
  readonly label?: string;
  /** Bytes after decompression. @default no limit */
  readonly maxBytes?: number;
  /** What the bytes are called in errors. @default 'the body' */
  readonly name?: string;
}

/**
 * The bytes behind a compression, in pieces; plain bytes go through untouched. Bytes are counted as they come out, so
 * that a small bomb is refused as early as a large body.
 *
 * The source is read to its end only where everything is taken. A request belongs in memory first.
 *
 * @throws AlertforestError REQUEST_TOO_LARGE beyond `maxBytes`; REQUEST_INVALID for bytes that are cut or damaged
 */
export async function* decompressed(
  source: ByteSource,
  options: DecompressOptions = {},
): AsyncGenerator<Uint8Array> {
  const { label, maxBytes = Infinity, name = 'the body' } = options;
  const iterator = (async function* () {
    yield* source;
  })();
  const head = await headOf(iterator);
  const compression = compressionOf(head, label);
  const whole = joined(head, iterator);
  let nBytes = 0;
  try {
    for await (const piece of compression === 'plain' ? whole : unpacked(whole, compression)) {
      nBytes += piece.length;
      if (nBytes > maxBytes) throw tooMuch('bytes in a body', maxBytes, 'REQUEST_TOO_LARGE');
      yield piece;
    }
  } catch (cause) {
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (!/^(Z_|ERR_|ZSTD_)/.test(code)) throw cause;
    const why =
      code === 'Z_BUF_ERROR' ? 'its compressed data ends in the middle' : 'its compressed data is damaged';
    throw new AlertforestError('REQUEST_INVALID', `Cannot read ${name} as ${compression}: ${why}.`, {
      cause,
    });
  }
}

/** Pieces until there are enough bytes to tell a compression by, or no more. */
async function headOf(source: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let head: Uint8Array = new Uint8Array(0);
  while (head.length < HEAD_BYTES) {
    const { done, value } = await source.next();
    if (done) break;
    head = head.length === 0 ? value : Buffer.concat([head, value]);
  }
  return head;
}

async function* joined(head: Uint8Array, rest: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (head.length > 0) yield head;
    yield* rest;
  } finally {
    await rest.return(undefined);
  }
}

async function* unpacked(
  source: AsyncIterable<Uint8Array>,
  compression: Exclude<Compression, 'plain'>,
): AsyncGenerator<Uint8Array> {
  const decoder = decoderOf(compression);
  const input = Readable.from(source, { objectMode: true });
  input.on('error', (error) => decoder.destroy(error));
  decoder.on('close', () => input.destroy());
  yield* input.pipe(decoder) as AsyncIterable<Uint8Array>;
}
