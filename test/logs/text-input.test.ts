import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { csvRows } from '../../src/logs/csv-rows.ts';
import { jsonErrorOffset } from '../../src/logs/json-error.ts';
import { countSkipped, newCounts } from '../../src/logs/skip-counts.ts';
import { jsonMisfit, MAX_LINE_BYTES, TOO_LONG, textLines } from '../../src/logs/text-lines.ts';
import { TableRows } from '../../src/reading/table-rows.ts';
import { fc } from '../support/fast-check.ts';

async function* inPieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let k = 0; at < bytes.length; k++) {
    const size = sizes[k % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
const word = fc.string({ unit: fc.constantFrom('a', 'é', '日', '🐻', ' ', '\u2028', "'"), maxLength: 6 });

async function* endless(nPieces: number, piece: Buffer): AsyncGenerator<Buffer> {
  for (let k = 0; k < nPieces; k++) yield piece;
}

describe('lines of text', () => {
  it('are those of the text, however it comes in', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(word, { minLength: 1, maxLength: 8 }),
        fc.constantFrom('\n', '\r\n'),
        sizes,
        async (lines, end, cuts) => {
          const read: [number, string | undefined][] = [];
          for await (const { line, text } of textLines(inPieces(Buffer.from(lines.join(end) + end), cuts)))
            read.push([line, text]);
          expect(read).toEqual(lines.map((text, at) => [at + 1, text]));
        },
      ),
    );
  });

  it('pass over a line without an end without holding it, and go on below it', async () => {
    const piece = Buffer.alloc(1 << 20, 'x');
    const before = process.memoryUsage().arrayBuffers;
    let highest = 0;
    async function* long(): AsyncGenerator<Buffer> {
      yield Buffer.from('first\n');
      for await (const one of endless(200, piece)) {
        highest = Math.max(highest, process.memoryUsage().arrayBuffers - before);
        yield one;
      }
      yield Buffer.from('\nlast');
    }
    const read = [];
    for await (const line of textLines(long())) read.push(line);
    expect(read).toEqual([
      { line: 1, text: 'first', isUtf8: true },
      { line: 2, text: undefined, isUtf8: true },
      { line: 3, text: 'last', isUtf8: true },
    ]);
    expect(highest).toBeLessThan(2 * MAX_LINE_BYTES);
  });
});

describe('rows of CSV', () => {
  it('begin on the line they begin on, however the text comes in and whatever is quoted', async () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', 'é', '🐻', '"', ',', '\n', '\r\n', ';'),
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(cell, cell, fc.nat(2)), { maxLength: 8 }),
        fc.constantFrom('\n', '\r\n'),
        sizes,
        async (rows, end, cuts) => {
          let text = `x,y${end}`;
          const expected: unknown[] = [];
          for (const [x, y, nEmpty] of rows) {
            text += end.repeat(nEmpty);
            const [first, second] = [x, y].map((value) => value.replaceAll('\r\n', '\n'));
            expected.push([text.split('\n').length, { x: first, y: second }]);
            text += `${[x, y].map((value) => `"${value.replaceAll('"', '""')}"`).join(',')}${end}`;
          }
          const read: unknown[] = [];
          for await (const { line, row } of csvRows(inPieces(Buffer.from(text), cuts), { name: 'it' }))
            read.push([line, row]);
          expect(read).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('mix LF and CRLF, and keep quotes inside a plain cell', async () => {
    const read: unknown[] = [];
    for await (const { line, row } of csvRows(inPieces(Buffer.from('x,y\r\n1,a "b" c\n3,4\r\n'), [3]), {
      name: 'it',
    }))
      read.push([line, row]);
    expect(read).toEqual([
      [2, { x: '1', y: 'a "b" c' }],
      [3, { x: '3', y: '4' }],
    ]);
  });

  it('tell over which lines a row with a stray quote went', async () => {
    const text = 'x,y\n1,"2\n3,4\n5,6"\n7\n';
    const misfits: unknown[] = [];
    for await (const { line, misfit } of csvRows(inPieces(Buffer.from(text.replace('6"', '6",8')), [64]), {
      name: 'it',
    }))
      misfits.push([line, misfit]);
    expect(misfits).toEqual([
      [2, { column: '3', expected: '2 fields', got: '3 on the lines 2 to 4' }],
      [5, { column: 'y', expected: '2 fields', got: '1' }],
    ]);
  });

  it('pass over a row without an end before the memory is full, and read on below it', async () => {
    async function* text(first: string): AsyncGenerator<Buffer> {
      yield Buffer.from(first);
      yield* endless(200, Buffer.alloc(1 << 20, 'x'));
      yield Buffer.from('\n3,4\n');
    }
    const read: unknown[] = [];
    for await (const { line, row, misfit } of csvRows(text('x,y\n1,'), { name: 'it' }))
      read.push([line, row ?? misfit]);
    expect(read).toEqual([
      [2, TOO_LONG],
      [3, { x: '3', y: '4' }],
    ]);
  });

  it('lose the line of a quote that is never closed, and none below it', async () => {
    const read: unknown[] = [];
    for await (const { line, row } of csvRows(inPieces(Buffer.from('x,y\n1,"2\n3,4\n5,6\n'), [7]), {
      name: 'it',
    }))
      read.push([line, row]);
    expect(read).toEqual([
      [2, undefined],
      [3, { x: '3', y: '4' }],
      [4, { x: '5', y: '6' }],
    ]);
  });

  it('have the cells that csv-parse reads, where their quotes fit', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', ';', '\n', ' '), maxLength: 6 });
    fc.assert(
      fc.property(
        fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
        fc.constantFrom(',', ';', '\t'),
        (rows, delimiter) => {
          const written = (value: string): string =>
            /["\n]/.test(value) || value.includes(delimiter) ? `"${value.replaceAll('"', '""')}"` : value;
          const lines = rows.map((cells) => cells.map(written).join(delimiter));
          const text = lines.filter((line) => line.trim() !== '').join('\n');
          const table = new TableRows(delimiter);
          const read = text.split('\n').flatMap((line, at) => table.push(at + 1, line));
          expect([...read, ...table.end()].map(({ cells }) => cells)).toEqual(
            parse(text, { delimiter, relax_column_count: true }),
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('counting what was left out', () => {
  it('keeps the reasons and examples few, whatever is in the file', () => {
    const counts = newCounts();
    for (let k = 0; k < 1000; k++) countSkipped(counts, k, { column: `c${k}`, expected: 'x', got: 'y' });
    expect(counts.skipped).toBe(1000);
    expect(counts.examples).toHaveLength(10);
    expect(Object.keys(counts.reasons).length).toBeLessThan(50);
    expect(Object.values(counts.reasons).reduce((a, b) => a + b, 0)).toBe(1000);
  });
});

describe('the character at which a line stops being JSON', () => {
  const isJson = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };

  it('is there exactly where JSON.parse refuses the text', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"\\u00e9"',
      '"\\x"',
      '"',
      '1',
      '-0.5e3',
      '01',
      'null',
      'nul',
      ' ',
      '\t',
      'é',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 8 }).map((parts) => parts.join('')),
          fc.json(),
        ),
        (text) => {
          expect(jsonErrorOffset(text) === undefined).toBe(isJson(text));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('is the end for a text cut short, and the place of one character put in', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.stringify({ a: value })),
        fc.nat(),
        (text, at) => {
          const cut = at % text.length;
          expect(jsonErrorOffset(text.slice(0, cut))).toBeLessThanOrEqual(cut);
          expect(jsonErrorOffset(`${text}x`)).toBe(text.length);
        },
      ),
    );
    expect(jsonMisfit('{"a": 1, }')).toEqual({ column: 'character 10', expected: 'JSON', got: '}' });
    expect(jsonMisfit('{"a": [1, 2')).toEqual({
      column: 'character 12',
      expected: 'JSON',
      got: 'the end of the line',
    });
    expect(jsonMisfit('{"a": True}').column).toBe('character 7');
    expect(jsonMisfit('{"a": "b\\x"}')).toMatchObject({ column: 'character 7', got: '"b\\x"}' });
  });

  it('is not known where a text is nested beyond any reason, and that is no crash', () => {
    const text = '['.repeat(1_000_000);
    expect(isJson(text)).toBe(false);
    expect(jsonMisfit(text)).toMatchObject({ column: 'character 1', expected: 'JSON' });
  });
});
