import { type Alert, alertGroup, DISPOSITIONS, type Disposition, SEVERITIES } from '../../alert/alert.ts';
import { ipScope } from '../../alert/ip-scope.ts';
import { normalTrait, TENANTS, uniformTrait } from './estate.ts';
import { SCENARIOS, type Scenario } from './scenarios.ts';

/** What a synthetic alert really was. */
export interface SyntheticTruth {
  readonly disposition: Disposition;
  /** 0-100, what a careful analyst would say. */
  readonly riskScore: number;
}

const SCENARIO_BY_RULE: ReadonlyMap<string, Scenario> = new Map(
  SCENARIOS.map((scenario) => [scenario.ruleId, scenario]),
);
const TENANT_BY_NAME = new Map(TENANTS.map((tenant) => [tenant.tenant, tenant]));

/** Spread of the log-odds against the noise of fate: larger is easier to learn. Gives a best macro-F1 near 0.9. */
const SHARPNESS = 10;

/** How much the nature of the rule counts, and how much the habits of a tenant with it, which no field shows. */
const TENDENCY_WEIGHT = 1.3;
const HABIT_WEIGHT = 0.15;

/** Moves the class rates to about 20 % true positive, 35 % false positive, 14 % suspicious, 31 % benign. */
const RATE_SHIFT = [-0.35, 0.05, 0.1, -0.05] as const;

/**
 * The truth about an alert of the synthetic estate, recomputed from the alert alone: evidence in its fields, habits
 * of tenant and rule, and a fate fixed by its group, which no field shows. Alerts made under any seed can be judged.
 * For alerts of other origin it is only a plausible opinion, equally deterministic.
 */
export function truthOf(alert: Alert): SyntheticTruth {
  const logits = dispositionLogits(alert);
  const group = alertGroup(alert);
  // Gumbel noise turns the largest logit into a draw from their softmax; the group fixes it
  let best = 0;
  let bestValue = Number.NEGATIVE_INFINITY;
  for (let label = 0; label < DISPOSITIONS.length; label++) {
    const uniform = Math.max(uniformTrait('fate', group, String(label)), 1e-12);
    const value = SHARPNESS * logits[label]! - Math.log(-Math.log(uniform));
    if (value > bestValue) {
      bestValue = value;
      best = label;
    }
  }
  const disposition = DISPOSITIONS[best]!;
  return { disposition, riskScore: riskOf(alert, disposition, group) };
}

/** Log-odds of the four dispositions before sharpening. */
function dispositionLogits(alert: Alert): number[] {
  const scenario = SCENARIO_BY_RULE.get(alert.rule_id ?? '');
  const tendency = scenario?.tendency ?? [0, 0, 0, 0];
  const attack = attackEvidence(alert, scenario);
  const routine = routineEvidence(alert);
  const noise = misfireEvidence(alert);
  const { tenant = '', rule_id: rule = '' } = alert;
  const outside = isOutsideOffice(alert) ? 0.4 : -0.3;
  const slopes = [
    1.3 * attack - 0.4 * routine - 0.3 * noise,
    -0.55 * attack - 0.3 * routine + 1.1 * noise,
    // neither here nor there: likeliest with middling evidence, at odd hours
    0.9 - 0.9 * (attack - 0.4) ** 2 + outside - 0.4 * Math.abs(noise),
    -0.7 * attack + 1.1 * routine - 0.35 * noise,
  ];
  return slopes.map(
    (slope, label) =>
      TENDENCY_WEIGHT * tendency[label]! +
      slope +
      RATE_SHIFT[label]! +
      HABIT_WEIGHT * normalTrait('habit', tenant, rule, String(label)),
  );
}

/** How much speaks for an attack: severity, the vendor's score, telemetry, time and who is involved. About N(0, 1). */
function attackEvidence(alert: Alert, scenario: Scenario | undefined): number {
  const severity = alert.severity === 'unknown' ? 1.7 : SEVERITIES.indexOf(alert.severity);
  const usual = scenario === undefined ? 1.7 : SEVERITIES.indexOf(scenario.severity);
  let evidence = 0.35 * (severity - 1.7) + 0.4 * (severity - usual);
  if (alert.vendor_score !== undefined) evidence += 0.022 * (alert.vendor_score - 45);
  evidence += 0.8 * telemetryIntensity(alert);
  const hasAttacker = alert.entities.some(
    (entity) => entity.role === 'attacker' && (entity.kind !== 'ip' || ipScope(entity.value) === 'public'),
  );
  if (hasAttacker) evidence += 0.5;
  if (isOutsideOffice(alert)) evidence += 0.25;
  const main = alert.entities.find((entity) => entity.kind === 'host' || entity.kind === 'user');
  // one asset in twenty-five is in an intruder's hands
  if (main !== undefined && uniformTrait('compromised', alert.tenant ?? '', main.value) < 0.04) evidence += 1;
  return evidence - 0.25;
}

/** How much the measurements stand out, about N(0, 1); 0 where nothing was measured. */
function telemetryIntensity(alert: Alert): number {
  const logOf = (name: string): number => Math.log1p(Math.max(0, alert.telemetry?.[name] ?? Number.NaN));
  const failedLogins = logOf('failed_logins');
  if (!Number.isNaN(failedLogins)) return (failedLogins - 2.6) / 1.1;
  const ports = logOf('unique_ports');
  if (!Number.isNaN(ports)) return (ports - 3.6) / 1.1;
  const bytesPerByte = logOf('bytes_sent') - logOf('bytes_recv');
  if (!Number.isNaN(bytesPerByte)) return (bytesPerByte - 0.6) / 1.3;
  const events = logOf('event_count');
  return Number.isNaN(events) ? 0 : (events - 1.8) / 0.9;
}

/** How much looks like daily work: office hours, known roles, inside addresses. */
function routineEvidence(alert: Alert): number {
  let evidence = isOutsideOffice(alert) ? -0.6 : 0.5;
  const ips = alert.entities.filter((entity) => entity.kind === 'ip');
  if (ips.length > 0) evidence += ips.every((entity) => ipScope(entity.value) === 'private') ? 0.8 : -0.3;
  if (alert.entities.some((entity) => /^(svc|adm)-/.test(entity.value))) evidence += 0.9;
  return evidence;
}

/** How much looks like a rule that misfired: no score, failed requests, few entities, a short sighting. */
function misfireEvidence(alert: Alert): number {
  let evidence = alert.vendor_score === undefined ? 0.35 : (40 - alert.vendor_score) / 60;
  const status = alert.telemetry?.['status_code'];
  if (status !== undefined) evidence += status >= 400 ? 0.9 : -0.6;
  const duration = alert.telemetry?.['duration_ms'];
  if (duration !== undefined) evidence += duration < 1_500 ? 0.7 : -0.35;
  if (alert.entities.length <= 1) evidence += 0.7;
  return evidence;
}

function isOutsideOffice(alert: Alert): boolean {
  const at = new Date(alert.occurred_at);
  const day = at.getUTCDay();
  const [first, last] = TENANT_BY_NAME.get(alert.tenant ?? '')?.officeHours ?? [8, 18];
  return day === 0 || day === 6 || at.getUTCHours() < first || at.getUTCHours() >= last;
}

/** Lowest risk per disposition, and how far severity and the vendor's score can raise it. */
const RISK_BANDS: Record<Disposition, readonly [lowest: number, span: number]> = {
  true_positive: [62, 34],
  suspicious: [36, 30],
  false_positive: [4, 16],
  benign: [2, 10],
};

function riskOf(alert: Alert, disposition: Disposition, group: string): number {
  const [lowest, span] = RISK_BANDS[disposition];
  const severity = alert.severity === 'unknown' ? 0.4 : SEVERITIES.indexOf(alert.severity) / 4;
  const vendor = (alert.vendor_score ?? 45) / 100;
  const intensity = 1 / (1 + Math.exp(-telemetryIntensity(alert)));
  const level = 0.5 * severity + 0.25 * vendor + 0.25 * intensity;
  const judgement = 4 * normalTrait('risk', group, alert.id);
  return Math.round(Math.min(100, Math.max(0, lowest + span * level + judgement)));
}
