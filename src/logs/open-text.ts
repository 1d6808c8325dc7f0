import { constants, createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { AlertforestError } from '../errors.ts';
import { decompressed } from '../reading/decompress.ts';

/** Bytes or text in pieces; where a piece ends means nothing. */
export type TextInput = AsyncIterable<Uint8Array | string>;

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * The UTF-8 bytes of a file, or of the standard input for `-`, in pieces. What begins like gzip or zstd is unpacked
 * whatever its name, brotli by its name; a byte order mark is taken off, so that the first column keeps its name. UTF-16
 * with its mark, and text in the named encoding, is rewritten.
 *
 * @param onPiece told of each piece of the file as it lies there, packed or not
 * @param encoding as `TextDecoder` names it; UTF-8 bytes are handed on as they are and not checked
 * @throws AlertforestError REQUEST_INVALID where the file cannot be read, is cut or damaged, or the encoding is not known
 */
export async function* openText(
  path: string,
  encoding = 'utf-8',
  onPiece: (nBytes: number) => void = () => {},
): AsyncGenerator<Uint8Array> {
  const name = path === '-' ? 'the standard input' : path;
  try {
    const source: Readable = path === '-' ? process.stdin : createReadStream(path);
    source.on('data', (piece: Buffer) => onPiece(piece.length)).pause();
    const raw = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const label = path.endsWith('.br') ? 'br' : undefined;
    yield* asUtf8(
      decompressed(joined(Buffer.alloc(0), raw, source), { name, ...(label && { label }) }),
      encoding,
    );
  } catch (error) {
    throw readError(name, path, error);
  }
}

/** The first bytes of an input, at most `n` pieces of which may be more, and the whole of it. */
export async function peeked(
  source: AsyncGenerator<Uint8Array>,
  n: number,
): Promise<{ readonly head: Buffer; readonly input: AsyncGenerator<Uint8Array> }> {
  const head = await atLeast(source, n);
  return { head, input: joined(head, source) };
}

/** Pieces from `source` until there are `n` bytes or no more. */
async function atLeast(source: AsyncIterator<Uint8Array>, n: number): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for (let nBytes = 0; nBytes < n; ) {
    const { done, value } = await source.next();
    if (done) break;
    pieces.push(value);
    nBytes += value.length;
  }
  return Buffer.concat(pieces);
}

async function* joined(
  first: Buffer,
  rest: AsyncIterator<Uint8Array>,
  source?: Readable,
): AsyncGenerator<Uint8Array> {
  try {
    if (first.length > 0) yield first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    source?.destroy();
  }
}

async function* asUtf8(source: AsyncGenerator<Uint8Array>, encoding: string): AsyncGenerator<Uint8Array> {
  const first = await atLeast(source, 3);
  const isMarked = first.subarray(0, 3).equals(UTF8_MARK);
  const given = isMarked ? 'utf-8' : (utf16Of(first) ?? decoderFor(encoding).encoding);
  try {
    const bytes = joined(isMarked ? first.subarray(3) : first, source);
    if (given === 'utf-8') yield* bytes;
    else yield* rewritten(bytes, decoderFor(given));
  } finally {
    await source.return?.(undefined);
  }
}

function utf16Of(first: Buffer): string | undefined {
  if (first[0] === 0xff && first[1] === 0xfe) return 'utf-16le';
  return first[0] === 0xfe && first[1] === 0xff ? 'utf-16be' : undefined;
}

async function* rewritten(
  bytes: AsyncIterable<Uint8Array>,
  decoder: ReturnType<typeof decoderFor>,
): AsyncGenerator<Uint8Array> {
  for await (const piece of bytes) yield Buffer.from(decoder.decode(piece, { stream: true }));
  yield Buffer.from(decoder.decode());
}

/** Whether text in this encoding can be read. */
export function knownEncoding(name: string): boolean {
  try {
    return new TextDecoder(name).encoding !== '';
  } catch {
    return false;
  }
}

function decoderFor(encoding: string) {
  try {
    return new TextDecoder(encoding);
  } catch (cause) {
    throw new AlertforestError(
      'REQUEST_INVALID',
      `Expected an encoding such as utf-8, utf-16le or windows-1252, got ${encoding}.`,
      { cause },
    );
  }
}

/**
 * Looks whether a file can be read, before anything slower is asked: whoever mistypes a name is told of the file, not of
 * a service that does not run. `-` is the standard input.
 *
 * @throws AlertforestError REQUEST_INVALID where it cannot
 */
export async function checkReadable(path: string): Promise<void> {
  if (path === '-') return;
  await access(path, constants.R_OK).catch((error: unknown) => {
    throw readError(path, path, error);
  });
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EISDIR: 'it is a folder',
};

function readError(name: string, path: string, error: unknown): unknown {
  const { code = '', path: errorPath = path } = error as NodeJS.ErrnoException;
  const why = WHY[code];
  // An error of another file, such as a temporary one, is not about this file.
  if (why === undefined || errorPath !== path) return error;
  return new AlertforestError('REQUEST_INVALID', `Cannot read ${name}: ${why}.`, { cause: error });
}
