import type { WireVerdict } from '../../api/predict/verdict.ts';
import type { ScoredLine } from '../service/score-alerts.ts';
import { stateTable } from './show.ts';

/** Verdicts as a person reads them: what is decided first, then why. */
export function shownVerdicts(lines: readonly ScoredLine[]): string {
  return stateTable(
    ['alert', 'decision', 'score', 'risk', 'disposition', 'sure', 'why'],
    lines.map((line) => {
      if ('error' in line) return [`line ${line['line']}`, 'not read', '', '', '', '', String(line['error'])];
      if ('skipped' in line) {
        const { reason } = line['skipped'] as { readonly reason: string };
        return [`line ${line['line']}`, 'no alert', '', '', '', '', reason];
      }
      const verdict = line as unknown as WireVerdict;
      return [
        verdict.alert_id,
        verdict.decision,
        verdict.final_score.toFixed(1),
        verdict.risk_level,
        verdict.disposition,
        `${Math.round(100 * verdict.confidence)} %`,
        verdict.reasons[0] ?? verdict.decision_reason ?? '',
      ];
    }),
  );
}
