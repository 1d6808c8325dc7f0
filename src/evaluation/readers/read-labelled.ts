import { createInterface } from 'node:readline';
import { CsvError, parse } from 'csv-parse';
import { alertGroup, DISPOSITIONS, type Disposition } from '../../alert/alert.ts';
import { normalizeAlert } from '../../alert/normalize.ts';
import { AlertforestError } from '../../errors.ts';
import type { LabelledAlert } from '../labelled-alert.ts';
import { openText } from '../open-text.ts';
import { joinByKey, type KeyedRow } from '../partition-join.ts';
import { GUIDE_GRADES, type GuideRow, guideAlert } from './guide-alert.ts';

export const FORMATS = ['canonical', 'guide', 'wazuh', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

/** What was read and what was not, and why. */
export interface ReadCounts {
  rows: number;
  alerts: number;
  skipped: number;
  /** Reason -> rows left out. */
  readonly reasons: Record<string, number>;
  /** The first problems with their line, at most ten. */
  readonly examples: string[];
}

export const newCounts = (): ReadCounts => ({ rows: 0, alerts: 0, skipped: 0, reasons: {}, examples: [] });

/**
 * Labelled alerts of a file, one at a time. What cannot be read is counted with its line and reason.
 *
 * @throws AlertforestError REQUEST_INVALID where the file is not of this format at all
 */
export async function* readLabelled(
  path: string,
  format: Format,
  counts: ReadCounts,
): AsyncGenerator<LabelledAlert> {
  const alerts =
    format === 'guide'
      ? guideAlerts(path, counts)
      : format === 'csv'
        ? csvAlerts(path, counts)
        : lineAlerts(path, format, counts);
  for await (const alert of alerts) {
    counts.alerts++;
    yield alert;
  }
  if (counts.alerts === 0) {
    throw new AlertforestError('REQUEST_INVALID', `${path} holds no labelled alert in the format ${format}.`);
  }
}

function skip(counts: ReadCounts, line: number, reason: string): void {
  counts.skipped++;
  counts.reasons[reason] = (counts.reasons[reason] ?? 0) + 1;
  if (counts.examples.length < 10) counts.examples.push(`line ${line}: ${reason}`);
}

async function* csvRows(
  path: string,
): AsyncGenerator<{ readonly line: number; readonly row: Record<string, string> }> {
  const input = openText(path);
  const parser = parse({
    bom: true,
    columns: true,
    info: true,
    skip_empty_lines: true,
    relax_column_count: true,
    relax_quotes: true,
  });
  input.on('error', (error: Error) => parser.destroy(error));
  try {
    for await (const { record, info } of input.pipe(parser) as AsyncIterable<{
      record: Record<string, string>;
      info: { lines: number };
    }>) {
      yield { line: info.lines, row: record };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new AlertforestError('REQUEST_INVALID', `${path}: ${error.message}`);
  }
}

const GUIDE_COLUMNS = [
  'OrgId',
  'IncidentId',
  'AlertId',
  'AlertTitle',
  'Category',
  'IncidentGrade',
  'EntityType',
];

/** Rows of one alert are scattered through the file: they are joined by tenant, incident and alert id. */
async function* guideAlerts(path: string, counts: ReadCounts): AsyncGenerator<LabelledAlert> {
  async function* keyed(): AsyncGenerator<KeyedRow> {
    for await (const { line, row } of csvRows(path)) {
      if (counts.rows === 0) {
        const missing = GUIDE_COLUMNS.filter((column) => row[column] === undefined);
        if (missing.length > 0) {
          throw new AlertforestError(
            'REQUEST_INVALID',
            `Line 1: expected the columns ${missing.join(', ')}.`,
          );
        }
      }
      counts.rows++;
      if (GUIDE_GRADES[row['IncidentGrade'] ?? ''] === undefined) {
        skip(counts, line, row['IncidentGrade'] ? `unknown grade ${row['IncidentGrade']}` : 'no grade');
        continue;
      }
      yield {
        key: `${row['OrgId']}\u0000${row['IncidentId']}\u0000${row['AlertId']}`,
        json: JSON.stringify(row),
      };
    }
  }
  for await (const { rows } of joinByKey(keyed())) {
    const guideRows = rows as GuideRow[];
    const alert = guideAlert(guideRows);
    const disposition = GUIDE_GRADES[guideRows[0]?.['IncidentGrade'] ?? ''] as Disposition;
    yield { alert, disposition, riskScore: undefined, group: alertGroup(alert) };
  }
}

/** JSON lines: `{"alert", "disposition"}`, or for Wazuh `{"alert", "label": "TP" | "FP"}`. */
async function* lineAlerts(
  path: string,
  format: 'canonical' | 'wazuh',
  counts: ReadCounts,
): AsyncGenerator<LabelledAlert> {
  let line = 0;
  for await (const text of createInterface({ input: openText(path), crlfDelay: Number.POSITIVE_INFINITY })) {
    line++;
    if (text.trim() === '') continue;
    counts.rows++;
    try {
      const item = JSON.parse(text) as Record<string, unknown>;
      const disposition =
        format === 'wazuh'
          ? { TP: 'true_positive', FP: 'false_positive' }[String(item['label'])]
          : item['disposition'];
      yield labelled(item['alert'], disposition, item['risk_score'], item['group']);
    } catch (error) {
      skip(counts, line, reasonOf(error));
    }
  }
}

/** CSV with the fields of a canonical alert as columns, and `disposition`. */
async function* csvAlerts(path: string, counts: ReadCounts): AsyncGenerator<LabelledAlert> {
  for await (const { line, row } of csvRows(path)) {
    counts.rows++;
    const { disposition, risk_score, group, ...fields } = row;
    try {
      const payload = Object.fromEntries(
        Object.entries(fields).flatMap(([name, cell]) =>
          cell === '' ? [] : [[name, cellValue(name, cell)]],
        ),
      );
      yield labelled(payload, disposition, risk_score === '' ? undefined : risk_score, group);
    } catch (error) {
      skip(counts, line, reasonOf(error));
    }
  }
}

function cellValue(name: string, cell: string): unknown {
  if (/^\s*[[{]/.test(cell)) return JSON.parse(cell);
  return name === 'vendor_score' ? Number(cell) : cell;
}

function labelled(payload: unknown, disposition: unknown, risk: unknown, group: unknown): LabelledAlert {
  const known = DISPOSITIONS.find((one) => one === disposition);
  if (known === undefined) {
    throw new AlertforestError(
      'REQUEST_INVALID',
      `expected disposition ${DISPOSITIONS.join(', ')}, got ${disposition}`,
    );
  }
  const riskScore = risk === undefined || risk === null ? undefined : Number(risk);
  if (riskScore !== undefined && !(riskScore >= 0 && riskScore <= 100)) {
    throw new AlertforestError('REQUEST_INVALID', `expected risk_score from 0 to 100, got ${risk}`);
  }
  const { alert } = normalizeAlert(payload, { receivedAt: '1970-01-01T00:00:00.000Z' });
  return {
    alert,
    disposition: known,
    riskScore,
    group: typeof group === 'string' && group !== '' ? group : alertGroup(alert),
  };
}

function reasonOf(error: unknown): string {
  if (error instanceof AlertforestError) {
    return [error.message, ...error.issues.map(({ path, message }) => `${path} ${message}`)]
      .join(' ')
      .slice(0, 200);
  }
  return error instanceof SyntaxError ? 'not JSON' : String(error).slice(0, 200);
}
