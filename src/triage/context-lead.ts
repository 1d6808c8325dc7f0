import type { ContextLead } from '../models/ensemble.ts';
import type { TriageFacts } from './triage-facts.ts';

/** With so many alerts judged, context and models share ml_score evenly. */
const EVEN_AT = 50;
/**
 * Alerts of a tenant in about a day from which on its context leads by its whole share. In a quieter tenant nearly
 * everything is new, whatever it is.
 */
const TELLING_FROM = 1_000;
/** What a point of the incident's raw score adds to the surprise of a notable alert. */
const INCIDENT_SHARE = 0.1;
/**
 * What a certain indicator adds to the surprise. Enough for one of confidence 80 to be critical together with what is sure
 * otherwise: a rule score of 100 brings 30 of the 90 points, and 0.7 (0.8 x 100 (1 - 2^-4) + 0.2 models) the rest from
 * models that say 54 on.
 */
const INTEL_SHARE = 5;

/**
 * What leads the score while the models have seen few or no judged alerts: how much stands out about the alert, its
 * entities, its tenant and its incident, 100 x (1 - 2^-sum). Its share fades as 50 / (50 + judged), and is no larger than
 * what stands behind it: the tenant's alerts of a day, up to 1,000 of them, or the confidence of an indicator.
 *
 * @param nJudged judged alerts that the serving classifier has learned from
 * @returns undefined while the tenant is new and no indicator hits: there is nothing to compare with, and the models speak
 *   alone. An indicator needs no history.
 */
export function contextLead(facts: Readonly<TriageFacts>, nJudged: number): ContextLead | undefined {
  const { behavior, incident, intel } = facts;
  const history = behavior === undefined || Number.isNaN(behavior.score) ? undefined : behavior;
  const confidence = intel?.[0]?.confidence ?? 0;
  if (history === undefined && confidence === 0) return undefined;
  const own = history?.own ?? 0;
  const around = history === undefined ? 0 : history.surprise - own;
  const rawScore = history === undefined ? 0 : (incident?.incident?.rawScore ?? 0);
  const addends = [
    { feature: 'own_surprise', value: own, adds: own },
    { feature: 'entity_mass', value: history?.entityMass ?? 0, adds: around },
    { feature: 'joined_score', value: rawScore, adds: INCIDENT_SHARE * rawScore },
    { feature: 'intel_confidence', value: confidence, adds: (INTEL_SHARE * confidence) / 100 },
  ];
  const sum = addends.reduce((total, { adds }) => total + adds, 0);
  // unknown while the whole stream is new, and then nothing stands behind the history
  const nToday = history === undefined || Number.isNaN(history.tenantAlerts) ? 0 : history.tenantAlerts;
  const standing = Math.min(1, Math.max(nToday / TELLING_FROM, confidence / 100));
  return {
    score: 100 * (1 - 2 ** -sum),
    share: (standing * EVEN_AT) / (EVEN_AT + nJudged),
    parts:
      sum === 0
        ? []
        : addends
            .filter(({ adds }) => adds > 0)
            .map(({ feature, value, adds }) => ({ feature, value, share: adds / sum })),
  };
}
