import { alertGroup, type Disposition } from '../../alert/alert.ts';
import { AlertforestError } from '../../errors.ts';
import { isObject } from '../../intake/values/json-value.ts';
import { payloadsOf } from '../../logs/payload-file.ts';
import { countSkipped, type ReadCounts } from '../../logs/skip-counts.ts';
import type { LabelledAlert } from '../labelled-alert.ts';
import { joinByKey, type KeyedRow } from '../partition-join.ts';
import { GUIDE_GRADES, type GuideRow, guideAlert, guideMisfit } from './guide-alert.ts';

const COLUMNS = ['OrgId', 'IncidentId', 'AlertId', 'AlertTitle', 'Category', 'IncidentGrade', 'EntityType'];

/**
 * Labelled alerts of GUIDE's evidence rows. The rows of one alert are scattered through the file: they are joined by
 * tenant, incident and alert id.
 *
 * @throws AlertforestError REQUEST_INVALID where the file cannot be read or lacks a column
 */
export async function* guideAlerts(path: string, counts: ReadCounts): AsyncGenerator<LabelledAlert> {
  for await (const { rows } of joinByKey(keyedRows(path, counts))) {
    const placed = rows as [number, GuideRow][];
    const guideRows = placed.map(([, row]) => row);
    const grade = guideRows[0]?.['IncidentGrade'] ?? '';
    const other = placed.find(([, row]) => row['IncidentGrade'] !== grade);
    if (other !== undefined) {
      const [line, row] = other;
      const expected = 'one grade for all rows of an alert';
      const got = `${row['IncidentGrade']} after ${grade}`;
      countSkipped(counts, line, { column: 'IncidentGrade', expected, got });
      continue;
    }
    const alert = guideAlert(guideRows);
    const disposition = GUIDE_GRADES[grade] as Disposition;
    yield { alert, disposition, riskScore: undefined, group: alertGroup(alert) };
  }
}

async function* keyedRows(path: string, counts: ReadCounts): AsyncGenerator<KeyedRow> {
  // Empty cells are left out of a row: a column that no row has is none of the file's.
  const unseen = new Set(COLUMNS);
  for await (const item of payloadsOf(path, { contentType: 'text/csv' })) {
    counts.rows++;
    if ('problem' in item) {
      countSkipped(counts, item.line, item.misfit);
      continue;
    }
    const row = (isObject(item.payload) ? item.payload : {}) as GuideRow;
    for (const column of unseen) if (column in row) unseen.delete(column);
    const wrong = guideMisfit(row);
    if (wrong !== undefined) {
      countSkipped(counts, item.line, wrong);
      continue;
    }
    yield {
      key: `${row['OrgId']}\u0000${row['IncidentId']}\u0000${row['AlertId']}`,
      json: JSON.stringify([item.line, row]),
    };
  }
  if (counts.rows > 0 && unseen.size > 0)
    throw new AlertforestError('REQUEST_INVALID', `${path}: expected the columns ${[...unseen].join(', ')}.`);
}
