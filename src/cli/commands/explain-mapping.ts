import { type Command, InvalidArgumentError } from 'commander';
import type { Closing } from '../../alert/closing.ts';
import { AlertforestError, hasCode } from '../../errors.ts';
import { unwrapEnvelope } from '../../intake/envelope/unwrap-envelope.ts';
import { flatJudgement } from '../../intake/flat-judgement.ts';
import { type NormalizedAlert, normalizeAlert } from '../../intake/normalize.ts';
import { type PayloadFileOptions, payloadsOf } from '../../logs/payload-file.ts';
import { encodingOption } from '../encoding-option.ts';
import { textTable } from '../output/text-table.ts';

interface Flags extends PayloadFileOptions {
  readonly tenant?: string;
  readonly limit: number;
}

export function addExplainMappingCommand(program: Command): void {
  program
    .command('explain-mapping')
    .description('show how the alerts of a file are read: each field, where it came from, and the closing')
    .argument('<file>', 'alerts or closed records in any known format; - is stdin')
    .option('--tenant <name>', 'the customer, where the records do not say')
    .option('--limit <n>', 'records shown', wholeNumber, 20)
    .addOption(encodingOption())
    .action(explainFile);
}

async function explainFile(file: string, flags: Flags): Promise<void> {
  let nRead = 0;
  let nFailed = 0;
  for await (const item of payloadsOf(file, flags)) {
    if ('problem' in item) {
      nFailed++;
      console.log(`line ${item.line}: ${item.problem}\n`);
      continue;
    }
    for (const payload of alertsOf(item.payload)) {
      try {
        const normalized = normalizeAlert(payload, {
          receivedAt: new Date().toISOString(),
          ...(flags.tenant === undefined ? {} : { tenant: flags.tenant }),
        });
        if (++nRead <= flags.limit) console.log(`line ${item.line}\n${explained(normalized)}\n`);
      } catch (error) {
        if (!hasCode(error, 'ALERT_INVALID')) throw error;
        nFailed++;
        console.log(`line ${item.line}: ${error.message}\n`);
      }
    }
  }
  if (nRead + nFailed === 0)
    throw new AlertforestError('REQUEST_INVALID', `Expected alerts, ${file} holds none.`);
  if (nRead > flags.limit) console.log(`… and ${nRead - flags.limit} more; --limit shows more.`);
  console.error(`${nRead} read, ${nFailed} not readable`);
  if (nRead === 0 && nFailed > 0) process.exitCode = 1;
}

function alertsOf(payload: unknown): readonly unknown[] {
  const items = Array.isArray(payload) ? payload : [payload];
  return items.flatMap((item) => {
    const row = flatJudgement(item);
    return row === undefined ? unwrapEnvelope(item) : [row['alert']];
  });
}

const FIELDS = [
  'id',
  'id_scope',
  'title',
  'severity',
  'occurred_at',
  'created_at',
  'source',
  'vendor',
  'tenant',
  'rule_id',
  'rule_name',
  'category',
  'incident_id',
  'vendor_score',
  'tactics',
  'techniques',
] as const;

/** The reading of one record as tables: the alert's fields, its entities, its closing, and what was odd. */
export function explained({ alert, report, closing, skipped }: NormalizedAlert): string {
  const rows: string[][] = [];
  for (const field of FIELDS) {
    const value = alert[field];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    rows.push([field, Array.isArray(value) ? value.join(' ') : String(value), report.fields[field] ?? '']);
  }
  for (const [name, value] of Object.entries(alert.telemetry ?? {}))
    rows.push([name, String(value), report.fields['telemetry'] ?? '']);
  alert.entities.forEach(({ kind, value, role }, at) => {
    rows.push([role === undefined ? kind : `${kind} (${role})`, value, report.entityPaths[at] ?? '']);
  });
  if (closing !== undefined) rows.push(...closingRows(closing));
  const lines = [
    `format ${report.dialect}, ${Math.round(report.completeness * 100)} % of the expected fields`,
    textTable(['field', 'value', 'read from'], rows),
  ];
  if (skipped !== undefined) lines.push(`no alert (${skipped.code}): ${skipped.reason}`);
  if (report.missing.length > 0) lines.push(`missing: ${report.missing.join(', ')}`);
  for (const warning of report.warnings) lines.push(`warning: ${warning}`);
  return lines.join('\n');
}

function closingRows({ outcome, by, analyst, closedAt, raw, reason }: Closing): string[][] {
  return [
    ['closing', outcome, raw],
    ['closed by', analyst === undefined ? by : `${analyst} (${by})`, ''],
    ...(closedAt === undefined ? [] : [['closed at', closedAt, '']]),
    ...(reason === undefined ? [] : [['reason', reason, '']]),
  ];
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Expected a whole number.');
  return Number(text);
}
