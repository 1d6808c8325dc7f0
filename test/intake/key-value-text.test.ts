import { describe, expect, it } from 'vitest';
import { keyValuePairs } from '../../src/intake/dialects/generic/key-value-text.ts';

describe('key=value text', () => {
  it.each([
    ['a=1, b="two words", c=\'x y\'', { a: '1', b: 'two words', c: 'x y' }],
    ['1596545116, search_name="Odd \\"login\\"", n=17', { search_name: 'Odd "login"', n: '17' }],
    ['src=1.2.3.4 src=1.2.3.5', { src: ['1.2.3.4', '1.2.3.5'] }],
    ['empty= next=1 q=""', { next: '1', q: '' }],
    ['url=http://a/?b=c d=e', { url: 'http://a/?b=c', d: 'e' }],
    ['open="never closed a=1', { a: '1' }],
    ["it's a=1 b='open", { a: '1' }],
    ['__proto__=1 =2 9x=3', { x: '3' }],
    ['time:{t}=5 a-b.c=6', { 'time:{t}': '5', 'a-b.c': '6' }],
    [`${'n'.repeat(100)}=1`, { ['n'.repeat(80)]: '1' }],
  ])('reads %s', (text, pairs) => {
    expect(keyValuePairs(text)).toEqual(pairs);
  });

  it('takes a moment for texts made to be slow', () => {
    const started = performance.now();
    for (const part of ['a="\\', 'a=\'"', 'a'.repeat(80), '="', '="a\\"', 'a= '])
      keyValuePairs(part.repeat(40_000));
    // Linear it is some ten milliseconds; by the square it would be minutes.
    expect(performance.now() - started).toBeLessThan(20_000);
  });
});
