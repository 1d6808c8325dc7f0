import { isObject, type JsonObject } from '../../intake/values/json-value.ts';

/** By which a row is known that `export judgements` wrote: no judgement that is sent has them. */
const OWN_COLUMNS = ['alert_key', 'disposition', 'effective_disposition', 'agreement', 'verified'];
/** What of it a judgement states; the rest is what the service made of the votes. */
const SAID = ['alert_key', 'alert_id', 'tenant', 'source', 'disposition', 'risk_score', 'analyst', 'comment'];

/**
 * A row of `export judgements`, from its JSON lines or its table, as the judgement it was; undefined for all else. Empty
 * cells are left out.
 */
export function exportedVote(row: unknown): JsonObject | undefined {
  if (!isObject(row) || !OWN_COLUMNS.every((name) => name in row)) return undefined;
  const said = SAID.flatMap((name) => {
    const value = row[name];
    if (value === null || value === undefined || value === '') return [];
    return [[name, name === 'risk_score' ? Number(value) : value] as const];
  });
  return Object.fromEntries(said);
}
