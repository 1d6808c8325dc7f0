import { type Alert, alertGroup, alertKey } from '../alert/alert.ts';
import { EMPTY_CONTEXT, type TriageContext } from '../alert/context.ts';
import { READER_VERSION } from '../alert/reader-version.ts';
import type { AlertSnapshot } from '../alert/snapshot.ts';
import { CONTEXT_COLUMNS } from './columns/context-columns.ts';
import { AlertFacts } from './facts/alert-facts.ts';
import { CATALOG_ID, OWN_COLUMNS, STATELESS_FEATURES } from './feature-catalog.ts';
import { writeColumns } from './feature-definition.ts';
import { FAMILY_PLACES } from './record-families.ts';
import { recordKeys, ruleKeyOf } from './record-keys.ts';

const FACTS = new AlertFacts();
const N_OWN_COLUMNS = OWN_COLUMNS.reduce((n, { features }) => n + features.length, 0);
/** Columns that depend on the alerts before one; they are the last of a row. */
export const N_CONTEXT_COLUMNS = STATELESS_FEATURES.length - N_OWN_COLUMNS;

const TENANT_RULE = FAMILY_PLACES.tenant_rule;

/**
 * Stateless columns of one alert, (nStatelessFeatures,) in catalogue order, rounded to float32; NaN where missing.
 *
 * Pure: the same alert and context give the same bits, whenever and wherever it is called. `incident_id`, `id` and
 * `raw` are never read; hour and day are UTC and come from the alert's own time.
 *
 * @param out where to write; allocated when left out
 */
export function extractStateless(
  alert: Alert,
  context: TriageContext,
  out: Float32Array = new Float32Array(STATELESS_FEATURES.length),
): Float32Array {
  writeColumns(OWN_COLUMNS, FACTS.read(alert), out);
  writeContext(context, out);
  return out;
}

/**
 * Writes the columns that depend on the alerts before this one into `columns`, the stateless columns of a row: for who
 * replays a stream after its rows were made.
 *
 * @param at where in `columns` they begin
 */
export function writeContext(context: TriageContext, columns: Float32Array, at = N_OWN_COLUMNS): void {
  if (context === EMPTY_CONTEXT) columns.set(EMPTY_COLUMNS, at);
  else writeColumns(CONTEXT_COLUMNS, context, columns, at);
}

/** Columns of a context of which no stage has spoken. */
const EMPTY_COLUMNS = new Float32Array(N_CONTEXT_COLUMNS);
writeColumns(CONTEXT_COLUMNS, EMPTY_CONTEXT, EMPTY_COLUMNS);

/**
 * What is kept of a scored alert: columns and hashed keys, no content.
 *
 * @param salt keys every hash; must be the same for all snapshots of one deployment
 * @param key alertKey of the alert, where it is known already
 */
export function snapshotOf(
  alert: Alert,
  context: TriageContext,
  salt = '',
  key: string = alertKey(alert),
): AlertSnapshot {
  const keys = recordKeys(alert, salt);
  const ownRuleKey = keys[TENANT_RULE]!;
  return {
    alertKey: key,
    alertId: alert.id,
    tenant: alert.tenant,
    source: alert.source,
    group: alertGroup(alert, key),
    occurredAt: alert.occurred_at,
    severity: alert.severity,
    ruleKey: ownRuleKey === '' ? ruleKeyOf(alert, salt) : ownRuleKey,
    catalogId: CATALOG_ID,
    readerVersion: READER_VERSION,
    columns: extractStateless(alert, context, nextRow()),
    recordKeys: keys,
  };
}

/** Rows of columns that are allocated together: an array of its own costs more than what is written into it. */
const ROWS_AT_ONCE = 32;

let rows = new Float32Array(0);
let nUsed = 0;

/** A row that nobody else has; its 31 neighbours in memory stay as long as it does. */
function nextRow(): Float32Array {
  if (nUsed === rows.length) {
    rows = new Float32Array(ROWS_AT_ONCE * STATELESS_FEATURES.length);
    nUsed = 0;
  }
  const row = rows.subarray(nUsed, nUsed + STATELESS_FEATURES.length);
  nUsed += STATELESS_FEATURES.length;
  return row;
}
