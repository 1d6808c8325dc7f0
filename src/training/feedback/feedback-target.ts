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
}

/** An alert that was found: its key, and its vendor's id where that is known. */
export interface Target {
  readonly alertKey: string;
  readonly alertId: string | undefined;
}

/**
 * Which alert a name means.
 *
 * @throws AlertforestError FEEDBACK_INVALID where a key and what else is said mean different alerts, ALERT_UNKNOWN where
 * no alert has this id, ALERT_AMBIGUOUS (with the candidates) where an id
 * means several alerts, STORE_UNAVAILABLE where a store could not be asked
 */
export async function findTarget(name: AlertName, stores: TargetStores): Promise<Target> {
  if (name.alertKey !== undefined) {
    await refuseOther(name.alertKey, name, stores);
    return { alertKey: name.alertKey, alertId: name.alertId };
  }
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
  return { alertKey: first.alertKey, alertId: name.alertId };
}

/** A judgement of one alert must not land on another because only the first of its names was read. */
async function refuseOther(alertKey: string, name: AlertName, stores: TargetStores): Promise<void> {
  if (name.alertId === undefined && name.tenant === undefined && name.source === undefined) return;
  const standing = await stores.feedback.standing(alertKey);
  const known = standing?.snapshot ?? (await stores.predictions.find(alertKey))?.snapshot;
  if (known === undefined) return;
  const isOtherId = name.alertId !== undefined && name.alertId !== known.alertId;
  // an alert may go by further ids
  const byId = isOtherId ? await referencesOfId({ alertId: name.alertId }, stores) : [];
  const issues = [
    ...(isOtherId && !byId.some((reference) => reference.alertKey === alertKey)
      ? [{ path: 'alert_id', message: `Expected ${known.alertId}, the id of the alert with this key.` }]
      : []),
    ...(['tenant', 'source'] as const).flatMap((path) =>
      name[path] === undefined || name[path] === known[path]
        ? []
        : [{ path, message: `Expected ${known[path] ?? 'none'}, the ${path} of the alert with this key.` }],
    ),
  ];
  if (issues.length === 0) return;
  throw new AlertforestError(
    'FEEDBACK_INVALID',
    'The key means another alert than what else is said of it.',
    {
      issues,
    },
  );
}

/** Scored or judged alerts that carry this vendor id. */
export async function referencesOfId(name: AlertName, stores: TargetStores): Promise<AlertReference[]> {
  if (name.alertId === undefined) return [];
  const [judged, scored] = await Promise.all([
    stores.feedback.findByAlertId(name.alertId),
    stores.predictions.findByAlertId(name.alertId),
  ]);
  const byKey = new Map([...scored, ...judged].map((reference) => [reference.alertKey, reference]));
  const former = new Set(judged.flatMap(({ formerKey }) => formerKey ?? []));
  return [...byKey.values()].filter(
    (reference) =>
      !former.has(reference.alertKey) &&
      (name.tenant === undefined || reference.tenant === name.tenant) &&
      (name.source === undefined || reference.source === name.source),
  );
}

export function unknownAlert(name: string): AlertforestError {
  return new AlertforestError(
    'ALERT_UNKNOWN',
    `No alert with ${name} was scored here; send the alert itself in \`alert\` with the judgement.`,
    { issues: [{ path: 'alert', message: 'Expected the alert, since it was not scored by this service.' }] },
  );
}
