import { isObject, type JsonObject } from '../values/json-value.ts';

/** Cells of the tables of one body; a thousand rows of the 500 columns that Log Analytics allows. */
export const MAX_CELLS = 500_000;

/** Told how many cells are about to be built; throws where they are too many. */
export type PayCells = (nRows: number, nColumns: number) => void;

/**
 * Rows of a query's answer as objects: Log Analytics `{tables: [{columns, rows}]}`, Kusto v1 `{Tables}` (the first table;
 * the others describe the query), Kusto v2 frames, one table alone. Undefined where the value is no such answer.
 */
export function tableRows(value: JsonObject, pay: PayCells): JsonObject[] | undefined {
  const tables = value['tables'] ?? value['Tables'];
  if (Array.isArray(tables)) {
    const objects = tables.filter(isObject);
    const primary = objects.filter((table) => /^PrimaryResult$/i.test(nameOf(table)));
    const wanted = primary.length > 0 ? primary : isKustoV1(objects) ? objects.slice(0, 1) : objects;
    const parts = wanted.map((table) => rowsOf(table, pay));
    return parts.length > 0 && parts.every((part) => part !== undefined) ? parts.flat() : undefined;
  }
  return rowsOf(value, pay);
}

/** Rows of the primary results among the frames of a Kusto v2 answer, or undefined where the list is none. */
export function kustoFrameRows(frames: readonly unknown[], pay: PayCells): JsonObject[] | undefined {
  const [first] = frames;
  if (!isObject(first) || typeof first['FrameType'] !== 'string') return undefined;
  return frames
    .filter(isObject)
    .filter((frame) => frame['FrameType'] === 'DataTable' && frame['TableKind'] === 'PrimaryResult')
    .flatMap((frame) => rowsOf(frame, pay) ?? []);
}

// Version 1 of the Kusto answer ends with tables of its own: QueryProperties, QueryStatus, a table of contents.
function isKustoV1(tables: readonly JsonObject[]): boolean {
  return tables.length > 1 && tables.every((table) => /^Table_\d+$/.test(nameOf(table)));
}

function nameOf(table: JsonObject): string {
  const name = table['name'] ?? table['TableName'] ?? table['Name'];
  return typeof name === 'string' ? name : '';
}

function rowsOf(table: JsonObject, pay: PayCells): JsonObject[] | undefined {
  const columns = table['columns'] ?? table['Columns'] ?? table['fields'];
  // ES|QL calls its rows values.
  const rows = table['rows'] ?? table['Rows'] ?? table['values'];
  if (!Array.isArray(columns) || !Array.isArray(rows)) return undefined;
  const names = columns.map((column) => {
    const name = isObject(column) ? (column['name'] ?? column['ColumnName'] ?? column['Name']) : column;
    return typeof name === 'string' ? name : '';
  });
  pay(rows.length, names.length);
  return rows.filter(Array.isArray).map((row) => {
    const object: Record<string, unknown> = {};
    names.forEach((name, position) => {
      if (name !== '' && name !== '__proto__') object[name] = row[position];
    });
    return object;
  });
}
