import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { AlertforestError, hasCode } from '../../errors.ts';
import type { Interval } from '../../policy/workload-curve.ts';
import type { DocumentStore, StoredDocument } from '../../store/document-store.ts';
import type { KeptRuleJudgements, RuleJudgements } from '../../training/feedback/rule-judgements.ts';
import type { RuleBook } from '../../triage/rules/rule-book.ts';
import type { WeighedRule } from '../../triage/rules/rule-weights.ts';
import { shippedRules } from '../../triage/rules/shipped-rules.ts';
import { roundTo } from '../rounding.ts';
import type { KeptRuleWorths } from './kept-rule-worths.ts';
import { rulePrecision } from './rule-verdict.ts';
import type {
  RuleSettingsDocument,
  ruleSettingRequestSchema,
  WireRule,
  WireRuleChange,
  WireRules,
} from './rules.ts';

export interface RuleServiceDeps {
  readonly book: RuleBook;
  readonly documents: DocumentStore<RuleSettingsDocument>;
  /** Whether settings were ever stored: then a document that is missing has gone. */
  readonly hadSettings: () => Promise<boolean>;
  readonly judgements: Pick<KeptRuleJudgements, 'get'>;
  /** What each rule adds to the models, by id. */
  readonly worths: Pick<KeptRuleWorths, 'get'>;
  readonly now: () => number;
}

/** Tries of one change against changes of other rules at the same moment. */
const MAX_TRIES = 8;

export type RuleStatus = 'all' | 'enabled' | 'disabled' | 'refused';

/** First 8 hex digits over the content: two writers of one seq must not share a place. */
export const ruleSettingsHash8 = (document: RuleSettingsDocument): string =>
  createHash('sha256').update(JSON.stringify(document)).digest('hex').slice(0, 8);

/** What is known of rules beyond their text. */
interface Known extends RuleJudgements {
  readonly adds: ReadonlyMap<string, Interval>;
}

function wireWorth(worth: Interval | undefined): WireRule['adds'] {
  if (worth === undefined || !Number.isFinite(worth.value)) return null;
  const { value, low, high } = worth;
  return { value: roundTo(value, 3), low: roundTo(low, 3), high: roundTo(high, 3) };
}

/** The rules in force, and what operators decide about them. Settings are data beside the models: no restart. */
export class RuleService {
  readonly #deps: RuleServiceDeps;
  readonly #nShipped = shippedRules().rules.length;
  #stored: StoredDocument<RuleSettingsDocument> | undefined;

  constructor(deps: RuleServiceDeps) {
    this.#deps = deps;
  }

  /** Looks for other settings and other rules. Keeps those in memory when storage is away; never throws. */
  async refresh(): Promise<void> {
    try {
      await this.#read();
    } catch {
      // the models' own look at storage tells of an outage; the settings in memory stay in force
    }
    await this.#deps.book.refresh();
  }

  /** Looks at the stored settings past what is in memory. @throws AlertforestError STORE_UNAVAILABLE, STORE_CORRUPT */
  async inspect(): Promise<void> {
    if ((await this.#deps.documents.read()) === undefined) await this.#firstOrGone();
  }

  /** @throws AlertforestError STORE_UNAVAILABLE, STORE_CORRUPT */
  async list(status: RuleStatus): Promise<WireRules> {
    await this.#read();
    const { book } = this.#deps;
    const rules = status === 'refused' ? [] : await this.#rules();
    const isWanted = ({ enabled }: WireRule): boolean =>
      status === 'all' || enabled === (status === 'enabled');
    const refused = book.customer?.loaded.refused ?? [];
    return {
      rule_set: book.engine().id,
      total: book.engine().rules.length,
      weights_of: book.learnedFrom,
      rules: rules.filter(isWanted),
      refused: refused.map(({ file, line, column, id, title, reason }) => ({
        file,
        line,
        column,
        id,
        title,
        reason,
      })),
    };
  }

  /** @throws AlertforestError NOT_FOUND, STORE_UNAVAILABLE, STORE_CORRUPT */
  async one(id: string): Promise<WireRule> {
    await this.#read();
    return this.#rule(id);
  }

  /**
   * All settings are one document: a change of another rule that comes between is no reason to refuse this one.
   *
   * @throws AlertforestError NOT_FOUND, STORE_CONFLICT where another change of this rule came first, or others kept coming
   */
  async put(
    id: string,
    request: z.infer<typeof ruleSettingRequestSchema>,
    by: string,
  ): Promise<WireRuleChange> {
    await this.#read();
    const stood = this.#settingOf(id);
    const before = stateOf(await this.#rule(id));
    const { enabled, weight, why } = request;
    const at = new Date(this.#deps.now()).toISOString();
    for (let nth = 1; ; nth++) {
      // written over what was read here, and over nothing else: a look beside this one may find newer settings
      const stored = this.#stored;
      const document: RuleSettingsDocument = {
        seq: (stored?.value.seq ?? 0) + 1,
        settings: { ...stored?.value.settings, [id]: { enabled, weight, why, by, at } },
      };
      try {
        const etag = await this.#deps.documents.write(document, stored?.etag);
        this.#take({ value: document, etag });
        const changed = await this.#rule(id);
        return { ...changed, before, after: stateOf(changed) };
      } catch (error) {
        if (!hasCode(error, 'STORE_CONFLICT') || nth === MAX_TRIES) throw error;
        await this.#read();
        if (!isDeepStrictEqual(this.#settingOf(id), stood)) throw error;
      }
    }
  }

  #settingOf(id: string): WireRule['setting'] {
    const settings = this.#stored?.value.settings ?? {};
    return Object.hasOwn(settings, id) ? settings[id] : undefined;
  }

  async #read(): Promise<void> {
    const { documents } = this.#deps;
    const read =
      this.#stored === undefined ? await documents.read() : await documents.readIfChanged(this.#stored.etag);
    if (read !== 'unchanged') this.#take(read ?? (await this.#firstOrGone()));
  }

  /** What an operator has switched off must not come back in silence. */
  async #firstOrGone(): Promise<StoredDocument<RuleSettingsDocument> | undefined> {
    const { documents, hadSettings } = this.#deps;
    if (!(await hadSettings())) return undefined;
    // the first may have been written since they were looked for
    const again = await documents.read();
    if (again !== undefined) return again;
    throw new AlertforestError(
      'STORE_CORRUPT',
      'The stored settings of rules have gone: restore their blob, or copy the newest of those kept to its place.',
    );
  }

  #take(stored: StoredDocument<RuleSettingsDocument> | undefined): void {
    this.#stored = stored;
    this.#deps.book.setSettings(stored?.value.settings ?? {}, String(stored?.value.seq ?? 0));
  }

  async #rules(): Promise<WireRule[]> {
    const known = await this.#known();
    return this.#deps.book.engine().rules.map((rule, i) => this.#wire(rule, i, known));
  }

  async #rule(id: string): Promise<WireRule> {
    const { rule, i } = this.#find(id);
    return this.#wire(rule, i, await this.#known());
  }

  async #known(): Promise<Known> {
    const { judgements, worths } = this.#deps;
    const [counts, adds] = await Promise.all([judgements.get(), worths.get()]);
    return { ...counts, adds };
  }

  #find(id: string): { readonly rule: WeighedRule; readonly i: number } {
    const { rules } = this.#deps.book.engine();
    const i = rules.findIndex((rule) => rule.id === id);
    if (i < 0)
      throw new AlertforestError('NOT_FOUND', `Expected the id of a rule, got "${id.slice(0, 100)}".`);
    return { rule: rules[i]!, i };
  }

  #wire(rule: WeighedRule, i: number, { all, byRule, adds }: Known): WireRule {
    const { id, title, level, against, reason, group, weight, learned } = rule;
    const counts = byRule.get(id) ?? { attacks: 0, others: 0 };
    const { judged, precision, low, high, advice } = rulePrecision(counts, all, against !== undefined);
    const share = (value: number | null): number | null => (value === null ? null : roundTo(value, 3));
    const { hits, lastAt } = this.#deps.book.hitsOf(id);
    const setting = this.#settingOf(id);
    return {
      id,
      title,
      level,
      ...(against === undefined ? {} : { against }),
      reason,
      module: group,
      origin: i < this.#nShipped ? 'shipped' : 'customer',
      enabled: setting?.enabled !== false,
      weight: setting?.weight ?? 1,
      evidence: roundTo(weight, 3),
      learned_evidence: learned === undefined ? null : roundTo(learned, 3),
      judged,
      precision: share(precision),
      precision_low: share(low),
      precision_high: share(high),
      advice,
      adds: wireWorth(adds.get(id)),
      hits,
      last_hit_at: lastAt ?? null,
      ...(setting === undefined ? {} : { setting }),
    };
  }
}

const stateOf = ({ enabled, weight }: WireRule): WireRuleChange['before'] => ({ enabled, weight });
