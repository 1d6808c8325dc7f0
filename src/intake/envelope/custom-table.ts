import type { JsonObject } from '../values/json-value.ts';

/** Columns that Log Analytics adds to every table, and the few that say where a row came from. */
const OWN_COLUMN =
  /^(TimeGenerated|Type|TenantId|SourceSystem|MG|ManagementGroupName|Computer|RawData|_ResourceId|_SubscriptionId|_ItemId|_TimeReceived|_BilledSize|_IsBillable)$/;
// string, number, guid, bool, time
const TYPED = /^(.{1,120}?)_(?:s|d|g|b|t)$/;
const LEAST_TYPED = 3;
const MAX_COLUMNS = 1_000;
/** Objects that the collector has flattened: `event_DetectName_s` was `event.DetectName`. */
const FLATTENED = /^(event|data|input|payload|body|host|user|device|resource|process|file)_(?=.)/;

/**
 * A row of a custom table of Log Analytics under the names that its sender wrote: the collector puts a type behind each,
 * `severity_s`, `alert_id_g`. Undefined for any other record.
 *
 * @see https://learn.microsoft.com/azure/azure-monitor/logs/data-collector-api#record-type-and-properties
 */
export function customTableRow(row: JsonObject, keys: readonly string[]): JsonObject | undefined {
  if (!('TimeGenerated' in row) || keys.length > MAX_COLUMNS) return undefined;
  const named: Record<string, unknown> = {};
  let nTyped = 0;
  for (const key of keys) {
    const name = TYPED.exec(key)?.[1];
    if (name !== undefined) {
      nTyped++;
      named[name.replace(FLATTENED, '$1.')] = row[key];
    } else if (!OWN_COLUMN.test(key)) return undefined;
    // the table's name says nothing of the alert
    else if (key !== 'Type') named[key] = row[key];
  }
  return nTyped < LEAST_TYPED ? undefined : named;
}
