import type { AlertforestClient, AlertPayload } from '../typescript/alertforest-client.ts';
import type { Verdict } from '../typescript/alertforest-schema.ts';

/** A CloudEvent as Event Grid hands it on. */
export interface GridEvent {
  readonly type: string;
  readonly data?: unknown;
}

/** Reads one alert of Microsoft Graph: GET /v1.0/security/alerts_v2/{id}. */
export type ReadAlert = (alertId: string) => Promise<AlertPayload>;

const CREATED = 'Microsoft.Graph.AlertCreated';

/**
 * Scores the alert that a `Microsoft.Graph.AlertCreated` event names: the event holds its id, not the alert. Undefined
 * for any other event. Throws where the alert cannot be read or scored, so that Event Grid delivers the event again.
 */
export async function scoreAlertCreated(
  client: Pick<AlertforestClient, 'predict'>,
  readAlert: ReadAlert,
  { type, data }: GridEvent,
): Promise<Verdict | undefined> {
  if (type !== CREATED) return undefined;
  const id = alertIdOf(data);
  if (id === undefined)
    throw new TypeError(`Expected the id of an alert in \`data.resourceData.id\` of ${CREATED}.`);
  return client.predict(await readAlert(id));
}

function alertIdOf(data: unknown): string | undefined {
  const { resourceData, resource } = (data ?? {}) as {
    readonly resourceData?: { readonly id?: unknown };
    readonly resource?: unknown;
  };
  for (const id of [resourceData?.id, resource]) if (typeof id === 'string' && id !== '') return id;
  return undefined;
}
