import type { Severity } from '../../alert/alert.ts';

/** One step of the attack in the story. */
export interface AttackStep {
  readonly name: string;
  /** ATT&CK tactic id. */
  readonly tactic: string;
  readonly rule: string;
  readonly source: string;
  readonly severity: Severity;
  /** Hosts it touches, as positions among those of the story. */
  readonly hosts: readonly number[];
  /** Alerts on each host. */
  readonly alerts: number;
  /** Minutes that the step lasts. */
  readonly minutes: number;
}

/** From a scan to the theft of data, within a working afternoon. */
export const ATTACK_STEPS: readonly AttackStep[] = [
  {
    name: 'scan',
    tactic: 'TA0043',
    rule: 'Port scan from one address',
    source: 'suricata',
    severity: 'low',
    hosts: [0, 1, 2, 3, 4, 5],
    alerts: 20,
    minutes: 10,
  },
  {
    name: 'web attack',
    tactic: 'TA0001',
    rule: 'Directory brute force',
    source: 'suricata',
    severity: 'medium',
    hosts: [1],
    alerts: 400,
    minutes: 15,
  },
  {
    name: 'webshell',
    tactic: 'TA0003',
    rule: 'Script written to a web folder',
    source: 'wazuh',
    severity: 'high',
    hosts: [1],
    alerts: 2,
    minutes: 2,
  },
  {
    name: 'password theft',
    tactic: 'TA0006',
    rule: 'Read of the password store',
    source: 'wazuh',
    severity: 'high',
    hosts: [1],
    alerts: 3,
    minutes: 5,
  },
  {
    name: 'movement',
    tactic: 'TA0008',
    rule: 'Remote service created',
    source: 'wazuh',
    severity: 'medium',
    hosts: [1, 7],
    alerts: 2,
    minutes: 8,
  },
  {
    name: 'theft of data',
    tactic: 'TA0010',
    rule: 'Large upload to a new address',
    source: 'suricata',
    severity: 'medium',
    hosts: [7],
    alerts: 12,
    minutes: 20,
  },
];
