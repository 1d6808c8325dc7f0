import type { EntityKind } from '../../alert/alert.ts';
import type { AlertDraft } from '../draft/alert-draft.ts';
import type { EntityRole } from '../evidence/entity-collector.ts';
import { type JsonObject, listOf } from '../values/json-value.ts';
import { find } from './case-variants.ts';

/** A field that holds an entity: its kind, its dotted path in camelCase, and the role the vendor gives it. */
export type EntityField = readonly [kind: EntityKind, path: string, role?: EntityRole];

/** Adds the entities at the given paths; `prefix` is where `object` stands in the payload, with its dot. */
export function readEntityFields(
  object: JsonObject | undefined,
  prefix: string,
  fields: readonly EntityField[],
  draft: AlertDraft,
): void {
  if (object === undefined) return;
  for (const [kind, path, role] of fields) {
    const found = find(object, path);
    if (found !== undefined) draft.entity(kind, listOf(found.value), prefix + found.path, role);
  }
}

type Field =
  | 'id'
  | 'title'
  | 'rule_id'
  | 'rule_name'
  | 'source'
  | 'vendor'
  | 'tenant'
  | 'incident_id'
  | 'category';

/** Takes a text field from the first of the constant camelCase paths that holds one, in any spelling. */
export function readText(
  field: Field,
  object: JsonObject,
  draft: AlertDraft,
  ...paths: readonly string[]
): void {
  for (const path of paths) {
    const found = find(object, path);
    if (found !== undefined && draft.set(field, found.value, found.path)) return;
  }
}

/** Takes a time from the first of the constant camelCase paths that holds one, in any spelling. */
export function readTime(
  field: 'occurred_at' | 'created_at',
  object: JsonObject,
  draft: AlertDraft,
  ...paths: readonly string[]
): void {
  for (const path of paths) {
    const found = find(object, path);
    if (found !== undefined && draft.setTime(field, found.value, found.path)) return;
  }
}
