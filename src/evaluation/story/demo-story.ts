import { type Alert, alertKey, type Disposition } from '../../alert/alert.ts';
import { createRandom, type Random } from '../../trees/random.ts';
import { attempts, type Told, type Truth, two } from './attempts.ts';
import { makeStory, type StoryAlert } from './story.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Hours after the start at which a shift of analysts sits down, each followed by an hourly check that retrains. */
const SHIFTS = [29.5, 51.5, 63.5] as const;
/** Hours at whose end the check runs: after each shift, and often enough in between that a reader sees that it does. */
const CHECKS = [9, 20, 29, 40, 51, 58, 63, 67, 70] as const;
/** Somebody new judges a rule the other way round: what the guards should notice. */
const SECOND_THOUGHTS_AT_HOURS = 62;
const CONTRADICTED = 'Failed logon';
/** From here on a new sensor speaks, and gives everything a high severity. */
const SENSOR_FROM_HOURS = 65;
const FIRST_ATTACK_AT_HOURS = 14;
/** The attack of the last night, still open when the story ends. */
const ATTACK_AT_HOURS = 69.6;
const ANALYSTS = ['ana', 'ben', 'chloe', 'dmitri'] as const;
/** Share of the company's everyday alerts that is told. */
const EVERYDAY_SHARE = 0.42;
/** Of the noisy steps of its attack a part, so that the incident can show each of its alerts. */
const TOLD_OF_STEP: Readonly<Record<string, number>> = { scan: 0.4, 'web attack': 0.1 };
/** Analysts leave some alerts to nobody. */
const JUDGED_SHARE = 0.96;

/** What happens next in the story, in the order of time. */
export type DemoEvent = { readonly atMs: number } & (
  | { readonly kind: 'alerts'; readonly alerts: readonly Alert[] }
  | { readonly kind: 'judgements'; readonly judgements: readonly DemoJudgement[] }
  /** The hourly check. */
  | { readonly kind: 'check' }
  /** An operator says that an alert like this must never be closed, or that it may be again. */
  | { readonly kind: 'guard'; readonly id: string; readonly alert: Alert; readonly why: string }
  | { readonly kind: 'release'; readonly id: string; readonly why: string }
);

export interface DemoJudgement {
  readonly alert_key: string;
  readonly alert_id: string;
  readonly disposition: Disposition;
  readonly analyst: string;
  readonly risk_score?: number;
}

export interface DemoStory {
  readonly events: readonly DemoEvent[];
  /** What comes in after the clock of the story has met that of the machine, oldest first. */
  readonly last: readonly Alert[];
  readonly alerts: number;
  readonly judged: number;
}

export interface DemoOptions {
  readonly seed: number;
  /** When the story ends, ms: now. */
  readonly endMs: number;
  /** @default 72 */
  readonly hours?: number;
  /** Share of the everyday alerts and attempts that happens. @default 1 */
  readonly volume?: number;
}

/** What everyday alerts of the small company turn out to be. */
const EVERYDAY_TRUTH: Readonly<Record<string, Truth>> = {
  'Failed logon': { disposition: 'benign', risk: undefined },
  'Package manager contacted': { disposition: 'false_positive', risk: undefined },
  'Antivirus updated': { disposition: 'benign', risk: undefined },
  'Web page not found': { disposition: 'false_positive', risk: undefined },
  'Administrator logged on': { disposition: 'benign', risk: 15 },
  'New device on the network': { disposition: 'benign', risk: 20 },
  'Audit log rotated': { disposition: 'benign', risk: undefined },
  'DNS query to a rare domain': { disposition: 'false_positive', risk: 10 },
  'Backup failed': { disposition: 'false_positive', risk: 5 },
};

/**
 * Three days at a small company that several people watch: its everyday alerts, phishing and commodity attacks all along,
 * an alert that an operator forbids to close and frees again, judgements that contradict a record, a new sensor, and an
 * attack in steps that is under way when it ends. The same seed and end give the same story.
 */
export function makeDemoStory({ seed, endMs, hours = 72, volume = 1 }: DemoOptions): DemoStory {
  const startMs = endMs - hours * HOUR_MS;
  const pace = hours / 72;
  const atHour = (hour: number): number => startMs + hour * pace * HOUR_MS;
  const random = createRandom(seed);
  const told = [
    ...companyAlerts(seed, startMs, hours, volume, atHour(ATTACK_AT_HOURS), atHour(FIRST_ATTACK_AT_HOURS)),
    ...attempts(random, startMs, endMs, volume),
    ...sensorAlerts(random, atHour(SENSOR_FROM_HOURS), endMs, volume),
  ]
    .filter(({ alert }) => Date.parse(alert.occurred_at) < endMs)
    .sort((a, b) => a.alert.occurred_at.localeCompare(b.alert.occurred_at));
  const lastFromMs = endMs - 30 * MINUTE_MS * pace;
  const timeOf = ({ alert }: Told): number => Date.parse(alert.occurred_at);
  const past = told.filter((one) => timeOf(one) < lastFromMs);
  const events: DemoEvent[] = [];
  for (const alerts of byQuarter(past.map(({ alert }) => alert))) {
    events.push({ kind: 'alerts', atMs: Date.parse(alerts.at(-1)!.occurred_at), alerts });
  }
  const contrary = new Set(
    past
      .filter(({ alert }) => alert.rule_name === CONTRADICTED)
      .filter((one) => timeOf(one) >= atHour(SHIFTS[1]) && timeOf(one) < atHour(SECOND_THOUGHTS_AT_HOURS))
      .slice(-16),
  );
  let fromMs = startMs;
  let judged = contrary.size;
  for (const shift of SHIFTS) {
    const untilMs = atHour(shift);
    const seen = past.filter(
      (one) =>
        timeOf(one) >= fromMs && timeOf(one) < untilMs && !contrary.has(one) && random.next() < JUDGED_SHARE,
    );
    const judgements = seen.map(({ alert, truth }) => judgementOf(random, alert, truth));
    events.push({ kind: 'judgements', atMs: untilMs, judgements });
    judged += judgements.length;
    fromMs = untilMs;
  }
  // the shift that is on: some judged, fewer than a retrain waits for
  const fresh = past
    .filter((one) => timeOf(one) >= fromMs && timeOf(one) < lastFromMs)
    .slice(0, 31)
    .map(({ alert, truth }) => judgementOf(random, alert, truth));
  events.push({ kind: 'judgements', atMs: atHour(68.3), judgements: fresh });
  const secondThoughts = [...contrary].map(
    ({ alert }): DemoJudgement => ({ ...nameOf(alert), disposition: 'true_positive', analyst: 'trainee' }),
  );
  events.push({
    kind: 'judgements',
    atMs: atHour(SECOND_THOUGHTS_AT_HOURS),
    judgements: secondThoughts,
  });
  const guarded = past.find(({ alert }) => alert.rule_name === 'Audit log rotated')?.alert;
  if (guarded !== undefined) {
    const why = 'An intruder once hid in a rotated audit log.';
    events.push({ kind: 'guard', atMs: atHour(49), id: 'audit-log-rotated', alert: guarded, why });
    events.push({
      kind: 'release',
      atMs: atHour(56),
      id: 'audit-log-rotated',
      why: 'Rotated logs are kept on a second host now.',
    });
  }
  for (const hour of CHECKS) events.push({ kind: 'check', atMs: atHour(hour + 0.6) });
  events.sort((a, b) => a.atMs - b.atMs);
  return {
    events,
    last: told.filter((one) => timeOf(one) >= lastFromMs).map(({ alert }) => alert),
    alerts: told.length,
    judged: judged + fresh.length,
  };
}

function companyAlerts(
  seed: number,
  startMs: number,
  hours: number,
  volume: number,
  attackAtMs: number,
  firstAttackAtMs: number,
): Told[] {
  const days = Math.max(1, Math.ceil(hours / 24));
  const keep = createRandom(seed + 1);
  const hosts = 10;
  // the same hand was there before, and was found: what it does then is judged, so that its return can be told
  const before = makeStory({ seed: seed + 2, startMs, days: 1, hosts, attackAtMs: firstAttackAtMs });
  return [
    ...makeStory({ seed, startMs, days, hosts, attackAtMs }),
    ...before.filter(({ step }) => step !== undefined),
  ]
    .filter(
      ({ step }) => keep.next() < (step === undefined ? EVERYDAY_SHARE * volume : (TOLD_OF_STEP[step] ?? 1)),
    )
    .map(({ alert, step }: StoryAlert) => ({
      alert,
      truth:
        step === undefined
          ? (EVERYDAY_TRUTH[alert.rule_name ?? ''] ?? { disposition: 'benign', risk: undefined })
          : { disposition: 'true_positive', risk: 90 },
    }));
}

/** A sensor that was plugged in without being tuned. */
function sensorAlerts(random: Random, fromMs: number, endMs: number, volume: number): Told[] {
  return Array.from({ length: Math.round(420 * volume) }, (_, i): Told => {
    const atMs = fromMs + random.next() * (endMs - fromMs);
    const alert: Alert = {
      id: `sensor-${i}`,
      title: 'Unusual protocol on a known port',
      rule_name: 'Unusual protocol on a known port',
      source: 'zeek',
      tenant: 'harbour',
      severity: 'high',
      occurred_at: new Date(Math.round(atMs)).toISOString(),
      tactics: [],
      techniques: [],
      entities: [
        { kind: 'ip', value: `10.4.${i % 6}.${10 + (i % 40)}`, role: 'related' },
        { kind: 'host', value: `printer-${two(i, 12)}.harbour.example`, role: 'impacted' },
      ],
      telemetry: { event_count: 20 + (i % 60), bytes_sent: 400 * (1 + (i % 50)) },
    };
    return { alert, truth: { disposition: 'false_positive', risk: 5 } };
  });
}

const nameOf = (alert: Alert): { alert_key: string; alert_id: string } => ({
  alert_key: alertKey(alert),
  alert_id: alert.id,
});

/** Analysts are right but for one in forty, who takes one kind of harmless for the other. */
function judgementOf(random: Random, alert: Alert, { disposition, risk }: Truth): DemoJudgement {
  const isSlip = random.next() < 1 / 40;
  return {
    ...nameOf(alert),
    disposition: isSlip && disposition === 'false_positive' ? 'benign' : disposition,
    analyst: ANALYSTS[Math.floor(random.next() * ANALYSTS.length)]!,
    ...(risk === undefined ? {} : { risk_score: Math.min(100, risk) }),
  };
}

/** Alerts as they would be posted: a request a quarter of an hour, at most 500 in one. */
function byQuarter(alerts: readonly Alert[]): Alert[][] {
  const requests: Alert[][] = [];
  let quarter = Number.NaN;
  for (const alert of alerts) {
    const own = Math.floor(Date.parse(alert.occurred_at) / (15 * MINUTE_MS));
    const request = requests.at(-1);
    if (own !== quarter || request === undefined || request.length >= 500) requests.push([alert]);
    else request.push(alert);
    quarter = own;
  }
  return requests;
}
