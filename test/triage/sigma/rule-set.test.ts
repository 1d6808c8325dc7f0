import { describe, expect, it } from 'vitest';
import { readDocuments } from '../../../src/triage/rules/sigma/read/read-documents.ts';
import { compileRead, compileRules } from '../../../src/triage/rules/sigma/rule-set.ts';
import { rulesOf, verdictOf } from './sigma-fixtures.ts';

const rule = (detection: string, more = ''): string =>
  `title: t\nid: i\n${more}\nlogsource: {category: c}\ndetection:\n  ${detection.replaceAll('\n', '\n  ')}\n`;

describe('RuleSet', () => {
  it('says where and why a document was refused, and takes the others', () => {
    const rules = compileRules([
      {
        file: 'a.yml',
        text: `${rule('s: {F|gt: many}\ncondition: s')}---\n${rule('s: {F: x}\ncondition: s')}`,
      },
      { file: 'b.yml', text: 'title: broken\n  detection: [\n' },
      { file: 'c.yml', text: rule('s: {F: x}\ncondition: s or') },
    ]);
    expect(rules.rules).toHaveLength(1);
    expect(rules.refused.map(({ file, line, column }) => [file, line, column])).toEqual([
      ['b.yml', 2, 12],
      ['a.yml', 6, 7],
      ['c.yml', 7, 14],
    ]);
    expect(rules.refused[1]!.reason).toBe('Expected `F|gt` to have a number, got the text `many`.');
  });

  it('keeps the sound documents of a file whose syntax is broken in one of them', () => {
    const rules = rulesOf(
      `${rule('s: {F: x}\ncondition: s')}\n---\na: [b\n---\n${rule('s: {F: y}\ncondition: s')}`,
    );
    expect(rules.rules).toHaveLength(2);
    expect(rules.refused).toHaveLength(1);
  });

  it('compiles documents that went through JSON to the same rules', () => {
    const text = rule("s: {F|contains: [a, null]}\nn: {G: 010, H|re: '^x'}\ncondition: n", 'reason: why');
    const { documents } = readDocuments({ file: 'a.yml', text: text.replace('[a, null]', '[a, 5]') });
    const set = compileRead(JSON.parse(JSON.stringify(documents)));
    expect(set.match({ G: '010', H: 'xy' })[0]!.rule.attributes).toEqual({ reason: 'why' });
    expect(set.match({ G: 10, H: 'xy' })).toHaveLength(1);
    expect(set.match({ G: '10', H: 'xy' })).toHaveLength(0);
  });

  it('tells a match that holds only because a field is absent', () => {
    const rules = rulesOf(rule('s: {A: x}\nout: {B: y}\ncondition: s and not out'));
    expect(rules.match({ A: 'x' })[0]!.isHalf).toBe(true);
    expect(rules.match({ A: 'x', B: 'z' })[0]!.isHalf).toBe(false);
    expect(rulesOf(rule('s: {A: null}\ncondition: s')).match({})[0]!.isHalf).toBe(true);
    expect(rulesOf(rule('s: {A: null}\ncondition: s')).match({ A: null })[0]!.isHalf).toBe(false);
    const either = rulesOf(rule('s: {A: x}\nt: {B: y}\ncondition: s or not t'));
    expect(either.match({ A: 'x' })[0]!.isHalf).toBe(false);
  });

  it('names the fields that speak for a match', () => {
    const rules = rulesOf(
      rule("s: {A|contains: [x, y], 'n.f': 5}\nout: {B: y}\nk: [needle]\ncondition: s and k and not out"),
    );
    expect(rules.match({ A: 'axb', n: { f: 5 }, C: 'a needle' })[0]!.matchedFields()).toEqual([
      { field: 'A', value: 'axb', word: 'x' },
      { field: 'n.f', value: 5, word: '5' },
      { field: '', value: 'a needle', word: 'needle' },
    ]);
    expect(rules.match({ A: ['no', 'axb'], n: { f: [4, 5] }, C: 'needle' })[0]!.matchedFields()).toEqual([
      { field: 'A', value: ['axb'], word: 'x' },
      { field: 'n.f', value: [5], word: '5' },
      { field: '', value: 'needle', word: 'needle' },
    ]);
  });

  it('leaves out rules for another log source and treats a missing part as any', () => {
    const rules = rulesOf(
      ['product: windows', 'product: linux', 'category: c2']
        .map((source, i) => `title: r${i}\nlogsource: {${source}}\ndetection: {s: {A: x}, condition: s}`)
        .join('\n---\n'),
    );
    const titles = (logsource?: object) =>
      rules.match({ A: 'x' }, logsource).map(({ rule: { title } }) => title);
    expect(titles()).toEqual(['r0', 'r1', 'r2']);
    expect(titles({ product: 'Windows' })).toEqual(['r0', 'r2']);
    expect(titles({ product: 'windows', category: '-' })).toEqual(['r0']);
    expect(titles({ product: 'nobody' })).toEqual(['r2']);
    expect([...rules.askedFields().fields]).toEqual(['A']);
  });

  it('refuses a document with too many values behind its aliases', () => {
    const ten = (name: string): string => `[${Array.from({ length: 10 }, () => `*${name}`).join(', ')}]`;
    const bomb = `a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b ${ten('a')}\nc: &c ${ten('b')}\nd: &d ${ten('c')}\ne: ${ten('d')}\n`;
    expect(rulesOf(bomb).refused[0]!.reason).toContain('at most 10000 values');
  });

  it('refuses nesting beyond the limit, in YAML and in conditions', () => {
    expect(rulesOf(`a: ${'['.repeat(200)}${']'.repeat(200)}`).refused).toHaveLength(1);
    const deep = `${'('.repeat(100)}s${')'.repeat(100)}`;
    expect(verdictOf(rule(`s: {F: x}\ncondition: ${deep}`), { F: 'x' })).toBe('refused');
  });

  it('compiles a value of many dashes and a count over many selections to few tests', () => {
    const dashes = ' -a'.repeat(200);
    expect(
      verdictOf(rule(`s: {F|contains|windash: '${dashes}'}\ncondition: s`), { F: ' /a'.repeat(200) }),
    ).toBe(true);
    const names = Array.from({ length: 30 }, (_, i) => `s${i}: {F${i}: x}`).join('\n');
    const event = Object.fromEntries(Array.from({ length: 15 }, (_, i) => [`F${i}`, 'x']));
    expect(verdictOf(rule(`${names}\ncondition: 15 of s*`), event)).toBe(true);
    expect(verdictOf(rule(`${names}\ncondition: 16 of s*`), event)).toBe(false);
  });

  it.each([
    ['s: {F: []}\ncondition: s', 'empty list'],
    ['s: {F|base64offset|contains: a}\ncondition: s', 'at least 2 bytes'],
    ["s: {F|gt: '9'}\ncondition: s", 'a number'],
    ['s: {F|base64: 123}\ncondition: s', 'a text'],
    ['s: {F|contains: [null, x]}\ncondition: s', 'null'],
    ['s: {F|startswith|endswith: x}\ncondition: s', 'one of'],
    ['s: {F|contains|base64offset: abc}\ncondition: s', '`base64offset|contains`'],
    ['s: {F|base64: a*}\ncondition: s', 'without wildcards'],
    ["s: {F|expand: '%list%'}\ncondition: s", 'placeholder'],
    ['s: {F|gt|hour: 3}\ncondition: s', '`hour` before `gt`'],
    ['s: {}\ncondition: s', 'empty map'],
    ['s: {F: x}\ncondition: 1 of other*', 'selects something'],
    ['s: {F: x}\ncondition: not 1 of other*', 'selects something'],
    ['s: {F: x}\ncondition: s | count() > 3', 'correlations'],
    ['s: {F: x, F: y}\ncondition: s', 'each key once'],
    ['s: {F: x}\ncondition: 2 of s*', 'from 1 to the 1'],
    ['s: {F: x}', 'condition'],
    ["s: {'|exists': true}\ncondition: s", 'a field'],
  ])('refuses %j', (detection, reason) => {
    expect(rulesOf(rule(detection)).refused.map((refused) => refused.reason)).toEqual([
      expect.stringContaining(reason),
    ]);
  });

  it.each([
    ['s: {F: [null, x]}\ncondition: s', 'null stands in a list'],
    ['s: {F|contains: 68}\ncondition: s', 'read as text'],
    ['s: {F|cidr: 192.0.2.5}\ncondition: s', 'no prefix'],
    ['s: {F|contains|all: x}\ncondition: s', '`all`'],
    ['s: {F: x}\nt: {F: y}\ncondition: s', 'takes no part'],
    ['s: {F|base64offset|contains: ab}\ncondition: s', 'by chance'],
  ])('remarks on %j', (detection, message) => {
    const { refused, lints } = rulesOf(rule(detection));
    expect(refused).toEqual([]);
    expect(lints.map((lint) => lint.message)).toEqual([expect.stringContaining(message)]);
  });
});
