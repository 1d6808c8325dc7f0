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

describe('rules read in a thread', { timeout: 60_000 }, () => {
  it('are the same as those read here, refusals and places included', async () => {
    const read = await createThreadReader()(TEXTS);
    expect(read).toEqual(await readRulesHere(TEXTS));
    expect(read.map(({ documents }) => documents.map(({ id }) => id))).toEqual([['one'], [], ['three']]);
    expect(read.map(({ refused }) => refused.map(({ file, line }) => [file, line]))).toEqual([
      [['rules/a.yml', 12]],
      [['rules/b.yml', expect.any(Number)]],
      [],
    ]);
  });

  it('start no thread where nothing changed', async () => {
    expect(await createThreadReader(new URL('file:///nowhere.mjs'))([])).toEqual([]);
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
