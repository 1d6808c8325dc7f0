import { type Alert, alertKey } from '../../alert/alert.ts';
import type { AlertSnapshot } from '../../alert/snapshot.ts';
import type {
  AlertIdentity,
  FeedbackStore,
  FullAlerts,
  JudgedOf,
  JudgedSnapshot,
  TakeHint,
} from '../../store/feedback-store.ts';
import type { PredictionEntry, PredictionLog } from '../../store/prediction-log.ts';
import { type Target, type TargetStores, unknownAlert } from './feedback-target.ts';
import type { FormerName, ReadRecord } from './read-item.ts';

/** When a judgement was made, as far as it says. */
export interface JudgedTime {
  /** ISO 8601 UTC: the vendor's time of the record's state; undefined where there is none. */
  readonly stateAt: string | undefined;
  /** ISO 8601 UTC. */
  readonly receivedAt: string;
}

/**
 * The verdict a judgement was about: that of the newest payload its vendor had changed by the time of the judgement;
 * where the payloads have no times of their own, the one given last before the judgement was received.
 */
export function chooseSeen(
  newestFirst: readonly PredictionEntry[],
  { stateAt, receivedAt }: JudgedTime,
): PredictionEntry | undefined {
  const dated = newestFirst.filter(({ payloadAt }) => payloadAt !== undefined);
  if (dated.length > 0) {
    const until = stateAt ?? receivedAt;
    let newest: PredictionEntry | undefined;
    for (const entry of dated) {
      const { payloadAt } = entry as PredictionEntry & { payloadAt: string };
      if (payloadAt <= until && (newest === undefined || payloadAt > (newest.payloadAt as string)))
        newest = entry;
    }
    return newest;
  }
  return newestFirst.find(({ scoredAt }) => scoredAt <= receivedAt);
}

/** An alert as it is named now and as an earlier build may have named it. */
export interface FormerTarget {
  readonly identity: AlertIdentity;
  readonly names: () => readonly FormerName[];
}

/** How an earlier build may have named the alert of a record; undefined where it had no other names. */
export function formerOf({ alert, formerIdentities }: ReadRecord): FormerTarget | undefined {
  if (formerIdentities === undefined) return undefined;
  const { id, tenant, source } = alert;
  let names: readonly FormerName[] | undefined;
  return {
    identity: { alertKey: alertKey(alert), alertId: id, tenant, source },
    names: () => {
      names ??= formerIdentities();
      return names;
    },
  };
}

/**
 * What is known of the alert of a judgement before storage is asked. One that was scored here lately is likely judged
 * for the first time: whoever has scored it is asked for it first.
 *
 * @param sent the alert that came with the judgement
 */
export function hintOf(
  key: string,
  sent: Alert | undefined,
  { predictions, full }: Pick<TargetStores, 'predictions'> & { readonly full?: FullAlerts },
): TakeHint {
  const scored = predictions.scoredHere(key);
  const own = sent && { alertKey: key, alertId: sent.id, tenant: sent.tenant, source: sent.source };
  return { identity: own ?? scored, isLikelyNew: scored !== undefined, full };
}

/** Lookups of one request, so that many judgements of one alert ask the log once. */
export type FoundSnapshots = Map<string, Promise<JudgedSnapshot | undefined>>;

/**
 * Looks up what a judgement was about: in the prediction log, else the alert as it was sent, else what is stored.
 *
 * Where nothing is kept under the alert's key, the keys of the build before are tried: what was said under one of them
 * moves to the new key, and a verdict under one of them is taken as the alert's own.
 *
 * @param sent the alert that came with the judgement
 */
export function judgedSnapshotOf(
  target: Target,
  time: JudgedTime,
  sent: (() => AlertSnapshot) | undefined,
  { feedback, predictions }: TargetStores,
  found: FoundSnapshots = new Map(),
  former?: FormerTarget,
): JudgedOf {
  const isLogged = predictions.stats().mode !== 'off';
  const { alertKey: key, alertId } = target;
  const { receivedAt } = time;
  return async (isStored) => {
    if (!isStored && former !== undefined) await moveFormer(former, feedback, receivedAt);
    // Without a log nothing tells what the alert was like later: what was stored first stays.
    if (!isLogged && isStored) return undefined;
    const name = `${key} ${time.stateAt ?? ''}`;
    const asked = found.get(name) ?? (isLogged ? fromLog() : Promise.resolve(undefined));
    found.set(name, asked);
    const scored = await asked;
    if (scored !== undefined) return scored;
    if (sent !== undefined) return { snapshot: sent(), seen: { choice: isLogged ? 'sent' : 'first' } };
    if (isStored) return undefined;
    throw unknownAlert(`alert_key ${key}`);
  };

  async function fromLog(): Promise<JudgedSnapshot | undefined> {
    const choose = (newestFirst: readonly PredictionEntry[]): PredictionEntry | undefined =>
      chooseSeen(newestFirst, time);
    const entry = await predictions.find(key, { alertId, choose });
    if (entry !== undefined) return { snapshot: snapshotOf(entry), seen: seenOf(entry) };
    return former && fromFormerLog(former, time, predictions);
  }
}

/** Everything said under a former key moves to the alert's own. */
async function moveFormer(
  { identity, names }: FormerTarget,
  feedback: FeedbackStore,
  at: string,
): Promise<void> {
  for (const name of names()) {
    const from = alertKey(name);
    const standing = await feedback.standing(from);
    if (standing === undefined || !isSameAlert(standing.snapshot, name)) continue;
    await feedback.move(from, identity, at);
  }
}

/** A verdict that was given under a former key, under the alert's own. */
async function fromFormerLog(
  { identity, names }: FormerTarget,
  time: JudgedTime,
  predictions: PredictionLog,
): Promise<JudgedSnapshot | undefined> {
  for (const name of names()) {
    const choose = (newestFirst: readonly PredictionEntry[]): PredictionEntry | undefined =>
      chooseSeen(
        newestFirst.filter(({ snapshot }) => isSameAlert(snapshot, name)),
        time,
      );
    const formerKey = alertKey(name);
    const entry = await predictions.find(formerKey, { alertId: name.id, choose });
    if (entry === undefined) continue;
    return { snapshot: { ...snapshotOf(entry), ...identity, formerKey }, seen: seenOf(entry) };
  }
  return undefined;
}

/** The alert as it was scored, with the rules that spoke. */
function snapshotOf({ snapshot, ruleHits }: PredictionEntry): AlertSnapshot {
  if (ruleHits === undefined) return snapshot;
  return { ...snapshot, ruleHits: ruleHits.map(({ id, half }) => (half ? { id, half } : { id })) };
}

const isSameAlert = (snapshot: AlertSnapshot, { occurredAt }: FormerName): boolean =>
  occurredAt === undefined || occurredAt === snapshot.occurredAt;

const seenOf = ({ payloadAt, scoredAt }: PredictionEntry): JudgedSnapshot['seen'] => ({
  choice: payloadAt === undefined ? 'last' : 'update',
  scoredAt,
});
