import { describe, expect, it } from 'vitest';
import type { SigmaEvent } from '../../../src/triage/rules/sigma/match/event-field.ts';
import { rulesOf } from './sigma-fixtures.ts';

/** The rules that every filter below is laid over. */
const RULES = `
title: Rule A
id: 6f3e2987-db24-4c78-a860-b4f4095a7095
name: rule_a
logsource: {category: process_creation, product: windows}
detection:
  sel: {Image|endswith: '\\rar.exe'}
  condition: sel
---
title: Rule B
id: df0841c0-9846-4e9f-ad8a-7df91571771b
name: rule_b
logsource: {category: process_creation, product: linux}
detection:
  sel: {Image|endswith: 'rar.exe'}
  condition: sel
`;

const EVENT = { Image: 'C:\\rar.exe', User: 'adm_mia', Host: 'ws1' };
const A = '6f3e2987-db24-4c78-a860-b4f4095a7095';

interface FilterPair {
  readonly name: string;
  /** Section of the Sigma filters specification 2.0 or, where it refers to it, of the rules specification 2.1. */
  readonly section: string;
  /** Body of the filter document. */
  readonly filter: string;
  readonly event?: SigmaEvent;
  /** Titles that match. */
  readonly matches: readonly string[] | 'refused';
}

const windows = 'logsource: {category: process_creation, product: windows}';
const administrators = "sel: {User|startswith: 'adm_'}";

const PAIRS: readonly FilterPair[] = [
  {
    name: 'an event that the filter excludes is left to the other rules',
    section: 'Relative rules',
    filter: `filter: {rules: [${A}], ${administrators}, condition: not sel}`,
    matches: ['Rule B'],
  },
  {
    name: 'an event that the filter does not exclude still matches',
    section: 'Relative rules',
    filter: `filter: {rules: [${A}], ${administrators}, condition: not sel}`,
    event: { ...EVENT, User: 'mia' },
    matches: ['Rule A', 'Rule B'],
  },
  {
    name: 'a rule may be named by its name',
    section: 'Relative rules',
    filter: `filter: {rules: [rule_a], ${administrators}, condition: not sel}`,
    matches: ['Rule B'],
  },
  {
    name: 'several rules may be named',
    section: 'Relative rules',
    filter: `filter: {rules: [rule_a, rule_b], ${administrators}, condition: not sel}`,
    matches: [],
  },
  {
    name: 'one rule may be named without a list',
    section: 'Relative rules',
    filter: `filter: {rules: rule_b, ${administrators}, condition: not sel}`,
    matches: ['Rule A'],
  },
  {
    name: 'any means every rule',
    section: 'Relative rules',
    filter: `filter: {rules: any, ${administrators}, condition: not sel}`,
    matches: [],
  },
  {
    name: 'an empty list means every rule',
    section: 'Relative rules',
    filter: `filter: {rules: [], ${administrators}, condition: not sel}`,
    matches: [],
  },
  {
    name: 'no list means every rule',
    section: 'Relative rules',
    filter: `filter: {${administrators}, condition: not sel}`,
    matches: [],
  },
  {
    name: 'an unknown rule changes nothing',
    section: 'Relative rules',
    filter: `filter: {rules: [nobody], ${administrators}, condition: not sel}`,
    matches: ['Rule A', 'Rule B'],
  },
  {
    name: 'a log source of another product keeps the filter from a rule',
    section: 'Log source',
    filter: `${windows}\nfilter: {rules: any, ${administrators}, condition: not sel}`,
    matches: ['Rule B'],
  },
  {
    name: 'a log source that says less holds for both',
    section: 'Log source',
    filter: `logsource: {category: process_creation}\nfilter: {rules: any, ${administrators}, condition: not sel}`,
    matches: [],
  },
  {
    name: 'a service that the rule does not name is no conflict',
    section: 'Log source',
    filter: `logsource: {service: sysmon}\nfilter: {rules: any, ${administrators}, condition: not sel}`,
    matches: [],
  },
  {
    name: 'a named rule of another log source is not filtered',
    section: 'Log source',
    filter: `logsource: {product: macos}\nfilter: {rules: [rule_a], ${administrators}, condition: not sel}`,
    matches: ['Rule A', 'Rule B'],
  },
  {
    name: 'a condition without not keeps only what it selects',
    section: 'filter condition',
    filter: `filter: {rules: [rule_a], ${administrators}, condition: sel}`,
    matches: ['Rule A', 'Rule B'],
  },
  {
    name: 'a condition without not drops what it does not select',
    section: 'filter condition',
    filter: `filter: {rules: [rule_a], ${administrators}, condition: sel}`,
    event: { ...EVENT, User: 'mia' },
    matches: ['Rule B'],
  },
  {
    name: 'several selections are put together by the condition',
    section: 'filter condition',
    filter: `filter: {rules: any, ${administrators}, host: {Host: ws2}, condition: not (sel and host)}`,
    matches: ['Rule A', 'Rule B'],
  },
  {
    name: 'them counts the selections of the filter, not those of the rule',
    section: 'filter condition',
    filter: `filter: {rules: any, ${administrators}, host: {Host: ws1}, condition: not all of them}`,
    matches: [],
  },
  {
    name: 'a pattern counts the selections of the filter',
    section: 'filter condition',
    filter: `filter: {rules: any, s1: {User: nobody}, s2: {Host: ws1}, condition: not 1 of s*}`,
    matches: [],
  },
  {
    name: 'a selection of the rule is unknown to the filter',
    section: 'filter condition',
    filter: `filter: {rules: any, other: {User: nobody}, condition: not sel}`,
    matches: 'refused',
  },
  {
    name: 'a list of maps is an or',
    section: 'filter selection',
    filter: `filter: {rules: any, sel: [{User: nobody}, {Host: ws1}], condition: not sel}`,
    matches: [],
  },
  {
    name: 'keywords select in a filter',
    section: 'filter selection',
    filter: `filter: {rules: any, sel: [adm_], condition: not sel}`,
    matches: [],
  },
  {
    name: 'a filter over an absent field excludes nothing',
    section: 'filter selection',
    filter: `filter: {rules: any, sel: {Department: it}, condition: not sel}`,
    matches: ['Rule A', 'Rule B'],
  },
  {
    name: 'two filters on one rule both hold',
    section: 'Global Filter',
    filter: `filter: {rules: [rule_a], sel: {User: nobody}, condition: not sel}\n---\ntitle: Second\nfilter: {rules: [rule_a], sel: {Host: ws1}, condition: not sel}`,
    matches: ['Rule B'],
  },
  {
    name: 'a filter without a condition is refused',
    section: 'filter condition',
    filter: `filter: {rules: any, ${administrators}}`,
    matches: 'refused',
  },
  {
    name: 'a filter without a selection is refused',
    section: 'filter selection',
    filter: 'filter: {rules: any, condition: not sel}',
    matches: 'refused',
  },
];

describe('filters', () => {
  it.each(PAIRS)('$name ($section)', ({ filter, event = EVENT, matches }) => {
    const before = rulesOf(`${RULES}\n---\ntitle: Filter\n${filter}`);
    const after = rulesOf(`title: Filter\n${filter}\n---\n${RULES}`);
    for (const rules of [before, after]) {
      if (matches === 'refused') {
        expect(rules.refused.map(({ title }) => title)).toEqual(['Filter']);
      } else {
        expect(rules.refused).toEqual([]);
        expect(rules.match(event).map(({ rule }) => rule.title)).toEqual(matches);
      }
    }
  });

  it('remarks on a filter without `not` and on one that names no rule', () => {
    const { lints } = rulesOf(
      `${RULES}\n---\ntitle: Filter\nfilter: {rules: [nobody], sel: {User: x}, condition: sel}`,
    );
    expect(lints.map(({ message }) => message)).toEqual([
      expect.stringContaining('no `not`'),
      expect.stringContaining('nobody'),
    ]);
  });
});
