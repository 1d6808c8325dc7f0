import type { Vote } from '../../alert/judgement.ts';
import { AlertforestError, hasCode } from '../../errors.ts';
import { takeFeedback } from '../../training/feedback/feedback-intake.ts';
import type { Sender } from '../../training/feedback/intake-outcome.ts';
import { type Group, shownScore } from '../../triage/correlation/group.ts';
import type { KnownIncident, TriageRoom } from '../../triage/triage-room.ts';
import type { FeedbackServiceDeps } from '../feedback/feedback-service.ts';
import { payQuota } from '../feedback/pay-quota.ts';
import { analystOf } from '../feedback/withdraw-feedback.ts';
import { roundTo } from '../rounding.ts';
import type {
  IncidentJudgement,
  QuietRequest,
  WireIncident,
  WireIncidentJudged,
  WireIncidentList,
  WireIncidentSummary,
  WireIncidentWithdrawn,
} from './incidents.ts';

export interface IncidentFilter {
  readonly tenant: string | undefined;
  /** ISO 8601. */
  readonly since: string | undefined;
  /** 0-100, as shown. */
  readonly minScore: number;
  readonly state: 'open' | 'judged' | undefined;
  readonly order: 'score' | 'time';
  readonly limit: number;
  readonly offset: number;
}

export interface IncidentServiceDeps {
  readonly triage: Pick<TriageRoom, 'incidents' | 'incident' | 'status' | 'announce' | 'judge'>;
  readonly feeding: FeedbackServiceDeps;
  readonly now: () => number;
}

/** Answers about incidents, from memory: every instance knows what all have joined. */
export class IncidentService {
  readonly #deps: IncidentServiceDeps;

  constructor(deps: IncidentServiceDeps) {
    this.#deps = deps;
  }

  /** @throws AlertforestError REQUEST_INVALID for a moment that is none */
  list(filter: IncidentFilter): WireIncidentList {
    const { tenant, since, minScore, state, order, limit, offset } = filter;
    const sinceS = since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since) / 1000;
    if (Number.isNaN(sinceS)) {
      throw new AlertforestError('REQUEST_INVALID', `Expected \`since\` to be a moment, got ${since}.`);
    }
    const groups: Group[] = [];
    for (const { group } of this.#deps.triage.incidents(tenant)) {
      const isWanted = state === undefined || (state === 'judged') === (group.judged !== undefined);
      if (isWanted && group.lastAtS >= sinceS && shownScore(group.rawScore()) >= minScore) groups.push(group);
    }
    const scores = new Map(groups.map((group) => [group, group.rawScore()]));
    groups.sort(
      (a, b) =>
        (order === 'score' ? scores.get(b)! - scores.get(a)! : 0) ||
        b.lastAtS - a.lastAtS ||
        (a.id < b.id ? -1 : 1),
    );
    const end = offset + limit;
    return {
      incidents: groups.slice(offset, end).map(summaryOf),
      total: groups.length,
      next_offset: end < groups.length ? end : null,
      state: this.#deps.triage.status,
    };
  }

  /** @throws AlertforestError INCIDENT_UNKNOWN */
  get(id: string): WireIncident {
    const { group } = this.#find(id);
    return {
      ...summaryOf(group),
      merged_into: group.id === id ? null : group.id,
      members: group.shown().map(({ answer, joiningEntities = [], ...member }) => ({
        alert_key: member.alertKey,
        title: member.title,
        rule: member.ruleName,
        at: momentOf(member.atS),
        strength: roundTo(member.strength, 3),
        joined_by: [...member.joinedBy],
        joined_by_entities: [...joiningEntities],
        verdict_id: answer?.verdictId ?? null,
        disposition: answer?.disposition ?? null,
        decision: answer?.decision ?? null,
        final_score: answer === undefined ? null : roundTo(answer.finalScore, 1),
      })),
    };
  }

  /**
   * Gives the judgement to every member kept that no person judged alone.
   *
   * @throws AlertforestError INCIDENT_UNKNOWN, RATE_LIMITED, STORE_UNAVAILABLE
   */
  async judge(id: string, judgement: IncidentJudgement, sender: Sender): Promise<WireIncidentJudged> {
    const { feeding, triage, now } = this.#deps;
    const { group, tenant } = this.#find(id);
    const members = group.shown();
    payQuota(feeding, sender, unitsOf(members));
    const analyst = analystOf(sender, judgement.analyst);
    const counts = { accepted: 0, revised: 0, duplicates: 0, own_judgement: 0, not_logged: 0 };
    for (const { alertKey } of members) {
      const judged = await feeding.feedback.get(alertKey);
      // a vote on the alert itself says more than one on the whole
      if (judged?.votes.some((vote) => !isOfWhole(vote))) {
        counts.own_judgement++;
        continue;
      }
      const item = {
        alert_key: alertKey,
        ...judgement,
        analyst,
        comment:
          `${WHOLE}${group.id}${judgement.comment === undefined ? '' : `: ${judgement.comment}`}`.slice(
            0,
            4096,
          ),
      };
      try {
        const { status } = await takeFeedback(
          { kind: 'own', item, sent: undefined, whole: group.id },
          sender,
          feeding,
        );
        if (status === 'duplicate') counts.duplicates++;
        else if (status === 'accepted' || status === 'revised') counts[status]++;
      } catch (error) {
        if (!hasCode(error, 'ALERT_UNKNOWN')) throw error;
        counts.not_logged++;
      }
    }
    // alerts of one incident are one judgement, however many they are
    const { pending, queued } = await feeding.noteJudged(counts.accepted + counts.revised > 0 ? 1 : 0);
    const at = new Date(now()).toISOString();
    triage.judge(tenant, group.id, { disposition: judgement.disposition, analyst, at });
    return { id: group.id, ...counts, pending, retrain_queued: queued };
  }

  /**
   * Takes back the judgement of one analyst: from the incident, and from every member kept that followed it. A vote on a
   * member alone stays.
   *
   * @throws AlertforestError INCIDENT_UNKNOWN, NOT_FOUND where nothing of this analyst stands, RATE_LIMITED,
   * STORE_UNAVAILABLE
   */
  async withdraw(id: string, claimed: string | undefined, sender: Sender): Promise<WireIncidentWithdrawn> {
    const { feeding, triage, now } = this.#deps;
    const { group, tenant } = this.#find(id);
    const members = group.shown();
    payQuota(feeding, sender, unitsOf(members));
    const analyst = analystOf(sender, claimed);
    const at = new Date(now()).toISOString();
    const before = group.judged ?? null;
    let withdrawn = 0;
    for (const { alertKey } of members) {
      const judged = await feeding.feedback.get(alertKey);
      const vote = judged?.votes.find((one) => one.analyst === analyst);
      if (vote === undefined || !isOfWhole(vote)) continue;
      const { verified } = sender;
      const taken = await feeding.feedback.withdraw(alertKey, { analyst, verified, at });
      if (taken?.status === 'withdrawn') withdrawn++;
    }
    if (withdrawn === 0 && before?.analyst !== analyst) {
      throw new AlertforestError(
        'NOT_FOUND',
        `No judgement of ${analyst} stands on the incident ${group.id}.`,
        {
          issues: [{ path: 'analyst', message: 'Expected an analyst who judged the incident as a whole.' }],
        },
      );
    }
    triage.judge(tenant, group.id, { disposition: undefined, analyst, at });
    const { pending, queued } = await feeding.noteJudged(withdrawn > 0 ? 1 : 0);
    const after = this.#find(group.id).group.judged ?? null;
    return { id: group.id, analyst, withdrawn, before, after, pending, retrain_queued: queued };
  }

  quiet({ tenant, rule, source, hours }: QuietRequest): { until: string } {
    const untilMs = this.#deps.now() + hours * 3_600_000;
    this.#deps.triage.announce({ tenant, rule, source, untilMs });
    return { until: new Date(untilMs).toISOString() };
  }

  #find(id: string): KnownIncident {
    const known = this.#deps.triage.incident(id);
    if (known !== undefined) return known;
    throw new AlertforestError('INCIDENT_UNKNOWN', `No incident is known by the id ${id.slice(0, 64)}.`);
  }
}

/** One unit of work for each member: each is looked up and written. */
const unitsOf = (members: readonly unknown[]): number => Math.max(1, members.length);

/** Begins the comment of a vote that was cast on the whole incident. */
const WHOLE = 'incident ';

/** Votes of builds before this one are told by their comment alone. */
function isOfWhole({ whole, comment }: Vote): boolean {
  return whole !== undefined || comment?.startsWith(WHOLE) === true;
}

function summaryOf(group: Group): WireIncidentSummary {
  const { id, nAlerts, rules, entityNames, tactics, firstAtS, lastAtS, judged } = group;
  return {
    id,
    score: roundTo(shownScore(group.rawScore()), 1),
    alerts: nAlerts,
    rules: [...rules.values()]
      .sort((a, b) => b.strength - a.strength)
      .map((rule) => ({ name: rule.name, alerts: rule.nAlerts, strength: roundTo(rule.strength, 3) })),
    entities: [...entityNames],
    tactics: [...tactics]
      .sort(([, a], [, b]) => a - b)
      .map(([tactic, atS]) => ({ id: tactic, reached_at: momentOf(atS) })),
    first_at: momentOf(firstAtS),
    last_at: momentOf(lastAtS),
    state: judged === undefined ? 'open' : 'judged',
    judged: judged ?? null,
  };
}

function momentOf(atS: number): string {
  return new Date(Math.round(atS * 1000)).toISOString();
}
