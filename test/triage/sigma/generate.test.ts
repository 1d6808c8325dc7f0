import { describe, expect, it } from 'vitest';
import { reportsOf } from './correlation-runs.ts';
import { rulesOf } from './sigma-fixtures.ts';

// Sigma correlation rules specification 2.1: "Generate" says whether the referred rules are stand-alone ones as well,
// by default they are not; "Related rules" that they are named by id or name, and that correlations can be chained.

const base = (name: string): string => `
title: ${name}
id: 00000000-0000-4000-8000-00000000000${name.charCodeAt(1) - 96}
name: ${name}
logsource: {category: test}
detection:
  sel: {a: ${name}}
  condition: sel`;

const correlation = (title: string, body: string, rest = ''): string => `
title: ${title}
name: ${title}
${rest}
correlation: {type: event_count, ${body}, timespan: 1m, condition: {gte: 2}}`;

const GENERATE = 'generate: true';
const event = (a: string, second: number) => ({ a, '@timestamp': `2026-03-02T10:00:0${second}Z` });
const TWICE = [event('ra', 0), event('ra', 1)];
const BOTH = [event('ra', 0), event('rb', 1)];

interface GenerateCase {
  readonly name: string;
  readonly documents: readonly string[];
  readonly events?: readonly ReturnType<typeof event>[];
  readonly reports: readonly (readonly string[])[];
}

const CASES: readonly GenerateCase[] = [
  {
    name: 'a referred rule is silent by default',
    documents: [base('ra'), correlation('c1', 'rules: [ra]')],
    reports: [[], ['c1']],
  },
  {
    name: 'a referred rule is silent with generate: false',
    documents: [base('ra'), correlation('c1', 'rules: [ra]', 'generate: false')],
    reports: [[], ['c1']],
  },
  {
    name: 'a referred rule reports with generate: true',
    documents: [base('ra'), correlation('c1', 'rules: [ra]', GENERATE)],
    reports: [['ra'], ['ra', 'c1']],
  },
  {
    name: 'generate may stand in the correlation section',
    documents: [base('ra'), correlation('c1', 'rules: [ra], generate: true')],
    reports: [['ra'], ['ra', 'c1']],
  },
  {
    name: 'a rule that no correlation names reports',
    documents: [base('ra'), base('rb'), correlation('c1', 'rules: [ra]')],
    events: BOTH,
    reports: [[], ['rb']],
  },
  {
    name: 'a rule alone reports',
    documents: [base('ra')],
    reports: [['ra'], ['ra']],
  },
  {
    name: 'a rule named by id is silent as well',
    documents: [base('ra'), correlation('c1', 'rules: [00000000-0000-4000-8000-000000000001]')],
    reports: [[], ['c1']],
  },
  {
    name: 'a rule named by id reports with generate: true',
    documents: [base('ra'), correlation('c1', 'rules: [00000000-0000-4000-8000-000000000001]', GENERATE)],
    reports: [['ra'], ['ra', 'c1']],
  },
  {
    name: 'every rule of a list is silent',
    documents: [base('ra'), base('rb'), correlation('c1', 'rules: [ra, rb]')],
    events: BOTH,
    reports: [[], ['c1']],
  },
  {
    name: 'every rule of a list reports with generate: true',
    documents: [base('ra'), base('rb'), correlation('c1', 'rules: [ra, rb]', GENERATE)],
    events: BOTH,
    reports: [['ra'], ['rb', 'c1']],
  },
  {
    name: 'one correlation that generates is enough',
    documents: [base('ra'), correlation('c1', 'rules: [ra]'), correlation('c2', 'rules: [ra]', GENERATE)],
    reports: [['ra'], ['ra', 'c1', 'c2']],
  },
  {
    name: 'two correlations that do not generate keep the rule silent',
    documents: [base('ra'), correlation('c1', 'rules: [ra]'), correlation('c2', 'rules: [ra]')],
    reports: [[], ['c1', 'c2']],
  },
  {
    name: 'generate of one correlation says nothing of the rules of another',
    documents: [
      base('ra'),
      base('rb'),
      correlation('c1', 'rules: [ra]', GENERATE),
      correlation('c2', 'rules: [rb]'),
    ],
    events: BOTH,
    reports: [['ra'], []],
  },
  {
    name: 'an inner correlation is silent by default',
    documents: [base('ra'), correlation('c1', 'rules: [ra]'), correlation('c2', 'rules: [c1]')],
    events: [event('ra', 0), event('ra', 1), event('ra', 2)],
    reports: [[], [], ['c2']],
  },
  {
    name: 'an inner correlation reports with generate: true',
    documents: [base('ra'), correlation('c1', 'rules: [ra]'), correlation('c2', 'rules: [c1]', GENERATE)],
    events: [event('ra', 0), event('ra', 1), event('ra', 2)],
    reports: [[], ['c1'], ['c2']],
  },
  {
    name: 'generate of the outer correlation does not reach the innermost rule',
    documents: [base('ra'), correlation('c1', 'rules: [ra]'), correlation('c2', 'rules: [c1]', GENERATE)],
    reports: [[], ['c1']],
  },
  {
    name: 'generate of the inner correlation lets its rule report, not itself',
    documents: [base('ra'), correlation('c1', 'rules: [ra]', GENERATE), correlation('c2', 'rules: [c1]')],
    reports: [['ra'], ['ra']],
  },
  {
    name: 'the outer correlation may stand before the inner one',
    documents: [correlation('c2', 'rules: [c1]', GENERATE), correlation('c1', 'rules: [ra]'), base('ra')],
    events: [event('ra', 0), event('ra', 1), event('ra', 2)],
    reports: [[], ['c1'], ['c2']],
  },
  {
    name: 'a correlation over a rule and a correlation keeps both silent',
    documents: [
      base('ra'),
      base('rb'),
      correlation('c1', 'rules: [ra]'),
      correlation('c2', 'rules: [c1, rb]'),
    ],
    events: [event('ra', 0), event('ra', 1), event('rb', 2)],
    reports: [[], [], ['c2']],
  },
  {
    name: 'a correlation that was refused leaves its rule to report',
    documents: [base('ra'), correlation('c1', 'rules: [ra, nobody]')],
    reports: [['ra'], ['ra']],
  },
  {
    name: 'a filter on a silent rule keeps it silent and the correlation from counting',
    documents: [
      base('ra'),
      correlation('c1', 'rules: [ra]'),
      '\ntitle: f\nfilter: {rules: [ra], sel: {a: ra}, condition: not sel}',
    ],
    reports: [[], []],
  },
];

describe('generate', () => {
  it.each(CASES)('$name', ({ documents, events = TWICE, reports }) => {
    expect(reportsOf(rulesOf(documents.join('\n---')), events)).toEqual(reports);
  });

  it('refuses anything but true and false', () => {
    const { refused } = rulesOf(`${base('ra')}\n---${correlation('c1', 'rules: [ra]', 'generate: often')}`);
    expect(refused.map(({ reason }) => reason)).toEqual([
      'Expected `generate` to be true or false, got the text `often`.',
    ]);
  });
});
