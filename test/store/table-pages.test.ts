import type { TableClient } from '@azure/data-tables';
import { expect, it } from 'vitest';
import { type RowQuery, TableAccess } from '../../src/store/azure/table-access.ts';

/** A table of 2,000 rows that says how many rows each of its pages was asked to have. */
function countedTable(): { readonly table: TableClient; readonly asked: (number | undefined)[] } {
  const asked: (number | undefined)[] = [];
  const table = {
    tableName: 'rows',
    listEntities: () => ({
      byPage: ({ continuationToken, maxPageSize }: { continuationToken?: string; maxPageSize?: number }) => {
        asked.push(maxPageSize);
        const from = Number(continuationToken ?? 0);
        const below = Math.min(2_000, from + (maxPageSize ?? 1_000));
        const rows = Array.from({ length: below - from }, (_, i) => ({ rowKey: String(from + i) }));
        return (async function* () {
          yield Object.assign(rows, { continuationToken: below < 2_000 ? String(below) : undefined });
        })();
      },
    }),
  };
  return { table: table as unknown as TableClient, asked };
}

async function pagesOf(
  query: Partial<RowQuery>,
): Promise<{ nRows: number; longest: number; nCalls: number }> {
  const { table, asked } = countedTable();
  const lengths: number[] = [];
  for await (const page of new TableAccess(table).pages({ partition: 'p', from: '', below: '~', ...query }))
    lengths.push(page.length);
  return {
    nRows: lengths.reduce((sum, n) => sum + n, 0),
    longest: Math.max(...lengths),
    nCalls: asked.length,
  };
}

it('reads whole rows in pages that are parsed in a short turn, and a few properties in long ones', async () => {
  expect(await pagesOf({})).toEqual({ nRows: 2_000, longest: 256, nCalls: 8 });
  expect(await pagesOf({ select: ['rowKey'] })).toEqual({ nRows: 2_000, longest: 1_000, nCalls: 2 });
  expect(await pagesOf({ pageSize: 2 })).toEqual({ nRows: 2_000, longest: 2, nCalls: 1_000 });
});
