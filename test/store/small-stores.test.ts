import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { longTextOf, longTextProperties } from '../../src/store/azure/long-text.ts';
import { decodeColumns, encodeColumns } from '../../src/store/azure/snapshot-row.ts';
import { checkRow } from '../../src/store/azure/table-access.ts';
import { DocumentStore } from '../../src/store/document-store.ts';
import { MemoryFleetStore } from '../../src/store/memory/memory-fleet-store.ts';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import { MemoryRetrainQueue } from '../../src/store/memory/memory-retrain-queue.ts';
import { MemoryRunLog } from '../../src/store/memory/memory-run-log.ts';
import { fleetStoreContract } from '../support/fleet-store-contract.ts';
import { runLogContract } from '../support/run-log-contract.ts';

runLogContract('MemoryRunLog', async () => {
  const log = new MemoryRunLog();
  return { log, other: log };
});

fleetStoreContract('MemoryFleetStore', async () => {
  let nowMs = 0;
  const store = new MemoryFleetStore(() => nowMs);
  const wait = async (ms: number): Promise<void> => {
    nowMs += ms;
  };
  return { store, other: store, wait };
});

describe('MemoryRetrainQueue', () => {
  it('remembers what was asked', async () => {
    const queue = new MemoryRetrainQueue();
    await queue.send({ reason: 'feedback', at: '2026-03-01T09:00:00.000Z' }, 30);
    expect(queue.sent).toEqual([
      { request: { reason: 'feedback', at: '2026-03-01T09:00:00.000Z' }, delaySeconds: 30 },
    ]);
  });
});

describe('DocumentStore', () => {
  const schema = z.object({ seq: z.int(), cost: z.number() });
  const open = (): { models: MemoryModelStore; documents: DocumentStore<z.infer<typeof schema>> } => {
    const models = new MemoryModelStore();
    const archive = ({ seq, cost }: z.infer<typeof schema>): string => `policy/${seq}-${cost}.json`;
    return { models, documents: new DocumentStore(models, 'policy.json', schema, archive) };
  };

  it('keeps every version and moves the document with its etag', async () => {
    const { models, documents } = open();
    expect(await documents.read()).toBeUndefined();
    const first = await documents.write({ seq: 1, cost: 500 }, undefined);
    expect(await documents.readIfChanged(first)).toBe('unchanged');
    const second = await documents.write({ seq: 2, cost: 700 }, first);
    expect(await documents.read()).toEqual({ value: { seq: 2, cost: 700 }, etag: second });
    expect(await documents.readIfChanged(first)).toEqual({ value: { seq: 2, cost: 700 }, etag: second });
    expect(await models.read('policy/1-500.json')).toBeDefined();
    expect(await models.read('policy/2-700.json')).toBeDefined();
  });

  it('lets one of two writers win, and its version is the archived one', async () => {
    const { models, documents } = open();
    const first = await documents.write({ seq: 1, cost: 500 }, undefined);
    const writes = await Promise.allSettled([
      documents.write({ seq: 2, cost: 600 }, first),
      documents.write({ seq: 2, cost: 700 }, first),
    ]);
    expect(writes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect(writes[1]).toMatchObject({ reason: { code: 'STORE_CONFLICT' } });
    const archived = await models.read('policy/2-600.json');
    expect(JSON.parse(new TextDecoder().decode(archived?.bytes))).toEqual((await documents.read())?.value);
  });

  it('refuses a document that does not fit its schema', async () => {
    const { models, documents } = open();
    for (const text of ['{"seq": "one"}', 'no json', '']) {
      await models.remove('policy.json');
      await models.create('policy.json', new TextEncoder().encode(text));
      await expect(documents.read()).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
    }
  });
});

describe('longTextProperties', () => {
  it('never separates the halves of a character', () => {
    for (const lead of ['', 'a', 'ab']) {
      const text = `${lead}${'𝔘'.repeat(40_000)}`;
      const parts = longTextProperties('t', text);
      for (const part of Object.values(parts)) {
        expect(part.length).toBeLessThanOrEqual(32_768);
        expect(part.isWellFormed()).toBe(true);
      }
      expect(longTextOf('t', parts)).toBe(text);
    }
    expect(longTextProperties('t', '')).toEqual({});
    expect(longTextOf('t', {})).toBe('');
  });
});

describe('encodeColumns', () => {
  it('keeps float32 bits, missing values and extremes', () => {
    const columns = Float32Array.of(
      0,
      -0,
      1.5,
      -3.4028234663852886e38,
      1.401298464324817e-45,
      Number.NaN,
      Number.POSITIVE_INFINITY,
    );
    expect(decodeColumns(encodeColumns(columns))).toEqual(columns);
    expect(encodeColumns(Float32Array.of(1))).toBe('AACAPw==');
    expect(() => decodeColumns('AAA=')).toThrow('Expected `columns` of whole float32');
  });
});

describe('checkRow', () => {
  const key = { partitionKey: 'p', rowKey: 'r' };

  it('enforces the limits that emulators do not', () => {
    checkRow({ ...key, text: 'x'.repeat(32_768), none: undefined }, 'INTERNAL');
    expect(() => checkRow({ ...key, text: 'x'.repeat(32_769) }, 'INTERNAL')).toThrow(
      'Expected at most 32768 characters in `text`, got 32769.',
    );
    const many = Object.fromEntries(Array.from({ length: 253 }, (_, i) => [`p${i}`, 1]));
    expect(() => checkRow({ ...key, ...many }, 'INTERNAL')).toThrow(
      'Expected a row of at most 252 properties',
    );
    const large = Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`p${i}`, 'x'.repeat(32_000)]));
    expect(() => checkRow({ ...key, ...large }, 'FEEDBACK_INVALID')).toThrow('and 1048576 bytes');
  });
});
