import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compressionOf, decompressed } from '../../src/reading/decompress.ts';

async function textOf(bytes: Uint8Array, label?: string, maxBytes?: number): Promise<string> {
  const pieces: Uint8Array[] = [];
  const source = [bytes.subarray(0, 1), bytes.subarray(1)];
  const options = {
    ...(label === undefined ? {} : { label }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
  };
  for await (const piece of decompressed(source, options)) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}

const text = '{"title":"ä"}'.repeat(1_000);

describe('decompressed', () => {
  it('goes by the first bytes, whatever the label says', async () => {
    for (const bytes of [gzipSync(text), deflateSync(text), Buffer.from(text)])
      for (const label of [undefined, 'gzip', 'deflate', 'identity', 'snappy'])
        expect(await textOf(bytes, label)).toBe(text);
    expect(await textOf(Buffer.from(text), 'br')).toBe(text);
    expect(await textOf(brotliCompressSync(text), 'br')).toBe(text);
    // bytes of zlib under brotli's name, and brotli that begins as zlib does
    expect(await textOf(deflateSync(text), 'br')).toBe(text);
    expect(compressionOf(Buffer.from([0x78, 0x9c, 0xff, 0xff, 0x00]), 'br')).toBe('br');
    expect(await textOf(deflateRawSync(text), 'deflate')).toBe(text);
  });

  it('takes two members of gzip for one body', async () => {
    expect(await textOf(Buffer.concat([gzipSync(text), gzipSync(text)]))).toBe(text + text);
  });

  it('refuses a bomb before it has grown', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    await expect(textOf(bomb, 'gzip', 1_000_000)).rejects.toMatchObject({ code: 'REQUEST_TOO_LARGE' });
    await expect(textOf(Buffer.from(text), undefined, 1_000)).rejects.toMatchObject({
      code: 'REQUEST_TOO_LARGE',
    });
  });

  it('refuses what is cut or damaged', async () => {
    const bytes = gzipSync(text);
    await expect(textOf(bytes.subarray(0, 60))).rejects.toThrow('ends in the middle');
    await expect(textOf(Buffer.concat([bytes.subarray(0, 20), Buffer.alloc(500, 0xff)]))).rejects.toThrow(
      'damaged',
    );
    await expect(textOf(Buffer.from('no brotli at all'), 'br')).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
    });
  });

  it('gives nothing for nothing', async () => {
    expect(await textOf(Buffer.alloc(0), 'gzip')).toBe('');
    expect(compressionOf(Buffer.alloc(0), 'gzip')).toBe('plain');
  });
});
