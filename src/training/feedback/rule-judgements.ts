import { isAttackDisposition } from '../../alert/disposition.ts';
import type { FeedbackStore } from '../../store/feedback-store.ts';

/** Judged incidents, by what they turned out to be. */
export interface JudgedCounts {
  readonly attacks: number;
  readonly others: number;
}

/** What judgements say about rules. */
export interface RuleJudgements {
  /** Judged incidents on whose alerts rules were asked. */
  readonly all: JudgedCounts;
  /** Of those, the incidents in which a rule hit, by its id. */
  readonly byRule: ReadonlyMap<string, JudgedCounts>;
}

/** For so long an answer is given again, ms: the whole table is read for it. */
const KEPT_MS = 60_000;

/**
 * Counts the judged incidents in which each rule hit. An incident is an attack where any alert of it was judged one;
 * judgements that a guard holds back or an operator rejected count as they were given but for the rejected ones.
 */
export async function countRuleJudgements(feedback: Pick<FeedbackStore, 'samples'>): Promise<RuleJudgements> {
  const incidents = new Map<string, { isAttack: boolean; readonly rules: Set<string> }>();
  for await (const { snapshot, effective, ruling } of feedback.samples()) {
    const { group, ruleHits } = snapshot;
    if (ruleHits === undefined || ruling?.action === 'reject') continue;
    let incident = incidents.get(group);
    if (incident === undefined) {
      incident = { isAttack: false, rules: new Set() };
      incidents.set(group, incident);
    }
    incident.isAttack ||= isAttackDisposition(effective.disposition);
    for (const { id } of ruleHits) incident.rules.add(id);
  }
  const all = { attacks: 0, others: 0 };
  const byRule = new Map<string, { attacks: number; others: number }>();
  for (const { isAttack, rules } of incidents.values()) {
    const side = isAttack ? 'attacks' : 'others';
    all[side]++;
    for (const id of rules) {
      const counts = byRule.get(id) ?? { attacks: 0, others: 0 };
      counts[side]++;
      byRule.set(id, counts);
    }
  }
  return { all, byRule };
}

/** The counts, read anew at most once a minute however many ask. */
export class KeptRuleJudgements {
  readonly #feedback: Pick<FeedbackStore, 'samples'>;
  readonly #now: () => number;
  #kept: { readonly atMs: number; readonly counts: Promise<RuleJudgements> } | undefined;

  constructor(feedback: Pick<FeedbackStore, 'samples'>, now: () => number) {
    this.#feedback = feedback;
    this.#now = now;
  }

  /** @throws AlertforestError STORE_UNAVAILABLE, STORE_CORRUPT */
  get(): Promise<RuleJudgements> {
    const nowMs = this.#now();
    if (this.#kept !== undefined && nowMs - this.#kept.atMs < KEPT_MS) return this.#kept.counts;
    const counts = countRuleJudgements(this.#feedback);
    this.#kept = { atMs: nowMs, counts };
    // what failed is asked again by the next caller
    counts.catch(() => {
      if (this.#kept?.counts === counts) this.#kept = undefined;
    });
    return counts;
  }
}
