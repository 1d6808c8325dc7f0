import type { ContextLead } from '../../models/ensemble.ts';
import { shownScore } from '../../triage/correlation/group.ts';
import type { TriageOutcome } from '../../triage/pipeline.ts';
import { roundTo } from '../rounding.ts';
import type { WireVerdict } from './verdict.ts';

/** An incident may merge as long as alerts of its time can still come. */
const PROVISIONAL_S = 2 * 3_600;

/** What the stages before the models found, as a verdict shows it. */
export function wireContext(
  { facts, problems }: TriageOutcome,
  lead: ContextLead | undefined,
): Pick<WireVerdict, 'context' | 'incident'> {
  const { behavior, incident } = facts;
  const joined = incident?.incident;
  const score = behavior?.score ?? Number.NaN;
  return {
    context: {
      score: Number.isNaN(score) ? null : roundTo(score, 4),
      lead: lead === undefined ? null : { score: roundTo(lead.score, 2), share: roundTo(lead.share, 4) },
      notable: incident?.notable ?? false,
      warming_up: behavior !== undefined && Number.isNaN(score),
      stages: Object.keys(problems).length === 0 ? undefined : { ...problems },
    },
    incident:
      joined === undefined
        ? null
        : {
            id: joined.id,
            provisional: (behavior?.countedAtS ?? 0) - joined.firstAtS < PROVISIONAL_S,
            size: joined.nAlerts,
            rules: joined.nRules,
            score: roundTo(shownScore(joined.rawScore), 1),
            tactics: [...joined.tactics],
            joined_by: [...joined.joinedBy],
          },
  };
}
