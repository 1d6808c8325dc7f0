import { TACTICS } from '../../alert/attack-tactics.ts';

/** ATT&CK tactics in kill-chain order with the name as people write it. */
export const TACTIC_NAMES: ReadonlyMap<string, string> = new Map(
  TACTICS.map(({ id, name }) => {
    const words = name.replaceAll('_', ' ');
    return [id, words.charAt(0).toUpperCase() + words.slice(1)];
  }),
);

export const tacticName = (id: string): string => TACTIC_NAMES.get(id) ?? id;
