import {
  type Alert,
  alertGroup,
  alertKey,
  ENTITY_KINDS,
  type EntityKind,
  SEVERITIES,
} from '../alert/alert.ts';
import { TACTICS } from '../alert/attack-tactics.ts';
import type { TriageContext } from '../alert/context.ts';
import { ipScope } from '../alert/ip-scope.ts';
import type { AlertSnapshot } from '../alert/snapshot.ts';
import {
  CATALOG_ID,
  N_CATEGORY_BUCKETS,
  N_SOURCE_BUCKETS,
  N_TECHNIQUE_BUCKETS,
  N_TOKEN_BUCKETS,
  RECORD_FAMILIES,
  STATELESS_FEATURES,
  statelessColumn,
} from './feature-catalog.ts';
import { hash64, lastHash } from './hash64.ts';
import { recordKeys, ruleKeyOf } from './record-keys.ts';

const SEVERITY = statelessColumn('severity');
const VENDOR_SCORE = statelessColumn('vendor_score');
const TECHNIQUE_COUNT = statelessColumn('technique_count');
const SUBTECHNIQUE_COUNT = statelessColumn('subtechnique_count');
const TITLE_LENGTH = statelessColumn('title_length_log1p');
const REPORT_DELAY = statelessColumn('report_delay_log1p');
const FIRST_TACTIC = statelessColumn(`tactic_${TACTICS[0].name}`);
const TACTIC_COUNT = statelessColumn('tactic_count');
const KILL_CHAIN_STAGE = statelessColumn('kill_chain_stage');
const FIRST_SOURCE = statelessColumn('source_0');
const HOUR = statelessColumn('hour');
const WEEKDAY = statelessColumn('weekday');
const IS_NIGHT = statelessColumn('is_night');
const IS_WEEKEND = statelessColumn('is_weekend');
const FIRST_ENTITY_KIND = statelessColumn(`${ENTITY_KINDS[0]}_count`);
const ENTITY_COUNT = statelessColumn('entity_count');
const ENTITY_KIND_COUNT = statelessColumn('entity_kind_count');
const PUBLIC_IP_COUNT = statelessColumn('public_ip_count');
const PRIVATE_IP_COUNT = statelessColumn('private_ip_count');
const ASSET_COUNT = statelessColumn('asset_count');
const INDICATOR_COUNT = statelessColumn('indicator_count');
const ATTACKER_COUNT = statelessColumn('attacker_count');
const IMPACTED_COUNT = statelessColumn('impacted_count');
const FIRST_CATEGORY = statelessColumn('category_0');
const FIRST_TOKEN = statelessColumn('token_0');
const FIRST_TECHNIQUE = statelessColumn('technique_0');
const BYTES_SENT = statelessColumn('bytes_sent_log1p');
const BYTES_RECV = statelessColumn('bytes_recv_log1p');
const DURATION = statelessColumn('duration_ms_log1p');
const PACKETS_SENT = statelessColumn('packets_sent_log1p');
const PACKETS_RECV = statelessColumn('packets_recv_log1p');
const FAILED_LOGINS = statelessColumn('failed_logins_log1p');
const UNIQUE_PORTS = statelessColumn('unique_ports_log1p');
const PAYLOAD_SIZE = statelessColumn('payload_size_log1p');
const EVENT_COUNT = statelessColumn('event_count_log1p');
const STATUS_CODE = statelessColumn('status_code');
const ALERT_TRIGGERED = statelessColumn('alert_triggered');
const BYTE_RATIO = statelessColumn('byte_ratio_log1p');
const PACKETS_PER_SECOND = statelessColumn('packets_per_second_log1p');
const BYTES_PER_PACKET = statelessColumn('bytes_per_packet_log1p');
const BYTES_PER_SECOND = statelessColumn('bytes_per_second_log1p');
const NIGHT_FAILED_LOGINS = statelessColumn('night_failed_logins_log1p');
const NIGHT_UNIQUE_PORTS = statelessColumn('night_unique_ports_log1p');
const TELEMETRY_COUNT = statelessColumn('telemetry_count');
const INTEL_HITS = statelessColumn('intel_hits');
const INTEL_CONFIDENCE = statelessColumn('intel_confidence');
const RELATED_ALERTS = statelessColumn('related_alerts_log1p');
const RULE_FREQUENCY = statelessColumn('rule_frequency');
const RARITY = statelessColumn('rarity');
const TENANT_ALERTS = statelessColumn('tenant_alerts_log1p');
const FIRST_STAGE_COLUMN = statelessColumn('own_surprise');

/** Position of each tactic by its ATT&CK id, in kill-chain order. */
const TACTIC_POSITIONS: ReadonlyMap<string, number> = new Map(
  TACTICS.map((tactic, position) => [tactic.id, position]),
);

/** Position of each kind in ENTITY_KINDS, as a table: one property read per entity. */
const KIND_POSITIONS = Object.fromEntries(ENTITY_KINDS.map((kind, position) => [kind, position])) as Record<
  EntityKind,
  number
>;

const TENANT_RULE = RECORD_FAMILIES.indexOf('tenant_rule');

/** Largest measurement told apart; beyond it float32 would know only infinity. */
const MAX_MEASUREMENT = 3e38;

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/**
 * Stateless columns of one alert, (nStatelessFeatures,) in catalogue order, rounded to float32; NaN where missing.
 *
 * Pure: the same alert and context give the same bits, whenever and wherever it is called. `incident_id`, `id` and
 * `raw` are never read; hour and day are UTC and come from the alert's own time.
 *
 * @param out where to write; allocated when left out
 */
export function extractStateless(
  alert: Alert,
  context: TriageContext,
  out: Float32Array = new Float32Array(STATELESS_FEATURES.length),
): Float32Array {
  out.fill(0);
  writeAlert(alert, out);
  writeTactics(alert, out);
  writeTime(alert, out);
  writeEntities(alert, out);
  writeTokens(alert, out);
  writeTelemetry(alert, out);
  writeContext(context, out);
  return out;
}

/**
 * Writes the columns that depend on the alerts before this one into `columns`, the stateless columns of a row: for who
 * replays a stream after its rows were made.
 */
export function writeContext(context: TriageContext, columns: Float32Array): void {
  columns[INTEL_HITS] = context.intelHits;
  columns[INTEL_CONFIDENCE] = context.intelConfidence;
  columns[RELATED_ALERTS] = Math.log1p(context.relatedAlerts);
  columns[RULE_FREQUENCY] = context.ruleFrequency;
  columns[RARITY] = context.rarity;
  columns[TENANT_ALERTS] = Math.log1p(context.tenantAlerts);
  // in the order of the catalogue, from own_surprise on
  let column = FIRST_STAGE_COLUMN;
  columns[column++] = context.ownSurprise;
  columns[column++] = context.surprise;
  columns[column++] = context.pairNovelty;
  columns[column++] = context.pairBurst;
  columns[column++] = context.entityMass;
  columns[column++] = context.tenantMass;
  columns[column++] = Math.log1p(context.entityAlerts);
  columns[column++] = Math.log1p(context.joinedAlerts);
  columns[column++] = context.joinedScore;
  columns[column++] = context.joinedStage;
  columns[column++] = Math.log1p(context.incidentAlerts);
  columns[column++] = Math.log1p(context.incidentAgeS);
  columns[column++] = Math.log1p(context.incidentGapS);
  columns[column++] = context.incidentRules;
  columns[column++] = Math.log1p(context.tenantRules);
  columns[column++] = context.tenantAlertsPerIncident;
  columns[column++] = context.tenantRuleShare;
  columns[column++] = context.tenantNightShare;
  columns[column++] = context.tenantWeekendShare;
  columns[column++] = context.tenantEntities;
  for (let t = 0; t < TACTICS.length; t++) columns[column++] = context.tenantTactics?.[t] ?? Number.NaN;
}

function writeAlert(alert: Alert, out: Float32Array): void {
  out[SEVERITY] = alert.severity === 'unknown' ? Number.NaN : SEVERITIES.indexOf(alert.severity);
  out[VENDOR_SCORE] = alert.vendor_score ?? Number.NaN;
  out[TITLE_LENGTH] = Math.log1p(alert.title.length);
  hash64([alert.source], 0);
  out[FIRST_SOURCE + (lastHash[1]! & (N_SOURCE_BUCKETS - 1))] = 1;
}

function writeTactics(alert: Alert, out: Float32Array): void {
  let nTactics = 0;
  let furthest = -1;
  for (const id of alert.tactics) {
    const position = TACTIC_POSITIONS.get(id);
    if (position === undefined || out[FIRST_TACTIC + position] === 1) continue;
    out[FIRST_TACTIC + position] = 1;
    nTactics++;
    if (position > furthest) furthest = position;
  }
  out[TACTIC_COUNT] = nTactics;
  out[KILL_CHAIN_STAGE] = furthest < 0 ? Number.NaN : furthest + 1;

  let nSubtechniques = 0;
  for (const id of alert.techniques) {
    const dot = id.indexOf('.');
    if (dot >= 0) nSubtechniques++;
    hash64([dot < 0 ? id : id.slice(0, dot)], 0);
    out[FIRST_TECHNIQUE + (lastHash[1]! & (N_TECHNIQUE_BUCKETS - 1))]! += 1;
  }
  out[TECHNIQUE_COUNT] = alert.techniques.length;
  out[SUBTECHNIQUE_COUNT] = nSubtechniques;
}

function writeTime(alert: Alert, out: Float32Array): void {
  const occurredAtMs = Date.parse(alert.occurred_at);
  const hour = Math.floor(occurredAtMs / HOUR_MS) % 24;
  // 1970-01-01 was a Thursday: day 3 of a week that starts on Monday
  const weekday = (((Math.floor(occurredAtMs / DAY_MS) + 3) % 7) + 7) % 7;
  const hourOfDay = hour < 0 ? hour + 24 : hour;
  out[HOUR] = hourOfDay;
  out[WEEKDAY] = weekday;
  out[IS_NIGHT] = Number.isNaN(hourOfDay) ? Number.NaN : hourOfDay < 6 || hourOfDay >= 22 ? 1 : 0;
  out[IS_WEEKEND] = Number.isNaN(weekday) ? Number.NaN : weekday >= 5 ? 1 : 0;
  const delaySeconds =
    alert.created_at === undefined ? Number.NaN : (Date.parse(alert.created_at) - occurredAtMs) / 1000;
  out[REPORT_DELAY] = delaySeconds >= 0 ? Math.log1p(delaySeconds) : Number.NaN;
}

function writeEntities(alert: Alert, out: Float32Array): void {
  let nPublic = 0;
  let nPrivate = 0;
  let nAttackers = 0;
  let nImpacted = 0;
  for (const entity of alert.entities) {
    out[FIRST_ENTITY_KIND + KIND_POSITIONS[entity.kind]]! += 1;
    if (entity.kind === 'ip') {
      const scope = ipScope(entity.value);
      if (scope === 'public') nPublic++;
      else if (scope !== 'invalid') nPrivate++;
    }
    if (entity.role === 'attacker') nAttackers++;
    else if (entity.role === 'victim' || entity.role === 'impacted') nImpacted++;
  }
  let nKinds = 0;
  for (let position = 0; position < ENTITY_KINDS.length; position++) {
    if (out[FIRST_ENTITY_KIND + position]! > 0) nKinds++;
  }
  const of = (kind: EntityKind): number => out[FIRST_ENTITY_KIND + KIND_POSITIONS[kind]]!;
  out[ENTITY_COUNT] = alert.entities.length;
  out[ENTITY_KIND_COUNT] = nKinds;
  out[PUBLIC_IP_COUNT] = nPublic;
  out[PRIVATE_IP_COUNT] = nPrivate;
  out[ASSET_COUNT] = of('host') + of('user') + of('cloud_resource');
  out[INDICATOR_COUNT] = nPublic + of('hash') + of('url') + of('domain') + of('email');
  out[ATTACKER_COUNT] = nAttackers;
  out[IMPACTED_COUNT] = nImpacted;
}

function writeTokens(alert: Alert, out: Float32Array): void {
  hashWords(alert.title, out, FIRST_TOKEN, N_TOKEN_BUCKETS);
  if (alert.rule_name !== undefined && alert.rule_name !== alert.title) {
    hashWords(alert.rule_name, out, FIRST_TOKEN, N_TOKEN_BUCKETS);
  }
  if (alert.category !== undefined) hashWords(alert.category, out, FIRST_CATEGORY, N_CATEGORY_BUCKETS);
}

/**
 * Adds one to the bucket of every word of `text`. A word is a run of letters and digits, compared without ASCII
 * case; long numbers (ids, times) are all the same word, short ones (ports, event ids) are words of their own.
 */
function hashWords(text: string, out: Float32Array, firstColumn: number, nBuckets: number): void {
  let hash = 0;
  let wordLength = 0;
  let nDigits = 0;
  for (let at = 0; at <= text.length; at++) {
    let unit = at < text.length ? text.charCodeAt(at) : 32;
    if (unit >= 65 && unit <= 90) unit += 32;
    const isDigit = unit >= 48 && unit <= 57;
    if (isDigit || (unit >= 97 && unit <= 122) || unit >= 128) {
      hash = Math.imul(hash ^ unit, 0x9e3779b1);
      hash ^= hash >>> 15;
      wordLength++;
      if (isDigit) nDigits++;
    } else if (wordLength > 0) {
      if (nDigits === wordLength && nDigits > 5) hash = 0x23;
      const spread = Math.imul(hash ^ (hash >>> 16), 0x846ca68b);
      out[firstColumn + ((spread >>> 16) & (nBuckets - 1))]! += 1;
      hash = 0;
      wordLength = 0;
      nDigits = 0;
    }
  }
}

/** log(1 + ratio); the ratio of something to next to nothing stays finite. */
function logOfRatio(ratio: number): number {
  return Math.log1p(Math.min(ratio, MAX_MEASUREMENT));
}

function writeTelemetry(alert: Alert, out: Float32Array): void {
  const telemetry = alert.telemetry ?? {};
  let nKnown = 0;
  const measured = (name: string): number => {
    const value = telemetry[name];
    if (value === undefined || !(value >= 0)) return Number.NaN;
    nKnown++;
    return Math.min(value, MAX_MEASUREMENT);
  };
  const bytesSent = measured('bytes_sent');
  const bytesRecv = measured('bytes_recv');
  const durationSeconds = measured('duration_ms') / 1000;
  const packetsSent = measured('packets_sent');
  out[BYTES_SENT] = Math.log1p(bytesSent);
  out[BYTES_RECV] = Math.log1p(bytesRecv);
  out[DURATION] = Math.log1p(durationSeconds * 1000);
  out[PACKETS_SENT] = Math.log1p(packetsSent);
  out[PACKETS_RECV] = Math.log1p(measured('packets_recv'));
  out[FAILED_LOGINS] = Math.log1p(measured('failed_logins'));
  out[UNIQUE_PORTS] = Math.log1p(measured('unique_ports'));
  out[PAYLOAD_SIZE] = Math.log1p(measured('payload_size'));
  out[EVENT_COUNT] = Math.log1p(measured('event_count'));
  out[STATUS_CODE] = measured('status_code');
  out[ALERT_TRIGGERED] = measured('alert_triggered');
  out[TELEMETRY_COUNT] = nKnown;

  out[BYTE_RATIO] = logOfRatio(bytesSent / (bytesRecv + 1));
  // a rate over no time at all has no value
  const seconds = durationSeconds > 0 ? durationSeconds : Number.NaN;
  out[PACKETS_PER_SECOND] = logOfRatio(packetsSent / seconds);
  out[BYTES_PER_SECOND] = logOfRatio(bytesSent / seconds);
  out[BYTES_PER_PACKET] = logOfRatio(bytesSent / (packetsSent > 0 ? packetsSent : Number.NaN));
  const isNight = out[IS_NIGHT]!;
  out[NIGHT_FAILED_LOGINS] = isNight * out[FAILED_LOGINS]!;
  out[NIGHT_UNIQUE_PORTS] = isNight * out[UNIQUE_PORTS]!;
}

/**
 * What is kept of a scored alert: columns and hashed keys, no content.
 *
 * @param salt keys every hash; must be the same for all snapshots of one deployment
 * @param key alertKey of the alert, where it is known already
 */
export function snapshotOf(
  alert: Alert,
  context: TriageContext,
  salt = '',
  key: string = alertKey(alert),
): AlertSnapshot {
  const keys = recordKeys(alert, salt);
  const ownRuleKey = keys[TENANT_RULE]!;
  return {
    alertKey: key,
    alertId: alert.id,
    tenant: alert.tenant,
    source: alert.source,
    group: alertGroup(alert, key),
    occurredAt: alert.occurred_at,
    severity: alert.severity,
    ruleKey: ownRuleKey === '' ? ruleKeyOf(alert, salt) : ownRuleKey,
    catalogId: CATALOG_ID,
    columns: extractStateless(alert, context),
    recordKeys: keys,
  };
}
