import type { Disposition } from '../../alert/alert.ts';
import type { ForgottenAnalysts } from './forgotten-analysts.ts';
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
  readonly title: string;
  readonly joinedBy: readonly string[];
  /** Entities that it shared with what was there, `kind:value`; only where names are kept and some joined. */
  readonly joiningEntities?: readonly string[];
  /** What was answered; undefined until it was. */
  answer?: MemberAnswer;
}

export interface MemberAnswer {
  readonly verdictId: string;
  readonly disposition: string;
  readonly decision: string;
  /** 0-100. */
  readonly finalScore: number;
}

/** One analyst's word on a whole incident. */
export interface GroupJudgement {
  /** Undefined: the analyst has taken their judgement back. */
  readonly disposition: Disposition | undefined;
  readonly analyst: string;
  /** ISO 8601 UTC. */
  readonly at: string;
  /**
   * Whether the name was proven. Absent in a withdrawal of builds that did not say: it then takes back the analyst's claim
   * and proven word alike.
   */
  readonly verified?: boolean | undefined;
  /** 0-100. */
  readonly riskScore?: number | undefined;
  /** What the incident was called then: votes that follow it bear this name, whatever it merges into. */
  readonly of?: string | undefined;
}

/** A judgement that says something. */
export type StandingJudgement = GroupJudgement & { readonly disposition: Disposition };

/** Under which a word of an analyst is kept. */
const wordOf = (analyst: string, isProven: boolean): string =>
  `${isProven ? 'proven' : 'claimed'} ${analyst}`;

/** A group as it is stored. */
export interface GroupState {
  readonly root: Root;
  readonly id: string;
  readonly firstAtS: number;
  readonly lastAtS: number;
  readonly nAlerts: number;
  readonly nNodes: number;
  readonly rules: readonly (readonly [number, RuleShare])[];
  readonly tactics: readonly (readonly [string, number])[];
  readonly entityNames: readonly string[];
  readonly members: readonly Member[];
  /** The newest word of each analyst. */
  readonly judgements?: readonly GroupJudgement[];
  /** The only judgement that older builds kept. */
  readonly judged?: GroupJudgement | undefined;
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
  /** What its entities are called, as long as names are kept. */
  readonly entityNames = new Set<string>();
  members: Member[] = [];
  /** The newest proven word of each analyst on the whole, and the newest claimed one, by {@link wordOf}. */
  readonly #judgements = new Map<string, GroupJudgement>();
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

  /** Counts an alert once: one that it {@link holds} already may say more than it did. */
  add(alert: NotableAlert, joinedBy: readonly string[], joiningEntities: readonly string[] = []): void {
    if (this.holds(alert)) {
      this.#learn(alert);
      return;
    }
    this.firstAtS = Math.min(this.firstAtS, alert.atS);
    this.lastAtS = Math.max(this.lastAtS, alert.atS);
    this.nAlerts++;
    this.#addRule(alert.rule, alert.ruleName, alert.strength, 1);
    for (const tactic of alert.tactics) this.#reach(tactic, alert.atS);
    this.#nameEntities(alert.entityNames);
    const { alertKey, atS, strength, ruleName, title } = alert;
    const shared = joiningEntities.length === 0 ? {} : { joiningEntities };
    this.#show([{ alertKey, atS, strength, ruleName, title, joinedBy, ...shared }]);
  }

  /** Whether it was added before; of a large incident the weaker alerts are not known, and whoever sends one again has to say so. */
  holds({ alertKey, isAgain }: NotableAlert): boolean {
    const isLarge = this.members.length >= MAX_MEMBERS;
    return (isAgain === true && isLarge) || this.members.some((member) => member.alertKey === alertKey);
  }

  /** What a later form of an alert that is here says beyond the earlier ones. */
  #learn({ alertKey, rule, ruleName, strength, atS, tactics, entityNames, title }: NotableAlert): void {
    this.#addRule(rule, ruleName, strength, 0);
    for (const tactic of tactics) this.#reach(tactic, atS);
    this.#nameEntities(entityNames);
    const at = this.members.findIndex((member) => member.alertKey === alertKey);
    const member = this.members[at];
    if (member !== undefined && strength > member.strength)
      this.members[at] = { ...member, strength, ruleName, title };
  }

  absorb(other: Group): void {
    this.firstAtS = Math.min(this.firstAtS, other.firstAtS);
    this.lastAtS = Math.max(this.lastAtS, other.lastAtS);
    this.nAlerts += other.nAlerts;
    this.nNodes += other.nNodes;
    for (const [key, { name, strength, nAlerts }] of other.rules) this.#addRule(key, name, strength, nAlerts);
    for (const [tactic, atS] of other.tactics) this.#reach(tactic, atS);
    this.#nameEntities(other.entityNames);
    this.#show(other.members);
    for (const judgement of other.#judgements.values()) this.judge(judgement);
    other.#mergedInto = this;
    other.rules.clear();
    other.tactics.clear();
    other.entityNames.clear();
    other.#judgements.clear();
    other.members = [];
  }

  /** Keeps what was answered about a member. */
  answer(alertKey: string, answer: MemberAnswer): void {
    const member = this.members.findLast((one) => one.alertKey === alertKey);
    if (member !== undefined) member.answer = answer;
  }

  /**
   * Of one analyst the later word counts; of equally late ones a judgement before its withdrawal. A claim is kept beside what
   * the same name has proven, in whose place it never comes.
   */
  judge(judgement: GroupJudgement): void {
    const { disposition, analyst, verified } = judgement;
    if (disposition === undefined && verified === undefined) {
      this.#keep(wordOf(analyst, true), judgement);
      this.#keep(wordOf(analyst, false), judgement);
    } else this.#keep(wordOf(analyst, verified === true), judgement);
  }

  #keep(word: string, judgement: GroupJudgement): void {
    const known = this.#judgements.get(word);
    const isNewer =
      known === undefined ||
      judgement.at > known.at ||
      (judgement.at === known.at && (judgement.disposition ?? '') >= (known.disposition ?? ''));
    if (isNewer) this.#judgements.set(word, judgement);
  }

  /** Takes out the judgements that are no longer to be kept. Whether there were any. */
  forget(forgotten: Pick<ForgottenAnalysts, 'holds'>): boolean {
    const gone = [...this.#judgements].filter(([, judgement]) => forgotten.holds(judgement));
    for (const [word] of gone) this.#judgements.delete(word);
    return gone.length > 0;
  }

  /** The last judgement of the whole that stands; a claim only where none is proven. */
  get judged(): StandingJudgement | undefined {
    return this.#lastOf(true) ?? this.#lastOf(false);
  }

  #lastOf(isProven: boolean): StandingJudgement | undefined {
    let last: StandingJudgement | undefined;
    for (const [word, judgement] of this.#judgements) {
      const { disposition, analyst, at } = judgement;
      if (disposition === undefined || word !== wordOf(analyst, isProven)) continue;
      // who is proven to have taken back what they said has taken back what was claimed of them before
      const own = isProven ? undefined : this.#judgements.get(wordOf(analyst, true));
      if (own !== undefined && own.at >= at) continue;
      if (last === undefined || at > last.at || (at === last.at && analyst > last.analyst))
        last = { ...judgement, disposition };
    }
    return last;
  }

  /** What is to be stored, as it is now; its members are put in order when it is asked for. */
  capture(): () => GroupState {
    const { root, id, firstAtS, lastAtS, nAlerts, nNodes, judged } = this;
    // copies: a state is written while alerts go on coming in
    const rules = Array.from(this.rules, ([key, share]) => [key, { ...share }] as const);
    const [tactics, entityNames, members] = [[...this.tactics], [...this.entityNames], [...this.members]];
    const judgements = [...this.#judgements.values()];
    return () => ({
      ...{ root, id, firstAtS, lastAtS, nAlerts, nNodes, rules, tactics, entityNames },
      members: strongest(members),
      judgements,
      judged,
    });
  }

  static from(state: GroupState): Group {
    const group = new Group(state.root, state.id);
    group.firstAtS = state.firstAtS;
    group.lastAtS = state.lastAtS;
    group.nAlerts = state.nAlerts;
    group.nNodes = state.nNodes;
    for (const [key, share] of state.rules) group.rules.set(key, { ...share });
    for (const [tactic, atS] of state.tactics) group.tactics.set(tactic, atS);
    for (const name of state.entityNames) group.entityNames.add(name);
    group.members = [...state.members];
    const { judged, judgements = judged === undefined ? [] : [judged] } = state;
    for (const judgement of judgements) group.judge(judgement);
    return group;
  }

  #nameEntities(names: Iterable<string>): void {
    for (const name of names) if (this.entityNames.size < MAX_ENTITIES) this.entityNames.add(name);
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
    return strongest(this.members);
  }
}

function strongest(members: readonly Member[]): Member[] {
  return [...members]
    .sort((a, b) => b.strength - a.strength || a.atS - b.atS || (a.alertKey < b.alertKey ? -1 : 1))
    .slice(0, MAX_MEMBERS);
}

/** Whether `a` comes before `b` as the name of a group. */
export function isBefore(a: Root, b: Root): boolean {
  return a.cell !== b.cell ? a.cell < b.cell : a.kind !== b.kind ? a.kind < b.kind : a.key < b.key;
}

/** 0-100: how an incident's raw score is shown; 1 shows as 20.6, 3 as 50. */
export function shownScore(rawScore: number): number {
  return 100 * (1 - 2 ** (-rawScore / 3));
}
