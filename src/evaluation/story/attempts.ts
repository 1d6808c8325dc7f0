import type { Alert, Disposition, Entity, Severity } from '../../alert/alert.ts';
import type { Random } from '../../trees/random.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** What an alert of the story turns out to be. */
export interface Truth {
  readonly disposition: Disposition;
  /** 0-100, where an analyst would give it. */
  readonly risk: number | undefined;
}

export interface Told {
  readonly alert: Alert;
  readonly truth: Truth;
}

interface AttemptStep {
  readonly rule: string;
  readonly source: string;
  readonly severity: Severity;
  readonly tactic: string;
  readonly technique: string;
}

/** What somebody tries against the company every day; each has a harmless twin that looks much like it. */
interface Attempt {
  readonly perDay: number;
  /** Share that is an attack. */
  readonly attacks: number;
  /** What the rest turns out to be. */
  readonly otherwise: readonly Disposition[];
  readonly first: AttemptStep;
  /** Follows an attack that succeeds. */
  readonly next: AttemptStep | undefined;
  /** What else the alert carries; `isAttack` decides how it reads. */
  readonly entities: (n: number, isAttack: boolean) => readonly Entity[];
}

/** A number of two digits, 01 to `of`. */
export const two = (n: number, of: number): string => String(1 + (n % of)).padStart(2, '0');
const person = (n: number): Entity => ({
  kind: 'user',
  value: `user${two(n * 7, 40)}@harbour.example`,
  role: 'victim',
});
const workstation = (n: number): Entity => ({
  kind: 'host',
  value: `ws-${two(n * 5, 60)}.harbour.example`,
  role: 'impacted',
});
const foreign = (n: number): Entity => ({
  kind: 'ip',
  value: `198.51.100.${1 + ((n * 37) % 250)}`,
  role: 'attacker',
});

const ATTEMPTS: readonly Attempt[] = [
  {
    perDay: 130,
    attacks: 0.6,
    otherwise: ['false_positive', 'benign', 'false_positive', 'suspicious'],
    first: {
      rule: 'Phishing mail with a link to a sign-in page',
      source: 'defender_xdr',
      severity: 'medium',
      tactic: 'TA0001',
      technique: 'T1566.002',
    },
    next: {
      rule: 'Sign-in from a new country without MFA',
      source: 'entra_id',
      severity: 'high',
      tactic: 'TA0006',
      technique: 'T1078.004',
    },
    entities: (n, isAttack) => [
      person(n),
      {
        kind: 'url',
        value: isAttack ? `https://login-harbour.example.net/${n % 9}` : 'https://survey.example.com/q',
      },
      ...(isAttack ? [foreign(n % 40)] : []),
    ],
  },
  {
    perDay: 34,
    attacks: 0.6,
    otherwise: ['benign', 'false_positive', 'suspicious'],
    first: {
      rule: 'Encoded PowerShell downloads a program',
      source: 'crowdstrike_falcon',
      severity: 'high',
      tactic: 'TA0002',
      technique: 'T1059.001',
    },
    next: {
      rule: 'Scheduled task created by a script',
      source: 'crowdstrike_falcon',
      severity: 'medium',
      tactic: 'TA0003',
      technique: 'T1053.005',
    },
    entities: (n, isAttack) => [
      workstation(n),
      {
        kind: 'process',
        value: isAttack
          ? 'powershell.exe -nop -w hidden -enc SQBFAFgAIAAoAE4AZQB3AC0ATwBiAGoAZQBjAHQA'
          : 'powershell.exe -File C:\\Tools\\inventory.ps1',
      },
      ...(isAttack ? [foreign(n % 25)] : []),
    ],
  },
  {
    perDay: 40,
    attacks: 0.05,
    otherwise: ['benign', 'benign', 'benign', 'suspicious'],
    first: {
      rule: 'Impossible travel between two sign-ins',
      source: 'entra_id',
      severity: 'medium',
      tactic: 'TA0001',
      technique: 'T1078',
    },
    next: undefined,
    entities: (n) => [person(n), foreign(n % 12)],
  },
  {
    perDay: 45,
    attacks: 0,
    otherwise: ['false_positive'],
    first: {
      rule: 'Updater starts an unsigned child process',
      source: 'crowdstrike_falcon',
      severity: 'low',
      tactic: 'TA0002',
      technique: 'T1204.002',
    },
    next: undefined,
    entities: (n) => [workstation(n), { kind: 'process', value: 'updater.exe' }],
  },
];

/** Attempts between two moments, in ms, in the number of their days times `volume`. */
export function attempts(random: Random, startMs: number, endMs: number, volume: number): Told[] {
  const told: Told[] = [];
  let n = 0;
  for (const { perDay, attacks, otherwise, first, next, entities } of ATTEMPTS) {
    const total = Math.round((perDay * volume * (endMs - startMs)) / DAY_MS);
    for (let i = 0; i < total; i++) {
      n++;
      const isAttack = random.next() < attacks;
      const atMs = startMs + random.next() * (endMs - startMs);
      const group = `attempt-${n}`;
      const disposition: Disposition = isAttack ? 'true_positive' : otherwise[i % otherwise.length]!;
      const risk = isAttack ? 70 + Math.round(20 * random.next()) : disposition === 'suspicious' ? 50 : 12;
      told.push(toldOf(first, n, group, atMs, entities(n, isAttack), { disposition, risk }));
      if (!isAttack || next === undefined) continue;
      const laterMs = atMs + (3 + 20 * random.next()) * MINUTE_MS;
      told.push(toldOf(next, n, group, laterMs, entities(n, true), { disposition, risk: risk + 8 }));
    }
  }
  return told;
}

function toldOf(
  step: AttemptStep,
  n: number,
  group: string,
  atMs: number,
  entities: readonly Entity[],
  truth: Truth,
): Told {
  const alert: Alert = {
    id: `${group}-${step.technique}`,
    title: step.rule,
    rule_name: step.rule,
    source: step.source,
    tenant: 'harbour',
    incident_id: group,
    severity: step.severity,
    occurred_at: new Date(Math.round(atMs)).toISOString(),
    tactics: [step.tactic],
    techniques: [step.technique],
    entities: [...entities],
    telemetry: { event_count: 1 + (n % 9) },
  };
  return { alert, truth };
}
