import type { Entity } from '../../alert/alert.ts';

/** Kinds that say where something happened or who did it; files, hashes and command lines are in too many places. */
export const JOINING_KINDS = ['host', 'user', 'cloud_resource', 'ip'] as const;

/** By what keys a host is known: the one it counts by, and others that join it. */
export interface HostAliases {
  readonly key: number;
  readonly others: readonly number[];
}

/** An entity that behaviour and correlation know the alert by. */
export interface KeyedEntity {
  /** 53-bit keyed hash of kind and value within the tenant. */
  readonly key: number;
  /** Keys of other names for the same host; correlation joins by them too. */
  readonly aliases?: readonly number[];
  /** Position in {@link JOINING_KINDS}. */
  readonly kind: number;
  readonly entity: Entity;
}

/** The alert as the later stages know it. */
export interface AlertEntities {
  /** 53-bit keyed hash of the tenant; alerts that name none are one tenant. */
  readonly tenant: number;
  /** 53-bit keyed hash of the rule within the tenant. */
  readonly rule: number;
  readonly ruleName: string;
  /**
   * 53-bit keyed hashes by which the rule and the product that raised it may have been announced as new; made when
   * asked for, since hardly any tenant has something announced.
   */
  readonly announced: () => readonly number[];
  /** Entities that join, the main one first; at most MAX_JOINING. */
  readonly joining: readonly KeyedEntity[];
  /** Every distinct entity, as threat intelligence looks them up. */
  readonly distinct: readonly Entity[];
  /** 53-bit keyed hash of the vendor's incident within the tenant; undefined where it names none. */
  readonly vendorIncident: number | undefined;
}
