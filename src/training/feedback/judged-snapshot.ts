import type { AlertSnapshot } from '../../alert/snapshot.ts';
import type { JudgedOf, JudgedSnapshot } from '../../store/feedback-store.ts';
import type { PredictionEntry, PredictionLog } from '../../store/prediction-log.ts';
import { type Target, unknownAlert } from './feedback-target.ts';

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

/** Lookups of one request, so that many judgements of one alert ask the log once. */
export type FoundSnapshots = Map<string, Promise<JudgedSnapshot | undefined>>;

/**
 * Looks up what a judgement was about: in the prediction log, else the alert as it was sent, else what is stored.
 *
 * @param sent the alert that came with the judgement
 */
export function judgedSnapshotOf(
  target: Target,
  time: JudgedTime,
  sent: (() => AlertSnapshot) | undefined,
  predictions: PredictionLog,
  found: FoundSnapshots = new Map(),
): JudgedOf {
  const isLogged = predictions.stats().mode !== 'off';
  const { alertKey, alertId } = target;
  return async (isStored) => {
    // Without a log nothing tells what the alert was like later: what was stored first stays.
    if (!isLogged && isStored) return undefined;
    const name = `${alertKey} ${time.stateAt ?? ''}`;
    const asked = found.get(name) ?? (isLogged ? fromLog() : Promise.resolve(undefined));
    found.set(name, asked);
    const scored = await asked;
    if (scored !== undefined) return scored;
    if (sent !== undefined) return { snapshot: sent(), seen: { choice: isLogged ? 'sent' : 'first' } };
    if (isStored) return undefined;
    throw unknownAlert(`alert_key ${alertKey}`);
  };

  async function fromLog(): Promise<JudgedSnapshot | undefined> {
    const choose = (newestFirst: readonly PredictionEntry[]): PredictionEntry | undefined =>
      chooseSeen(newestFirst, time);
    const entry = await predictions.find(alertKey, { alertId, choose });
    return entry && { snapshot: entry.snapshot, seen: seenOf(entry) };
  }
}

const seenOf = ({ payloadAt, scoredAt }: PredictionEntry): JudgedSnapshot['seen'] => ({
  choice: payloadAt === undefined ? 'last' : 'update',
  scoredAt,
});
