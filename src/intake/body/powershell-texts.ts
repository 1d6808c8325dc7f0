import { addNote } from '../envelope/carriage.ts';
import { isObject, type JsonObject } from '../values/json-value.ts';

/** Values that are looked at, nesting of texts that is read, and the longest text. */
const MAX_VALUES = 100_000;
const MAX_DEPTH = 8;
const MAX_LENGTH = 64 * 1024;

/** On an object that stood as text: its parts may have lost what they held. */
export const FLATTENED =
  'PowerShell wrote a part as text (ConvertTo-Json without -Depth); it was read from the text.';
const LOST = 'PowerShell left out a part and wrote its type instead (ConvertTo-Json without -Depth).';
// What .NET prints for a list or table that it does not look into.
const TYPE_NAME = /^System\.(?:Object\[\]|Collections\.[\w.`[\],]{1,120})$/;

/** Whether a text of JSON may hold what {@link reviveTexts} looks for. */
export function mayHoldFlattened(text: string | Buffer): boolean {
  return holdsAfterQuote(text, '@{') || holdsAfterQuote(text, 'System.');
}

const QUOTES: ReadonlySet<unknown> = new Set(['"', '"'.charCodeAt(0)]);

/** The quote is looked at last: a search that begins with it stops at every name and text of the JSON. */
function holdsAfterQuote(text: string | Buffer, part: string): boolean {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    if (at > 0 && QUOTES.has(text[at - 1])) return true;
  }
  return false;
}

/**
 * Puts objects in the place of the texts that ConvertTo-Json writes for what lies deeper than it was told:
 * `"@{Name=h.lee; Type=account}"`, by itself or in a list, at any depth, in any vendor's record. What it wrote a type's
 * name for is lost and becomes null. The records are changed and say so.
 */
export function reviveTexts(value: unknown): unknown {
  const budget = { left: MAX_VALUES };
  return revived(value, [], budget, 0);
}

function revived(
  value: unknown,
  owners: readonly JsonObject[],
  budget: { left: number },
  depth: number,
): unknown {
  if (--budget.left < 0 || depth > 60) return value;
  if (typeof value === 'string') return ofText(value, owners);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) value[i] = revived(value[i], owners, budget, depth + 1);
    return value;
  }
  if (!isObject(value)) return value;
  const inside = [...owners, value];
  const fields = value as Record<string, unknown>;
  for (const key in fields) {
    const part = fields[key];
    if (typeof part === 'string' ? /^(?:@\{|System\.)/.test(part) : typeof part === 'object')
      fields[key] = revived(part, inside, budget, depth + 1);
  }
  return value;
}

function ofText(text: string, owners: readonly JsonObject[]): unknown {
  if (TYPE_NAME.test(text)) {
    for (const owner of owners) addNote(owner, LOST);
    return null;
  }
  const object = powershellObject(text.trim());
  if (object === undefined) return text;
  for (const owner of owners) addNote(owner, FLATTENED);
  addNote(object, FLATTENED);
  return object;
}

/** An object as PowerShell prints it: `@{Name=h.lee; Host=@{Name=ws-1}}`. Undefined for any other text. */
export function powershellObject(text: string, depth = 0): Record<string, unknown> | undefined {
  if (!text.startsWith('@{') || !text.endsWith('}') || text.length > MAX_LENGTH) return undefined;
  const object: Record<string, unknown> = {};
  for (const part of partsOf(text.slice(2, -1))) {
    const equals = part.indexOf('=');
    if (equals <= 0) continue;
    const name = part.slice(0, equals).trim();
    const value = part.slice(equals + 1).trim();
    if (name === '__proto__') continue;
    object[name] = TYPE_NAME.test(value)
      ? null
      : ((depth < MAX_DEPTH ? powershellObject(value, depth + 1) : undefined) ?? value);
  }
  return Object.keys(object).length === 0 ? undefined : object;
}

/** The texts between semicolons that stand in no inner braces. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let open = 0;
  let from = 0;
  for (let position = 0; position < text.length; position++) {
    const unit = text[position];
    if (unit === '{') open++;
    else if (unit === '}') open--;
    else if (unit === ';' && open <= 0) {
      parts.push(text.slice(from, position));
      from = position + 1;
    }
  }
  parts.push(text.slice(from));
  return parts;
}
