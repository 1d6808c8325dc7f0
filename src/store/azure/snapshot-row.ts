import { z } from 'zod';
import { ALERT_KEY, severitySchema } from '../../alert/alert.ts';
import type { AlertSnapshot, RuleHit } from '../../alert/snapshot.ts';
import { AlertforestError, inputIssues } from '../../errors.ts';

const hex = (digits: number) =>
  z
    .string()
    .length(digits)
    .regex(/^[0-9a-f]*$/);

export const ruleHitSchema = z.object({ id: z.string(), half: z.literal(true).optional() });

/** The properties of a row that hold an {@link AlertSnapshot}. */
export const snapshotRowSchema = z.object({
  alertKey: hex(32),
  alertId: z.string(),
  tenant: z.string().optional(),
  source: z.string(),
  group: hex(32),
  occurredAt: z.string(),
  severity: severitySchema,
  ruleKey: z.string(),
  catalogId: z.string(),
  readerVersion: z.int().min(1).optional(),
  columns: z.string(),
  recordKeys: z.string(),
  auditShare: z.number().gt(0).max(1).optional(),
  formerKey: hex(32).optional(),
  /** JSON. */
  ruleHits: z.string().optional(),
});
export type SnapshotRow = z.infer<typeof snapshotRowSchema>;

/** float32 numbers as base64 of their little-endian bytes; every NaN comes back as a NaN. */
export function encodeColumns(columns: Float32Array): string {
  // as they lie in memory: of every machine that Node 20 and newer run on here, as in the sections of an artefact
  return Buffer.from(columns.buffer, columns.byteOffset, columns.byteLength).toString('base64');
}

/** @throws AlertforestError STORE_CORRUPT where the text is no whole number of float32 */
export function decodeColumns(text: string): Float32Array {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length % 4 !== 0) {
    throw new AlertforestError(
      'STORE_CORRUPT',
      `Expected \`columns\` of whole float32, got ${bytes.length} bytes.`,
    );
  }
  const columns = new Float32Array(bytes.length / 4);
  for (let i = 0; i < columns.length; i++) columns[i] = bytes.readFloatLE(i * 4);
  return columns;
}

export function snapshotToRow(snapshot: AlertSnapshot): SnapshotRow {
  const { columns, recordKeys, ruleHits, ...rest } = snapshot;
  return {
    ...rest,
    columns: encodeColumns(columns),
    recordKeys: recordKeys.join(','),
    ...(ruleHits === undefined ? {} : { ruleHits: JSON.stringify(ruleHits) }),
  };
}

export function snapshotFromRow(row: SnapshotRow): AlertSnapshot {
  return {
    alertKey: row.alertKey,
    alertId: row.alertId,
    tenant: row.tenant,
    source: row.source,
    group: row.group,
    occurredAt: row.occurredAt,
    severity: row.severity,
    ruleKey: row.ruleKey,
    catalogId: row.catalogId,
    ...(row.readerVersion === undefined ? {} : { readerVersion: row.readerVersion }),
    columns: decodeColumns(row.columns),
    recordKeys: row.recordKeys === '' ? [] : row.recordKeys.split(','),
    ...(row.auditShare === undefined ? {} : { auditShare: row.auditShare }),
    ...(row.formerKey === undefined ? {} : { formerKey: row.formerKey }),
    ...(row.ruleHits === undefined ? {} : { ruleHits: ruleHitsOf(row.ruleHits) }),
  };
}

function ruleHitsOf(text: string): RuleHit[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new AlertforestError('STORE_CORRUPT', 'Expected `ruleHits` to hold JSON.', { cause });
  }
  return parseRow(z.array(ruleHitSchema), value, 'feedback');
}

/**
 * Checks a row as read.
 *
 * @throws AlertforestError STORE_CORRUPT that names the table, the row and what is wrong with it
 */
export function parseRow<T>(schema: z.ZodType<T>, row: unknown, where: string): T {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data;
  const [issue] = inputIssues(parsed.error);
  throw new AlertforestError(
    'STORE_CORRUPT',
    `Cannot read a row of ${where}: \`${issue?.path}\` ${issue?.message}.`,
  );
}

/** @throws RangeError for anything but 32 hex digits: keys become parts of row keys */
export function checkAlertKey(alertKey: string): string {
  if (!ALERT_KEY.test(alertKey)) {
    throw new RangeError(`Expected \`alertKey\` to be 32 hex digits, got ${alertKey}.`);
  }
  return alertKey;
}
