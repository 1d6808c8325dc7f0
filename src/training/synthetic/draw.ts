import { type Alert, type Entity, SEVERITIES, type Severity } from '../../alert/alert.ts';
import type { Random } from '../../trees/random.ts';
import { type SyntheticTenant, TENANTS } from './estate.ts';
import { SCENARIOS, type Scenario, type TelemetryKind } from './scenarios.ts';

/** What the alerts of one incident share. */
export interface SyntheticIncident {
  readonly id: string;
  readonly nAlerts: number;
  readonly tenant: SyntheticTenant;
  /** The rule that fired first, and mostly fires again. */
  readonly scenario: Scenario;
  readonly startedAtMs: number;
  /** How bad it is, about N(0, 1): moves severity, scores and measurements, but does not decide the truth. */
  readonly threat: number;
  readonly host: string;
  readonly user: string;
  readonly attackerIp: string;
}

/** The estate is watched through January 2026. */
const WINDOW_START_MS = Date.UTC(2026, 0, 1);
const WINDOW_DAYS = 30;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Share of incidents that hold more than one alert. */
const SHARE_GROUPED = 0.18;

/** Share of an incident's further alerts that come from the rule of the first. */
const SHARE_SAME_RULE = 0.9;

export function drawIncident(random: Random, id: string): SyntheticIncident {
  const tenant = pick(random, TENANTS, (candidate) => candidate.share);
  const threat = random.normal();
  return {
    id,
    nAlerts: random.next() < SHARE_GROUPED ? 2 + random.int(3) : 1,
    tenant,
    scenario: pickScenario(random),
    startedAtMs: drawMoment(random, tenant, threat),
    threat,
    host: drawHost(random, tenant),
    user: drawUser(random, tenant),
    attackerIp: drawPublicIp(random),
  };
}

/** Alert `member` of an incident, as input of the canonical schema. */
export function drawAlert(random: Random, incident: SyntheticIncident, member: number): Partial<Alert> {
  const scenario = member === 0 || random.next() < SHARE_SAME_RULE ? incident.scenario : pickScenario(random);
  const { tenant, threat } = incident;
  const occurredAtMs = Math.round(incident.startedAtMs + member * random.next() * 2 * HOUR_MS);
  const severity = drawSeverity(random, scenario, threat);
  const entities = drawEntities(random, scenario, incident);
  const telemetry = drawTelemetry(random, scenario.telemetry, threat);
  const subject = entities[0]?.value ?? tenant.tenant;
  return {
    id: `${incident.id}-${member}`,
    title: random.next() < 0.5 ? scenario.ruleName : `${scenario.ruleName} on ${subject}`,
    rule_id: scenario.ruleId,
    rule_name: scenario.ruleName,
    source: scenario.source,
    vendor: scenario.vendor,
    tenant: tenant.tenant,
    ...(incident.nAlerts > 1 ? { incident_id: incident.id } : {}),
    severity,
    ...drawVendorScore(random, scenario, severity, threat),
    occurred_at: new Date(occurredAtMs).toISOString(),
    ...(random.next() < 0.85
      ? {
          created_at: new Date(occurredAtMs + Math.round(Math.exp(4 + random.normal()) * 1000)).toISOString(),
        }
      : {}),
    category: scenario.category,
    tactics: [...scenario.tactics],
    techniques: random.next() < 0.85 ? [...scenario.techniques] : [],
    entities,
    ...(telemetry === undefined ? {} : { telemetry }),
  };
}

function pickScenario(random: Random): Scenario {
  return pick(random, SCENARIOS, (candidate) => candidate.frequency);
}

/** Mostly in office hours, less so the worse it is. */
function drawMoment(random: Random, tenant: SyntheticTenant, threat: number): number {
  const [first, last] = tenant.officeHours;
  const day = random.int(WINDOW_DAYS);
  const inOffice = random.next() < 0.68 - 0.1 * threat;
  const hour = inOffice ? first + random.next() * (last - first) : random.next() * 24;
  return Math.round(WINDOW_START_MS + day * DAY_MS + hour * HOUR_MS);
}

/** The rule's severity, now and then a step off; one in twenty-five arrives without. */
function drawSeverity(random: Random, scenario: Scenario, threat: number): Severity {
  if (random.next() < 0.04) return 'unknown';
  const step = Math.round(0.45 * random.normal() + 0.3 * threat);
  const rank = SEVERITIES.indexOf(scenario.severity) + step;
  return SEVERITIES[Math.min(4, Math.max(0, rank))]!;
}

/** Only some products score; where they do, the score follows severity and threat with a wide error. */
function drawVendorScore(
  random: Random,
  scenario: Scenario,
  severity: Severity,
  threat: number,
): { vendor_score?: number } {
  const scores = scenario.source === 'suricata' ? 0 : scenario.source === 'wazuh' ? 0.95 : 0.7;
  if (random.next() >= scores) return {};
  const rank = severity === 'unknown' ? 2 : SEVERITIES.indexOf(severity);
  const score = 14 + 15 * rank + 13 * threat + 9 * random.normal();
  return { vendor_score: Math.round(Math.min(100, Math.max(1, score))) };
}

function drawEntities(random: Random, scenario: Scenario, incident: SyntheticIncident): Entity[] {
  // one alert in twelve comes before its entities do
  if (random.next() < 0.08) return [];
  const entities: Entity[] = [];
  let nIps = 0;
  for (const kind of scenario.entityKinds) {
    if (random.next() < 0.1) continue;
    switch (kind) {
      case 'host':
        entities.push({ kind, value: incident.host, role: 'impacted' });
        break;
      case 'user':
        entities.push({ kind, value: incident.user, role: 'impacted' });
        break;
      case 'ip': {
        // the first address is the far end: outside more often the worse it is
        const isOutside = nIps++ === 0 && random.next() < 0.5 + 0.18 * incident.threat;
        entities.push(
          isOutside
            ? { kind, value: incident.attackerIp, role: 'attacker' }
            : { kind, value: `10.${20 + random.int(4)}.${random.int(8)}.${1 + random.int(250)}` },
        );
        break;
      }
      case 'hash':
        entities.push({ kind, value: drawHex(random, 64) });
        break;
      case 'domain':
        entities.push({ kind, value: `${drawHex(random, 6)}.example.net`, role: 'attacker' });
        break;
      case 'url':
        entities.push({ kind, value: `https://${drawHex(random, 6)}.example.org/${drawHex(random, 4)}` });
        break;
      case 'email':
        entities.push({ kind, value: `${drawHex(random, 5)}@example.com` });
        break;
      default:
        entities.push({ kind, value: `${kind}-${random.int(400)}` });
    }
  }
  return entities;
}

/** One alert in seven comes without measurements; single values are missing as well. */
function drawTelemetry(
  random: Random,
  kind: TelemetryKind,
  threat: number,
): Record<string, number> | undefined {
  if (kind === 'none' || random.next() < 0.14) return undefined;
  const spread = (centre: number, slope: number, width: number): number =>
    Math.round(Math.exp(centre + slope * threat + width * random.normal()));
  const measured: Record<string, number> = {};
  const keep = (name: string, value: number): void => {
    if (random.next() >= 0.06) measured[name] = value;
  };
  switch (kind) {
    case 'login':
      keep('failed_logins', spread(2.5, 0.7, 0.8));
      keep('duration_ms', spread(8.3, 0.2, 1.2));
      keep('event_count', spread(2.2, 0.4, 0.7));
      break;
    case 'network':
      keep('bytes_sent', spread(10.2, 0.9, 1));
      keep('bytes_recv', spread(9.6, -0.2, 1));
      keep('packets_sent', spread(4.6, 0.4, 0.8));
      keep('packets_recv', spread(4.4, 0, 0.8));
      keep('duration_ms', spread(8.8, 0.2, 1.4));
      break;
    case 'scan':
      keep('unique_ports', spread(3.5, 0.7, 0.8));
      keep('packets_sent', spread(5.4, 0.6, 0.7));
      keep('duration_ms', spread(9, 0, 1.2));
      break;
    case 'web':
      keep('status_code', pickStatus(random, threat));
      keep('payload_size', spread(6.2, 0.3, 0.9));
      keep('bytes_sent', spread(7.6, 0.5, 0.9));
      keep('bytes_recv', spread(7.2, 0, 0.9));
      keep('duration_ms', spread(6.6, 0, 1));
      break;
    case 'process':
      keep('event_count', spread(1.7, 0.6, 0.7));
      keep('duration_ms', spread(7.4, 0.2, 1.1));
      break;
    case 'mail':
      keep('payload_size', spread(9.4, 0, 1));
      keep('event_count', spread(1.6, 0.6, 0.7));
      break;
  }
  return Object.keys(measured).length === 0 ? undefined : measured;
}

/** The worse it is, the more often the request got through. */
function pickStatus(random: Random, threat: number): number {
  const through = random.next() < 0.45 + 0.12 * threat;
  if (through) return random.next() < 0.8 ? 200 : 302;
  return [400, 403, 404, 500][random.int(4)]!;
}

function drawHost(random: Random, tenant: SyntheticTenant): string {
  return `${tenant.tenant.slice(0, 3)}-ws-${random.int(tenant.nHosts)}`;
}

/** One user in eight is a service account or an administrator. */
function drawUser(random: Random, tenant: SyntheticTenant): string {
  const number = random.int(tenant.nUsers);
  const prefix = number % 8 === 0 ? (number % 16 === 0 ? 'svc-' : 'adm-') : 'user-';
  return `${prefix}${tenant.tenant.slice(0, 3)}-${number}`;
}

function drawPublicIp(random: Random): string {
  return `${[45, 91, 146, 185][random.int(4)]}.${random.int(200)}.${random.int(256)}.${1 + random.int(254)}`;
}

function drawHex(random: Random, length: number): string {
  let text = '';
  while (text.length < length) text += random.int(16).toString(16);
  return text;
}

function pick<T>(random: Random, from: readonly T[], weightOf: (item: T) => number): T {
  let left = random.next() * from.reduce((sum, item) => sum + weightOf(item), 0);
  for (const item of from) {
    left -= weightOf(item);
    if (left < 0) return item;
  }
  return from[from.length - 1]!;
}
