/**
 * Enterprise ATT&CK tactics in kill-chain order. The position + 1 is the stage; order and length are fixed, since a
 * position is a feature column.
 *
 * @see https://attack.mitre.org/tactics/enterprise/
 */
export const ATTACK_TACTICS = [
  { id: 'TA0043', name: 'reconnaissance' },
  { id: 'TA0042', name: 'resource_development' },
  { id: 'TA0001', name: 'initial_access' },
  { id: 'TA0002', name: 'execution' },
  { id: 'TA0003', name: 'persistence' },
  { id: 'TA0004', name: 'privilege_escalation' },
  { id: 'TA0005', name: 'defense_evasion' },
  { id: 'TA0006', name: 'credential_access' },
  { id: 'TA0007', name: 'discovery' },
  { id: 'TA0008', name: 'lateral_movement' },
  { id: 'TA0009', name: 'collection' },
  { id: 'TA0011', name: 'command_and_control' },
  { id: 'TA0010', name: 'exfiltration' },
  { id: 'TA0040', name: 'impact' },
] as const;

/** Position in {@link ATTACK_TACTICS} by tactic id. */
export const TACTIC_POSITIONS: ReadonlyMap<string, number> = new Map(
  ATTACK_TACTICS.map((tactic, position) => [tactic.id, position]),
);
