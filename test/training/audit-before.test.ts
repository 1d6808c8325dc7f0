import { describe, expect, it } from 'vitest';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import { Lineage } from '../../src/training/releases/lineage.ts';
import { listAudit } from '../../src/training/releases/versions.ts';

describe('listAudit', () => {
  it.each(['nope', '../head', '', 'x'.repeat(500), 'a/b', '-1', '-', '_', '.'])(
    'says that there is no release `%s`',
    async (before) => {
      const lineage = new Lineage(new MemoryModelStore());
      await expect(listAudit(lineage, 5, before)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    },
  );
});
