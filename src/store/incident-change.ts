import { compareStates, type RecordState, stateHash } from '../alert/record-state.ts';
import { forgottenState } from './feedback-change.ts';
import type { IncidentChange, IncidentState, SubmitStatus } from './feedback-store.ts';

/** Members one incident can have; Sentinel allows 150 alerts in an incident. */
export const MAX_INCIDENT_MEMBERS = 1_000;
const MAX_ABSORBED = 200;

/** What an arriving state makes of an incident's row; `next` is undefined where there is nothing to write. */
export function applyIncident(
  before: IncidentState | undefined,
  change: IncidentChange,
): { readonly status: SubmitStatus; readonly next: IncidentState | undefined } {
  const { status, state, isNewer } = newestState(before?.state, change.state);
  const members = union(before?.members, change.members, MAX_INCIDENT_MEMBERS);
  // One incident through several doors has one row; its alerts may have been scored under the group of each.
  const group = before?.group ?? change.group;
  const others = change.group === group ? change.absorbed : [change.group, ...change.absorbed];
  const absorbed = union(before?.absorbed, others, MAX_ABSORBED);
  const owners = union(before?.owners, change.owners, MAX_ABSORBED);
  const isSame =
    before !== undefined &&
    !isNewer &&
    members.length === before.members.length &&
    absorbed.length === before.absorbed.length;
  if (isSame) return { status, next: undefined };
  const { id } = change;
  const wasLabelled = before?.wasLabelled === true || state?.disposition !== undefined;
  const version = (before?.version ?? 0) + 1;
  return { status, next: { id, group, state, members, absorbed, owners, wasLabelled, version } };
}

/**
 * An incident without what `analyst` said of it, or undefined where that is nothing. Its judgement would be said again of
 * every alert that turns out to belong to it.
 */
export function forgottenIncident(
  incident: IncidentState,
  analyst: string,
  pseudonym: string,
): IncidentState | undefined {
  const state = incident.state && forgottenState(incident.state, analyst, pseudonym);
  if (state === incident.state && !incident.owners.includes(analyst)) return undefined;
  const owners = incident.owners.map((owner) => (owner === analyst ? pseudonym : owner)).sort();
  return { ...incident, state, owners };
}

function newestState(
  earlier: RecordState | undefined,
  arrived: IncidentChange['state'],
): { status: SubmitStatus; state: RecordState | undefined; isNewer: boolean } {
  if (arrived === undefined) return { status: 'no_label', state: earlier, isNewer: false };
  if (earlier === undefined) {
    const status = !arrived.isClosed ? 'open' : arrived.disposition === undefined ? 'no_label' : 'accepted';
    return { status, state: { ...arrived, revision: 1 }, isNewer: true };
  }
  const order = compareStates(arrived, earlier);
  if (order < 0) return { status: 'superseded', state: earlier, isNewer: false };
  if (order === 0) return { status: 'duplicate', state: earlier, isNewer: false };
  const isRepeated = stateHash(arrived) === stateHash(earlier);
  return {
    status: isRepeated ? 'duplicate' : 'revised',
    state: {
      ...arrived,
      revision: earlier.revision + (isRepeated ? 0 : 1),
      ...(isRepeated ? { receivedAt: earlier.receivedAt } : {}),
    },
    isNewer: true,
  };
}

function union(known: readonly string[] = [], added: readonly string[], max: number): readonly string[] {
  const all = new Set(known);
  for (const one of added) if (all.size < max) all.add(one);
  return [...all].sort();
}
