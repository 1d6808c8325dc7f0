import type { Dialect } from '../../../intake/dialects/dialect.ts';
import { recogniseDialect } from '../../../intake/dialects/recognise-dialect.ts';
import { isWorkflowName } from '../../../intake/dialects/workflow-names.ts';
import { isObject, type JsonObject } from '../../../intake/values/json-value.ts';

const MAX_DEPTH = 12;
const MAX_NODES = 4000;
const MAX_LENGTH = 16 * 1024;

/**
 * The fields of a payload that rules may see: all but verdicts and workflow, which change after the alert was raised.
 * Withheld are the names the payload's own dialect lists and the names that mean a verdict anywhere.
 */
export class OpenFields {
  readonly #payload: JsonObject;
  readonly #withheld: ReadonlySet<string>;

  constructor(payload: JsonObject) {
    this.#payload = payload;
    this.#withheld = withheldBy(recogniseDialect(payload));
  }

  /** The value under a flat name, else at a dotted path; a list on the way is entered at each of its objects. */
  get(field: string): unknown {
    if (this.#isWithheld(field)) return undefined;
    const flat = this.#payload[field];
    if (flat !== undefined && Object.hasOwn(this.#payload, field)) return flat;
    if (!field.includes('.')) return undefined;
    let values: readonly unknown[] = [this.#payload];
    for (const segment of field.split('.')) {
      const inner: unknown[] = [];
      for (const value of values.flat()) {
        if (isObject(value) && Object.hasOwn(value, segment) && value[segment] !== undefined)
          inner.push(value[segment]);
      }
      if (inner.length === 0) return undefined;
      values = inner;
    }
    return values.length === 1 ? values[0] : values.flat();
  }

  /** Every text and number in the payload, depth first, up to 4,000 of them. */
  texts(): string[] {
    const texts: string[] = [];
    this.#collect(this.#payload, '', 0, texts);
    return texts;
  }

  /** The payload without what is withheld. */
  record(): JsonObject {
    return this.#open(this.#payload, '', 0) as JsonObject;
  }

  #open(value: unknown, path: string, depth: number): unknown {
    if (depth > MAX_DEPTH) return undefined;
    if (Array.isArray(value)) return value.map((item) => this.#open(item, path, depth + 1));
    if (!isObject(value)) return value;
    const open: Record<string, unknown> = {};
    for (const key in value) {
      const inner = path === '' ? key : `${path}.${key}`;
      if (key !== '__proto__' && !this.#isWithheld(inner))
        open[key] = this.#open(value[key], inner, depth + 1);
    }
    return open;
  }

  #collect(value: unknown, path: string, depth: number, texts: string[]): void {
    if (texts.length >= MAX_NODES || depth > MAX_DEPTH) return;
    if (typeof value === 'string') texts.push(value.slice(0, MAX_LENGTH));
    else if (typeof value === 'number') texts.push(String(value));
    else if (Array.isArray(value)) for (const item of value) this.#collect(item, path, depth + 1, texts);
    else if (isObject(value)) {
      for (const key in value) {
        const inner = path === '' ? key : `${path}.${key}`;
        if (!this.#isWithheld(inner)) this.#collect(value[key], inner, depth + 1, texts);
      }
    }
  }

  #isWithheld(path: string): boolean {
    if (this.#withheld.has(path)) return true;
    let start = 0;
    for (let end = path.indexOf('.'); start <= path.length; end = path.indexOf('.', start)) {
      const segment = path.slice(start, end < 0 ? path.length : end);
      if (isWorkflowName(segment.toLowerCase().replace(/[^a-z]/g, ''))) return true;
      if (end < 0) break;
      if (this.#withheld.has(path.slice(0, end))) return true;
      start = end + 1;
    }
    return false;
  }
}

const sets = new WeakMap<Dialect, ReadonlySet<string>>();

function withheldBy(dialect: Dialect): ReadonlySet<string> {
  let set = sets.get(dialect);
  if (set === undefined) {
    set = new Set(dialect.verdictFields);
    sets.set(dialect, set);
  }
  return set;
}
