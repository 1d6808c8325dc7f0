import { gzipSync } from 'node:zlib';
import type { HttpRequest } from '@azure/functions';
import { describe, expect, it } from 'vitest';
import { IncomingBody } from '../../functions/body.ts';

/** A request whose body says how much of it has been read. */
function requestOf(chunks: readonly Uint8Array[], headers: Record<string, string> = {}) {
  const seen = { chunks: 0, isEnded: false, isCancelled: false };
  const body = (async function* () {
    try {
      for (const chunk of chunks) {
        seen.chunks++;
        yield chunk;
      }
      seen.isEnded = true;
    } finally {
      seen.isCancelled = !seen.isEnded;
    }
  })();
  return { request: { body, headers: new Headers(headers) } as unknown as HttpRequest, seen };
}

const mebibyte = Buffer.alloc(1_048_576, 'x');

describe('IncomingBody', () => {
  it('reads a body that is too large to its end before it is refused', async () => {
    const { request, seen } = requestOf(Array.from({ length: 20 }, () => mebibyte));
    await expect(new IncomingBody(request).read(1_000)).rejects.toMatchObject({ code: 'REQUEST_TOO_LARGE' });
    expect(seen).toEqual({ chunks: 20, isEnded: true, isCancelled: false });
  });

  it('reads a body that is no gzip, and one that is a bomb, to its end', async () => {
    const junk = Buffer.concat([gzipSync('x'.repeat(100)).subarray(0, 20), Buffer.alloc(400_000, 0xff)]);
    for (const [bytes, code] of [
      [junk, 'REQUEST_INVALID'],
      [gzipSync(Buffer.alloc(40_000_000)), 'REQUEST_TOO_LARGE'],
    ] as const) {
      const chunks = [bytes.subarray(0, 100), bytes.subarray(100, 20_000), bytes.subarray(20_000)];
      const { request, seen } = requestOf(chunks, { 'content-encoding': 'gzip' });
      await expect(new IncomingBody(request).read(1_048_576)).rejects.toMatchObject({ code });
      expect(seen.isEnded).toBe(true);
    }
  });

  it('reads to its end a body that nobody asked for', async () => {
    const { request, seen } = requestOf([mebibyte, mebibyte]);
    await new IncomingBody(request).drained();
    expect(seen).toEqual({ chunks: 2, isEnded: true, isCancelled: false });
  });

  it('that is read as it arrives is read to its end, wherever its reader gives up', async () => {
    for (const taken of [0, 1, 3]) {
      const { request, seen } = requestOf([mebibyte, mebibyte, mebibyte]);
      const body = new IncomingBody(request);
      let n = 0;
      for await (const _ of body.stream()!) if (++n >= taken) break;
      await body.drained();
      expect(seen).toEqual({ chunks: 3, isEnded: true, isCancelled: false });
    }
  });

  it('that is cut while it is read as it arrives is the sender’s fault', async () => {
    const cut = (async function* () {
      yield mebibyte;
      throw new Error('aborted');
    })();
    const body = new IncomingBody({ body: cut, headers: new Headers() } as unknown as HttpRequest);
    const read = async () => {
      for await (const _ of body.stream()!);
    };
    await expect(read()).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await body.drained();
  });

  it('is read once, whoever asks', async () => {
    const { request } = requestOf([Buffer.from('{"a":'), Buffer.from('1}')], {
      'content-type': 'text/plain',
    });
    const body = new IncomingBody(request);
    const { bytes, contentType } = await body.read(100);
    await body.drained();
    expect(Buffer.from(bytes).toString()).toBe('{"a":1}');
    expect(contentType).toBe('text/plain');
    await expect(body.read(100)).rejects.toThrow('once');
  });

  it('says that the sender has left', async () => {
    const body = (async function* () {
      yield Buffer.from('{');
      throw new Error('aborted');
    })();
    const incoming = new IncomingBody({ body, headers: new Headers() } as unknown as HttpRequest);
    await expect(incoming.read(100)).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    await incoming.drained();
  });
});
