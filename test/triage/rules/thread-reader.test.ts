import { describe, expect, it } from 'vitest';
import { MemoryModelStore } from '../../../src/store/memory/memory-model-store.ts';
import { CustomerRules } from '../../../src/triage/rules/customer-rules.ts';
import { readRulesHere } from '../../../src/triage/rules/read-rules.ts';
import { createThreadReader } from '../../../src/triage/rules/thread-reader.ts';

const rule = (id: string, item: string): string =>
  `title: Rule ${id}\nid: ${id}\nlogsource: {category: alert}\ndetection:\n  sel: {${item}}\n  condition: sel\n`;
const TEXTS = [
  {
    file: 'rules/a.yml',
    text: `${rule('one', 'alert.title: x')}---\n${rule('two', "alert.title|re: 'a('")}`,
  },
  { file: 'rules/b.yml', text: 'title: [unclosed' },
  { file: 'rules/c.yml', text: rule('three', "alert.title|re: '^a.*b$'") },
];

describe('rules read in a thread', () => {
  it('are the same as those read here, refusals and places included', async () => {
    const [sent, here] = await Promise.all([createThreadReader()(TEXTS), readRulesHere(TEXTS)]);
    expect(sent.refused).toEqual(here.refused);
    expect(sent.refused.map(({ file, line }) => [file, line])).toEqual([
      ['rules/b.yml', expect.any(Number)],
      ['rules/a.yml', 12],
    ]);
    expect(sent.set.rules.map((rule) => ({ ...rule }))).toEqual(here.set.rules.map((rule) => ({ ...rule })));
    expect(sent.set.rules.map(({ id }) => id)).toEqual(['one', 'three']);
    for (const title of ['x', 'X', 'axb', 'ab', 'a', 'b']) {
      const hits = ({ set }: typeof sent): string[] =>
        set.match({ 'alert.title': title }, { category: 'alert' }).map(({ rule: { id } }) => id);
      expect(hits(sent), title).toEqual(hits(here));
    }
    expect(sent.set.match({ 'alert.title': 'axb' })).toHaveLength(1);
  });

  it('carry correlations and what each modifier asks', async () => {
    const texts = [
      {
        file: 'rules/all.yml',
        text: `${rule('cased', 'alert.title|cased|contains: Needle')}---
${rule('big', 'telemetry.n|gt: 9007199254740993')}---
${rule('net', 'entity.ip|cidr: 10.0.0.0/8')}---
${rule('glob', "alert.title: 'a*c?e'")}---
title: Twice
id: twice
correlation:
  type: event_count
  rules: [cased]
  group-by: [entity.user]
  timespan: 5m
  condition: {gte: 2}
`,
      },
    ];
    const { set, refused } = await createThreadReader()(texts);
    expect(refused).toEqual([]);
    const hits = (event: Record<string, unknown>): string[] => set.match(event).map(({ rule: { id } }) => id);
    expect(hits({ 'alert.title': 'needle' })).toEqual([]);
    // a rule that only feeds a correlation reports nothing by itself
    expect(set.matchedRules({ 'alert.title': 'a Needle' }).map(({ id }) => id)).toEqual(['cased']);
    expect(hits({ 'telemetry.n': '9007199254740994' })).toEqual(['big']);
    expect(hits({ 'telemetry.n': '9007199254740993' })).toEqual([]);
    expect(hits({ 'entity.ip': ['192.0.2.1', '10.1.2.3'] })).toEqual(['net']);
    expect(hits({ 'alert.title': 'abcde' })).toEqual(['glob']);
    expect(set.correlations.map(({ document }) => document.id)).toEqual(['twice']);
  });

  it('leave those in force where the thread dies, and are read again', async () => {
    const store = new MemoryModelStore(() => 0);
    await store.replace('rules/a.yml', Buffer.from(TEXTS[0]!.text), undefined);
    const events: string[] = [];
    let isDead = true;
    const dead = createThreadReader(new URL('./no-such-thread.mjs', import.meta.url));
    const customer = new CustomerRules({
      store,
      onEvent: (event) => events.push(event),
      read: (texts) => (isDead ? dead(texts) : readRulesHere(texts)),
    });
    expect(await customer.refresh()).toBe(false);
    expect(customer.loaded.sets).toEqual([]);
    isDead = false;
    expect(await customer.refresh()).toBe(true);
    expect(customer.loaded.sets[0]!.rules.map(({ id }) => id)).toEqual(['one']);
    expect(customer.loaded.refused.map(({ id }) => id)).toEqual(['two']);
    expect(events).toEqual(['customer_rules_unread', 'customer_rules_loaded']);
  });
});
