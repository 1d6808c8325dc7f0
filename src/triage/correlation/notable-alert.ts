/** A kind of key that joins notable alerts. */
export const KEY_KINDS = [
  'entity',
  'rule',
  'tenant',
  'vendor_incident',
  'pair',
  'new_rule',
  'first_sight',
] as const;
export type KeyKind = (typeof KEY_KINDS)[number];

/** One alert that stands out, as correlation takes it in: hashes, and what an incident shows of it. */
export interface NotableAlert {
  /** 32 hex digits, see alertKey. */
  readonly alertKey: string;
  /** The alert's own time, seconds. */
  readonly atS: number;
  /** How far it stands out, >= 0: the behaviour's `own`, or what stands for it while the tenant is new. */
  readonly strength: number;
  /** It has joined before and says more by now: a group too large to show all of its alerts counts it no second time. */
  readonly isAgain?: boolean;
  /** It came more than an hour behind the newest alert of its tenant. */
  readonly isLate?: boolean;
  /** 53-bit hashes. */
  readonly rule: number;
  readonly entities: readonly number[];
  /** The vendor's incident, 53-bit hash; undefined where it names none. */
  readonly vendorIncident?: number;
  /** Its rule is new to the tenant, see BehaviorFacts. */
  readonly isNewRule?: boolean;
  /** Nothing but its rarity in a tenant's first day speaks for it, see {@link notability}: it joins its like alone. */
  readonly isFirstSight?: boolean;
  readonly ruleName: string;
  readonly title: string;
  /** What the entities are called, for who reads the incident; empty where only hashes are kept. */
  readonly entityNames: readonly string[];
  /** ATT&CK tactic ids. */
  readonly tactics: readonly string[];
  /** The tenant has been watched for less than a day: entities alone join. */
  readonly isWarmingUp: boolean;
}
