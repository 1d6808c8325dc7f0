import { connect, type Socket } from 'node:net';

export interface LoadOptions {
  readonly port: number;
  readonly path: string;
  readonly body: string;
  readonly connections: number;
  readonly durationMs: number;
}

export interface LoadResult {
  readonly requestsPerSecond: number;
  /** Ascending times from sending a request to the end of its answer, in ms. */
  readonly latenciesMs: Float64Array;
}

const HEADERS_END = Buffer.from('\r\n\r\n');
const CHUNKS_END = Buffer.from('0\r\n\r\n');

/** Length of a whole answer at the start of `bytes`; undefined while it is incomplete. Throws unless it is a 200. */
function answerLength(bytes: Buffer): number | undefined {
  const headersEnd = bytes.indexOf(HEADERS_END);
  if (headersEnd < 0) return undefined;
  const headers = bytes.toString('latin1', 0, headersEnd).toLowerCase();
  if (!headers.startsWith('http/1.1 200')) throw new Error(`Expected 200, got ${headers.split('\r\n')[0]}.`);
  const bodyStart = headersEnd + HEADERS_END.length;
  const length = /^content-length: (\d+)$/m.exec(headers.replaceAll('\r', ''))?.[1];
  if (length !== undefined) {
    const end = bodyStart + Number(length);
    return bytes.length >= end ? end : undefined;
  }
  // One request is under way at a time, so a chunked answer ends where the bytes do.
  return bytes.subarray(-CHUNKS_END.length).equals(CHUNKS_END) ? bytes.length : undefined;
}

function driveConnection(
  request: Buffer,
  options: LoadOptions,
  endMs: number,
  latenciesMs: number[],
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(options.port, '127.0.0.1').setNoDelay(true);
    let received: Buffer = Buffer.alloc(0);
    let sentMs = 0;
    const send = (): void => {
      sentMs = performance.now();
      socket.write(request);
    };
    socket.on('connect', send);
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('Expected the server to keep the connection open.')));
    socket.on('data', (data) => {
      received = received.length === 0 ? data : Buffer.concat([received, data]);
      try {
        if (answerLength(received) === undefined) return;
      } catch (error) {
        reject(error);
        socket.destroy();
        return;
      }
      received = Buffer.alloc(0);
      const nowMs = performance.now();
      latenciesMs.push(nowMs - sentMs);
      if (nowMs < endMs) send();
      else {
        resolve();
        socket.destroy();
      }
    });
  });
}

/**
 * Posts one body over and over on `connections` kept-alive connections, one request at a time on each.
 *
 * Written on bare sockets: an HTTP client would take a good part of one core away from the server it measures.
 */
export async function postRepeatedly(options: LoadOptions): Promise<LoadResult> {
  const body = Buffer.from(options.body);
  const head = [
    `POST ${options.path} HTTP/1.1`,
    `host: 127.0.0.1:${options.port}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    '',
    '',
  ].join('\r\n');
  const request = Buffer.concat([Buffer.from(head), body]);
  const latenciesMs: number[] = [];
  const startMs = performance.now();
  const endMs = startMs + options.durationMs;
  await Promise.all(
    Array.from({ length: options.connections }, () => driveConnection(request, options, endMs, latenciesMs)),
  );
  const seconds = (performance.now() - startMs) / 1000;
  return {
    requestsPerSecond: latenciesMs.length / seconds,
    latenciesMs: Float64Array.from(latenciesMs).sort(),
  };
}
