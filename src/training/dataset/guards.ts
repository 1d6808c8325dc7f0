import type { Disposition } from '../../alert/alert.ts';
import { isAttackDisposition } from '../../alert/disposition.ts';
import { countedVotes, type EffectiveJudgement, type Vote } from '../../alert/judgement.ts';
import type { GuardSettings } from '../training-settings.ts';
import type { DatasetRow } from './dataset.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Quota of every name that Entra id did not vouch for: a claimed name is free to invent, so they share one. */
const UNVERIFIED = '(unverified)';

/** A row whose exclusions are applied, on its way to the guards. */
export interface Candidate {
  readonly index: number;
  readonly row: DatasetRow;
  /** Votes that count. */
  readonly votes: readonly Vote[];
  readonly judgement: EffectiveJudgement;
  readonly judgedAtMs: number;
  /** Ruled in by an operator after the last vote: no guard applies. */
  readonly isConfirmed: boolean;
  /** Ruled out: it never teaches, but still shows the guards what was going on. */
  readonly isRejected: boolean;
}

/**
 * Judgements that a person should look at before they teach: alert key -> reason. Confirmed ones are never held
 * back, but count; so do rejected ones: to reject some of a flood must not free the rest of it. In the order of
 * judging, so that what came first keeps its place when a cap is reached.
 *
 * The defaults leave a small honest team alone: one analyst may judge everything, since the share cap waits for a
 * team of four; a noisy rule may hold most of the alerts, since only sudden contradictions of its record count.
 */
export function holdBack(candidates: readonly Candidate[], guards: GuardSettings): Map<string, string> {
  const ordered = [...candidates].sort(
    (a, b) => a.judgedAtMs - b.judgedAtMs || (a.row.alertKey < b.row.alertKey ? -1 : 1),
  );
  const held = new Map<string, string>();
  const hold = (candidate: Candidate, reason: string): void => {
    if (candidate.isConfirmed || candidate.isRejected || held.has(candidate.row.alertKey)) return;
    held.set(candidate.row.alertKey, reason);
  };
  capRates(ordered, guards, hold);
  capRuleShare(ordered, guards, held, hold);
  capAnalystShare(ordered, guards, held, hold);
  holdSuddenReversals(ordered, guards, held, hold);
  return held;
}

type Hold = (candidate: Candidate, reason: string) => void;

/**
 * Accounts a judgement is charged to: the quota of each analyst whose vote carries it, and of the caller that passed on
 * what it only claims.
 */
function accountsOf(candidate: Candidate): string[] {
  const accounts = new Set<string>();
  for (const vote of countedVotes(candidate.votes)) {
    if (vote.disposition === candidate.judgement.disposition) {
      accounts.add(vote.caller ?? (vote.verified ? vote.analyst : UNVERIFIED));
    }
  }
  return [...accounts];
}

/** Incidents seen within a sliding window, counted once each. */
class IncidentWindow {
  readonly #spanMs: number;
  readonly #seen = new Map<string, number>();

  constructor(spanMs: number) {
    this.#spanMs = spanMs;
  }

  /** Number of incidents within the window once `incident` is in it. Calls come in order of time. */
  add(incident: string, atMs: number): number {
    // a map keeps the order of insertion: the oldest are in front
    this.#seen.delete(incident);
    this.#seen.set(incident, atMs);
    for (const [oldest, seenAtMs] of this.#seen) {
      if (atMs - seenAtMs < this.#spanMs) break;
      this.#seen.delete(oldest);
    }
    return this.#seen.size;
  }
}

function capRates(ordered: readonly Candidate[], guards: GuardSettings, hold: Hold): void {
  const trusted = new Set(guards.trustedAnalysts);
  const byAnalyst = new Map<string, IncidentWindow>();
  const byRule = new Map<string, IncidentWindow>();
  const windowOf = (windows: Map<string, IncidentWindow>, key: string, spanMs: number): IncidentWindow => {
    let window = windows.get(key);
    if (window === undefined) {
      window = new IncidentWindow(spanMs);
      windows.set(key, window);
    }
    return window;
  };
  for (const candidate of ordered) {
    const { group, ruleKey } = candidate.row;
    for (const account of accountsOf(candidate)) {
      if (trusted.has(account)) continue;
      const nIncidents = windowOf(byAnalyst, account, HOUR_MS).add(group, candidate.judgedAtMs);
      if (nIncidents > guards.analystIncidentsPerHour) {
        hold(
          candidate,
          `analyst_rate: ${account} judged more than ${guards.analystIncidentsPerHour} incidents within an hour`,
        );
      }
    }
    const nIncidents = windowOf(byRule, ruleKey, DAY_MS).add(group, candidate.judgedAtMs);
    if (nIncidents > guards.ruleIncidentsPerDay) {
      hold(
        candidate,
        `rule_rate: more than ${guards.ruleIncidentsPerDay} incidents of one rule were judged within a day`,
      );
    }
  }
}

/** One rule may hold at most its share of all judged incidents; the ones judged last are held back. */
function capRuleShare(
  ordered: readonly Candidate[],
  guards: GuardSettings,
  held: ReadonlyMap<string, string>,
  hold: Hold,
): void {
  const open = ordered.filter(({ row }) => !held.has(row.alertKey));
  const total = new Set(open.map(({ row }) => row.group)).size;
  if (total < guards.ruleShareFrom) return;
  const allowed = Math.floor(guards.ruleShare * total);
  const incidents = new Map<string, Set<string>>();
  for (const candidate of open) {
    const seen = incidents.get(candidate.row.ruleKey) ?? new Set();
    incidents.set(candidate.row.ruleKey, seen.add(candidate.row.group));
    if (seen.size > allowed) {
      hold(
        candidate,
        `rule_share: one rule holds more than ${percent(guards.ruleShare)} of the judged incidents`,
      );
    }
  }
}

/** In a team, one analyst alone may carry at most a share of the incidents of a disposition. */
function capAnalystShare(
  ordered: readonly Candidate[],
  guards: GuardSettings,
  held: ReadonlyMap<string, string>,
  hold: Hold,
): void {
  const open = ordered.filter(({ row }) => !held.has(row.alertKey));
  const all = new Map<string, Set<string>>();
  const perDisposition = new Map<Disposition, Set<string>>();
  for (const candidate of open) {
    for (const account of accountsOf(candidate)) addTo(all, account, candidate.row.group);
    addTo(perDisposition, candidate.judgement.disposition, candidate.row.group);
  }
  const team = [...all.values()].filter((incidents) => incidents.size >= guards.teamIncidents);
  if (team.length < guards.teamSize) return;

  const trusted = new Set(guards.trustedAnalysts);
  const alone = new Map<string, Set<string>>();
  for (const candidate of open) {
    const [account, ...others] = accountsOf(candidate);
    if (account === undefined || others.length > 0 || trusted.has(account)) continue;
    const { disposition } = candidate.judgement;
    const total = perDisposition.get(disposition)?.size ?? 0;
    const seen = addTo(alone, `${account}\n${disposition}`, candidate.row.group);
    if (seen.size > Math.max(guards.teamIncidents, Math.floor(guards.analystShare * total))) {
      hold(
        candidate,
        `analyst_share: ${account} alone carries more than ${percent(guards.analystShare)} of the ${disposition} incidents`,
      );
    }
  }
}

/**
 * A rule whose record is firm (nearly always an attack, or nearly never) and whose latest judgements suddenly say
 * the opposite: the contradicting ones wait for a person. Judgements on which two verified analysts agree pass, and
 * confirmed ones enter the record, so that a rule that truly changed is believed after a few confirmations.
 */
function holdSuddenReversals(
  ordered: readonly Candidate[],
  guards: GuardSettings,
  held: ReadonlyMap<string, string>,
  hold: Hold,
): void {
  const byRule = new Map<string, Candidate[]>();
  for (const candidate of ordered) {
    if (held.has(candidate.row.alertKey)) continue;
    const ofRule = byRule.get(candidate.row.ruleKey);
    if (ofRule) ofRule.push(candidate);
    else byRule.set(candidate.row.ruleKey, [candidate]);
  }
  for (const ofRule of byRule.values()) {
    const incidents = oneOfEachIncident(ofRule);
    const reversed = reversedIncidents(incidents, guards);
    if (reversed.size === 0) continue;
    for (const candidate of ofRule) {
      const side = reversed.get(candidate.row.group);
      if (side !== undefined && sideOf(candidate) === side && !isCorroborated(candidate)) {
        hold(
          candidate,
          `rule_reversal: suddenly ${side === 1 ? 'an attack' : 'no attack'} against the firm record of its rule`,
        );
      }
    }
  }
}

/** Incident -> contradicting side (1 attack, 0 none), for the incidents of one rule in the order of judging. */
function reversedIncidents(incidents: readonly Candidate[], guards: GuardSettings): Map<string, 0 | 1> {
  const reversed = new Map<string, 0 | 1>();
  // counts of the record: incidents that left the window of the latest judgements and were not reversed
  const record: [number, number] = [0, 0];
  const window: Candidate[] = [];
  for (const candidate of incidents) {
    window.push(candidate);
    if (window.length > guards.reversalWindow) {
      const leaving = window.shift()!;
      if (!reversed.has(leaving.row.group)) record[sideOf(leaving)]++;
    }
    const n = record[0] + record[1];
    if (n < guards.recordIncidents) continue;
    const firm: 0 | 1 = record[1] > record[0] ? 1 : 0;
    if (record[firm] / n < guards.recordShare) continue;
    const against = window.filter((one) => sideOf(one) !== firm && !one.isConfirmed && !isCorroborated(one));
    if (against.length * 2 < guards.reversalWindow) continue;
    for (const one of against) reversed.set(one.row.group, firm === 1 ? 0 : 1);
  }
  return reversed;
}

function oneOfEachIncident(candidates: readonly Candidate[]): Candidate[] {
  const first = new Map<string, Candidate>();
  for (const candidate of candidates) {
    if (!first.has(candidate.row.group)) first.set(candidate.row.group, candidate);
  }
  return [...first.values()];
}

/** 1 where the judgement says there was something to it. */
function sideOf(candidate: Candidate): 0 | 1 {
  const { disposition } = candidate.judgement;
  return isAttackDisposition(disposition) ? 1 : 0;
}

function isCorroborated(candidate: Candidate): boolean {
  const verified = new Set<string>();
  for (const vote of candidate.votes) {
    if (vote.verified && vote.disposition === candidate.judgement.disposition) verified.add(vote.analyst);
  }
  return verified.size >= 2;
}

function addTo<K>(sets: Map<K, Set<string>>, key: K, value: string): Set<string> {
  const set = sets.get(key) ?? new Set();
  sets.set(key, set.add(value));
  return set;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
