import { describe, expect, it } from 'vitest';
import { RuleService, ruleSettingsHash8 } from '../../../src/api/rules/rule-service.ts';
import { ruleSettingRequestSchema, ruleSettingsDocumentSchema } from '../../../src/api/rules/rules.ts';
import { normalizeAlert } from '../../../src/intake/normalize.ts';
import { DocumentStore } from '../../../src/store/document-store.ts';
import { MemoryModelStore } from '../../../src/store/memory/memory-model-store.ts';
import { RULE_SETTINGS_ARCHIVE, RULE_SETTINGS_BLOB, ruleSettingsPath } from '../../../src/store/names.ts';
import { wasArchived } from '../../../src/store/policy-archive.ts';
import { CustomerRules } from '../../../src/triage/rules/customer-rules.ts';
import { RuleBook } from '../../../src/triage/rules/rule-book.ts';

const rule = (id: string, text: string, level = 'high'): string =>
  `title: Rule ${id}\nid: ${id}\nlogsource: {category: alert}\ndetection:\n  selection: {alert.title|contains: ${text}}\n  condition: selection\nlevel: ${level}\n`;

function setUp() {
  const store = new MemoryModelStore(() => Date.parse('2026-03-01T00:00:00Z'));
  const customer = new CustomerRules({ store, onEvent: () => {} });
  const book = new RuleBook(customer);
  const documents = new DocumentStore(store, RULE_SETTINGS_BLOB, ruleSettingsDocumentSchema, (document) =>
    ruleSettingsPath(document.seq, ruleSettingsHash8(document)),
  );
  const newService = (own = book) =>
    new RuleService({
      hadSettings: () => wasArchived(store, RULE_SETTINGS_ARCHIVE),
      book: own,
      documents,
      judgements: { get: async () => ({ all: { attacks: 0, others: 0 }, byRule: new Map() }) },
      worths: { get: async () => new Map() },
      now: () => Date.parse('2026-03-02T00:00:00Z'),
    });
  const etags = new Map<string, string>();
  const put = async (file: string, text: string): Promise<void> => {
    etags.set(file, await store.replace(`rules/${file}`, Buffer.from(text), etags.get(file)));
  };
  const hitsOf = (title: string): string[] => {
    const payload = { id: 'a', title };
    return book
      .engine()
      .evaluate(normalizeAlert(payload).alert, payload)
      .matches.map(({ id }) => id);
  };
  return { store, customer, book, documents, service: newService(), newService, put, hitsOf };
}

describe("a customer's rules", () => {
  it('come into force, change and go with their files', async () => {
    const { store, put, hitsOf, service } = setUp();
    await put('a.yml', rule('ours-1', 'zebra'));
    await service.refresh();
    expect(hitsOf('A zebra crossing')).toContain('ours-1');
    await put('a.yml', rule('ours-1', 'giraffe'));
    await service.refresh();
    expect(hitsOf('A zebra crossing')).toEqual([]);
    expect(hitsOf('A giraffe')).toContain('ours-1');
    await store.remove('rules/a.yml');
    await service.refresh();
    expect(hitsOf('A giraffe')).toEqual([]);
  });

  it('are not said to have gone by a look that began before the first of them was written', async () => {
    const { documents, service, newService, put } = setUp();
    await put('a.yml', rule('ours-1', 'zebra'));
    await service.refresh();
    const other = newService();
    const off = ruleSettingRequestSchema.parse({ enabled: false, why: 'noise' });
    const read = documents.read.bind(documents);
    let isFirst = true;
    documents.read = async () => {
      const found = await read();
      // between the look for the settings and that for what is kept of them
      if (isFirst) {
        isFirst = false;
        await service.put('ours-1', off, 'olga');
      }
      return found;
    };
    expect(await other.one('ours-1')).toMatchObject({ enabled: false });
  });

  it('are changed side by side, but for two changes of one', async () => {
    const { service, newService, put } = setUp();
    await put('a.yml', rule('ours-1', 'zebra'));
    await put('b.yml', rule('ours-2', 'giraffe'));
    await service.refresh();
    const off = ruleSettingRequestSchema.parse({ enabled: false, why: 'noise' });
    const [one, two] = [newService(), newService()];
    await Promise.all([one.put('ours-1', off, 'olga'), two.put('ours-2', off, 'omar')]);
    const third = newService();
    for (const id of ['ours-1', 'ours-2']) expect(await third.one(id)).toMatchObject({ enabled: false });
    const on = ruleSettingRequestSchema.parse({ enabled: true, why: 'again' });
    const both = await Promise.allSettled([one.put('ours-1', on, 'olga'), third.put('ours-1', on, 'omar')]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'STORE_CONFLICT' },
    });
  });

  it('do not come back in silence where the settings that switched them off have gone', async () => {
    const { store, book, service, newService, put, hitsOf } = setUp();
    await put('a.yml', rule('ours-1', 'zebra'));
    await service.refresh();
    await service.inspect();
    const off = ruleSettingRequestSchema.parse({ enabled: false, why: 'noise' });
    await service.put('ours-1', off, 'olga');
    await store.remove(RULE_SETTINGS_BLOB);
    const gone = { code: 'STORE_CORRUPT', message: expect.stringContaining('have gone') };
    await service.refresh();
    expect(hitsOf('A zebra')).toEqual([]);
    for (const one of [service, newService(book)]) {
      await expect(one.inspect()).rejects.toMatchObject(gone);
      // a change would begin a document that holds nothing else
      await expect(one.put('ours-1', off, 'olga')).rejects.toMatchObject(gone);
    }
  });

  it('are read again only where they changed', async () => {
    const { put, customer } = setUp();
    await put('a.yml', rule('ours-1', 'zebra'));
    expect(await customer.refresh()).toBe(true);
    expect(await customer.refresh()).toBe(false);
  });

  it('do not fall with a bad one, which is named by file, line and column', async () => {
    const { put, hitsOf, service } = setUp();
    await put(
      'bad.yml',
      `${rule('ours-2', 'x')}`.replace('condition: selection', 'condition: selection and missing'),
    );
    await put('good.yml', rule('ours-1', 'zebra'));
    await put('unread.yml', 'title: [unclosed');
    await put('long.yml', `# ${'x'.repeat(70_000)}`);
    await service.refresh();
    expect(hitsOf('A zebra crossing')).toContain('ours-1');
    const { rules, refused } = await service.list('refused');
    expect(rules).toEqual([]);
    expect(refused.map(({ file, id }) => [file, id])).toEqual([
      ['rules/bad.yml', 'ours-2'],
      ['rules/long.yml', ''],
      ['rules/unread.yml', ''],
    ]);
    for (const { line, column, reason } of refused) {
      expect(line).toBeGreaterThan(0);
      expect(column).toBeGreaterThan(0);
      expect(reason.length).toBeGreaterThan(10);
    }
  });

  it('stay in force while storage is away', async () => {
    const { store, put, hitsOf, customer } = setUp();
    await put('a.yml', rule('ours-1', 'zebra'));
    await customer.refresh();
    const away = new CustomerRules({
      store: {
        ...store,
        list: () => {
          throw new Error('away');
        },
        read: (path) => store.read(path),
        readIfChanged: (path, etag) => store.readIfChanged(path, etag),
      },
      onEvent: () => {},
    });
    expect(await away.refresh()).toBe(false);
    expect(hitsOf('A zebra crossing')).toContain('ours-1');
  });
});

describe('what operators decide about rules', () => {
  it('switches a rule off, weighs it otherwise and keeps every version with who and why', async () => {
    const { store, service, hitsOf } = setUp();
    const title = 'LockBit ransomware activity';
    expect(hitsOf(title)).toContain('im-ransom-family');
    const off = await service.put('im-ransom-family', { enabled: false, weight: 1, why: 'A test.' }, 'ana');
    expect(off).toMatchObject({
      enabled: false,
      weight: 1,
      evidence: 0,
      setting: { by: 'ana', why: 'A test.' },
    });
    expect(hitsOf(title)).not.toContain('im-ransom-family');
    const half = await service.put(
      'im-ransom-family',
      { enabled: true, weight: 0.5, why: 'Better so.' },
      'ben',
    );
    expect(half).toMatchObject({ weight: 0.5, evidence: 1.1 });
    const kept: string[] = [];
    for await (const { path } of store.list('rule-settings/')) kept.push(path);
    expect(kept).toHaveLength(2);
  });

  it('takes back what it answered', async () => {
    const { service } = setUp();
    await service.put('im-ransom-family', { enabled: true, weight: 0.5, why: 'A test.' }, 'ana');
    const answered = await service.one('im-ransom-family');
    const request = ruleSettingRequestSchema.strict().parse({ ...answered, why: 'The same again.' });
    const { setting: _, before, after, ...again } = await service.put('im-ransom-family', request, 'ana');
    expect(answered).toMatchObject(again);
    expect([before, after]).toEqual([
      { enabled: true, weight: 0.5 },
      { enabled: true, weight: 0.5 },
    ]);
  });

  it('is taken over by other instances at their next look', async () => {
    const { service, newService } = setUp();
    const book = new RuleBook();
    const other = newService(book);
    await service.put('im-ransom-family', { enabled: false, weight: 1, why: 'A test.' }, 'ana');
    await other.refresh();
    expect(book.engine().rules.find(({ id }) => id === 'im-ransom-family')!.weight).toBe(0);
    expect((await other.list('disabled')).rules.map(({ id }) => id)).toEqual(['im-ransom-family']);
  });

  it('refuses a rule that does not exist', async () => {
    const { service } = setUp();
    await expect(service.put('no-such', { enabled: false, weight: 1, why: 'x y z' }, 'ana')).rejects.toThrow(
      'Expected the id of a rule, got "no-such".',
    );
  });
});
