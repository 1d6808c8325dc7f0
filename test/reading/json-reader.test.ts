import { describe, expect, it } from 'vitest';
import { DEFAULT_JSON_LIMITS, JsonSyntaxError } from '../../src/reading/json-limits.ts';
import { type JsonPart, JsonReader } from '../../src/reading/json-reader.ts';
import { parseExactJson, readJson, readJsonItems } from '../../src/reading/read-json.ts';
import { UnreadItem } from '../../src/reading/unread-item.ts';
import { WorkSlices } from '../../src/reading/work-slices.ts';
import { fc } from '../support/fast-check.ts';

const limits = DEFAULT_JSON_LIMITS;

function chunksOf(text: string, size: number): Uint8Array[] {
  const bytes = Buffer.from(text);
  const chunks: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.subarray(at, at + size));
  return chunks;
}

function readAll(text: string, chunkBytes: number, lists: readonly string[] = []): JsonPart[] {
  const reader = new JsonReader({ ...limits, lists });
  const parts = chunksOf(text, chunkBytes).flatMap((chunk) => [...reader.push(chunk)]);
  return [...parts, ...reader.finish()];
}

const documentOf = (text: string, chunkBytes: number): unknown => {
  const parts = readAll(text, chunkBytes);
  expect(parts).toHaveLength(1);
  return parts[0]?.value;
};

/** JSON without whole numbers beyond 2^53, which come as texts. */
const plainJson = fc
  .jsonValue({ maxDepth: 6 })
  .filter((value) => !/__proto__|constructor|(?<![\d.])\d{16,}(?![\d.e])/.test(JSON.stringify(value)))
  .map((value) => JSON.stringify(value));

/** Longer than two pieces, so that it is opened and read member by member. */
const filler = 'ä"\\\n{[,'.repeat(20_000);

describe('JsonReader', () => {
  it('builds what JSON.parse builds, wherever the chunks end', () => {
    fc.assert(
      fc.property(plainJson, fc.integer({ min: 1, max: 40 }), fc.boolean(), (text, size, isLong) => {
        const whole = isLong
          ? `{"filler":${JSON.stringify(filler)},"inner":[1,${text},{"x":${text}}]}`
          : text;
        expect(documentOf(whole, isLong ? size * 2_000 : size)).toEqual(JSON.parse(whole));
      }),
    );
  });

  it('builds long lists and objects in pieces, whatever their keys are', () => {
    const rows = Array.from({ length: 30_000 }, (_, i) => ({
      id: i,
      [`key ${i}`]: [i, null, 'x'],
      7: { deep: [[i]] },
    }));
    const value = { b: { y: 1 }, 5: rows, a: { rows: [rows, []] }, c: {}, d: [] };
    expect(documentOf(JSON.stringify(value), 65_536)).toEqual(value);
    expect(documentOf(JSON.stringify(value, null, 2), 50_000)).toEqual(value);
  });

  it('keeps every digit of whole numbers and leaves the others numbers', () => {
    const text =
      '[9007199254740991,9007199254740993,-12345678901234567890,{"id":18446744073709551615},0.12345678901234567891,1e400,1.5e3,10000000000000000]';
    const expected = [
      9007199254740991,
      '9007199254740993',
      '-12345678901234567890',
      { id: '18446744073709551615' },
      0.12345678901234568,
      '1e400',
      1500,
      '10000000000000000',
    ];
    for (const size of [1, 7, 1_000]) expect(documentOf(text, size)).toEqual(expected);
    const long = JSON.stringify(Array.from({ length: 20_000 }, () => 'filler')).replaceAll(
      '"filler"',
      '12345678901234567',
    );
    expect(new Set(documentOf(long, 65_536) as unknown[])).toEqual(new Set(['12345678901234567']));
  });

  it('reads documents one after the other, with or without line ends, and a byte order mark before them', () => {
    const parts = readAll('\ufeff{"a":1}{"b":2}\n[3]\r\n\n"x" 5 true', 3);
    expect(parts.map(({ value }) => value)).toEqual([{ a: 1 }, { b: 2 }, [3], 'x', 5, true]);
  });

  it('refuses what is no JSON with its line', () => {
    for (const text of [
      '{"a":}',
      '[1,]',
      '[,1]',
      '{"a":1,}',
      '[1 2]',
      '{"a":1]',
      '}',
      ',',
      '[01]',
      'nothing',
      '{a:1}',
    ])
      expect(() => readAll(text, 4), text).toThrow(JsonSyntaxError);
    const broken = `{"a":1,\n"b":${JSON.stringify(filler)},\n"c" 5}`;
    expect(() => readAll(broken, 65_536)).toThrow(expect.objectContaining({ line: expect.any(Number) }));
    for (const end of [' ]', ', ]', ' 5]', ',,5]', '}'])
      if (end !== ' ]')
        expect(() => readAll(`[[${JSON.stringify(filler)},[1]]${end}`, 65_536), end).toThrow(JsonSyntaxError);
  });

  it('drops keys that would reach a prototype', () => {
    const text = `{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"a":{"__proto__":{"p":1}}}`;
    const long = `{"__proto__":{"polluted":${JSON.stringify(filler)}},"constructor":{"prototype":${JSON.stringify(filler)}},"a":{}}`;
    for (const one of [text, long]) {
      const value = documentOf(one, 65_536) as Record<string, unknown>;
      expect(value).toEqual({ a: {} });
      expect(value['polluted']).toBeUndefined();
      expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    }
  });

  it('keeps the neighbours of an item that is no JSON', () => {
    const items = '{"id":1},{"id":},{"id":3}';
    for (const text of [`[${items}]`, `[${items},${JSON.stringify({ filler })},{"id":5}]`]) {
      const list = documentOf(text, 65_536) as unknown[];
      expect(list[0]).toEqual({ id: 1 });
      expect(list[1]).toBeInstanceOf(UnreadItem);
      expect(list[2]).toEqual({ id: 3 });
    }
    const { value } = documentOf(`{"n":1,"value":[${items}]}`, 65_536) as { value: unknown[] };
    expect(value.map((item) => item instanceof UnreadItem)).toEqual([false, true, false]);
  });

  it('reads what is whole of a document that is cut', () => {
    const text = JSON.stringify({ id: 'a', list: [{ x: 1 }, { x: 2, y: 'abc' }], n: 12 });
    for (let end = 1; end < text.length; end++) {
      const [part] = readAll(text.slice(0, end), 5);
      expect(part).toMatchObject({ kind: 'document', isCut: true });
    }
    expect(readAll(text.slice(0, text.indexOf('bc"')), 5)[0]?.value).toEqual({
      id: 'a',
      list: [{ x: 1 }, { x: 2 }],
    });
    expect(readAll('{"a":"b","n":12', 5)[0]?.value).toEqual({ a: 'b' });
  });
});

describe('readJsonItems', () => {
  async function itemsOf(
    text: string,
    lists: readonly string[],
    size = 10_000,
    maxItemBytes = 131_072,
  ): Promise<JsonPart[]> {
    const parts: JsonPart[] = [];
    for await (const part of readJsonItems(chunksOf(text, size), { ...limits, lists, maxItemBytes }))
      parts.push(part);
    return parts;
  }

  it('gives the elements of a named list one by one, and what stands beside them', async () => {
    const objects = Array.from({ length: 5_000 }, (_, i) => ({
      type: 'indicator',
      id: i,
      pattern: "[file:name = 'x']",
    }));
    for (const list of [objects, objects.slice(0, 3)]) {
      const text = JSON.stringify({ type: 'bundle', objects: list, spec: { objects: [1] }, last: 'z' });
      const parts = await itemsOf(text, ['objects', 'Event.Attribute']);
      expect(parts.filter(({ kind }) => kind === 'item').map(({ value }) => value)).toEqual(list);
      expect(parts.at(-1)).toEqual({
        kind: 'document',
        value: { type: 'bundle', objects: [], spec: { objects: [1] }, last: 'z' },
        isCut: false,
      });
    }
    const nested = JSON.stringify({
      response: [{ Event: { id: 1, Attribute: objects } }, { Event: { Attribute: [1, 2] } }],
    });
    const found = await itemsOf(nested, ['response.*.Event.Attribute']);
    expect(found.filter(({ kind }) => kind === 'item')).toHaveLength(5_002);
  });

  it('gives the elements of a document that is a list, and other documents whole', async () => {
    const parts = await itemsOf('[1,[2],{"a":3}] {"b":4}', ['']);
    expect(parts.map((part) => [part.kind, part.value])).toEqual([
      ['item', 1],
      ['item', [2]],
      ['item', { a: 3 }],
      ['document', { b: 4 }],
    ]);
  });

  it('passes over an item that is too large and keeps its neighbours', async () => {
    const large = { id: 'large', a: [filler, { b: filler }], c: 1 };
    for (const item of [large, `${filler}${filler}`, Array.from({ length: 200_000 }, (_, i) => i)]) {
      const text = JSON.stringify([{ id: 1 }, item, { id: 3 }, item]);
      const parts = await itemsOf(text, ['']);
      expect(parts.map(({ value }) => (value instanceof UnreadItem ? value.code : value))).toEqual([
        { id: 1 },
        'ALERT_TOO_LARGE',
        { id: 3 },
        'ALERT_TOO_LARGE',
      ]);
    }
  });

  it('says of the last item of a list that is cut that it is not whole', async () => {
    const parts = await itemsOf('[{"id":1},{"id":2,"x":', ['']);
    expect(parts.map(({ value }) => (value instanceof UnreadItem ? 'unread' : value))).toEqual([
      { id: 1 },
      'unread',
      [],
    ]);
    expect(parts.at(-1)).toMatchObject({ kind: 'document', isCut: true });
  });
});

describe('the limits of JSON', () => {
  const read = (text: string, some: Partial<typeof limits>) =>
    readJson(Buffer.from(text), { ...limits, ...some });

  it('refuses by name what nests too deeply, has too many values, items or too long a text', async () => {
    await expect(read('['.repeat(500_000), {})).rejects.toMatchObject({
      code: 'REQUEST_TOO_LARGE',
      message: expect.stringContaining('levels'),
    });
    await expect(read(`[${'{},'.repeat(100_000)}{}]`, { maxItems: 1_000 })).rejects.toMatchObject({
      code: 'BATCH_TOO_LARGE',
      message: expect.stringContaining('1000 items'),
    });
    await expect(read(`{"a":[${'[],'.repeat(100_000)}1]}`, { maxValues: 50_000 })).rejects.toMatchObject({
      code: 'REQUEST_TOO_LARGE',
      message: expect.stringContaining('values'),
    });
    await expect(read('{}\n'.repeat(2_000), { maxItems: 1_000 })).rejects.toMatchObject({
      code: 'BATCH_TOO_LARGE',
    });
    await expect(read(`{"a":"${'x'.repeat(3_000_000)}"}`, {})).rejects.toMatchObject({
      code: 'REQUEST_TOO_LARGE',
      message: expect.stringContaining('one text'),
    });
    await expect(
      read(`{${Array.from({ length: 20_000 }, (_, i) => `"k${i}":1`).join(',')}}`, {}),
    ).rejects.toMatchObject({ message: expect.stringContaining('10000 members') });
    expect((await read('['.repeat(100) + ']'.repeat(100), {})).documents).toHaveLength(1);
  });

  it('pauses after a bounded number of bytes, whatever they hold', async () => {
    for (const text of [
      `[${'{},'.repeat(300_000)}{}]`,
      `{"a":[${'"x",'.repeat(300_000)}1]}`,
      JSON.stringify({ a: { b: Array.from({ length: 50_000 }, (_, i) => ({ i, t: 'text' })) } }),
    ]) {
      let nPauses = 0;
      const slices = new WorkSlices(262_144, async () => nPauses++);
      await readJson(Buffer.from(text), limits, slices);
      expect(nPauses).toBeGreaterThanOrEqual(Math.floor(text.length / 262_144));
    }
  });

  it('counts how long the containers are that no piece holds', async () => {
    const text = JSON.stringify([{ filler }, { a: 1 }]);
    const { documents, sizeOf } = await read(text, {});
    const [list] = documents as [[object, object]];
    expect(sizeOf(list)).toBe(Buffer.byteLength(text));
    expect(sizeOf(list[0])).toBe(Buffer.byteLength(JSON.stringify({ filler })));
    expect(sizeOf(list[1])).toBeUndefined();
  });
});

describe('parseExactJson', () => {
  it('reads one text with its digits and refuses two', () => {
    expect(parseExactJson('{"id":12345678901234567890}', limits)).toEqual({ id: '12345678901234567890' });
    for (const text of ['{} {}', '', '{"a":1'])
      expect(() => parseExactJson(text, limits), text).toThrow(JsonSyntaxError);
  });
});
