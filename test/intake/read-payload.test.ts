import { describe, expect, it } from 'vitest';
import { unwrapEnvelope } from '../../src/intake/envelope/unwrap-envelope.ts';
import { readPayload } from '../../src/intake/read-payload.ts';
import { DEFAULT_JSON_LIMITS } from '../../src/reading/json-limits.ts';
import { UnreadItem } from '../../src/reading/unread-item.ts';
import { WorkSlices } from '../../src/reading/work-slices.ts';

const read = (text: string, some: Partial<typeof DEFAULT_JSON_LIMITS> = {}, slices?: WorkSlices) =>
  readPayload(
    { bytes: Buffer.from(text), contentType: undefined },
    { ...DEFAULT_JSON_LIMITS, ...some },
    slices,
  );
const CEF = 'CEF:0|V|P|1|s|n|5|src=10.0.0.1';

describe('readPayload', () => {
  it('reads JSON, documents one after the other and lines', async () => {
    expect((await read('{"id":12345678901234567890}')).value).toEqual({ id: '12345678901234567890' });
    expect((await read('{"a":1}\n{"b":2}')).value).toEqual([{ a: 1 }, { b: 2 }]);
    expect((await read(CEF)).value).toMatchObject({ name: 'n' });
    const long = (await read(`${CEF}\n`.repeat(4_000))).value;
    expect(long).toHaveLength(4_000);
  });

  it('keeps a bad item of a list in its place', async () => {
    const { value } = await read('[{"id":1},{"id":}]');
    expect((value as unknown[])[1]).toBeInstanceOf(UnreadItem);
  });

  it('says on which line the text does not parse, or that there is none', async () => {
    await expect(read('{"a":}')).rejects.toThrow('Line 1: ');
    await expect(read(' \n')).rejects.toThrow('got nothing');
  });

  it('reads long lines in slices and refuses too many or too long ones', async () => {
    let nPauses = 0;
    await read(`${CEF}\n`.repeat(10_000), {}, new WorkSlices(262_144, async () => nPauses++));
    expect(nPauses).toBeGreaterThanOrEqual(4);
    await expect(read(`${CEF}\n`.repeat(10_000), { maxItems: 1_000 })).rejects.toMatchObject({
      code: 'BATCH_TOO_LARGE',
    });
    await expect(read('x'.repeat(3_000_000))).rejects.toMatchObject({ code: 'REQUEST_TOO_LARGE' });
  });
});

describe('envelopes', () => {
  it('are opened no further than the alerts that are allowed', () => {
    const value = Array.from({ length: 50_000 }, () => ({}));
    expect(() => unwrapEnvelope({ value }, 1_000)).toThrow('at most 1000 alerts');
    expect(unwrapEnvelope({ value: value.slice(0, 1_000) }, 1_000)).toHaveLength(1_000);
  });

  it('refuse a table whose cells are many though its rows are empty', () => {
    const table = {
      columns: Array.from({ length: 12_000 }, (_, i) => ({ name: `c${i}` })),
      rows: Array.from({ length: 12_000 }, () => []),
    };
    expect(() => unwrapEnvelope({ tables: [table] })).toThrow('cells in a table');
  });
});
