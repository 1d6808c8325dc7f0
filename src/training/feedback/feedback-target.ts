import type { AlertSnapshot } from '../../alert/snapshot.ts';
import { AlertforestError } from '../../errors.ts';
import type { AlertReference, FeedbackStore } from '../../store/feedback-store.ts';
import type { PredictionLog } from '../../store/prediction-log.ts';

/** How a caller named the alert a judgement is about. */
export interface AlertName {
  readonly alertKey?: string | undefined;
  readonly alertId?: string | undefined;
  readonly tenant?: string | undefined;
  readonly source?: string | undefined;
}

export interface TargetStores {
  readonly feedback: FeedbackStore;
  readonly predictions: PredictionLog;
  /**
   * Snapshots found so far in one request, by alert key: many votes on one alert look it up once. What a store keeps
   * of an alert never changes, so only how long this lives is bounded.
   */
  readonly found?: Map<string, AlertSnapshot>;
}

/**
 * What is kept of an alert that was judged or scored before.
 *
 * @throws AlertforestError ALERT_UNKNOWN where neither store knows it, ALERT_AMBIGUOUS (with the candidates) where an
 * id means several alerts, STORE_UNAVAILABLE where a store could not be asked
 */
export async function findTarget(name: AlertName, stores: TargetStores): Promise<AlertSnapshot> {
  const key = name.alertKey ?? (await keyOfId(name, stores));
  const snapshot = await knownSnapshot(key, stores);
  if (snapshot === undefined) throw unknownAlert(`alert_key ${key}`);
  return snapshot;
}

/** `undefined` where the alert was neither judged nor scored. */
export async function knownSnapshot(
  alertKey: string,
  stores: TargetStores,
): Promise<AlertSnapshot | undefined> {
  const known =
    stores.found?.get(alertKey) ??
    (await stores.feedback.get(alertKey))?.snapshot ??
    (await stores.predictions.find(alertKey))?.snapshot;
  if (known !== undefined) stores.found?.set(alertKey, known);
  return known;
}

/** Scored or judged alerts that carry this vendor id. */
export async function referencesOfId(name: AlertName, stores: TargetStores): Promise<AlertReference[]> {
  if (name.alertId === undefined) return [];
  const [judged, scored] = await Promise.all([
    stores.feedback.findByAlertId(name.alertId),
    stores.predictions.findByAlertId(name.alertId),
  ]);
  const byKey = new Map([...scored, ...judged].map((reference) => [reference.alertKey, reference]));
  return [...byKey.values()].filter(
    (reference) =>
      (name.tenant === undefined || reference.tenant === name.tenant) &&
      (name.source === undefined || reference.source === name.source),
  );
}

async function keyOfId(name: AlertName, stores: TargetStores): Promise<string> {
  const references = await referencesOfId(name, stores);
  const [first, ...others] = references;
  if (first === undefined) throw unknownAlert(`alert_id ${name.alertId}`);
  if (others.length > 0) {
    throw new AlertforestError(
      'ALERT_AMBIGUOUS',
      `alert_id ${name.alertId} means ${references.length} alerts; name one by alert_key, or add tenant or source.`,
      {
        details: {
          candidates: references.map(({ alertKey, tenant, source }) => ({
            alert_key: alertKey,
            tenant: tenant ?? null,
            source,
          })),
        },
      },
    );
  }
  return first.alertKey;
}

function unknownAlert(name: string): AlertforestError {
  return new AlertforestError(
    'ALERT_UNKNOWN',
    `No alert with ${name} was scored here; send the alert itself in \`alert\` with the judgement.`,
    { issues: [{ path: 'alert', message: 'Expected the alert, since it was not scored by this service.' }] },
  );
}
