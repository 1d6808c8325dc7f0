import { alertGroup, DISPOSITIONS, type Disposition } from '../../alert/alert.ts';
import { hasCode } from '../../errors.ts';
import { unwrapEnvelope } from '../../intake/envelope/unwrap-envelope.ts';
import { flatJudgement } from '../../intake/flat-judgement.ts';
import { type NormalizedAlert, normalizeAlert } from '../../intake/normalize.ts';
import { Unread } from '../../intake/unread.ts';
import { isObject } from '../../intake/values/json-value.ts';
import { type Misfit, MisfitError, shown } from '../../logs/skip-counts.ts';
import type { LabelledAlert } from '../labelled-alert.ts';
import { type LabelledLine, labelledLine } from './labelled-line.ts';

/** An alert without a time of its own stands at the beginning of all time. */
const NO_TIME = '1970-01-01T00:00:00.000Z';

/**
 * The labelled alerts of one payload, or for each why it is none: an alert with the word on it, a row of a table with
 * both, a closed record of any vendor, an envelope of such records.
 */
export function* labelledAlerts(payload: unknown): Generator<LabelledAlert | MisfitError> {
  const line = labelledLine(payload) ?? lineOfRow(payload);
  const records = line === undefined ? unwrapEnvelope(payload) : [undefined];
  if (records.length === 0) yield misfit('record', 'an alert', shown(payload));
  for (const record of records) {
    try {
      yield line === undefined ? ofRecord(record) : ofLine(line);
    } catch (error) {
      if (!(error instanceof MisfitError)) throw error;
      yield error;
    }
  }
}

function lineOfRow(payload: unknown): LabelledLine | undefined {
  const row = flatJudgement(payload);
  if (row === undefined) return undefined;
  const { alert, disposition, risk_score } = row;
  const group = (payload as { readonly group?: unknown }).group;
  return { alert, field: 'disposition', word: disposition, risk: risk_score, group };
}

function ofLine({ alert: payload, field, word, risk, group }: LabelledLine): LabelledAlert {
  const disposition = dispositionOf(field, word);
  const isGiven = risk !== undefined && risk !== null && risk !== '';
  const riskScore = isGiven ? Number(risk) : undefined;
  if (riskScore !== undefined && !(riskScore >= 0 && riskScore <= 100))
    throw misfit('risk_score', 'a number from 0 to 100', shown(risk));
  const { alert } = normalized(payload, 'alert');
  return {
    alert,
    disposition,
    riskScore,
    group: typeof group === 'string' && group !== '' ? group : alertGroup(alert),
  };
}

const SHORT_LABELS: Readonly<Record<string, Disposition>> = { TP: 'true_positive', FP: 'false_positive' };

function dispositionOf(field: LabelledLine['field'], word: unknown): Disposition {
  const known =
    field === 'disposition' ? DISPOSITIONS.find((one) => one === word) : SHORT_LABELS[String(word)];
  if (known !== undefined) return known;
  throw misfit(
    field,
    field === 'disposition' ? `one of ${DISPOSITIONS.join(', ')}` : 'TP or FP',
    shown(word),
  );
}

/** A record that its vendor closed with a person's verdict. */
function ofRecord(payload: unknown): LabelledAlert {
  const { alert, closing, record, skipped } = normalized(payload, '');
  if (skipped !== undefined) throw misfit('record', 'an alert', skipped.reason);
  if (record.mergedInto !== undefined)
    throw misfit('record', 'a closing of its own', `one merged into ${record.mergedInto}`);
  if (closing === undefined) throw withoutClosing(payload);
  if (closing.by === 'machine')
    throw misfit('closing', "a person's verdict", 'a closing by automation, or one that names nobody');
  if (closing.outcome === 'no_label')
    throw misfit('closing', 'a verdict', shown(closing.unread ?? closing.raw));
  return { alert, disposition: closing.outcome, riskScore: undefined, group: alertGroup(alert) };
}

/** Of a table with a column for our word the word is at fault, else the record is open. */
function withoutClosing(payload: unknown): MisfitError {
  const word = isObject(payload) ? payload['disposition'] : undefined;
  return word === undefined
    ? misfit('closing', 'a disposition or a closed record', 'nothing')
    : misfit('disposition', `one of ${DISPOSITIONS.join(', ')}`, shown(word));
}

/** @throws MisfitError naming the field, below `place` where the alert stands in a field of its own */
function normalized(payload: unknown, place: string): NormalizedAlert {
  try {
    return normalizeAlert(payload, { receivedAt: NO_TIME });
  } catch (error) {
    if (!hasCode(error, 'ALERT_INVALID')) throw error;
    const [issue] = error.issues;
    const path = issue?.path ?? '';
    throw misfit(
      [place, path].filter((part) => part !== '').join('.') || 'record',
      (issue?.message ?? error.message).replace(/^Expected /, '').replace(/\.$/, ''),
      shown(payload instanceof Unread ? payload.problem : at(payload, path)),
    );
  }
}

const misfit = (column: Misfit['column'], expected: string, got: string): MisfitError =>
  new MisfitError({ column, expected, got });

/** Value at a dotted path. */
function at(value: unknown, path: string): unknown {
  let found = value;
  for (const part of path === '' ? [] : path.split('.'))
    found = isObject(found) || Array.isArray(found) ? (found as Record<string, unknown>)[part] : undefined;
  return found;
}
