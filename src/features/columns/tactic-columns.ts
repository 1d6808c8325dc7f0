import { TACTICS } from '../../alert/attack-tactics.ts';
import type { AlertFacts } from '../facts/alert-facts.ts';
import { type Columns, column, columnPerKind, count, flag, readable } from '../feature-definition.ts';

export const TACTIC_COLUMNS: readonly Columns<AlertFacts>[] = [
  columnPerKind(
    'tactics',
    TACTICS,
    ({ id, name }) => [
      `tactic_${name}`,
      `1 where ATT&CK tactic ${id} is named, else 0.`,
      flag(`tactic ${readable(name)}`, `no tactic ${readable(name)}`),
    ],
    ({ tactics }) => tactics.named,
  ),
  column(
    'tactic_count',
    'tactics',
    'Distinct enterprise tactics named.',
    count('ATT&CK tactic', 'ATT&CK tactics'),
    ({ tactics }) => tactics.nNamed,
  ),
  column(
    'kill_chain_stage',
    'tactics',
    'Furthest kill-chain stage among the tactics, 1-14; missing without a tactic.',
    (value) => `furthest kill-chain stage is ${readable(TACTICS[Math.round(value) - 1]?.name ?? '')}`,
    ({ tactics }) => tactics.furthest,
  ),
];
