import type { IncomingMessage } from 'node:http';

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

/** Counts the body of a request as it passes; `onTooLarge` is called once when it goes over the limit. */
export function countBody(req: IncomingMessage, maxBytes: number, onTooLarge: (error: Error) => void): void {
  let nBytes = 0;
  const count = (chunk: Buffer): void => {
    nBytes += chunk.length;
    if (nBytes <= maxBytes) return;
    req.off('data', count);
    req.unpipe();
    req.resume();
    onTooLarge(new BodyTooLargeError(`Expected a body of at most ${maxBytes} bytes.`));
  };
  req.on('data', count);
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
