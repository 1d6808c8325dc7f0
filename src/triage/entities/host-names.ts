import type { HostAliases } from './alert-entities.ts';

export interface HostNameLimits {
  readonly tenants: number;
  /** Short names of one tenant. */
  readonly namesPerTenant: number;
  /** Short names over all tenants. */
  readonly total: number;
}

/** About 15 MB at the most. */
export const DEFAULT_HOST_NAME_LIMITS: HostNameLimits = {
  tenants: 10_000,
  namesPerTenant: 20_000,
  total: 200_000,
};

/** Several hosts bear the short name: it stands for none of them. */
const SEVERAL = -1;
/** Letters of a NetBIOS name. @see [MS-NBTE] 2.2.1 */
const NETBIOS_LENGTH = 15;
const FULL_NAME = /^[a-z0-9_-]+(\.[a-z0-9_-]+)*\.[a-z][a-z0-9-]*$/;
const SHORT_NAME = /^[a-z0-9_-]+$/;

/** A short name and the full name it was seen as the start of: hashes of both within the tenant. */
export interface LearnedName {
  readonly tenant: number;
  readonly name: number;
  readonly host: number;
}

/** Arrays of one length. */
export interface HostNamesState {
  readonly names: Float64Array;
  readonly hosts: Float64Array;
}

/**
 * Which short names of a tenant stand for one host alone: `fin-ws-017` and `fin-ws-017.contoso.com` are the same machine
 * as long as no `fin-ws-017` of another domain was seen. Learning is commutative and idempotent: a name is unknown, then
 * of one host, then of several. What is full forgets the name learned first.
 */
export class HostNames {
  readonly #limits: HostNameLimits;
  /** From the tenant unseen for longest to the newest. */
  readonly #tenants = new Map<number, Map<number, number>>();
  #total = 0;

  constructor(limits: HostNameLimits = DEFAULT_HOST_NAME_LIMITS) {
    this.#limits = limits;
  }

  /** Short names known. */
  get total(): number {
    return this.#total;
  }

  /**
   * By what keys a host is known.
   *
   * @param value its name in normal form
   * @param keyOf hash of a host's name within the tenant
   * @param onLearned told of a short name that was not known to be this host's; left out, nothing is learned
   */
  aliasesOf(
    tenant: number,
    value: string,
    keyOf: (value: string) => number,
    onLearned?: (learned: LearnedName) => void,
  ): HostAliases {
    const name = value.toLowerCase();
    const key = keyOf(name);
    if (FULL_NAME.test(name)) {
      const others: number[] = [];
      for (const short of shortNamesOf(name)) {
        const shortKey = keyOf(short);
        const held = this.#tenants.get(tenant)?.get(shortKey);
        if (held === undefined || (held !== key && held !== SEVERAL)) {
          const learned = { tenant, name: shortKey, host: key };
          if (onLearned !== undefined) {
            this.learn(learned);
            onLearned(learned);
          }
        }
        if (held === undefined || held === key) others.push(shortKey);
      }
      return { key, others };
    }
    const host = SHORT_NAME.test(name) ? this.#tenants.get(tenant)?.get(key) : undefined;
    return host === undefined || host === SEVERAL ? { key, others: [] } : { key: host, others: [key] };
  }

  learn({ tenant, name, host }: LearnedName): void {
    const names = this.#take(tenant);
    const held = names.get(name);
    if (held !== undefined) {
      if (held !== host) names.set(name, SEVERAL);
      return;
    }
    if (names.size >= this.#limits.namesPerTenant) {
      names.delete(names.keys().next().value!);
      this.#total--;
    }
    names.set(name, host);
    this.#total++;
    while (this.#total > this.#limits.total && this.#tenants.size > 1) this.#forgetLongestUnseen();
  }

  /** Tenants from the longest unseen to the newest. */
  *toStates(): Generator<readonly [number, HostNamesState]> {
    for (const [tenant, names] of this.#tenants)
      yield [tenant, { names: Float64Array.from(names.keys()), hosts: Float64Array.from(names.values()) }];
  }

  /** Takes in what {@link toStates} gave of one tenant. */
  addState(tenant: number, { names, hosts }: HostNamesState): void {
    for (let i = 0; i < names.length; i++) this.learn({ tenant, name: names[i]!, host: hosts[i]! });
  }

  /** Forgets everything. */
  clear(): void {
    this.#tenants.clear();
    this.#total = 0;
  }

  #take(tenant: number): Map<number, number> {
    let names = this.#tenants.get(tenant);
    if (names === undefined) {
      if (this.#tenants.size >= this.#limits.tenants) this.#forgetLongestUnseen();
      names = new Map();
    } else this.#tenants.delete(tenant);
    this.#tenants.set(tenant, names);
    return names;
  }

  #forgetLongestUnseen(): void {
    const [first] = this.#tenants;
    if (first === undefined) return;
    this.#total -= first[1].size;
    this.#tenants.delete(first[0]);
  }
}

/** What a host of this full name may be called: the first label, and as much of it as NetBIOS has room for. */
function shortNamesOf(fullName: string): readonly string[] {
  const label = fullName.slice(0, fullName.indexOf('.'));
  return label.length > NETBIOS_LENGTH ? [label, label.slice(0, NETBIOS_LENGTH)] : [label];
}
