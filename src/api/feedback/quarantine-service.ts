import { isAttackDisposition } from '../../alert/disposition.ts';
import type {
  FeedbackSample,
  FeedbackStore,
  QuarantineRuling,
  SubmitResult,
} from '../../store/feedback-store.ts';
import type { ModelStore } from '../../store/model-store.ts';
import { sideBySide } from '../../training/feedback/side-by-side.ts';
import type { Lineage } from '../../training/releases/lineage.ts';
import { type HeldJudgement, heldJudgements } from '../../training/runs/held-judgements.ts';
import { checkKey, neverJudged } from './judged-key.ts';
import type { BulkRulingRequest, WireBulkRuling, WireHeld, WireQuarantine } from './quarantine.ts';

/** Names of alerts that an incident remembers. */
export type NamesOf = (
  alertKeys: ReadonlySet<string>,
) => ReadonlyMap<string, { readonly rule: string; readonly title: string }>;

export interface QuarantineServiceDeps {
  readonly models: ModelStore;
  readonly lineage: Lineage;
  readonly feedback: FeedbackStore;
  readonly namesOf: NamesOf;
  readonly now: () => number;
}

export interface QuarantineFilter {
  readonly rule_key?: string | undefined;
  readonly analyst?: string | undefined;
  readonly guard?: string | undefined;
  /** ISO 8601. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

const MAX_NAMED = 100;

/** What the guards hold back, and operators' word on it. */
export class QuarantineService {
  readonly #deps: QuarantineServiceDeps;
  #read: { readonly release: string; readonly held: readonly HeldJudgement[] } | undefined;

  constructor(deps: QuarantineServiceDeps) {
    this.#deps = deps;
  }

  /** @throws AlertforestError STORE_UNAVAILABLE, STORE_CORRUPT, MODEL_NOT_READY */
  async list(filter: QuarantineFilter, limit: number, offset: number): Promise<WireQuarantine> {
    const { release, held } = await this.#held();
    const wanted = held.filter((one) => matches(one, filter));
    const page = wanted.slice(offset, offset + limit);
    const names = this.#deps.namesOf(new Set(page.map(({ alertKey }) => alertKey)));
    const samples = await this.#samplesOf(page);
    return {
      held: page.map((one, i) => wireHeld(one, names.get(one.alertKey), samples[i])),
      total: wanted.length,
      next_offset: offset + limit < wanted.length ? offset + limit : null,
      release,
    };
  }

  /**
   * One word on a judgement, or on an alert that was judged and is not held yet.
   *
   * @throws AlertforestError ALERT_UNKNOWN for an alert that was never judged
   */
  async rule(alertKey: string, ruling: Omit<QuarantineRuling, 'at'>) {
    const { feedback, now } = this.#deps;
    checkKey(alertKey);
    const before = (await feedback.get(alertKey))?.ruling;
    const said = { ...ruling, at: new Date(now()).toISOString() };
    const result = await this.#ruleOne(alertKey, said);
    if (result === undefined) throw neverJudged(alertKey);
    return {
      alert_key: alertKey,
      action: ruling.action,
      status: result.status,
      pending: result.pending,
      before: wireRuling(before),
      after: wireRuling(result.status === 'duplicate' ? before : said),
    };
  }

  /** One word on everything held that matches; in a dry run it is only counted. */
  async ruleAll(request: BulkRulingRequest, by: string): Promise<WireBulkRuling> {
    const { now } = this.#deps;
    const { held } = await this.#held();
    const wanted = held.filter((one) => matches(one, request));
    const isOpen = (sample: FeedbackSample | undefined): boolean => sample?.ruling === undefined;
    const open = (await this.#samplesOf(held)).filter(isOpen).length;
    let ruled = 0;
    if (!request.dry_run) {
      const ruling = { action: request.action, by, why: request.why, at: new Date(now()).toISOString() };
      const results = await sideBySide(wanted, ({ alertKey }) => this.#ruleOne(alertKey, ruling));
      ruled = results.filter((result) => result !== undefined && result.status !== 'duplicate').length;
    }
    return {
      action: request.action,
      matched: wanted.length,
      ruled,
      dry_run: request.dry_run,
      before: { open },
      after: { open: request.dry_run ? open : (await this.#samplesOf(held)).filter(isOpen).length },
      alert_keys: wanted.slice(0, MAX_NAMED).map(({ alertKey }) => alertKey),
    };
  }

  /**
   * Who confirms what an incident was closed as confirms it of the alerts that follow its closing. A rejection stays with
   * the one alert: the others are released or rejected by what the guards say of each.
   */
  async #ruleOne(alertKey: string, ruling: QuarantineRuling): Promise<SubmitResult | undefined> {
    const { feedback } = this.#deps;
    const result = await feedback.rule(alertKey, ruling);
    if (result === undefined || ruling.action !== 'confirm') return result;
    let { pending } = result;
    for (const member of await this.#followers(alertKey))
      pending = (await feedback.rule(member, ruling))?.pending || pending;
    return { ...result, pending };
  }

  /** Members of an incident whose label is that of its record. */
  async #followers(incidentKey: string): Promise<readonly string[]> {
    const { feedback } = this.#deps;
    const { members = [] } = (await feedback.incident(incidentKey)) ?? {};
    const followers: string[] = [];
    for (const member of members) {
      if (member === incidentKey) continue;
      const { records = [] } = (await feedback.standing(member)) ?? {};
      if (records.some(({ of, id }) => of === 'incident' && id === incidentKey)) followers.push(member);
    }
    return followers;
  }

  async #held(): Promise<{ readonly release: string; readonly held: readonly HeldJudgement[] }> {
    const { models, lineage } = this.#deps;
    const { head } = await lineage.requireHead();
    if (this.#read?.release !== head.release)
      this.#read = { release: head.release, held: await heldJudgements(models, lineage, head.release) };
    return this.#read;
  }

  #samplesOf(held: readonly HeldJudgement[]): Promise<(FeedbackSample | undefined)[]> {
    return sideBySide(held, ({ alertKey }) => this.#deps.feedback.get(alertKey));
  }
}

const guardOf = ({ reason }: HeldJudgement): string => reason.split(':', 1)[0] ?? '';

function matches(held: HeldJudgement, { rule_key, analyst, guard, since, until }: QuarantineFilter): boolean {
  return (
    (rule_key === undefined || held.ruleKey === rule_key) &&
    (analyst === undefined || held.votes.some((vote) => vote.analyst === analyst)) &&
    (guard === undefined || guardOf(held) === guard) &&
    (since === undefined || held.judgedAtMs >= Date.parse(since)) &&
    (until === undefined || held.judgedAtMs < Date.parse(until))
  );
}

function wireHeld(
  held: HeldJudgement,
  named: { readonly rule: string; readonly title: string } | undefined,
  sample: FeedbackSample | undefined,
): WireHeld {
  const { attack, noAttack } = held.ruleRecord;
  const { disposition } = held;
  return {
    alert_key: held.alertKey,
    guard: guardOf(held),
    reason: held.reason,
    rule_key: held.ruleKey,
    rule: named?.rule ?? null,
    title: named?.title || null,
    disposition: disposition ?? null,
    votes: held.votes.map((vote) => ({
      analyst: vote.analyst,
      disposition: vote.disposition,
      at: vote.at,
      verified: vote.verified,
      from: vote.from ?? 'person',
    })),
    judged_at: Number.isNaN(held.judgedAtMs) ? null : new Date(held.judgedAtMs).toISOString(),
    contradicts: {
      incidents: disposition === undefined ? 0 : isAttackDisposition(disposition) ? noAttack : attack,
      of: attack + noAttack,
    },
    ruling: wireRuling(sample?.ruling),
  };
}

function wireRuling(ruling: QuarantineRuling | undefined): WireHeld['ruling'] {
  return ruling === undefined ? null : { ...ruling, why: ruling.why ?? null };
}
