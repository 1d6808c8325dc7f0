import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';

/** The largest request body that Azure's host takes: 100 MB. */
export const MAX_BODY_BYTES = 104_857_600;

/** Thrown when a body goes over the limit. */
export class BodyTooLargeError extends Error {
  override readonly name = 'BodyTooLargeError';
}

/** Whether the request announces a body over the limit; a body of unknown length is counted while it arrives. */
export function announcesTooMuch(req: IncomingMessage, maxBytes: number): boolean {
  const announced = req.headers['content-length'];
  return announced !== undefined && Number(announced) > maxBytes;
}

/**
 * A view of a request whose body ends in `BodyTooLargeError` beyond the limit. Only a chunked body needs it: node
 * itself holds a body to its announced length.
 */
export function limitBody(req: IncomingMessage, maxBytes: number): IncomingMessage {
  if (req.headers['transfer-encoding'] === undefined) return req;
  let nBytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      nBytes += chunk.length;
      if (nBytes > maxBytes) done(new BodyTooLargeError(`Expected a body of at most ${maxBytes} bytes.`));
      else done(null, chunk);
    },
  });
  req.on('error', (error) => counted.destroy(error));
  req.on('close', () => {
    if (!req.complete) counted.destroy(new Error('The request was aborted.'));
  });
  // A handler may answer without reading its body: an unread failure must not end the process.
  counted.on('error', () => {});
  req.pipe(counted);
  return Object.assign(counted, {
    headers: req.headers,
    rawHeaders: req.rawHeaders,
    method: req.method,
    url: req.url,
  }) as unknown as IncomingMessage;
}

/**
 * The whole body for a buffered invocation. A chunked body arrives empty, as it does behind Azure's host without
 * `enableHttpStream`.
 */
export async function readBody(req: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const isChunked = req.headers['transfer-encoding'] !== undefined;
  const chunks: Buffer[] = [];
  let nBytes = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    nBytes += chunk.length;
    if (nBytes > maxBytes) throw new BodyTooLargeError(`Expected a body of at most ${maxBytes} bytes.`);
    if (!isChunked) chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
