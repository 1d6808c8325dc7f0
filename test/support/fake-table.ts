import type { TableClient } from '@azure/data-tables';

type Row = Record<string, unknown>;
type Action = [string, Row, ...unknown[]];

/** One table in memory, as far as the stores use a TableClient: what they write is what they read, as JSON. */
export function fakeTable(): TableClient & { readonly rows: Map<string, Row> } {
  const rows = new Map<string, Row>();
  let nWritten = 0;
  const key = (partition: unknown, row: unknown): string => `${partition}\n${row}`;
  const put = (row: Row): void => {
    const { partitionKey, rowKey } = row;
    const stored = JSON.parse(JSON.stringify(row)) as Row;
    const timestamp = new Date(Date.UTC(2026, 2, 1)).toISOString();
    rows.set(key(partitionKey, rowKey), { ...stored, timestamp, etag: `"${++nWritten}"` });
  };
  const refusal = (statusCode: number): Error => Object.assign(new Error('refused'), { statusCode });
  const table = {
    rows,
    tableName: 'fake',
    getEntity: async (partition: string, row: string) => {
      const found = rows.get(key(partition, row));
      if (found === undefined) throw refusal(404);
      return found;
    },
    listEntities: ({ queryOptions }: { queryOptions: { filter: string } }) => {
      const bound = (name: string, sign: string): string =>
        new RegExp(`${name} ${sign} '([^']*)'`).exec(queryOptions.filter)?.[1] ?? '';
      const [partition, from, below] = [
        bound('PartitionKey', 'eq'),
        bound('RowKey', 'ge'),
        bound('RowKey', 'lt'),
      ];
      const found = [...rows.values()]
        .filter(
          ({ partitionKey, rowKey }) =>
            partitionKey === partition && `${rowKey}` >= from && `${rowKey}` < below,
        )
        .sort((a, b) => (`${a['rowKey']}` < `${b['rowKey']}` ? -1 : 1));
      return {
        byPage: async function* () {
          yield found;
        },
      };
    },
    submitTransaction: async (actions: Action[]) => {
      for (const [kind, { partitionKey, rowKey }] of actions)
        if (kind === 'create' && rows.has(key(partitionKey, rowKey))) throw refusal(409);
      for (const [kind, row] of actions) {
        if (kind === 'delete') rows.delete(key(row['partitionKey'], row['rowKey']));
        else put(row);
      }
    },
    upsertEntity: async (row: Row) => put(row),
    deleteEntity: async (partition: string, row: string) => void rows.delete(key(partition, row)),
  };
  return table as unknown as TableClient & { readonly rows: Map<string, Row> };
}
