import { closest, distance } from 'fastest-levenshtein';
import { z } from 'zod';
import type { InputIssue } from '../errors.ts';

/** Longest name that is compared with the known ones, or said again. */
const MAX_NAME_LENGTH = 64;

/**
 * The issue of a name that is not known: says the nearest known one, where one is near enough to be meant.
 *
 * @param what for the sentence, such as `query parameter`
 */
export function unknownName(path: string, what: string, known: readonly string[]): InputIssue {
  const name = path.slice(path.lastIndexOf('.') + 1);
  const nearest = nearestName(name, known);
  const expected =
    nearest !== undefined
      ? `did you mean \`${nearest}\`?`
      : known.length === 0
        ? 'none is known here.'
        : `expected one of ${known.join(', ')}.`;
  return { path, message: `Unknown ${what}; ${expected}` };
}

/** The known name at most a third of the letters away, whatever its case and underscores; undefined where none is. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  // No typing error is that large, and comparing takes time that grows with both lengths.
  if (known.length === 0 || name.length > MAX_NAME_LENGTH) return undefined;
  const wanted = plain(name);
  const nearest = closest(wanted, known.map(plain));
  const isNear = distance(wanted, nearest) <= Math.max(1, Math.floor(wanted.length / 3));
  return isNear ? known.find((each) => plain(each) === nearest) : undefined;
}

/** Issues of one body that are told; nobody reads more, and a body may be wrong in very many places. */
export const MAX_ISSUES = 100;

/**
 * Keys of `value`, at any depth, that `schema` does not know, the first {@link MAX_ISSUES} of them: zod drops them, but a
 * misspelt setting that is dropped looks like one that was taken. Objects with a catchall, records and anything
 * free-form know every key.
 */
export function unknownKeys(schema: z.ZodType, value: unknown, path = ''): InputIssue[] {
  const issues: InputIssue[] = [];
  for (const issue of unknownIn(schema, value, path)) if (issues.push(issue) >= MAX_ISSUES) break;
  return issues;
}

function* unknownIn(schema: z.ZodType, value: unknown, path: string): Generator<InputIssue> {
  const at = (key: string | number): string => (path === '' ? String(key) : `${path}.${key}`);
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodUnion) {
    // The form that was meant is the one that knows most of the keys.
    const forms = (inner.options as z.ZodType[]).map((option) => unknownKeys(option, value, path));
    yield* forms.reduce((best, form) => (form.length < best.length ? form : best));
  } else if (inner instanceof z.ZodArray && Array.isArray(value)) {
    for (const [index, item] of value.entries())
      yield* unknownIn(inner.element as z.ZodType, item, at(index));
  } else if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  else if (inner instanceof z.ZodRecord) {
    for (const [key, item] of Object.entries(value))
      yield* unknownIn(inner.valueType as z.ZodType, item, at(key));
  } else if (inner instanceof z.ZodObject && !takesAnyKey(inner)) {
    const shape = inner.shape as Record<string, z.ZodType>;
    for (const [key, item] of Object.entries(value)) {
      if (Object.hasOwn(shape, key)) yield* unknownIn(shape[key]!, item, at(key));
      else yield unknownName(at(key.slice(0, MAX_NAME_LENGTH + 1)), 'key', Object.keys(shape));
    }
  }
}

function takesAnyKey({ def }: z.ZodObject): boolean {
  return def.catchall !== undefined && !(def.catchall instanceof z.ZodNever);
}

/** The schema inside `optional`, `nullable`, `default` and their like, and at the entrance of a pipe. */
function unwrapped(schema: z.ZodType): z.ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodCatch
  ) {
    return unwrapped(schema.def.innerType as z.ZodType);
  }
  return schema instanceof z.ZodPipe ? unwrapped(schema.def.in as z.ZodType) : schema;
}
