import { CorrelationWindows } from './correlation-windows.ts';
import type { CustomerRules } from './customer-rules.ts';
import type { RuleOutcome } from './rule-engine.ts';
import type { LearnedWeights, RuleSettings } from './rule-weights.ts';
import { SHIPPED_ID, shippedRules } from './shipped-rules.ts';
import { SigmaRuleEngine } from './sigma-rule-engine.ts';
import { warmUp } from './warm-up.ts';

/** Names the weights where nothing was learned. */
const BY_LEVEL = 'level';

/** Hits of one rule on this instance since it started. */
export interface RuleHits {
  readonly hits: number;
  /** ISO 8601 UTC of the last one. */
  readonly lastAt: string | undefined;
}

/**
 * The rules in force: shipped and customer's, with what operators decided and what was learned. A change makes a new
 * engine, which takes the place of the old one between two alerts.
 */
export class RuleBook {
  /** Outlives engines: new weights and settings start no window anew. */
  readonly windows = new CorrelationWindows();
  readonly showsValues: boolean;
  readonly #customer: CustomerRules | undefined;
  readonly #hits = new Map<string, { hits: number; lastAt: string }>();
  #settings: RuleSettings = {};
  #settingsId = '0';
  #learned: LearnedWeights = {};
  #learnedId = BY_LEVEL;
  #engine: SigmaRuleEngine | undefined;
  #isWarm = false;

  /** @param showsValues whether verdicts may tell what rules found, and not only in which fields */
  constructor(customer?: CustomerRules, showsValues = false) {
    this.#customer = customer;
    this.showsValues = showsValues;
  }

  /** @param id names the settings, for the record */
  setSettings(settings: RuleSettings, id: string): void {
    if (id === this.#settingsId) return;
    this.#settings = settings;
    this.#settingsId = id;
    this.#engine = undefined;
  }

  /** @param id version of the classifier that the weights were learned with */
  setLearned(learned: LearnedWeights, id: string): void {
    const name = Object.keys(learned).length === 0 ? BY_LEVEL : id;
    if (name === this.#learnedId) return;
    this.#learned = learned;
    this.#learnedId = name;
    this.#engine = undefined;
  }

  /** Version of the classifier that the learned weights came with, or `level`. */
  get learnedFrom(): string {
    return this.#learnedId;
  }

  /** Looks whether the customer's rules have changed. */
  async refresh(): Promise<void> {
    if (await this.#customer?.refresh()) {
      this.#engine = undefined;
      const { id, sets } = this.#customer!.loaded;
      this.windows.name(sets.map((set, i) => [`${id} ${i}`, set]));
      for (const set of sets) await warmUp(set);
    }
    if (this.#isWarm) return;
    this.#isWarm = true;
    await warmUp(shippedRules());
  }

  engine(): SigmaRuleEngine {
    this.#engine ??= new SigmaRuleEngine({
      id: `${SHIPPED_ID} ${this.#customer?.loaded.id ?? 'none'} settings-${this.#settingsId} weights-${this.#learnedId}`,
      sets: [shippedRules(), ...(this.#customer?.loaded.sets ?? [])],
      learned: this.#learned,
      settings: this.#settings,
    });
    return this.#engine;
  }

  get customer(): CustomerRules | undefined {
    return this.#customer;
  }

  /** Counts the rules of one scored alert. */
  note({ matches }: RuleOutcome, at: string): void {
    for (const { id } of matches) {
      const known = this.#hits.get(id);
      if (known === undefined) this.#hits.set(id, { hits: 1, lastAt: at });
      else {
        known.hits++;
        known.lastAt = at;
      }
    }
  }

  hitsOf(id: string): RuleHits {
    return this.#hits.get(id) ?? { hits: 0, lastAt: undefined };
  }
}
