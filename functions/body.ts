import { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { HttpRequest } from '@azure/functions';
import { AlertforestError } from '../src/errors.ts';

const DECODERS = { gzip: createGunzip, deflate: createInflate, br: createBrotliDecompress } as const;

/**
 * The request body as text, decompressed as `content-encoding` says. Bytes are counted on the decompressed stream,
 * so that a small bomb is refused as early as a large body.
 *
 * @throws AlertforestError REQUEST_TOO_LARGE beyond `maxBytes`, REQUEST_INVALID for an unknown encoding or bad bytes
 */
export async function readBody(request: HttpRequest, maxBytes: number): Promise<string> {
  const tooLarge = (): AlertforestError =>
    new AlertforestError('REQUEST_TOO_LARGE', `Expected a body of at most ${maxBytes} bytes.`);
  const declared = Number(request.headers.get('content-length'));
  if (Number.isFinite(declared) && declared > maxBytes) throw tooLarge();
  if (request.body === null) return '';
  const encoding = request.headers.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  try {
    for await (const chunk of decoded(request.body as AsyncIterable<Uint8Array>, encoding)) {
      sizeBytes += chunk.length;
      if (sizeBytes > maxBytes) throw tooLarge();
      chunks.push(chunk);
    }
  } catch (cause) {
    if (cause instanceof AlertforestError) throw cause;
    throw new AlertforestError('REQUEST_INVALID', `The body cannot be read as ${encoding}.`, { cause });
  }
  const [only] = chunks;
  return (
    chunks.length === 1 && only !== undefined
      ? Buffer.from(only.buffer, only.byteOffset, only.length)
      : Buffer.concat(chunks)
  ).toString('utf8');
}

/** The bytes behind a content-encoding; a plain body goes through untouched, without the price of a Node stream. */
function decoded(body: AsyncIterable<Uint8Array>, encoding: string): AsyncIterable<Uint8Array> {
  if (encoding === 'identity' || encoding === '') return body;
  if (!(encoding in DECODERS)) {
    throw new AlertforestError(
      'REQUEST_INVALID',
      `Expected content-encoding gzip, deflate or br, got ${encoding}.`,
    );
  }
  const decoder = DECODERS[encoding as keyof typeof DECODERS]();
  const source = Readable.from(body);
  source.on('error', (error) => decoder.destroy(error));
  // Leaving the loop early destroys the decoder, and with it the source.
  decoder.on('close', () => source.destroy());
  return source.pipe(decoder);
}
