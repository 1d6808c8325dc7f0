import type { Alert, Severity } from '../../alert/alert.ts';
import { createRandom, type Random } from '../../trees/random.ts';
import { ATTACK_STEPS } from './attack-steps.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** One alert of the story with what is true about it. */
export interface StoryAlert {
  readonly alert: Alert;
  /** Step of the attack it belongs to; undefined for everyday work. */
  readonly step: string | undefined;
}

export interface StoryOptions {
  readonly seed: number;
  /** When the story begins, ms: midnight of a Monday reads best. */
  readonly startMs: number;
  readonly tenant?: string;
  /** @default 7 */
  readonly days?: number;
  /** @default 10 */
  readonly hosts?: number;
  /** @default 15 */
  readonly users?: number;
  /** Day and hour at which the attack begins, from the start. @default day 5, 13:00 */
  readonly attackAtMs?: number;
}

interface EverydayRule {
  readonly name: string;
  readonly source: string;
  readonly severity: Severity;
  /** Alerts a day on each host that raises it. */
  readonly perDay: number;
  /** Share of the hosts that raise it. */
  readonly spread: number;
  /** Whether it follows working hours. */
  readonly isWork: boolean;
}

const EVERYDAY: readonly EverydayRule[] = [
  { name: 'Failed logon', source: 'wazuh', severity: 'low', perDay: 12, spread: 1, isWork: true },
  {
    name: 'Package manager contacted',
    source: 'suricata',
    severity: 'informational',
    perDay: 24,
    spread: 0.9,
    isWork: false,
  },
  {
    name: 'Antivirus updated',
    source: 'wazuh',
    severity: 'informational',
    perDay: 24,
    spread: 1,
    isWork: false,
  },
  { name: 'Web page not found', source: 'wazuh', severity: 'low', perDay: 60, spread: 0.3, isWork: true },
  {
    name: 'Administrator logged on',
    source: 'wazuh',
    severity: 'medium',
    perDay: 3,
    spread: 0.5,
    isWork: true,
  },
  {
    name: 'New device on the network',
    source: 'suricata',
    severity: 'low',
    perDay: 1,
    spread: 0.4,
    isWork: true,
  },
  {
    name: 'Audit log rotated',
    source: 'wazuh',
    severity: 'informational',
    perDay: 4,
    spread: 1,
    isWork: false,
  },
  {
    name: 'DNS query to a rare domain',
    source: 'suricata',
    severity: 'medium',
    perDay: 8,
    spread: 0.6,
    isWork: true,
  },
];

/** A backup that fails makes a flood of harmless alerts on one host. */
const FLOOD = {
  name: 'Backup failed',
  source: 'wazuh',
  severity: 'medium',
  host: 9,
  alerts: 800,
  hours: 3,
} as const;

/**
 * A week of a small company: hosts and users with their everyday alerts, one harmless flood, and one attack in steps.
 * The same seed gives the same story, in the order of time.
 */
export function makeStory(options: StoryOptions): StoryAlert[] {
  const { seed, startMs, tenant = 'harbour', days = 7, hosts: nHosts = 10, users: nUsers = 15 } = options;
  const attackAtMs = options.attackAtMs ?? startMs + 4 * DAY_MS + 13 * HOUR_MS;
  const random = createRandom(seed);
  const hosts = Array.from(
    { length: nHosts },
    (_, i) => `srv-${String(i + 1).padStart(2, '0')}.harbour.example`,
  );
  const users = Array.from(
    { length: nUsers },
    (_, i) => `user${String(i + 1).padStart(2, '0')}@harbour.example`,
  );
  const made: StoryAlert[] = [];
  const raise = (
    atMs: number,
    rule: { readonly name: string; readonly source: string; readonly severity: Severity },
    host: number,
    extra: {
      readonly user?: string;
      readonly address?: string;
      readonly tactic?: string;
      readonly step?: string;
    } = {},
  ): void => {
    const { user, address, tactic, step } = extra;
    const alert: Alert = {
      id: `story-${seed}-${made.length}`,
      title: rule.name,
      rule_name: rule.name,
      source: rule.source,
      tenant,
      severity: rule.severity,
      occurred_at: new Date(Math.round(atMs)).toISOString(),
      tactics: tactic === undefined ? [] : [tactic],
      techniques: [],
      entities: [
        { kind: 'host', value: hosts[host % nHosts]!, role: 'impacted' },
        ...(user === undefined ? [] : [{ kind: 'user' as const, value: user }]),
        ...(address === undefined
          ? []
          : [{ kind: 'ip' as const, value: address, role: 'attacker' as const }]),
      ],
    };
    made.push({ alert, step });
  };

  for (const rule of EVERYDAY) {
    for (let host = 0; host < nHosts; host++) {
      if (random.next() > rule.spread) continue;
      // people work where they work: a host has its users
      const own = users[(host * 3) % nUsers]!;
      for (let day = 0; day < days; day++) {
        const n = Math.round(rule.perDay * (0.6 + 0.8 * random.next()));
        for (let i = 0; i < n; i++) {
          const atMs = startMs + day * DAY_MS + timeOfDay(random, rule.isWork);
          raise(atMs, rule, host, rule.isWork ? { user: own } : {});
        }
      }
    }
  }
  const floodAtMs = startMs + 2 * DAY_MS + 2 * HOUR_MS;
  for (let i = 0; i < FLOOD.alerts; i++) {
    raise(floodAtMs + random.next() * FLOOD.hours * HOUR_MS, FLOOD, FLOOD.host);
  }
  let stepAtMs = attackAtMs;
  for (const { name, tactic, rule, source, severity, hosts: touched, alerts, minutes } of ATTACK_STEPS) {
    for (const host of touched) {
      for (let i = 0; i < alerts; i++) {
        const atMs = stepAtMs + random.next() * minutes * MINUTE_MS;
        raise(atMs, { name: rule, source, severity }, host, { address: '203.0.113.77', tactic, step: name });
      }
    }
    stepAtMs += (minutes + 5 + 20 * random.next()) * MINUTE_MS;
  }
  return made.sort((a, b) => (a.alert.occurred_at < b.alert.occurred_at ? -1 : 1));
}

/** Milliseconds after midnight: any time, or mostly between eight and six. */
function timeOfDay(random: Random, isWork: boolean): number {
  if (!isWork || random.next() < 0.1) return random.next() * DAY_MS;
  return (8 + 10 * random.next()) * HOUR_MS;
}
