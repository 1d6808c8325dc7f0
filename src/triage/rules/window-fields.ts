import type { CompiledCorrelation } from './sigma/compile/compiled-rule.ts';
import { textOfValue } from './sigma/compile/test.ts';
import { ABSENT, fieldOf, type SigmaEvent, scalarsOf } from './sigma/match/event-field.ts';
import { folded } from './sigma/values/fold.ts';
import { numberValue } from './sigma/values/numeric.ts';

/** Values of one field that are told. */
const MAX_VALUES = 64;

/**
 * What correlations go by: the fields that they group and measure by, and the rules that feed them. Texts are given as
 * hashes, which group and count as the texts do; a field that is summed up keeps its numbers.
 */
export class WindowFields {
  readonly #names: ReadonlySet<string>;
  readonly #measured: ReadonlySet<string>;
  readonly #fed: ReadonlySet<number>;

  constructor(correlations: readonly CompiledCorrelation[]) {
    const measured = correlations.filter(({ document: { type } }) => /^value_(?!count)/.test(type));
    this.#measured = new Set(measured.flatMap(({ valueFields }) => valueFields.flat()));
    this.#names = new Set(
      correlations.flatMap(({ groupFields, valueFields }) => [...groupFields.flat(), ...valueFields.flat()]),
    );
    this.#fed = new Set(
      correlations.flatMap(({ sources }) =>
        sources.flatMap(({ kind, index }) => (kind === 'rule' ? index : [])),
      ),
    );
  }

  /** Whether a rule, by its number, feeds any correlation. */
  isFed(rule: number): boolean {
    return this.#fed.has(rule);
  }

  of(event: SigmaEvent, hash: (text: string) => number): Readonly<Record<string, unknown>> {
    const fields: Record<string, unknown> = {};
    for (const name of this.#names) {
      const value = fieldOf(event, name);
      if (value === ABSENT || value === undefined || value === null) continue;
      const scalars = Array.isArray(value) ? scalarsOf(value) : [value];
      const told = scalars.slice(0, MAX_VALUES).flatMap((scalar) => this.#told(name, scalar, hash));
      if (told.length > 0) fields[name] = Array.isArray(value) ? told : told[0];
    }
    return fields;
  }

  #told(name: string, scalar: unknown, hash: (text: string) => number): (string | number)[] {
    const number = this.#measured.has(name) ? numberValue(scalar) : undefined;
    if (number !== undefined) return [Number(number)];
    const text = textOfValue(scalar);
    // the letter keeps digits from being read as a number
    return text === undefined ? [] : [`h${hash(folded(text)).toString(36)}`];
  }
}
