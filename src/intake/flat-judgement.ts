import { DISPOSITIONS, type Disposition } from '../alert/alert.ts';
import { vendorDialectOf } from './dialects/recognise-dialect.ts';
import { alertShape } from './envelope/alert-shape.ts';
import { outcomeOfWord } from './evidence/closing-words.ts';
import { isObject, type JsonObject, numberOf, textOf } from './values/json-value.ts';

// Columns in which people write what an alert was, as lower-case letters. A product writes its own verdict under the
// weak ones too: they are a person's word only with a person beside them.
const VERDICTS =
  /^(disposition|judge?ment|analystverdict|analystdisposition|finalverdict|finaldisposition|alertdisposition)$/;
const WEAK_VERDICTS = /^(verdict|classification|label|outcome|resolution|triageresult|result)$/;
const ANALYSTS =
  /^(analyst|analystname|judgedby|reviewedby|reviewer|triagedby|assessedby|closedby|assignee|assignedto|owner)$/;
const COMMENTS = /^(comment|comments|notes?|analystcomment|rationale)$/;
const RISK = 'risk_score';
const STATUSES = /^(status|state|alertstatus|incidentstatus|casestatus|stage)$/;
const IDS = /^alertid$/;

/** Columns of a flat row that are looked at; a row of more is an export and no table made by hand. */
const MAX_COLUMNS = 200;

/**
 * A row of a table that a person keeps, with the alert and what it was on one line, as a judgement that carries its
 * alert: `{alert_id, title, severity, …, disposition, analyst}`. The verdict may be in any vendor's words. Undefined for
 * everything else: a judgement without an alert, a record of a known vendor, a record that says how far the work on it is
 * (its closing is read from that).
 */
export function flatJudgement(row: unknown): JsonObject | undefined {
  if (!isObject(row) || 'alert' in row || 'alert_key' in row) return undefined;
  const keys = Object.keys(row);
  if (keys.length > MAX_COLUMNS) return undefined;
  let verdict: string | undefined;
  let weak: string | undefined;
  let hasStatus = false;
  const judgement: Record<string, unknown> = {};
  const alert: Record<string, unknown> = {};
  for (const key of keys) {
    const name = key.length > 48 ? '' : key.toLowerCase().replace(/[^a-z]/g, '');
    const text = textOf(row[key]);
    if (VERDICTS.test(name)) verdict ??= text;
    else if (WEAK_VERDICTS.test(name)) weak ??= text;
    else if (ANALYSTS.test(name)) judgement['analyst'] ??= text?.slice(0, 256);
    else if (COMMENTS.test(name)) judgement['comment'] ??= text?.slice(0, 4096);
    else if (IDS.test(name)) judgement['alert_id'] ??= text;
    else {
      hasStatus ||= STATUSES.test(name) && text !== undefined;
      alert[key] = row[key];
    }
  }
  const disposition =
    dispositionOf(verdict) ?? (judgement['analyst'] === undefined ? undefined : dispositionOf(weak));
  if (disposition === undefined) return undefined;
  // Our own word says it whatever the status; a vendor's status says more than a vendor's word.
  const isOurs = (DISPOSITIONS as readonly unknown[]).includes(verdict);
  if (hasStatus && !isOurs) return undefined;
  // Beside our own word the risk is the analyst's too, and must not reach the alert.
  if (isOurs && RISK in alert) {
    judgement[RISK] = numberOf(alert[RISK]) ?? alert[RISK];
    delete alert[RISK];
  }
  // The row's own id says which alert it is; a row number beside it is none.
  if (judgement['alert_id'] !== undefined) alert['id'] = judgement['alert_id'];
  if (!alertShape(alert).isAlert || vendorDialectOf(row) !== undefined) return undefined;
  for (const name of Object.keys(judgement)) if (judgement[name] === undefined) delete judgement[name];
  return { ...judgement, disposition, alert };
}

function dispositionOf(word: string | undefined): Disposition | undefined {
  const outcome = outcomeOfWord(word);
  return outcome === 'no_label' ? undefined : outcome;
}
