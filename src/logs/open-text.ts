import { createReadStream } from 'node:fs';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AlertforestError } from '../errors.ts';

/** Bytes or text in pieces; where a piece ends means nothing. */
export type TextInput = AsyncIterable<Uint8Array | string>;

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const UTF16_MARKS = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

/**
 * The bytes of a file, or of the standard input for `-`, in pieces. What begins like gzip is unpacked whatever its
 * name; a byte order mark is taken off, so that the first column keeps its name.
 *
 * @throws AlertforestError REQUEST_INVALID where the file cannot be read, is cut or damaged, or is UTF-16
 */
export async function* openText(path: string): AsyncGenerator<Uint8Array> {
  const name = path === '-' ? 'the standard input' : path;
  try {
    const source: Readable = path === '-' ? process.stdin : createReadStream(path);
    const raw = source[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    const first = await atLeast(raw, 2);
    const bytes = joined(first, raw, source);
    if (first[0] === 0x1f && first[1] === 0x8b) {
      // The callback is for a stream that nobody iterates; here the loop below meets the error.
      const text = pipeline(bytes, createGunzip(), () => {})[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
      yield* withoutMark(text, name);
    } else yield* withoutMark(bytes, name);
  } catch (error) {
    throw readError(name, path, error);
  }
}

/** Pieces from `source` until there are `n` bytes or no more. */
async function atLeast(source: AsyncIterator<Buffer>, n: number): Promise<Buffer> {
  let bytes: Buffer = Buffer.alloc(0);
  while (bytes.length < n) {
    const { done, value } = await source.next();
    if (done) break;
    bytes = Buffer.concat([bytes, Buffer.from(value)]);
  }
  return bytes;
}

async function* joined(
  first: Buffer,
  rest: AsyncIterator<Buffer>,
  source?: Readable,
): AsyncGenerator<Buffer> {
  try {
    if (first.length > 0) yield first;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    source?.destroy();
  }
}

async function* withoutMark(source: AsyncIterator<Buffer>, name: string): AsyncGenerator<Uint8Array> {
  const first = await atLeast(source, 3);
  if (UTF16_MARKS.some((mark) => first.subarray(0, 2).equals(mark))) {
    throw new AlertforestError('REQUEST_INVALID', `Expected ${name} to be UTF-8 text, it is UTF-16.`);
  }
  const text = first.subarray(0, 3).equals(UTF8_MARK) ? first.subarray(3) : first;
  try {
    yield* joined(text, source);
  } finally {
    await source.return?.();
  }
}

const WHY: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not',
  EPERM: 'this user may not',
  EISDIR: 'it is a folder',
  Z_BUF_ERROR: 'its compressed data ends in the middle',
  Z_DATA_ERROR: 'its compressed data is damaged',
};

function readError(name: string, path: string, error: unknown): unknown {
  const { code = '', path: errorPath = path } = error as NodeJS.ErrnoException;
  const why = WHY[code];
  // An error of another file, such as a temporary one, is not about this file.
  if (why === undefined || errorPath !== path) return error;
  return new AlertforestError('REQUEST_INVALID', `Cannot read ${name}: ${why}.`, { cause: error });
}
