import { describe, expect, it } from 'vitest';
import { expressionsIn, findingsOf } from '../../scripts/regex-check.ts';

const VERDICTS = { '/a+$/': '2nd degree polynomial', '/^a$/i': 'safe', '/^(?:a|b)$/': 'safe' };
const problemsOf = (source: string) =>
  findingsOf(expressionsIn('src/new.ts', source), VERDICTS).map(({ place, problem }) => [place, problem]);

describe('the check of regular expressions', () => {
  it('lets linear ones pass and nothing else', () => {
    expect(problemsOf('export const is = /^a$/i.test(given);')).toEqual([]);
    expect(problemsOf('\nexport const is = /a+$/.test(given);')).toEqual([['src/new.ts:2', 'NOT LINEAR']]);
    // whatever is done to the text before
    expect(problemsOf('export const is = /a+$/.test(given.slice(0, 200));')).toHaveLength(1);
  });

  it('fails for one that nobody has looked at, though it is in no list of the check', () => {
    expect(problemsOf('export const is = /(b|b)*$/.test(given);')).toEqual([
      ['src/new.ts:1', 'NOT EXAMINED'],
    ]);
  });

  it('reads what is put together from constants, and refuses what is made at run time', () => {
    const constants = "const EACH = 'a|b';\nconst FLAGS = 'i';\n";
    expect(problemsOf(`${constants}const is = new RegExp(\`^(?:\${EACH})$\`);`)).toEqual([]);
    expect(problemsOf(`${constants}const is = new RegExp('a+$');`)).toEqual([['src/new.ts:3', 'NOT LINEAR']]);
    expect(problemsOf(`${constants}const is = RegExp('^a$', FLAGS);`)).toEqual([]);
    for (const made of [
      'new RegExp(given)',
      'new RegExp(`^$' + '{given}$`)',
      "RegExp('^a$', flags)",
      'new RegExp(a + b)',
    ])
      expect(problemsOf(`const is = ${made};`)).toEqual([['src/new.ts:1', 'MADE AT RUN TIME']]);
  });
});
