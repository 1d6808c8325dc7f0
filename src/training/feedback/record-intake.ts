import { type Alert, alertGroup, alertKey, DEFENDER_SCOPE, SENTINEL_SCOPE } from '../../alert/alert.ts';
import type { ArrivedState } from '../../alert/record-state.ts';
import { AlertforestError } from '../../errors.ts';
import type { SubmitResult, SubmitStatus } from '../../store/feedback-store.ts';
import type { PredictionEntry } from '../../store/prediction-log.ts';
import { referencesOfId } from './feedback-target.ts';
import { hasMembers, MAX_MEMBERS, namedIn, scoredMembers } from './incident-members.ts';
import { spreadIncident } from './incident-spread.ts';
import { type IntakeDeps, type IntakeOutcome, refuseFuture, type Sender } from './intake-outcome.ts';
import { formerOf, hintOf, judgedSnapshotOf } from './judged-snapshot.ts';
import type { ReadRecord } from './read-item.ts';

/** A record whose last change lies further ahead counts as changed when it was received. */
const MAX_STATE_AHEAD_MS = 10 * 60_000;

interface TakenIncident {
  readonly own: SubmitResult;
  readonly members: readonly SubmitResult[];
  /** Members that were left out, since there were too many. */
  readonly left?: number;
}

interface Arrived {
  readonly state: ArrivedState;
  readonly isDated: boolean;
  readonly warnings: readonly string[];
  /** Why a closed record carries no label. */
  readonly noLabel: string | undefined;
}

/**
 * Takes the state of a vendor's record, closed or open.
 *
 * @throws AlertforestError FEEDBACK_INVALID for a record that was never closed as far as is known: its state is noted,
 * so that an older closing which arrives later does not count
 */
export async function takeRecord(read: ReadRecord, sender: Sender, deps: IntakeDeps): Promise<IntakeOutcome> {
  const { alert, closing } = read;
  const nowMs = deps.now();
  refuseFuture('occurred_at', alert.occurred_at, nowMs);
  if (closing?.closedAt !== undefined) refuseFuture('closed_at', closing.closedAt, nowMs);
  const arrived = arrivedState(read, sender, nowMs);
  const {
    own,
    members,
    left = 0,
  }: TakenIncident = hasMembers(read)
    ? await takeIncident(read, arrived, deps)
    : { own: await takeAlert(read, arrived, deps), members: [] };
  if (own.status === 'open') throw stillOpen();
  const changed = [own, ...members].flatMap(({ pending, alertKey: key }) => (pending ? [key] : []));
  return {
    status: own.status,
    alertKey: own.alertKey,
    reason: reasonOf(own.status, read, arrived),
    ...(closing?.unread === undefined ? {} : { unread: closing.unread }),
    warnings:
      left === 0
        ? arrived.warnings
        : [...arrived.warnings, `${left} members beyond the first ${MAX_MEMBERS} were left out`],
    members: members.map(({ status }) => status),
    changed,
    closing,
  };
}

function arrivedState({ alert, closing, record }: ReadRecord, sender: Sender, nowMs: number): Arrived {
  const receivedAt = new Date(nowMs).toISOString();
  const said = record.changedAt ?? closing?.closedAt;
  const isAhead = said !== undefined && Date.parse(said) > nowMs + MAX_STATE_AHEAD_MS;
  const at = said === undefined || isAhead ? receivedAt : said;
  const noLabel = whyNoLabel(closing, record.mergedInto);
  const analyst = (closing?.analyst ?? record.owners?.[0] ?? sender.name ?? 'unnamed').slice(0, 256);
  const isInherited = record.isInherited === true;
  return {
    state: {
      id: isInherited ? incidentKeyOf(alert, record) : alertKey(alert),
      of: isInherited ? 'incident' : 'alert',
      at,
      ...(closing?.closedAt === undefined ? {} : { closedAt: closing.closedAt }),
      isClosed: closing !== undefined,
      ...(closing === undefined || noLabel !== undefined || closing.outcome === 'no_label'
        ? {}
        : { disposition: closing.outcome }),
      analyst,
      ...(closing?.reason === undefined ? {} : { reason: closing.reason }),
      // A record says who closed it, but proves it as little as a body does: only the sender's own name is proven.
      verified: sender.verified && analyst === sender.name,
      ...(sender.verified && sender.name !== undefined ? { caller: sender.name } : {}),
      receivedAt,
    },
    isDated: said !== undefined && !isAhead,
    warnings: isAhead
      ? [`The record says it was changed at ${said}: it counts as changed when received.`]
      : [],
    noLabel,
  };
}

/** Key of the incident whose word stands on an alert listed within it: that of the incident's own record. */
function incidentKeyOf(alert: Alert, { incident }: ReadRecord['record']): string {
  if (incident === undefined) return alertGroup(alert);
  const tenant = incident.tenant ?? alert.tenant;
  return alertKey({ ...incident, tenant, id_scope: tenant === undefined ? incident.id_scope : undefined });
}

function whyNoLabel(closing: ReadRecord['closing'], mergedInto: string | undefined): string | undefined {
  if (mergedInto !== undefined) return `merged into ${mergedInto}: what it was stands there`;
  if (closing === undefined) return undefined;
  if (closing.by === 'machine')
    return 'closed by automation, or by nobody whom it names: without a person it teaches nothing';
  if (closing.outcome !== 'no_label') return undefined;
  return closing.unread === undefined
    ? (closing.reason ?? `${closing.raw} is no label`)
    : `the word "${closing.unread}" is in no vocabulary`;
}

function reasonOf(status: SubmitStatus, { closing }: ReadRecord, { noLabel }: Arrived): string | undefined {
  if (status === 'superseded') return 'a newer state of this record is known';
  if (status === 'withdrawn' && noLabel === undefined)
    return 'reopened: its judgement is withdrawn until it is closed again';
  return noLabel ?? closing?.reason;
}

function takeAlert(read: ReadRecord, { state, isDated }: Arrived, deps: IntakeDeps): Promise<SubmitResult> {
  const { alert, record } = read;
  const key = alertKey(alert);
  const judgedOf = judgedSnapshotOf(
    { alertKey: key, alertId: hasSeveralIds(alert) ? undefined : alert.id },
    { stateAt: isDated ? state.at : undefined, receivedAt: state.receivedAt },
    () => deps.snapshotOf(alert),
    deps,
    deps.found,
    formerOf(read),
  );
  const word = { state, owners: record.owners ?? [], isDated };
  return deps.feedback.take(key, word, judgedOf, hintOf(key, alert, deps));
}

/** Whether products write the alert's id in several forms, so that its verdicts may lie under each of them. */
const hasSeveralIds = ({ id, id_scope }: Alert): boolean =>
  id_scope === DEFENDER_SCOPE && /^([a-z]{2})?[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);

/** The incident's row first, then the incident as the alert it is, then its members. */
async function takeIncident(read: ReadRecord, arrived: Arrived, deps: IntakeDeps): Promise<TakenIncident> {
  const { alert, record } = read;
  const { state, isDated } = arrived;
  const isKept = isDated || state.disposition !== undefined;
  if (!isKept) {
    const known = await deps.feedback.incident(state.id);
    if (known === undefined) return { own: await takeAlert(read, arrived, deps), members: [] };
  }
  const named = namedIn(read);
  const { found, copies, left } = await scoredMembers(alert, named, state.id, deps);
  const { incident, isChanged, status } = await deps.feedback.noteIncident({
    id: state.id,
    group: alertGroup(alert),
    state: { ...state, of: 'incident' },
    members: [...found.keys()],
    absorbed: await groupsOf(copies, deps),
    owners: record.owners ?? [],
  });
  // Named members were paid for before; those known by other ways are as much work, and are owed.
  if (isChanged) deps.spend?.(Math.max(0, incident.members.length - Math.min(MAX_MEMBERS, named.length)));
  const own = await takeAlert(read, arrived, deps);
  const movedTo =
    record.mergedInto === undefined ? [] : await moveMembers(read, incident.members, found, deps);
  const members = isChanged
    ? await spreadIncident(incident, deps, found, deps.found)
    : status === 'duplicate'
      ? incident.members.map((key) => ({ status, alertKey: key, rev: 0, pending: false }))
      : [];
  return { own, members: [...members, ...movedTo], left };
}

/** The members of a merged incident follow the one it was merged into from now on. */
async function moveMembers(
  { alert, record }: ReadRecord,
  members: readonly string[],
  ids: ReadonlyMap<string, string>,
  deps: IntakeDeps,
): Promise<readonly SubmitResult[]> {
  const id = record.mergedInto as string;
  const target = await mergeTarget(alert, id, deps);
  const { incident, isChanged } = await deps.feedback.noteIncident({
    id: target.key,
    group: target.group,
    members,
    absorbed: [alertGroup(alert)],
    owners: [],
  });
  if (isChanged) deps.spend?.(incident.members.length);
  return isChanged ? spreadIncident(incident, deps, ids, deps.found) : [];
}

/**
 * Key and group of the incident another one was merged into. Its number alone may not name it: then it is the one of
 * this product and tenant that was scored or judged here.
 */
async function mergeTarget(
  alert: Alert,
  id: string,
  deps: IntakeDeps,
): Promise<{ key: string; group: string }> {
  const { id_scope: scope, ...rest } = alert;
  const named: Alert = { ...rest, id, ...(alert.incident_id === undefined ? {} : { incident_id: id }) };
  const target = scope === SENTINEL_SCOPE ? { ...named, id_scope: scope } : named;
  const group = alertGroup(target);
  if (scope === undefined || scope === SENTINEL_SCOPE) return { key: alertKey(target), group };
  const { tenant, source } = alert;
  const known = (await referencesOfId({ alertId: id, source }, deps)).filter((one) => one.tenant === tenant);
  const [only] = known;
  return { key: known.length === 1 && only !== undefined ? only.alertKey : alertKey(target), group };
}

/**
 * Groups under which alerts were scored that another product knows by the id an incident names: its own copy of the
 * incident has another id there, and is the same incident.
 */
async function groupsOf(copies: ReadonlyMap<string, string>, deps: IntakeDeps): Promise<readonly string[]> {
  const groups = new Set<string>();
  for (const [alertKey, alertId] of copies) {
    const collect = (entries: readonly PredictionEntry[]): undefined => {
      for (const { snapshot } of entries) if (snapshot.group !== alertKey) groups.add(snapshot.group);
    };
    await deps.predictions.find(alertKey, { alertId, choose: collect });
  }
  return [...groups];
}

function stillOpen(): AlertforestError {
  return new AlertforestError(
    'FEEDBACK_INVALID',
    'The record carries no closing verdict; send a closed record, or a judgement with a disposition.',
    {
      issues: [{ path: 'disposition', message: 'Expected a disposition or a vendor record that is closed.' }],
    },
  );
}
