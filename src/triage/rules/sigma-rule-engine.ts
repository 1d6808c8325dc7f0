import { type Alert, alertKey } from '../../alert/alert.ts';
import { askedFields, isTelling } from './asked-fields.ts';
import type { AskedFields, ProjectedEvent } from './fields/alert-event.ts';
import { FieldPlan, projectAlert, type RuleFacts } from './fields/project-alert.ts';
import type { EvaluateOptions, RuleEngine, RuleField, RuleMatch, RuleOutcome } from './rule-engine.ts';
import {
  evidenceOf,
  type LearnedWeights,
  type RuleSettings,
  type WeighedRule,
  weighedRule,
} from './rule-weights.ts';
import { type Evidence, ruleScoreOf } from './score.ts';
import { textOfValue } from './sigma/compile/test.ts';
import { Hit, type RuleSet } from './sigma/rule-set.ts';

/** Rules of one origin with what is known of each, by the number of the rule in its set. */
interface WeighedSet {
  readonly set: RuleSet;
  readonly rules: readonly WeighedRule[];
  /** By the number of the correlation in its set. */
  readonly correlations: readonly WeighedRule[];
  /** Log source categories that any rule asks for; undefined where one asks for any. */
  readonly categories: ReadonlySet<string> | undefined;
}

export interface SigmaRuleEngineOptions {
  /** Names of the sets and weights, for the record. */
  readonly id: string;
  /** The shipped rules first; a rule of a later set never hides one of an earlier. */
  readonly sets: readonly RuleSet[];
  readonly learned?: LearnedWeights;
  readonly settings?: RuleSettings;
}

interface Found {
  readonly rule: WeighedRule;
  readonly half: boolean;
  /** Undefined of a correlation, which rests on many events. */
  readonly hit?: Hit;
}

/** What is shown of a field's values: how many, and how much of each, in UTF-16 units. */
const MAX_SHOWN = 3;
const MAX_SHOWN_LENGTH = 200;

/** Scores alerts by Sigma rules. Immutable: other rules, weights or settings make another engine. */
export class SigmaRuleEngine implements RuleEngine {
  readonly id: string;
  /** Every rule, of all sets, as it weighs here. */
  readonly rules: readonly WeighedRule[];
  readonly #sets: readonly WeighedSet[];
  /** The fields that rules ask for, and those that correlations group and measure by. */
  readonly #plan: FieldPlan;
  /** Fields of the alert's own event that tell something that happened. */
  readonly #telling: readonly string[];

  constructor({ id, sets, learned = {}, settings = {} }: SigmaRuleEngineOptions) {
    this.id = id;
    this.#sets = sets.map((set) => ({
      set,
      rules: set.rules.map((rule) => weighedRule(rule, learned, settings)),
      correlations: set.correlations.map(({ document }) => weighedRule(document, learned, settings)),
      categories: categoriesOf(set),
    }));
    this.rules = this.#sets.flatMap(({ rules, correlations }) => [...rules, ...correlations]);
    const asked = askedFields(sets, 'alert');
    this.#plan = new FieldPlan(withFields(asked, sets.flatMap(correlationFields)));
    this.#telling = [...asked.fields].filter(isTelling);
  }

  evaluate(
    alert: Alert,
    payload?: unknown,
    facts?: RuleFacts,
    { windows, withoutRule, fields }: EvaluateOptions = {},
  ): RuleOutcome {
    const events = projectAlert(alert, payload, { asked: this.#plan, facts });
    const found = new Map<string, Found>();
    const timeMs = Date.parse(alert.occurred_at);
    let key: string | undefined;
    for (const [number, { logsource, event }] of events.entries()) {
      for (const { set, rules, correlations, categories } of this.#sets) {
        if (categories !== undefined && !categories.has(logsource.category)) continue;
        const matched = set.matchedRules(event, logsource);
        for (const one of matched) {
          const rule = rules[one.index]!;
          if (!one.isReported || !rule.isEnabled || found.get(rule.id)?.half === false) continue;
          if (rule.id === withoutRule) continue;
          const hit = new Hit(one, event);
          found.set(rule.id, { rule, half: hit.isHalf, hit });
        }
        if (windows === undefined || correlations.length === 0 || matched.length === 0) continue;
        key ??= alertKey(alert);
        const seen = {
          tenant: alert.tenant ?? '',
          id: `${key} ${number}`,
          event,
          rules: matched.map(({ index }) => index),
          timeMs,
        };
        for (const { correlation } of windows.observe(set, seen)) {
          const rule = correlations[correlation.index]!;
          if (rule.isEnabled) found.set(rule.id, { rule, half: false, hit: undefined });
        }
      }
    }
    if (found.size === 0) return { score: this.#tellsAnything(events) ? 0 : null, matches: [] };
    const evidence: Evidence[] = [];
    const matches: RuleMatch[] = [];
    for (const { rule, half, hit } of found.values()) {
      const one = evidenceOf(rule, half);
      evidence.push(one);
      const { id, title, level, reason } = rule;
      matches.push({
        ...{ id, title, level, weight: one.weight, half, reason, hit },
        ...(fields === undefined || hit === undefined ? {} : { fields: fieldsOf(hit, fields) }),
      });
    }
    matches.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight) || (a.id < b.id ? -1 : 1));
    return { score: ruleScoreOf(evidence), matches };
  }

  #tellsAnything([whole, ...records]: readonly ProjectedEvent[]): boolean {
    if (this.#telling.some((field) => whole!.event[field] !== undefined)) return true;
    return records.some(({ logsource }) =>
      this.#sets.some(({ categories }) => categories === undefined || categories.has(logsource.category)),
    );
  }
}

/** Where a hit found something; null and absent fields have no values. */
function fieldsOf(hit: Hit, shown: 'names' | 'values'): RuleField[] {
  return hit.matchedFields().map(({ field: name, value }) => {
    if (shown === 'names') return { name };
    const values = (Array.isArray(value) ? value : [value])
      .map(textOfValue)
      .filter((text) => text !== undefined);
    return { name, values: values.slice(0, MAX_SHOWN).map((text) => text.slice(0, MAX_SHOWN_LENGTH)) };
  });
}

const correlationFields = ({ correlations }: RuleSet): string[] =>
  correlations.flatMap(({ groupFields, valueFields }) => [...groupFields.flat(), ...valueFields.flat()]);

const withFields = ({ fields, keywords }: AskedFields, more: readonly string[]): AskedFields => ({
  fields: new Set([...fields, ...more]),
  keywords,
});

function categoriesOf({ rules }: RuleSet): ReadonlySet<string> | undefined {
  const categories = new Set<string>();
  for (const { logsource } of rules) {
    if (logsource.category === undefined) return undefined;
    categories.add(logsource.category);
  }
  return categories;
}
