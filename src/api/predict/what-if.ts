import { type Alert, SEVERITIES } from '../../alert/alert.ts';
import type { NormalizedAlert } from '../../intake/normalize.ts';
import type { ScoredAlert } from '../../triage/alert-scorer.ts';
import { roundTo } from '../rounding.ts';
import type { WireWhatIf } from './verdict.ts';

/** Entities left out, and rules switched off, at most: the strongest rules and the first entities named. */
const MAX_TRIED = 12;

/** Scores the alert as it would be, as a trial. */
export type Retry = (normalized: NormalizedAlert, withoutRule?: string) => ScoredAlert;

/**
 * What would change the verdict: each other severity, each entity left out, each rule that hit switched off, one at a
 * time; what moves the score most comes first. The payload stays as it was sent, so rules that read it see no change.
 */
export function whatIf(base: ScoredAlert, retry: Retry): WireWhatIf[] {
  const { normalized, rules } = base;
  const { alert } = normalized;
  const changed = (change: Partial<Alert>): ScoredAlert =>
    retry({ ...normalized, alert: { ...alert, ...change } });
  const tried = [
    ...SEVERITIES.filter((severity) => severity !== alert.severity && severity !== 'unknown').map(
      (severity) => wireOf('severity', severity, base, changed({ severity })),
    ),
    ...alert.entities.slice(0, MAX_TRIED).map((left) => {
      const entities = alert.entities.filter((entity) => entity !== left);
      return wireOf('entity', `${left.kind}:${left.value}`, base, changed({ entities }));
    }),
    ...(rules?.matches ?? [])
      .slice(0, MAX_TRIED)
      .map(({ id }) => wireOf('rule', id, base, retry(normalized, id))),
  ];
  return tried.sort((a, b) => Math.abs(b.change) - Math.abs(a.change));
}

function wireOf(kind: WireWhatIf['kind'], value: string, base: ScoredAlert, tried: ScoredAlert): WireWhatIf {
  const { disposition, finalScore } = tried.verdict;
  return {
    kind,
    value,
    final_score: roundTo(finalScore, 1),
    change: roundTo(finalScore - base.verdict.finalScore, 1),
    risk_level: tried.riskLevel,
    disposition,
    decision: tried.decision.decision,
  };
}
