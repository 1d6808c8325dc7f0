import { type Alert, type AlertIdentity, alertKey } from '../../alert/alert.ts';
import { AlertforestError } from '../../errors.ts';
import type { Dialect } from '../dialects/dialect.ts';
import { ecs } from '../dialects/elastic/ecs-fields.ts';
import { carriageOf } from '../envelope/carriage.ts';
import { cardOf } from '../envelope/chat-card.ts';
import { type JsonObject, objectOf, textAt, textOf } from '../values/json-value.ts';
import { FormerDraft } from './former-draft.ts';
import { readFormerGeneric } from './former-generic.ts';
import { formerSource } from './former-source.ts';

/**
 * How the build before named an alert. Its rules are kept for as many weeks as the prediction log, so that a judgement
 * which arrives after an upgrade finds what was scored before it; then this folder goes.
 */
export interface FormerIdentity extends AlertIdentity {
  /**
   * ISO 8601 UTC: when that build read the alert to have happened. An alert found under such a name that happened at
   * another time is another one: the name may be that of a box or a rule.
   */
  readonly occurredAt?: string;
}

/** Reads the parts of an identity that a dialect chose otherwise, before it reads the rest; the first one set counts. */
type FormerRule = (payload: JsonObject, draft: FormerDraft) => void;

const KNOWN_BEFORE = new Set(
  (
    'sentinel_alert sentinel_incident defender_graph_alert defender_incident defender_endpoint_alert defender_hunting wazuh_alert ' +
    'suricata_eve splunk_notable elastic_alert wazuh_finding ocsf_finding cef_event crowdstrike sentinelone qradar_offense ' +
    'aws_guardduty aws_securityhub cortex_xdr trend_vision_one wiz carbon_black proofpoint_tap thinkst_canary sophos okta_event ' +
    'entra_risk office_alert falco ecs_alert'
  ).split(' '),
);

/** A record of a known format that was told by less then, or that stood in an envelope which was not opened. */
const wasUnknown = (payload: JsonObject, { name }: Dialect): boolean =>
  (name === 'suricata_eve' && !('alert' in payload)) || carriageOf(payload) !== undefined;

const FORMER_RULES: Readonly<Record<string, FormerRule>> = {
  // Sentinel's copy went by the id that Sentinel gave it.
  sentinel_alert: (payload, draft) => {
    const row = objectOf(payload['properties']) ?? payload;
    draft.set('id', payload['SystemAlertId'] ?? row['systemAlertId'], 'SystemAlertId');
  },
  defender_graph_alert: (payload, draft) => {
    const service = textOf(payload['serviceSource']);
    if (service !== undefined) draft.set('source', formerSource(service), 'serviceSource');
  },
  defender_incident: (payload, draft) => {
    const service = textAt(payload, 'serviceSource', 'detectionSource');
    if (service !== undefined) draft.set('source', formerSource(service), 'serviceSource');
  },
  defender_hunting: (payload, draft) => {
    const row = objectOf(payload['properties']) ?? payload;
    const service = textOf(row['ServiceSource']);
    if (service !== undefined) draft.set('source', formerSource(service), 'ServiceSource');
  },
  // A watchlist's hit, which has no id, was called by its list and dated by its receipt.
  carbon_black: (payload, draft) => {
    draft.text('title', payload, 'reason', 'watchlists.name', 'type');
    draft.time(
      'occurred_at',
      payload,
      'first_event_timestamp',
      'first_event_time',
      'detection_timestamp',
      'create_time',
    );
  },
  suricata_eve: (_, draft) => draft.constant('source', 'suricata'),
  wazuh_finding: (payload, draft) => {
    for (const path of ['event.id', 'event.doc_id', '_id']) draft.set('id', ecs(payload, path), path);
  },
  ocsf_finding: (payload, draft) =>
    draft.text(
      'id',
      payload,
      'finding_info.uid',
      'finding.uid',
      'finding_info_list.uid',
      'metadata.uid',
      'uid',
    ),
};

/**
 * The names under which the build before may have kept an alert, likeliest first, without the one it has now. Costs as
 * much as reading the alert twice: only for look-ups that failed.
 *
 * @param receivedAt ISO 8601 UTC, as when the alert was read
 */
export function formerIdentities(
  payload: JsonObject,
  alert: Alert,
  dialect: Dialect,
  receivedAt?: string,
): readonly FormerIdentity[] {
  const isKnown = KNOWN_BEFORE.has(dialect.name);
  const readings: (FormerIdentity | undefined)[] = [
    ...(isKnown ? [readAs(payload, dialect, receivedAt)] : []),
    ...(isKnown && !wasUnknown(payload, dialect) ? [] : [readAs(payload, undefined, receivedAt)]),
  ];
  // A shipper's document was not opened: the alert in it was kept under the document's id.
  const document = carriageOf(payload)?.document?.value;
  if (typeof document === 'string') readings.push({ tenant: undefined, source: 'unknown', id: document });
  const found = new Map<string, FormerIdentity>();
  for (const identity of readings.flatMap((one) => (one === undefined ? [] : [one, ...rounded(one)])))
    if (!found.has(alertKey(identity))) found.set(alertKey(identity), identity);
  found.delete(alertKey(alert));
  return [...found.values()];
}

/** @param dialect undefined for the reader of unknown products */
function readAs(
  payload: JsonObject,
  dialect: Dialect | undefined,
  receivedAt: string | undefined,
): FormerIdentity | undefined {
  const draft = new FormerDraft();
  try {
    // a card was read as it came
    if (dialect === undefined) readFormerGeneric(cardOf(payload), draft);
    else {
      FORMER_RULES[dialect.name]?.(payload, draft);
      dialect.toAlert(payload, draft);
    }
    const { alert } = draft.finish(dialect?.name ?? 'generic', receivedAt);
    const { tenant, source, id, occurred_at: occurredAt } = alert;
    return dialect === undefined ? { tenant, source, id, occurredAt } : { tenant, source, id };
  } catch (error) {
    // That reader found neither id nor title: it never kept the alert.
    if (error instanceof AlertforestError) return undefined;
    throw error;
  }
}

/** The same with whole numbers beyond 2^53 as they came out of a reader that kept fifteen to seventeen of their digits. */
function rounded(identity: FormerIdentity): readonly FormerIdentity[] {
  const id = identity.id.replace(/(?<![0-9A-Za-z])\d{16,20}(?![0-9A-Za-z])/g, (digits) =>
    String(Number(digits)),
  );
  return id === identity.id ? [] : [{ ...identity, id }];
}
