import { alertGroup, DISPOSITIONS, type Disposition } from '../../alert/alert.ts';
import { AlertforestError, hasCode } from '../../errors.ts';
import { CsvTable } from '../../intake/body/csv-table.ts';
import type { SplitRecord } from '../../intake/body/record-splitter.ts';
import { normalizeAlert } from '../../intake/normalize.ts';
import { Unread } from '../../intake/unread.ts';
import { csvRows } from '../../logs/csv-rows.ts';
import { openText } from '../../logs/open-text.ts';
import {
  countSkipped,
  type Misfit,
  MisfitError,
  placeOf,
  type ReadCounts,
  shown,
} from '../../logs/skip-counts.ts';
import { jsonMisfit, NOT_UTF8, TOO_LONG, textLines } from '../../logs/text-lines.ts';
import type { LabelledAlert } from '../labelled-alert.ts';
import { joinByKey, type KeyedRow } from '../partition-join.ts';
import type { Format } from './formats.ts';
import { GUIDE_GRADES, type GuideRow, guideAlert, guideMisfit } from './guide-alert.ts';
import { formatWords, looksLike } from './looks-like.ts';

/**
 * Labelled alerts of a file, one at a time. What cannot be read is counted with its line, column and reason.
 *
 * @throws AlertforestError REQUEST_INVALID where the file cannot be read, is written in another format, lacks a column
 * or holds no labelled alert at all
 */
export async function* readLabelled(
  path: string,
  format: Format,
  counts: ReadCounts,
): AsyncGenerator<LabelledAlert> {
  const guess = await looksLike(path);
  if (guess !== undefined && guess !== format) {
    throw new AlertforestError(
      'REQUEST_INVALID',
      `Expected ${path} to be in the format ${format}, it looks like ${formatWords(guess)}.`,
    );
  }
  const readers = { guide: guideAlerts, csv: csvAlerts, canonical: lineAlerts, wazuh: lineAlerts };
  for await (const alert of readers[format](path, counts, format)) {
    counts.alerts++;
    yield alert;
  }
  if (counts.alerts > 0) return;
  const [first] = counts.examples;
  throw new AlertforestError(
    'REQUEST_INVALID',
    first === undefined
      ? `Expected labelled alerts, ${path} holds no row.`
      : `None of the ${counts.rows} rows of ${path} is a labelled alert in the format ${format}: ${placeOf(first)}.`,
  );
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
    const table = csvRows(openText(path), { name: path, required: GUIDE_COLUMNS });
    for await (const { line, row, misfit } of table) {
      counts.rows++;
      const wrong = misfit ?? guideMisfit(row as GuideRow);
      if (wrong !== undefined || row === undefined) {
        if (wrong !== undefined) countSkipped(counts, line, wrong);
        continue;
      }
      yield {
        key: `${row['OrgId']}\u0000${row['IncidentId']}\u0000${row['AlertId']}`,
        json: JSON.stringify([line, row]),
      };
    }
  }
  for await (const { rows } of joinByKey(keyed())) {
    const placed = rows as [number, GuideRow][];
    const guideRows = placed.map(([, row]) => row);
    const grade = guideRows[0]?.['IncidentGrade'] ?? '';
    const other = placed.find(([, row]) => row['IncidentGrade'] !== grade);
    if (other !== undefined) {
      const [line, row] = other;
      const expected = 'one grade for all rows of an alert';
      countSkipped(counts, line, {
        column: 'IncidentGrade',
        expected,
        got: `${row['IncidentGrade']} after ${grade}`,
      });
      continue;
    }
    const alert = guideAlert(guideRows);
    const disposition = GUIDE_GRADES[grade] as Disposition;
    yield { alert, disposition, riskScore: undefined, group: alertGroup(alert) };
  }
}

/** JSON lines: `{"alert", "disposition"}`, or for Wazuh `{"alert", "label": "TP" | "FP"}`. */
async function* lineAlerts(path: string, counts: ReadCounts, format: Format): AsyncGenerator<LabelledAlert> {
  for await (const { line, text } of textLines(openText(path))) {
    if (text?.trim() === '') continue;
    counts.rows++;
    try {
      yield labelledLine(text, format);
    } catch (error) {
      if (!(error instanceof MisfitError)) throw error;
      countSkipped(counts, line, error.misfit);
    }
  }
}

const WAZUH_LABELS: Readonly<Record<string, Disposition>> = { TP: 'true_positive', FP: 'false_positive' };

function labelledLine(text: string | undefined, format: Format): LabelledAlert {
  if (text === undefined) throw new MisfitError(TOO_LONG);
  let item: unknown;
  try {
    item = JSON.parse(text);
  } catch {
    throw new MisfitError(jsonMisfit(text));
  }
  if (typeof item !== 'object' || item === null || Array.isArray(item)) {
    throw new MisfitError({ column: 'character 1', expected: 'a JSON object', got: shown(item) });
  }
  const { alert, disposition, label, risk_score, group } = item as Readonly<Record<string, unknown>>;
  if (alert === undefined) throw new MisfitError({ column: 'alert', expected: 'an alert', got: 'nothing' });
  if (format !== 'wazuh') return labelled(alert, 'alert', { disposition, risk_score, group });
  const known = WAZUH_LABELS[String(label)];
  if (known === undefined)
    throw new MisfitError({ column: 'label', expected: 'TP or FP', got: shown(label) });
  return labelled(alert, 'alert', { disposition: known, risk_score, group });
}

/** A table with the fields of an alert as columns, and `disposition`; its cells are read as those of a posted one. */
async function* csvAlerts(path: string, counts: ReadCounts): AsyncGenerator<LabelledAlert> {
  for await (const { line, value } of tableRows(path)) {
    counts.rows++;
    try {
      if (value instanceof MisfitError) throw value;
      if (value instanceof Unread) throw new MisfitError(misfitOf(value));
      const { disposition, risk_score, group, ...fields } = value as Readonly<Record<string, unknown>>;
      const payload: Record<string, unknown> = {};
      for (const name in fields) payload[name] = cellValue(name, fields[name]);
      yield labelled(payload, '', { disposition, risk_score, group });
    } catch (error) {
      if (!(error instanceof MisfitError)) throw error;
      countSkipped(counts, line, error.misfit);
    }
  }
}

/** @throws AlertforestError REQUEST_INVALID where there is no header with a `disposition` */
async function* tableRows(path: string): AsyncGenerator<SplitRecord> {
  const table = new CsvTable();
  let isChecked = false;
  for await (const { line, text, isUtf8 } of textLines(openText(path))) {
    if (text === undefined) yield { line, value: new MisfitError(TOO_LONG) };
    else if (!isUtf8) yield { line, value: new MisfitError(NOT_UTF8) };
    else yield* table.push(line, text);
    if (isChecked || table.columns === undefined) continue;
    isChecked = true;
    if (!table.columns.includes('disposition'))
      throw new AlertforestError(
        'REQUEST_INVALID',
        `${path}, line ${line}: expected the columns disposition.`,
      );
  }
  if (!isChecked) throw new AlertforestError('REQUEST_INVALID', `Expected rows, ${path} is empty.`);
  yield* table.end();
}

/** `Expected 5 cells as in the header, got 4.` as the parts of a misfit. */
function misfitOf({ problem }: Unread): Misfit {
  const [, expected, got] = /^Expected (.*), got (.*?)\.?$/s.exec(problem.slice(0, 400)) ?? [];
  return { column: '1', expected: expected ?? 'a row of the table', got: got ?? problem };
}

function cellValue(name: string, cell: unknown): unknown {
  if (typeof cell !== 'string') return cell;
  if (/^\s*[[{]/.test(cell)) {
    try {
      return JSON.parse(cell);
    } catch {
      const { column, got } = jsonMisfit(cell);
      throw new MisfitError({ column: name, expected: 'JSON', got: `${got} at ${column} of the cell` });
    }
  }
  if (name !== 'vendor_score') return cell;
  const score = Number(cell);
  if (Number.isNaN(score)) throw new MisfitError({ column: name, expected: 'a number', got: shown(cell) });
  return score;
}

interface Judged {
  readonly disposition: unknown;
  readonly risk_score: unknown;
  readonly group: unknown;
}

/** @throws MisfitError naming the field, below `place` where the alert stands in a field of its own */
function labelled(
  payload: unknown,
  place: string,
  { disposition, risk_score, group }: Judged,
): LabelledAlert {
  const known = DISPOSITIONS.find((one) => one === disposition);
  if (known === undefined) {
    const expected = `one of ${DISPOSITIONS.join(', ')}`;
    throw new MisfitError({ column: 'disposition', expected, got: shown(disposition) });
  }
  const isGiven = risk_score !== undefined && risk_score !== null;
  const riskScore = isGiven ? Number(risk_score) : undefined;
  if (riskScore !== undefined && !(riskScore >= 0 && riskScore <= 100)) {
    throw new MisfitError({
      column: 'risk_score',
      expected: 'a number from 0 to 100',
      got: shown(risk_score),
    });
  }
  try {
    const { alert } = normalizeAlert(payload, { receivedAt: '1970-01-01T00:00:00.000Z' });
    return {
      alert,
      disposition: known,
      riskScore,
      group: typeof group === 'string' && group !== '' ? group : alertGroup(alert),
    };
  } catch (error) {
    if (!hasCode(error, 'ALERT_INVALID')) throw error;
    const [issue] = error.issues;
    const path = issue?.path ?? '';
    throw new MisfitError({
      column: [place, path].filter((part) => part !== '').join('.') || 'row',
      expected: (issue?.message ?? error.message).replace(/^Expected /, '').replace(/\.$/, ''),
      got: shown(at(payload, path)),
    });
  }
}

/** Value at a dotted path. */
function at(value: unknown, path: string): unknown {
  let found = value;
  for (const part of path === '' ? [] : path.split('.')) {
    found =
      typeof found === 'object' && found !== null ? (found as Record<string, unknown>)[part] : undefined;
  }
  return found;
}
