import { describe, expect, it } from 'vitest';
import { parseBody } from '../../src/intake/body/parse-body.ts';
import { keyValuePairs } from '../../src/intake/dialects/generic/key-value-text.ts';
import { parseCefLine } from '../../src/intake/dialects/network/cef-line.ts';
import { Unread } from '../../src/intake/unread.ts';
import { jsonIn } from '../../src/intake/values/json-text.ts';

describe('parseBody', () => {
  it('reads JSON, JSON lines and lists, with or without a byte order mark', () => {
    expect(parseBody('{"a":1}')).toEqual({ a: 1 });
    expect(parseBody('\ufeff[{"a":1},{"b":2}]')).toEqual([{ a: 1 }, { b: 2 }]);
    expect(parseBody('{"a":1}\n{"b":2}\r\n\n')).toEqual([{ a: 1 }, { b: 2 }]);
    expect(parseBody('{\n  "a": 1\n}')).toEqual({ a: 1 });
    expect(parseBody('"text"')).toBe('text');
  });

  it('reads CEF lines among JSON lines', () => {
    const read = parseBody('<13>Jan 1 00:00:00 h CEF:0|V|P|1|s|n|5|src=10.0.0.1\n{"a":1}') as {
      name: string;
    }[];
    expect(read.length).toBe(2);
    expect(read[0]?.name).toBe('n');
  });

  it('drops keys that would reach a prototype', () => {
    const read = parseBody(
      '{"a":1,"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    );
    expect(Object.keys(read as object)).toEqual(['a']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('names the line that does not parse, and refuses none of its neighbours', () => {
    expect(parseBody('{"a":1}\nnothing known\n{"b":2}')).toEqual([
      { a: 1 },
      new Unread('Expected JSON, CEF, LEEF or key=value pairs, got "nothing known".', 2),
      { b: 2 },
    ]);
    expect(() => parseBody('  ')).toThrow('got nothing');
    expect(() => parseBody('{"a":}')).toThrow('Line 1');
    expect(() => parseBody('just words')).toThrow('Nothing of the text could be understood');
  });
});

describe('parseCefLine', () => {
  it('unescapes header and values and keeps the first of a repeated key', () => {
    const record = parseCefLine(
      'x CEF: 0|A\\|B|P\\\\1|1.0|id|name|Very-High|msg=a\\=b \\\\ c cs1=first cs1=second empty= last=x y',
    );
    expect(record).toMatchObject({
      cef_version: '0',
      device_vendor: 'A|B',
      device_product: 'P\\1',
      severity: 'Very-High',
      extension: { msg: 'a=b \\ c', cs1: 'first', last: 'x y' },
    });
  });

  it('reads a line without extension and refuses half a header', () => {
    expect(parseCefLine('CEF:0|V|P|1|s|n|3')).toMatchObject({ severity: '3', extension: {} });
    expect(parseCefLine('CEF:0|V|P|1')).toBeUndefined();
    expect(parseCefLine('no such line')).toBeUndefined();
  });
});

describe('text within fields', () => {
  it('is opened where it is JSON, up to three layers deep', () => {
    expect(jsonIn('[1]')).toEqual([1]);
    expect(jsonIn(JSON.stringify(JSON.stringify({ a: 1 })))).toEqual({ a: 1 });
    expect(jsonIn('{broken')).toBeUndefined();
    expect(jsonIn('plain')).toBeUndefined();
    expect(jsonIn({ a: 1 })).toEqual({ a: 1 });
  });

  it('gives key-value pairs with repeated keys as lists', () => {
    expect(keyValuePairs(`1, a="x \\"y\\"", b='z', c=3, a="w", __proto__="p"`)).toEqual({
      a: ['x "y"', 'w'],
      b: 'z',
      c: '3',
    });
  });
});
