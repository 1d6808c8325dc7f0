import type { Policy } from '../../policy/policy.ts';
import type { Interval } from '../../policy/workload-curve.ts';
import { LatestByKey } from '../../training/latest-by-key.ts';
import type { Lineage } from '../../training/releases/lineage.ts';
import type { KeptUnseen } from '../../training/runs/read-unseen.ts';
import type { RuleBook } from '../../triage/rules/rule-book.ts';
import { evidenceOf } from '../../triage/rules/rule-weights.ts';
import { ruleWorths } from './rule-worth.ts';

export interface RuleWorthDeps {
  readonly unseen: KeptUnseen;
  readonly lineage: Pick<Lineage, 'readHead'>;
  readonly policy: () => Promise<Policy>;
  readonly book: Pick<RuleBook, 'engine'>;
  /** Shares of models and rules in the score. */
  readonly blend: { readonly model: number; readonly rule: number };
}

/** What each rule adds, computed once for a release, a set of rules with their weights, and costs. */
export class KeptRuleWorths {
  readonly #deps: RuleWorthDeps;
  readonly #latest = new LatestByKey<ReadonlyMap<string, Interval>>();

  constructor(deps: RuleWorthDeps) {
    this.#deps = deps;
  }

  /**
   * By rule id; empty before any classifier was tried on judged alerts.
   *
   * @throws AlertforestError STORE_UNAVAILABLE, STORE_CORRUPT
   */
  async get(): Promise<ReadonlyMap<string, Interval>> {
    const { lineage, policy, book } = this.#deps;
    const [head, { costs }] = await Promise.all([lineage.readHead(), policy()]);
    const path = head?.head.serving['classifier']?.path;
    if (path === undefined) return new Map();
    const engine = book.engine();
    const key = JSON.stringify([path, engine.id, costs]);
    return this.#latest.get(key, () => this.#compute(path, engine.rules, costs));
  }

  async #compute(
    path: string,
    rules: ReturnType<RuleBook['engine']>['rules'],
    costs: Policy['costs'],
  ): Promise<ReadonlyMap<string, Interval>> {
    const byId = new Map(rules.filter(({ isEnabled }) => isEnabled).map((rule) => [rule.id, rule]));
    return ruleWorths({
      judged: await this.#deps.unseen(path),
      evidence: ({ id, half }) => {
        const rule = byId.get(id);
        return rule === undefined ? undefined : evidenceOf(rule, half === true);
      },
      blend: this.#deps.blend,
      costs,
    });
  }
}
