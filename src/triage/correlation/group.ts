import type { NotableAlert } from './notable-alert.ts';

/** Alerts shown of an incident at most; all of them count. */
export const MAX_MEMBERS = 150;
const MAX_RULES = 200;
const MAX_ENTITIES = 100;

export interface Member {
  readonly alertKey: string;
  readonly atS: number;
  readonly strength: number;
  readonly ruleName: string;
  readonly joinedBy: readonly string[];
}

export interface RuleShare {
  readonly name: string;
  /** Highest strength of its alerts. */
  strength: number;
  nAlerts: number;
}

/** The smallest (cell, kind, key) of a group names it: the same alerts in any order give the same name. */
export interface Root {
  readonly cell: number;
  readonly kind: number;
  readonly key: number;
}

/** Alerts that belong together. All sums, maxima and unions: merging is commutative and associative. */
export class Group {
  root: Root;
  id: string;
  firstAtS = Number.POSITIVE_INFINITY;
  lastAtS = Number.NEGATIVE_INFINITY;
  nAlerts = 0;
  readonly rules = new Map<number, RuleShare>();
  /** Tactic -> when it was first reached, seconds. */
  readonly tactics = new Map<string, number>();
  readonly entities = new Set<number>();
  members: Member[] = [];
  /** Nodes in it: the smaller group moves into the larger one. */
  nNodes = 1;
  #mergedInto: Group | undefined;

  constructor(root: Root, id: string) {
    this.root = root;
    this.id = id;
  }

  /** The group that this one is part of by now. */
  current(): Group {
    let group: Group = this;
    while (group.#mergedInto !== undefined) group = group.#mergedInto;
    // later look-ups go straight there
    let step: Group = this;
    while (step.#mergedInto !== undefined && step.#mergedInto !== group) {
      const next: Group = step.#mergedInto;
      step.#mergedInto = group;
      step = next;
    }
    return group;
  }

  /**
   * How much speaks for an attack, >= 0: the sum over the incident's rules of 1 - 2^-(strongest alert of the rule). One
   * noisy rule adds at most 1.
   */
  rawScore(): number {
    let sum = 0;
    for (const { strength } of this.rules.values()) sum += 1 - 2 ** -strength;
    return sum;
  }

  add(alert: NotableAlert, joinedBy: readonly string[]): void {
    this.firstAtS = Math.min(this.firstAtS, alert.atS);
    this.lastAtS = Math.max(this.lastAtS, alert.atS);
    this.nAlerts++;
    this.#addRule(alert.rule, alert.ruleName, alert.strength, 1);
    for (const tactic of alert.tactics) this.#reach(tactic, alert.atS);
    for (const entity of alert.entities) if (this.entities.size < MAX_ENTITIES) this.entities.add(entity);
    const { alertKey, atS, strength, ruleName } = alert;
    this.#show([{ alertKey, atS, strength, ruleName, joinedBy }]);
  }

  absorb(other: Group): void {
    this.firstAtS = Math.min(this.firstAtS, other.firstAtS);
    this.lastAtS = Math.max(this.lastAtS, other.lastAtS);
    this.nAlerts += other.nAlerts;
    this.nNodes += other.nNodes;
    for (const [key, { name, strength, nAlerts }] of other.rules) this.#addRule(key, name, strength, nAlerts);
    for (const [tactic, atS] of other.tactics) this.#reach(tactic, atS);
    for (const entity of other.entities) if (this.entities.size < MAX_ENTITIES) this.entities.add(entity);
    this.#show(other.members);
    other.#mergedInto = this;
    other.rules.clear();
    other.tactics.clear();
    other.entities.clear();
    other.members = [];
  }

  #addRule(key: number, name: string, strength: number, nAlerts: number): void {
    const known = this.rules.get(key);
    if (known !== undefined) {
      known.strength = Math.max(known.strength, strength);
      known.nAlerts += nAlerts;
    } else if (this.rules.size < MAX_RULES) this.rules.set(key, { name, strength, nAlerts });
  }

  #reach(tactic: string, atS: number): void {
    const reached = this.tactics.get(tactic);
    if (reached === undefined || atS < reached) this.tactics.set(tactic, atS);
  }

  /** The strongest are shown, of equal ones the earliest: the same ones in whatever order they came. */
  #show(more: readonly Member[]): void {
    for (const member of more) this.members.push(member);
    if (this.members.length < 2 * MAX_MEMBERS) return;
    this.members = this.shown();
  }

  /** At most {@link MAX_MEMBERS} members, strongest first. */
  shown(): Member[] {
    return [...this.members]
      .sort((a, b) => b.strength - a.strength || a.atS - b.atS || (a.alertKey < b.alertKey ? -1 : 1))
      .slice(0, MAX_MEMBERS);
  }
}

/** Whether `a` comes before `b` as the name of a group. */
export function isBefore(a: Root, b: Root): boolean {
  return a.cell !== b.cell ? a.cell < b.cell : a.kind !== b.kind ? a.kind < b.kind : a.key < b.key;
}

/** 0-100: how an incident's raw score is shown; 1 shows as 20.6, 3 as 50. */
export function shownScore(rawScore: number): number {
  return 100 * (1 - 2 ** (-rawScore / 3));
}
