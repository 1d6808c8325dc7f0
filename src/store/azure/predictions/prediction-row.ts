import { hash as digest } from 'node:crypto';
import { z } from 'zod';
import { DISPOSITIONS, dispositionSchema } from '../../../alert/alert.ts';
import { AlertforestError } from '../../../errors.ts';
import type { AlertReference } from '../../feedback-store.ts';
import type { PredictionEntry } from '../../prediction-log.ts';
import {
  checkAlertKey,
  parseRow,
  ruleHitSchema,
  snapshotFromRow,
  snapshotRowSchema,
} from '../snapshot-row.ts';
import type { StoredRow } from '../table-access.ts';

/**
 * Partitions of a week's table. All rows of an alert lie in one, so that one transaction writes them; few partitions
 * mean full transactions under load, and each takes 2,000 rows a second.
 */
export const PREDICTION_SHARDS = ['s0', 's1', 's2', 's3'] as const;

/** 32 hex digits. */
export const idHash = (alertId: string): string => digest('sha256', alertId).slice(0, 32);

/** Partition of an alert, by the id of its vendor. */
export const predictionShard = (alertId: string): string => shardOf(idHash(alertId));

/** Partition by {@link idHash}. */
export const shardOf = (hash: string): string =>
  PREDICTION_SHARDS[Number.parseInt(hash[0] as string, 16) % PREDICTION_SHARDS.length] as string;

/** Row keys of all verdicts of an alert; a row that names no verdict is of a build that kept one for each alert. */
export const verdictRange = (alertKey: string): { from: string; below: string } => ({
  from: `k|${checkAlertKey(alertKey)}`,
  below: `k|${alertKey}}`,
});
export const idPrefix = (alertId: string): string => hashPrefix(idHash(alertId));
/** {@link idPrefix} by the hash of the id. */
export const hashPrefix = (hash: string): string => `i|${hash}|`;
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

const referenceRowSchema = snapshotRowSchema
  .pick({
    alertKey: true,
    alertId: true,
    tenant: true,
    source: true,
  })
  .extend({ alias: z.string().optional() });

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
