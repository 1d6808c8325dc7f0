import { type Alert, SEVERITIES, type Severity } from '../../alert/alert.ts';

/** What rules ask about an alert, looked up once per alert. */
export interface RuleFacts {
  readonly severity: Severity;
  /** 0 informational … 4 critical, -1 unknown. */
  readonly severityRank: number;
  /** 0-100, NaN where the vendor gave none. */
  readonly vendorScore: number;
  readonly tactics: ReadonlySet<string>;
  /** Techniques and, for a sub-technique, its parent as well. */
  readonly techniques: ReadonlySet<string>;
  /** Title, rule name and category, lower case, joined by newlines. */
  readonly text: string;
  readonly telemetry: Readonly<Record<string, number>>;
  readonly nEntities: number;
  readonly nHosts: number;
  readonly nUsers: number;
  readonly nIps: number;
  readonly hasAttacker: boolean;
  /** Lower-case command lines and paths of process and file entities. */
  readonly commandLines: readonly string[];
}

const UNKNOWN_RANK = SEVERITIES.indexOf('unknown');
const NO_TELEMETRY: Readonly<Record<string, number>> = {};
/** Enough for any real alert; an alert with thousands of processes must not make the rules slow. */
const MAX_COMMAND_LINES = 64;

export function ruleFacts(alert: Alert): RuleFacts {
  const rank = SEVERITIES.indexOf(alert.severity);
  const techniques = new Set<string>();
  for (const technique of alert.techniques) {
    techniques.add(technique);
    const dot = technique.indexOf('.');
    if (dot > 0) techniques.add(technique.slice(0, dot));
  }
  let nHosts = 0;
  let nUsers = 0;
  let nIps = 0;
  let hasAttacker = false;
  const commandLines: string[] = [];
  for (const { kind, value, role } of alert.entities) {
    if (kind === 'host') nHosts++;
    else if (kind === 'user') nUsers++;
    else if (kind === 'ip') nIps++;
    else if ((kind === 'process' || kind === 'file') && commandLines.length < MAX_COMMAND_LINES) {
      commandLines.push(value.toLowerCase());
    }
    if (role === 'attacker') hasAttacker = true;
  }
  return {
    severity: alert.severity,
    severityRank: rank === UNKNOWN_RANK ? -1 : rank,
    vendorScore: alert.vendor_score ?? Number.NaN,
    tactics: new Set(alert.tactics),
    techniques,
    text: `${alert.title}\n${alert.rule_name ?? ''}\n${alert.category ?? ''}`.toLowerCase(),
    telemetry: alert.telemetry ?? NO_TELEMETRY,
    nEntities: alert.entities.length,
    nHosts,
    nUsers,
    nIps,
    hasAttacker,
    commandLines,
  };
}
