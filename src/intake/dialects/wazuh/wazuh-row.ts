import type { JsonObject } from '../../values/json-value.ts';

/**
 * A row of a table that Wazuh's dashboard exported, `rule.level`, `agent.name`, `data.srcip` as columns, as the record
 * that it was. Undefined for anything else.
 */
export function alertOfWazuhRow(row: JsonObject): readonly JsonObject[] | undefined {
  if (!('rule.level' in row) || !('rule.id' in row || 'rule.description' in row)) return undefined;
  if (!('agent.name' in row || 'agent.id' in row || 'manager.name' in row)) return undefined;
  // The dialect tells a record by its parts; a row has those that a person chose to see.
  const record: Record<string, unknown> = { location: row['location'] ?? '' };
  for (const key in row) put(record, key.replace(/^_source\./, '').split('.'), row[key]);
  return [record];
}

function put(record: Record<string, unknown>, path: readonly string[], value: unknown): void {
  if (value === null || value === undefined || value === '' || path.length > 8) return;
  let node = record;
  for (const name of path.slice(0, -1)) {
    if (name === '__proto__') return;
    const inner = node[name];
    if (typeof inner === 'object' && inner !== null && !Array.isArray(inner))
      node = inner as Record<string, unknown>;
    else node = node[name] = {} as Record<string, unknown>;
  }
  const last = path.at(-1) as string;
  if (last !== '__proto__') node[last] = value;
}
