import { hash as digest } from 'node:crypto';
import { z } from 'zod';
import { DISPOSITIONS, dispositionSchema } from '../../alert/alert.ts';
import { AlertforestError } from '../../errors.ts';
import type { AlertReference } from '../feedback-store.ts';
import type { PredictionEntry } from '../prediction-log.ts';
import { verdictIdOf } from '../verdict-row.ts';
import {
  checkAlertKey,
  parseRow,
  ruleHitSchema,
  snapshotFromRow,
  snapshotRowSchema,
  snapshotToRow,
} from './snapshot-row.ts';
import { checkRow, type StoredRow, type TableRow } from './table-access.ts';

/**
 * Partitions of a week's table. All rows of an alert lie in one, so that one transaction writes them; few partitions
 * mean full transactions under load, and each takes 2,000 rows a second.
 */
export const PREDICTION_SHARDS = ['s0', 's1', 's2', 's3'] as const;

const idHash = (alertId: string): string => digest('sha256', alertId).slice(0, 32);

/** Partition of an alert, by the id of its vendor. */
export const predictionShard = (alertId: string): string => shardOf(idHash(alertId));

const shardOf = (hash: string): string =>
  PREDICTION_SHARDS[Number.parseInt(hash[0] as string, 16) % PREDICTION_SHARDS.length] as string;

/** Row keys of all verdicts of an alert; a row that names no verdict is of a build that kept one for each alert. */
export const verdictRange = (alertKey: string): { from: string; below: string } => ({
  from: `k|${checkAlertKey(alertKey)}`,
  below: `k|${alertKey}}`,
});
const verdictKey = (entry: PredictionEntry): string =>
  `k|${checkAlertKey(entry.snapshot.alertKey)}|${verdictIdOf(entry)}`;
export const idPrefix = (alertId: string): string => prefixOf(idHash(alertId));
const prefixOf = (hash: string): string => `i|${hash}|`;
export const groupPrefix = (group: string): string => `g|${checkAlertKey(group)}|`;

const numbersSchema = z.array(z.number()).length(DISPOSITIONS.length);
const versionsSchema = z.record(z.string(), z.string());

const entryRowSchema = snapshotRowSchema.extend({
  scoredAt: z.string(),
  versions: z.string(),
  disposition: dispositionSchema,
  probabilities: z.string(),
  riskScore: z.number(),
  anomalyScore: z.number(),
  isAnomaly: z.boolean(),
  finalScore: z.number(),
  decision: z.string(),
  auditSample: z.boolean(),
  verdictId: z.string().optional(),
  payloadAt: z.string().optional(),
  incidentId: z.string().optional(),
  ruleHits: z.string().optional(),
});
const ruleHitsSchema = z.array(ruleHitSchema.extend({ weight: z.number() }));

const MAX_ALIASES = 8;

const referenceRowSchema = snapshotRowSchema
  .pick({
    alertKey: true,
    alertId: true,
    tenant: true,
    source: true,
  })
  .extend({ alias: z.string().optional() });

/**
 * The rows of one entry: itself, one that leads to it from the vendor's id, and one from its group where that is not
 * the alert itself.
 *
 * @throws AlertforestError ALERT_INVALID where a row would be larger than Table Storage holds
 */
export function predictionRows(entry: PredictionEntry): TableRow[] {
  const { snapshot } = entry;
  const { alertKey, alertId, tenant, source, group } = snapshot;
  const hash = idHash(alertId);
  const partitionKey = shardOf(hash);
  const reference = { partitionKey, alertKey, alertId, tenant, source };
  const rows: TableRow[] = [
    {
      partitionKey,
      rowKey: verdictKey(entry),
      ...snapshotToRow(snapshot),
      scoredAt: new Date(entry.scoredAt).toISOString(),
      versions: JSON.stringify(entry.versions),
      disposition: entry.disposition,
      probabilities: JSON.stringify(entry.probabilities),
      // A whole number would be written as Int32 and come back the same: JavaScript has one kind of number.
      riskScore: entry.riskScore,
      anomalyScore: entry.anomalyScore,
      isAnomaly: entry.isAnomaly,
      finalScore: entry.finalScore,
      decision: entry.decision,
      auditSample: entry.auditSample,
      verdictId: entry.verdictId,
      payloadAt: entry.payloadAt,
      incidentId: entry.incidentId,
      ruleHits: entry.ruleHits === undefined ? undefined : JSON.stringify(entry.ruleHits),
    },
    { ...reference, rowKey: prefixOf(hash) + alertKey },
  ];
  if (group !== alertKey) rows.push({ ...reference, rowKey: groupPrefix(group) + alertKey });
  for (const row of rows) checkRow(row, 'ALERT_INVALID');
  return rows;
}

/** One row for each further id of an alert, in the partition of that id: it leads to the alert's own. */
export function aliasRows({ snapshot, aliases = [] }: PredictionEntry): TableRow[] {
  const { alertKey, alertId, tenant, source } = snapshot;
  const others = aliases.filter((alias) => alias !== alertId).slice(0, MAX_ALIASES);
  return others.map((alias) => {
    const hash = idHash(alias);
    const rowKey = prefixOf(hash) + alertKey;
    return { partitionKey: shardOf(hash), rowKey, alertKey, alertId, alias, tenant, source };
  });
}

export function entryFromRow(row: StoredRow): PredictionEntry {
  const { scoredAt, versions, disposition, probabilities, ...rest } = parseRow(
    entryRowSchema,
    row,
    'predictions',
  );
  const { riskScore, anomalyScore, isAnomaly, finalScore, decision, auditSample, ...named } = rest;
  const { verdictId, payloadAt, incidentId, ruleHits, ...snapshot } = named;
  return {
    snapshot: snapshotFromRow(snapshot),
    scoredAt,
    versions: parseRow(versionsSchema, parsed(versions), 'predictions'),
    disposition,
    probabilities: parseRow(numbersSchema, parsed(probabilities), 'predictions'),
    riskScore,
    anomalyScore,
    isAnomaly,
    finalScore,
    decision,
    auditSample,
    ...(verdictId === undefined ? {} : { verdictId }),
    ...(payloadAt === undefined ? {} : { payloadAt }),
    ...(incidentId === undefined ? {} : { incidentId }),
    ...(ruleHits === undefined
      ? {}
      : { ruleHits: parseRow(ruleHitsSchema, parsed(ruleHits), 'predictions') }),
  };
}

export function referenceFromRow(row: StoredRow): AlertReference {
  const { alertKey, alertId, alias, tenant, source } = parseRow(referenceRowSchema, row, 'predictions');
  return { alertKey, alertId, tenant, source, ...(alias === undefined ? {} : { alias }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AlertforestError('STORE_CORRUPT', 'Cannot read a row of predictions: it holds no JSON.', {
      cause,
    });
  }
}
