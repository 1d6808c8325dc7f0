import { type Alert, alertGroup, alertKey, DEFENDER_SCOPE } from '../../alert/alert.ts';
import type { AlertReference } from '../../store/feedback-store.ts';
import { referencesOfId } from './feedback-target.ts';
import type { IntakeDeps } from './intake-outcome.ts';
import type { ReadItem, ReadRecord } from './read-item.ts';

/** Members of one incident that are looked up; Sentinel allows 150 alerts in an incident. */
export const MAX_MEMBERS = 1_000;

/** Members that a record names. */
export const namedIn = ({ record, closing }: ReadRecord): readonly string[] =>
  record.memberAlertIds ?? closing?.memberAlertIds ?? [];

/** Whether the members of a record take part: a copy of an incident's state on one of its alerts has none. */
export const hasMembers = ({ record }: ReadRecord): boolean =>
  (record.isIncident || record.mergedInto !== undefined) && record.isInherited !== true;

/** How many members of an item are looked up because it names them: what it costs beyond itself. */
export function namedMembers(item: ReadItem): number {
  return item.kind === 'record' && hasMembers(item.read)
    ? Math.min(MAX_MEMBERS, namedIn(item.read).length)
    : 0;
}

export interface ScoredMembers {
  /** Alert key -> vendor's id. */
  readonly found: ReadonlyMap<string, string>;
  /** Of these, what another product knows by the id the incident names. */
  readonly copies: ReadonlyMap<string, string>;
  /** How many there are beyond those that are looked up. */
  readonly left: number;
}

/** Alerts of an incident that were scored here, by the ids it names and by its group, at most {@link MAX_MEMBERS}. */
export async function scoredMembers(
  incident: Alert,
  memberIds: readonly string[],
  ownKey: string,
  deps: IntakeDeps,
): Promise<ScoredMembers> {
  const found = new Map<string, string>();
  const copies = new Map<string, string>();
  for (const alertId of memberIds.slice(0, MAX_MEMBERS)) {
    const all = await referencesOfId({ alertId }, deps);
    const ofTenant = all.filter(({ tenant }) => tenant === incident.tenant);
    // One door names the workspace, another its number: an id that no other alert has needs no tenant.
    const references = ofTenant.length > 0 ? ofTenant : all.filter(isUnique);
    // An id that means alerts of several products cannot be told apart here and labels none of them.
    const [reference] = references;
    if (references.length !== 1 || reference === undefined) continue;
    found.set(reference.alertKey, reference.alertId);
    if (reference.alias !== undefined) copies.set(reference.alertKey, reference.alertId);
  }
  let left = Math.max(0, memberIds.length - MAX_MEMBERS);
  if (incident.incident_id !== undefined) {
    for (const { alertKey: key, alertId } of await deps.predictions.findByGroup(alertGroup(incident))) {
      if (found.has(key)) continue;
      if (found.size < MAX_MEMBERS) found.set(key, alertId);
      else left++;
    }
  }
  found.delete(ownKey);
  return { found, copies, left };
}

/** Whether the id of an alert is unique in the world. */
const isUnique = ({ alertKey: key, alertId, alias, source }: AlertReference): boolean =>
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(alias ?? alertId) ||
  key === alertKey({ source, id: alertId, id_scope: DEFENDER_SCOPE });
