import type { AlertSnapshot } from '../../alert/snapshot.ts';
import { hasCode } from '../../errors.ts';
import type { IncidentState, SubmitResult } from '../../store/feedback-store.ts';
import type { TargetStores } from './feedback-target.ts';
import { type FoundSnapshots, judgedSnapshotOf } from './judged-snapshot.ts';
import { sideBySide } from './side-by-side.ts';

const CONCURRENT = 8;

/** What a spread knows of members beyond their keys: the vendor's id makes their look-up one call. */
export type KnownMembers = ReadonlyMap<string, string>;

/**
 * Lets every member follow its incident's newest state, then removes the note that it has to. Running it again, or at
 * several instances at once, ends the same: members keep the newest state they were offered, also one that says nothing
 * where the incident ever had a label, so that whoever is late with an older one changes nothing.
 *
 * @returns what became of each member that took part
 */
export async function spreadIncident(
  incident: IncidentState,
  stores: TargetStores,
  ids: KnownMembers = new Map(),
  found?: FoundSnapshots,
): Promise<readonly SubmitResult[]> {
  const results = await spreadOnce(incident, stores, ids, found);
  await stores.feedback.incidentSpread(incident.id, incident.version);
  return results;
}

async function spreadOnce(
  incident: IncidentState,
  stores: TargetStores,
  ids: KnownMembers,
  found: FoundSnapshots | undefined,
): Promise<readonly SubmitResult[]> {
  const { id, state, owners, members } = incident;
  if (state === undefined) return [];
  const { revision: _, ...arrived } = state;
  const results: SubmitResult[] = [];
  const take = async (alertKey: string): Promise<void> => {
    const target = { alertKey, alertId: ids.get(alertKey) };
    const time = { stateAt: state.at, receivedAt: state.receivedAt };
    try {
      const judgedOf = judgedSnapshotOf(target, time, undefined, stores, found);
      const word = {
        state: { ...arrived, of: 'incident' as const, id },
        owners,
        isDated: incident.wasLabelled,
        mayTake: (member: AlertSnapshot) => mayBelong(member, incident),
      };
      results.push(await stores.feedback.take(alertKey, word, judgedOf));
    } catch (error) {
      // Scored so long ago that the log has dropped it: it cannot teach, and must not stop the others.
      if (!hasCode(error, 'ALERT_UNKNOWN')) throw error;
    }
  };
  await sideBySide(
    members.filter((member) => member !== id),
    take,
    CONCURRENT,
  );
  return results.filter(({ status }) => status !== 'no_member' && status !== 'open');
}

/**
 * Whether an alert that an incident names can be one of its own: it was scored as part of this incident or of one that
 * was merged into it, or as part of none. A record that names the alerts of another incident labels none of them.
 */
export function mayBelong(member: AlertSnapshot, { group, absorbed }: IncidentState): boolean {
  const { alertKey, formerKey } = member;
  return [alertKey, formerKey, group, ...absorbed].includes(member.group);
}

/** Finishes what an instance that ended between two writes has left. Returns how many incidents that were. */
export async function spreadUnfinished(stores: TargetStores): Promise<number> {
  const unfinished = await stores.feedback.unspreadIncidents();
  for (const { incident, versions } of unfinished) {
    await spreadIncident(incident, stores);
    // Who brought the newest state to all members has finished the older ones.
    for (const version of versions) await stores.feedback.incidentSpread(incident.id, version);
  }
  return unfinished.length;
}
