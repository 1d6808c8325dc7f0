import { type Alert, ENTITY_KINDS, type EntityKind } from '../../alert/alert.ts';
import { ipScope } from '../../alert/ip-scope.ts';

/** Position of each kind in ENTITY_KINDS, as a table: one property read per entity. */
const KIND_POSITIONS = Object.fromEntries(ENTITY_KINDS.map((kind, position) => [kind, position])) as Record<
  EntityKind,
  number
>;

export class EntityFacts {
  /** (nKinds,) entities of each kind, in the order of ENTITY_KINDS. */
  readonly ofKind = new Uint32Array(ENTITY_KINDS.length);
  nKinds = 0;
  nPublic = 0;
  nPrivate = 0;
  nAttackers = 0;
  nImpacted = 0;

  read(entities: Alert['entities']): void {
    this.ofKind.fill(0);
    this.nKinds = this.nPublic = this.nPrivate = this.nAttackers = this.nImpacted = 0;
    for (const { kind, role, value } of entities) {
      const position = KIND_POSITIONS[kind];
      if (this.ofKind[position] === 0) this.nKinds++;
      this.ofKind[position]! += 1;
      if (kind === 'ip') {
        const scope = ipScope(value);
        if (scope === 'public') this.nPublic++;
        else if (scope !== 'invalid') this.nPrivate++;
      }
      if (role === 'attacker') this.nAttackers++;
      else if (role === 'victim' || role === 'impacted') this.nImpacted++;
    }
  }

  of(kind: EntityKind): number {
    return this.ofKind[KIND_POSITIONS[kind]]!;
  }
}
