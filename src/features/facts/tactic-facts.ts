import { TACTICS } from '../../alert/attack-tactics.ts';

/** Position of each tactic by its ATT&CK id, in kill-chain order. */
const POSITIONS: ReadonlyMap<string, number> = new Map(
  TACTICS.map((tactic, position) => [tactic.id, position]),
);

export class TacticFacts {
  /** (14,) 1 where the tactic is named, in kill-chain order. */
  readonly named = new Uint8Array(TACTICS.length);
  /** Distinct ones. */
  nNamed = 0;
  /** Furthest stage, 1-14; NaN without a tactic. */
  furthest = Number.NaN;

  read(ids: readonly string[]): void {
    this.named.fill(0);
    this.nNamed = 0;
    this.furthest = Number.NaN;
    for (const id of ids) {
      const position = POSITIONS.get(id);
      if (position === undefined || this.named[position] === 1) continue;
      this.named[position] = 1;
      this.nNamed++;
      if (!(this.furthest > position)) this.furthest = position + 1;
    }
  }
}
