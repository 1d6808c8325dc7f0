/** An event: field names, flat or nested, and their values as JSON has them. Integers beyond 2^53 as text or bigint. */
export type SigmaEvent = Readonly<Record<string, unknown>>;

/** An event that gives its fields when asked, so that none is built which no rule looks at. */
export interface LazyEvent {
  /** Value of a field, as `fieldOf` would find it; undefined where it is absent. */
  get(field: string): unknown;
  /** Texts and numbers that keywords are searched in. */
  texts(): Iterable<string | number>;
}

export type AnyEvent = SigmaEvent | LazyEvent;

/** JSON has no functions, so an event with a function `get` is a lazy one. */
export const isLazy = (event: AnyEvent): event is LazyEvent => typeof event.get === 'function';

/** Value of a field that an event does not have; null is a value. */
export const ABSENT = Symbol('absent');

/**
 * Value of a field. A flat name wins over a path, even with null. A path goes through the elements of lists and gathers
 * what it finds. Blanks in the event's flat names are ignored.
 */
export function fieldOf(event: AnyEvent, name: string): unknown {
  if (isLazy(event)) {
    const value = event.get(name);
    return value === undefined ? ABSENT : value;
  }
  if (Object.hasOwn(event, name)) return event[name];
  for (const key of Object.keys(event)) {
    if (key.includes(' ') && key.replaceAll(' ', '') === name) return event[key];
  }
  const dot = name.indexOf('.');
  if (dot <= 0) return ABSENT;
  const head = name.slice(0, dot);
  return Object.hasOwn(event, head) ? pathOf(event[head], name.split('.'), 1) : ABSENT;
}

/** What the steps from `i` on lead to. A name with a dot is no step. */
export function pathOf(value: unknown, steps: readonly string[], i: number): unknown {
  if (i === steps.length) return value;
  if (Array.isArray(value)) {
    const found: unknown[] = [];
    for (const element of value) {
      const inner = pathOf(element, steps, i);
      if (inner !== ABSENT) found.push(inner);
    }
    return found.length === 0 ? ABSENT : found;
  }
  if (typeof value !== 'object' || value === null) return ABSENT;
  const step = steps[i]!;
  return Object.hasOwn(value, step) ? pathOf((value as SigmaEvent)[step], steps, i + 1) : ABSENT;
}

/** Scalars of a list at any depth of lists; null and objects are none. */
export function scalarsOf(list: readonly unknown[], into: unknown[] = [], depth = 0): unknown[] {
  for (const element of list) {
    if (Array.isArray(element)) {
      if (depth < 64) scalarsOf(element, into, depth + 1);
    } else if (element !== null && typeof element !== 'object' && element !== undefined) into.push(element);
  }
  return into;
}

/** Texts and numbers anywhere in an event, which keywords are searched in. */
export const keywordValues = (event: AnyEvent, depth: number): (string | number | bigint)[] =>
  isLazy(event) ? [...event.texts()] : textsIn(event, depth, []);

function textsIn(value: unknown, depth: number, into: (string | number | bigint)[]) {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint') into.push(value);
  else if (typeof value === 'object' && value !== null && depth > 0) {
    for (const inner of Array.isArray(value) ? value : Object.values(value)) {
      textsIn(inner, depth - 1, into);
    }
  }
  return into;
}
