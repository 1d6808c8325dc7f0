import { SEVERITIES } from '../../alert/alert.ts';
import { isoMs } from '../../alert/iso-time.ts';
import type { AlertFacts } from '../facts/alert-facts.ts';
import { amount, amountOfLog, type Columns, column, count, rounded } from '../feature-definition.ts';

function reportDelayS({ alert: { created_at }, time }: AlertFacts): number {
  const seconds = created_at === undefined ? Number.NaN : (isoMs(created_at) - time.occurredAtMs) / 1000;
  return seconds >= 0 ? seconds : Number.NaN;
}

export const ALERT_COLUMNS: readonly Columns<AlertFacts>[] = [
  column(
    'severity',
    'alert',
    'Severity from 0 (informational) to 4 (critical); missing where unknown.',
    (value) => `severity is ${SEVERITIES[Math.round(value)] ?? rounded(value)}`,
    ({ alert: { severity } }) => (severity === 'unknown' ? Number.NaN : SEVERITIES.indexOf(severity)),
  ),
  column(
    'vendor_score',
    'alert',
    "The vendor's own score, 0-100.",
    amount("the vendor's score"),
    ({ alert }) => alert.vendor_score ?? Number.NaN,
  ),
  column(
    'technique_count',
    'alert',
    'ATT&CK techniques named.',
    count('ATT&CK technique', 'ATT&CK techniques'),
    ({ alert }) => alert.techniques.length,
  ),
  column(
    'subtechnique_count',
    'alert',
    'Of these, sub-techniques.',
    count('sub-technique', 'sub-techniques'),
    ({ words }) => words.nSubtechniques,
  ),
  column(
    'title_length_log1p',
    'alert',
    'log(1 + characters of the title).',
    amountOfLog('the length of the title'),
    ({ alert }) => Math.log1p(alert.title.length),
  ),
  column(
    'report_delay_log1p',
    'alert',
    'log(1 + seconds from occurred_at to created_at); missing where either is, or where the order is reversed.',
    amountOfLog('the delay between event and alert', ' s'),
    (facts) => Math.log1p(reportDelayS(facts)),
  ),
];
