import { MAX_JSON_VALUES as MAX_CELLS, tooMuch } from '../reading/json-limits.ts';
import { isObject, type JsonObject } from './values/json-value.ts';

/**
 * Rows of a Log Analytics answer as objects: `{tables: [{columns, rows}]}`, older `Tables`, or one table alone.
 * Undefined where the value is no such answer.
 */
export function tableRows(value: JsonObject): JsonObject[] | undefined {
  const tables = value['tables'] ?? value['Tables'];
  if (Array.isArray(tables)) {
    const parts = tables.filter(isObject).map(rowsOf);
    return parts.length > 0 && parts.every((part) => part !== undefined) ? parts.flat() : undefined;
  }
  return rowsOf(value);
}

function rowsOf(table: JsonObject): JsonObject[] | undefined {
  const columns = table['columns'] ?? table['Columns'];
  const rows = table['rows'] ?? table['Rows'];
  if (!Array.isArray(columns) || !Array.isArray(rows)) return undefined;
  const names = columns.map((column) => {
    const name = isObject(column) ? (column['name'] ?? column['ColumnName'] ?? column['Name']) : column;
    return typeof name === 'string' ? name : '';
  });
  // Rows of nothing cost no byte, but a cell of each column once they are objects.
  if (names.length * rows.length > MAX_CELLS)
    throw tooMuch('cells in a table', MAX_CELLS, 'REQUEST_TOO_LARGE');
  return rows.filter(Array.isArray).map((row) => {
    const object: Record<string, unknown> = {};
    names.forEach((name, position) => {
      if (name !== '' && name !== '__proto__') object[name] = row[position];
    });
    return object;
  });
}
