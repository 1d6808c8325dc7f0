import { LRUCache } from 'lru-cache';
import { isProven, type Vote } from '../../alert/judgement.ts';
import { AlertforestError, hasCode } from '../../errors.ts';
import { takeFeedback } from '../../training/feedback/feedback-intake.ts';
import type { Sender } from '../../training/feedback/intake-outcome.ts';
import { type Group, type StandingJudgement, shownScore } from '../../triage/correlation/group.ts';
import type { RollUp } from '../../triage/correlation/roll-up.ts';
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
  WireQuiet,
  WireRollUp,
} from './incidents.ts';

export interface IncidentFilter {
  readonly kind: 'incident' | 'roll_up' | undefined;
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
  readonly triage: Pick<TriageRoom, 'incidents' | 'incident' | 'rollUps' | 'status' | 'announce' | 'judge'>;
  readonly feeding: FeedbackServiceDeps;
  readonly now: () => number;
}

/** Answers about incidents, from memory: every instance knows what all have joined. */
export class IncidentService {
  readonly #deps: IncidentServiceDeps;
  /** By the name a judgement was given under, the incident as it was when all its members followed it. */
  readonly #followed = new LRUCache<string, string>({ max: 10_000 });

  constructor(deps: IncidentServiceDeps) {
    this.#deps = deps;
  }

  /** @throws AlertforestError REQUEST_INVALID for a moment that is none, or a filter that the kind does not have */
  list(filter: IncidentFilter): WireIncidentList {
    return filter.kind === 'roll_up' ? this.#listRollUps(filter) : this.#listIncidents(filter);
  }

  #listIncidents({ tenant, since, minScore, state, order, limit, offset }: IncidentFilter): WireIncidentList {
    const sinceS = secondsOf(since);
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
    return {
      incidents: groups.slice(offset, offset + limit).map(summaryOf),
      roll_ups: [],
      ...this.#pageOf(groups.length, offset + limit),
    };
  }

  #listRollUps({ tenant, since, minScore, state, order, limit, offset }: IncidentFilter): WireIncidentList {
    if (minScore > 0 || state !== undefined) {
      const asked = state === undefined ? 'min_score' : 'state';
      throw new AlertforestError(
        'REQUEST_INVALID',
        `Expected \`${asked}\` with incidents alone: a roll-up has no score and no judgement.`,
        { issues: [{ path: asked, message: 'Not together with kind=roll_up.' }] },
      );
    }
    const sinceS = secondsOf(since);
    const rollUps = [...this.#deps.triage.rollUps(tenant)].filter(({ lastAtS }) => lastAtS >= sinceS);
    rollUps.sort(
      (a, b) =>
        (order === 'time' ? 0 : b.nAlerts - a.nAlerts) ||
        b.lastAtS - a.lastAtS ||
        b.day - a.day ||
        a.rule - b.rule,
    );
    return {
      incidents: [],
      roll_ups: rollUps.slice(offset, offset + limit).map(wireRollUp),
      ...this.#pageOf(rollUps.length, offset + limit),
    };
  }

  #pageOf(total: number, end: number): Pick<WireIncidentList, 'total' | 'next_offset' | 'state'> {
    return { total, next_offset: end < total ? end : null, state: this.#deps.triage.status };
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
   * Gives the judgement to every member kept that no person judged alone; a proven one also to those of which others only claim
   * what they are.
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
      // a vote on the alert itself says more than one on the whole, a claim never more than what is proven
      if (judged?.votes.some((vote) => !isOfWhole(vote) && !givesWay(vote, sender.verified))) {
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
    triage.judge(tenant, group.id, {
      disposition: judgement.disposition,
      analyst,
      at,
      verified: sender.verified,
      riskScore: judgement.risk_score,
      of: group.id,
    });
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
    const before = wireJudged(group.judged);
    let withdrawn = 0;
    for (const { alertKey } of members) {
      const judged = await feeding.feedback.get(alertKey);
      const vote = judged?.votes.find((one) => one.analyst === analyst);
      if (vote === undefined || !isOfWhole(vote)) continue;
      const { verified } = sender;
      const taken = await feeding.feedback.withdraw(alertKey, { analyst, verified, at });
      if (taken?.status === 'withdrawn') withdrawn++;
    }
    const isTheirs = group.judged?.analyst === analyst && (sender.verified || group.judged.verified !== true);
    if (withdrawn === 0 && !isTheirs) {
      throw new AlertforestError(
        'NOT_FOUND',
        `No judgement of ${analyst} stands on the incident ${group.id}.`,
        {
          issues: [{ path: 'analyst', message: 'Expected an analyst who judged the incident as a whole.' }],
        },
      );
    }
    triage.judge(tenant, group.id, { disposition: undefined, analyst, at, verified: sender.verified });
    const { pending, queued } = await feeding.noteJudged(withdrawn > 0 ? 1 : 0);
    const after = wireJudged(this.#find(group.id).group.judged);
    return { id: group.id, analyst, withdrawn, before, after, pending, retrain_queued: queued };
  }

  /**
   * Gives the judgement of an incident to members that joined it since, by a later alert or a merge: the same word of the
   * same analyst under the same name, so that it stays one judgement. A member on which anything stands is left as it
   * is, but for claims under a proven word. An incident in which nothing has changed since is passed over.
   *
   * @param ids the incidents to look at, any names of theirs; left out: all that are known
   * @returns members that were given a judgement
   * @throws AlertforestError STORE_UNAVAILABLE
   */
  async followJudgements(ids?: Iterable<string>): Promise<number> {
    const { feeding, triage } = this.#deps;
    const named = ids && [...ids].flatMap((id) => triage.incident(id)?.group ?? []);
    const groups = named ?? Array.from(triage.incidents(undefined), ({ group }) => group);
    let followed = 0;
    for (const group of new Set(groups)) {
      const { judged } = group;
      if (judged === undefined) continue;
      const state = `${group.id} ${judged.at} ${judged.analyst} ${group.nAlerts}`;
      if (this.#followed.get(judged.of ?? group.id) === state) continue;
      const { given, isWhole } = await this.#giveToNew(group, judged);
      followed += given;
      // an alert that is not in the log yet is asked for again
      if (isWhole) this.#followed.set(judged.of ?? group.id, state);
    }
    if (followed > 0) await feeding.noteJudged(1);
    return followed;
  }

  async #giveToNew(
    group: Group,
    { disposition, riskScore, analyst, verified = false, of = group.id }: StandingJudgement,
  ): Promise<{ readonly given: number; readonly isWhole: boolean }> {
    const { feeding } = this.#deps;
    let given = 0;
    let isWhole = true;
    for (const { alertKey } of group.shown()) {
      const standing = await feeding.feedback.get(alertKey);
      if (standing?.votes.some((vote) => !givesWay(vote, verified))) continue;
      const risk = riskScore === undefined ? {} : { risk_score: riskScore };
      const item = { alert_key: alertKey, disposition, ...risk, analyst, comment: `${WHOLE}${of}` };
      try {
        const judgement = { kind: 'own', item, sent: undefined, whole: of } as const;
        await takeFeedback(judgement, { name: analyst, verified }, feeding);
        given++;
      } catch (error) {
        if (!hasCode(error, 'ALERT_UNKNOWN')) throw error;
        isWhole = false;
      }
    }
    return { given, isWhole };
  }

  quiet({ tenant, rule, source, hours }: QuietRequest): WireQuiet {
    const nowMs = this.#deps.now();
    const untilMs = nowMs + hours * 3_600_000;
    const beforeMs = this.#deps.triage.announce({ tenant, rule, source, untilMs });
    const until = new Date(Math.max(untilMs, beforeMs)).toISOString();
    const before = beforeMs > nowMs ? { until: new Date(beforeMs).toISOString() } : null;
    return { until, before, after: { until } };
  }

  #find(id: string): KnownIncident {
    const known = this.#deps.triage.incident(id);
    if (known !== undefined) return known;
    throw new AlertforestError('INCIDENT_UNKNOWN', `No incident is known by the id ${id.slice(0, 64)}.`);
  }
}

/** One unit of work for each member: each is looked up and written. */
const unitsOf = (members: readonly unknown[]): number => Math.max(1, members.length);

/** Whether a vote is a mere claim where a word is proven. What a record says of its own alert is not. */
const givesWay = (vote: Vote, isWordProven: boolean): boolean =>
  isWordProven && !isProven(vote) && vote.from !== 'record';

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
    judged: wireJudged(judged),
  };
}

function wireJudged(judged: StandingJudgement | undefined): WireIncidentSummary['judged'] {
  if (judged === undefined) return null;
  const { disposition, analyst, at } = judged;
  return { disposition, analyst, at };
}

function wireRollUp({ ruleName, day, nAlerts, nElsewhere, places, firstAtS, lastAtS }: RollUp): WireRollUp {
  return {
    rule: ruleName,
    day: momentOf(day * 86_400).slice(0, 10),
    alerts: nAlerts,
    entities: [...places.values()]
      .sort((a, b) => b.nAlerts - a.nAlerts || (a.name < b.name ? -1 : 1))
      .map((place) => ({ entity: place.name, alerts: place.nAlerts })),
    elsewhere: nElsewhere,
    first_at: momentOf(firstAtS),
    last_at: momentOf(lastAtS),
  };
}

/** @throws AlertforestError REQUEST_INVALID */
function secondsOf(since: string | undefined): number {
  const sinceS = since === undefined ? Number.NEGATIVE_INFINITY : Date.parse(since) / 1000;
  if (!Number.isNaN(sinceS)) return sinceS;
  throw new AlertforestError('REQUEST_INVALID', `Expected \`since\` to be a moment, got ${since}.`, {
    issues: [{ path: 'since', message: 'Expected a moment like 2026-03-01T09:00:00Z.' }],
  });
}

function momentOf(atS: number): string {
  return new Date(Math.round(atS * 1000)).toISOString();
}
