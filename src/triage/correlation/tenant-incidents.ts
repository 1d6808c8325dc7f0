import { hash64Hex } from '../../features/hash64.ts';
import { CELL_S } from '../behavior/pair-counts.ts';
import { joinKeys } from '../behavior/tenant-behavior.ts';
import type { Pieces } from '../staged-capture.ts';
import { Group, type GroupState, isBefore } from './group.ts';
import type { IncidentBefore } from './incident-facts.ts';
import { KeyTrack, WEEK_CELLS } from './key-track.ts';
import { LazyList } from './lazy-list.ts';
import { KEY_KINDS, type KeyKind, type NotableAlert } from './notable-alert.ts';
import { type KeyTrackState, NO_GROUP, TracksCapture } from './tracks-capture.ts';

interface Glue {
  /** Cells between two notable ones that still join. */
  readonly gap: number;
  /** Share of the week's cells above which the key is too common to join anything. */
  readonly maxOccupancy: number;
}

const GLUE: Readonly<Record<KeyKind, Glue>> = {
  entity: { gap: 6, maxOccupancy: 0.1 },
  rule: { gap: 1, maxOccupancy: 0.02 },
  tenant: { gap: 0, maxOccupancy: 0.02 },
  vendor_incident: { gap: 144, maxOccupancy: 0.5 },
  // always, so that every notable alert has a group: back-dated alerts fill more cells than were watched
  pair: { gap: 1, maxOccupancy: Number.POSITIVE_INFINITY },
  // a rule of the last day is common because it is new: what it raises is read as one
  new_rule: { gap: 144, maxOccupancy: Number.POSITIVE_INFINITY },
  // the same of a tenant of the last day
  first_sight: { gap: 144, maxOccupancy: Number.POSITIVE_INFINITY },
};

/** An incident is kept for 30 days of event time after its last alert. */
const KEPT_CELLS = 30 * 144;

/** From this strength on an alert joins others of its tenant in the same ten minutes, whatever they have in common. */
const STRONG = 0.5;

/** The lists are gone through once, so that a stored one may be read piece by piece. */
export interface TenantIncidentsState {
  readonly newestCell: number;
  readonly groups: Iterable<GroupState>;
  /** Every name with the position of its group. */
  readonly names: Iterable<readonly [string, number]>;
  readonly tracks: Iterable<KeyTrackState>;
}

/** The same as it is taken down: items are made when they are asked for. */
export interface TenantIncidentsCapture extends TenantIncidentsState {
  readonly groups: LazyList<GroupState>;
  readonly names: LazyList<readonly [string, number]>;
  readonly tracks: LazyList<KeyTrackState>;
}

/** Groups, names and keys that are restored between two pauses. */
export const RESTORED_PER_STEP = { groups: 4, names: 2_048, cells: 4_096 } as const;

/** Groups that are taken down in one turn. */
const CAPTURED_AT_ONCE = 250;

/** Where an alert ended up. */
export interface Joined {
  readonly group: Group;
  readonly before: IncidentBefore;
  readonly joinedBy: readonly KeyKind[];
}

/** Where an alert is that came again. */
export interface JoinedAgain {
  readonly joined: Joined;
  /** The incident knows more by it. */
  readonly saysMore: boolean;
}

/** All of a group that a later form of an alert can change. */
function knowledgeOf({ id, nNodes, rules, tactics, entityNames }: Group, { rule }: NotableAlert): string {
  return [id, nNodes, rules.get(rule)?.strength, tactics.size, entityNames.size].join(' ');
}

interface Node {
  readonly kind: KeyKind;
  readonly key: number;
}

/**
 * Joins the notable alerts of one tenant into incidents.
 *
 * An alert unites its nodes (key, cell of ten minutes); a key's cells are united when the step between neighbours is
 * within its gap, unless the key is notable in too large a share of the week's cells to say anything. The partition
 * does not depend on the order of arrival, but for those shares, which are taken of what is known by then.
 */
export class TenantIncidents {
  readonly #tenant: string;
  readonly #maxNodes: number;
  readonly #tracks = new Map<number, KeyTrack>();
  /** Every name that was ever given out, with its group. */
  readonly #named = new Map<string, Group>();
  #nNodes = 0;
  #newestCell = Number.NEGATIVE_INFINITY;
  #sweptCell = Number.NEGATIVE_INFINITY;

  /**
   * @param tenant what the ids are made from beside the root
   * @param maxNodes bound of what is remembered, nodes and names each; beyond it the keys unseen for longest and the
   *   incidents that say least are forgotten
   */
  constructor(tenant: string, maxNodes: number) {
    this.#tenant = tenant;
    this.#maxNodes = maxNodes;
  }

  get nNodes(): number {
    return this.#nNodes;
  }

  /** Joins an alert. @param watchedS seconds for which the tenant has been watched */
  join(alert: NotableAlert, watchedS: number): Joined {
    const cell = Math.floor(alert.atS / CELL_S);
    if (cell > this.#newestCell) this.#newestCell = cell;
    const watchedCells = Math.floor(watchedS / CELL_S) + 1;
    let group: Group | undefined;
    const joinedBy: KeyKind[] = [];
    const joiningEntities: string[] = [];
    for (const node of nodesOf(alert)) {
      const { group: found, isGlued } = this.#enter(node, cell, watchedCells, alert.isLate ?? false);
      if (found === undefined) continue;
      if (isGlued && !joinedBy.includes(node.kind)) joinedBy.push(node.kind);
      const name = node.kind === 'entity' ? alert.entityNames[alert.entities.indexOf(node.key)] : undefined;
      if (isGlued && name !== undefined) joiningEntities.push(name);
      group = group === undefined ? found : this.#unite(group, found);
    }
    // the pair of rule and entity, or the first sight, always glues, so there is a group
    const joined = (group as Group).current();
    const before = beforeOf(joined);
    joined.add(alert, joinedBy, joiningEntities);
    // the name may have been forgotten since
    this.#named.set(joined.id, joined);
    this.#sweep();
    return { group: joined, before, joinedBy };
  }

  /** The incident that an alert was joined into, or would be in by its own key; changes nothing. */
  find(alert: NotableAlert): Joined | undefined {
    const cell = Math.floor(alert.atS / CELL_S);
    for (const { kind, key } of nodesOf(alert)) {
      const track = this.#tracks.get(trackKeyOf(kind, key));
      const at = track?.lowerBound(cell) ?? 0;
      const held = track?.cells[at] === cell ? track.groups[at]! : UNJOINED;
      if (held === UNJOINED) continue;
      const group = held.current();
      return { group, before: beforeOf(group), joinedBy: [kind] };
    }
    return undefined;
  }

  /**
   * Takes in what an alert that has joined says by now: further entities, tactics, a higher severity. One that is in no
   * incident under these nodes changes nothing.
   */
  joinAgain(alert: NotableAlert, watchedS: number): JoinedAgain | undefined {
    const found = this.find(alert);
    if (found === undefined || !found.group.holds(alert)) return found && { joined: found, saysMore: false };
    const before = knowledgeOf(found.group, alert);
    const joined = this.join(alert, watchedS);
    return { joined, saysMore: knowledgeOf(joined.group, alert) !== before };
  }

  /** The group a name stands for by now; undefined for a name never given out or forgotten. */
  byId(id: string): Group | undefined {
    return this.#named.get(id)?.current();
  }

  /**
   * Everything as it is now, in pieces of some milliseconds of work each, which must be taken before anything changes.
   * What is copied is flat and small, the rest is made when it is written.
   */
  *statePieces(): Pieces<TenantIncidentsCapture> {
    const groups = [...this.incidents()];
    const positions = new Map<Group, number>();
    const captured: (() => GroupState)[] = [];
    for (const group of groups) {
      positions.set(group, captured.length);
      captured.push(group.capture());
      if (captured.length % CAPTURED_AT_ONCE === 0) yield {};
    }
    yield {
      newestCell: this.#newestCell,
      groups: new LazyList(captured.length, (i) => captured[i]!()),
    };
    yield this.#capturedNames(positions);
    yield this.#capturedTracks(positions);
  }

  #capturedNames(positions: ReadonlyMap<Group, number>): Partial<TenantIncidentsCapture> {
    const ids = [...this.#named.keys()];
    const groupOfId = new Int32Array(ids.length);
    let at = 0;
    for (const group of this.#named.values()) groupOfId[at++] = positions.get(group.current())!;
    return { names: new LazyList(ids.length, (i) => [ids[i]!, groupOfId[i]!]) };
  }

  #capturedTracks(positions: ReadonlyMap<Group, number>): Partial<TenantIncidentsCapture> {
    const tracks = new TracksCapture(this.#tracks, this.#nNodes, positions);
    return { tracks: new LazyList(tracks.length, (i) => tracks.at(i)) };
  }

  /** Restores what {@link statePieces} gave, into an empty one, in steps to pause between. */
  *addState({ newestCell, groups: stored, names, tracks }: TenantIncidentsState): Generator<void> {
    const groups: Group[] = [];
    for (const state of stored) {
      groups.push(Group.from(state));
      if (groups.length % RESTORED_PER_STEP.groups === 0) yield;
    }
    this.#newestCell = newestCell;
    for (const [id, at] of names) {
      this.#named.set(id, groups[at]!);
      if (this.#named.size % RESTORED_PER_STEP.names === 0) yield;
    }
    let nSinceStep = 0;
    for (const { key, cells, groups: held, late } of tracks) {
      const track = new KeyTrack();
      for (const cell of late ?? []) track.late.add(cell);
      for (let i = 0; i < cells.length; i++) {
        track.cells.push(cells[i]!);
        track.groups.push(held[i] === NO_GROUP ? UNJOINED : groups[held[i]!]!);
      }
      this.#nNodes += cells.length;
      this.#tracks.set(key, track);
      // a key costs something of its own
      nSinceStep += cells.length + 8;
      if (nSinceStep >= RESTORED_PER_STEP.cells) {
        nSinceStep = 0;
        yield;
      }
    }
  }

  /** Every incident once. */
  incidents(): Set<Group> {
    return new Set([...this.#named.values()].map((group) => group.current()));
  }

  #enter(
    { kind, key }: Node,
    cell: number,
    watchedCells: number,
    isLate: boolean,
  ): { readonly group: Group | undefined; readonly isGlued: boolean } {
    const kindAt = KEY_KINDS.indexOf(kind);
    const trackKey = trackKeyOf(kind, key);
    let track = this.#tracks.get(trackKey);
    if (track === undefined) {
      track = new KeyTrack();
      this.#tracks.set(trackKey, track);
    }
    const { gap, maxOccupancy } = GLUE[kind];
    const at = track.lowerBound(cell);
    const isSeen = track.cells[at] === cell;
    if (isSeen && !isLate) track.late.delete(cell);
    const isGlue = track.occupancy(cell, watchedCells) <= maxOccupancy;
    if (!isGlue) {
      // the cell counts for the share all the same
      if (!isSeen) this.#remember(track, cell, UNJOINED, isLate);
      return { group: undefined, isGlued: false };
    }
    const held = isSeen ? track.groups[at]! : UNJOINED;
    if (held !== UNJOINED) return { group: held.current(), isGlued: true };
    let group = new Group({ cell, kind: kindAt, key }, this.#nameOf(cell, kindAt, key));
    this.#named.set(group.id, group);
    if (isSeen) track.groups[at] = group;
    else this.#remember(track, cell, group, isLate);
    let isGlued = false;
    for (const neighbour of [at - 1, at + 1]) {
      const other = track.groups[neighbour];
      if (other === undefined || other === UNJOINED) continue;
      if (Math.abs(track.cells[neighbour]! - cell) > gap) continue;
      isGlued = true;
      group = this.#unite(group, other.current());
    }
    return { group, isGlued };
  }

  #remember(track: KeyTrack, cell: number, group: Group, isLate: boolean): void {
    track.insert(cell, group, isLate);
    this.#nNodes++;
  }

  #unite(a: Group, b: Group): Group {
    const left = a.current();
    const right = b.current();
    if (left === right) return left;
    const [into, from] = left.nNodes >= right.nNodes ? [left, right] : [right, left];
    const isRenamed = isBefore(from.root, into.root);
    into.absorb(from);
    if (isRenamed) {
      into.root = from.root;
      into.id = from.id;
    }
    return into;
  }

  #nameOf(cell: number, kind: number, key: number): string {
    return hash64Hex([this.#tenant, String(cell), String(kind), String(key)], 0);
  }

  /** Once an hour of event time, or when there is too much: what lies more than a week back is forgotten. */
  #sweep(): void {
    const isFull = this.#nNodes > this.#maxNodes || this.#named.size > this.#maxNodes;
    if (!isFull && this.#newestCell - this.#sweptCell < 6) return;
    this.#sweptCell = this.#newestCell;
    const oldest = this.#newestCell - WEEK_CELLS;
    for (const [key, track] of this.#tracks) {
      this.#nNodes -= track.forgetBefore(oldest);
      if (track.cells.length === 0) this.#tracks.delete(key);
    }
    if (this.#nNodes > this.#maxNodes) this.#forgetLeast();
    for (const [id, group] of this.#named) {
      if (group.current().lastAtS / CELL_S < this.#newestCell - KEPT_CELLS) this.#named.delete(id);
    }
    if (this.#named.size > this.#maxNodes) this.#forgetWeakest();
  }

  /**
   * A tenth of the names goes, of the incidents that say least: a flood of invented ones must not push out the one that
   * matters. What an analyst has judged goes last.
   */
  #forgetWeakest(): void {
    const worth = new Map<string, number>();
    for (const [id, group] of this.#named) {
      const current = group.current();
      worth.set(id, current.judged === undefined ? current.rawScore() : Number.POSITIVE_INFINITY);
    }
    const sorted = Float64Array.from(worth.values()).sort();
    let left = Math.ceil(this.#named.size - 0.9 * this.#maxNodes);
    const atMost = sorted[left - 1]!;
    // former names first: what is listed can be asked for by the name it has
    for (const isFormer of [true, false]) {
      for (const [id, value] of worth) {
        if (left === 0) return;
        if (value > atMost || (this.#named.get(id)?.current().id !== id) !== isFormer) continue;
        this.#named.delete(id);
        left--;
      }
    }
  }

  /** Keys whose newest cell is oldest go first, until a tenth is free. */
  #forgetLeast(): void {
    const byNewest = [...this.#tracks].sort(([, a], [, b]) => a.cells.at(-1)! - b.cells.at(-1)!);
    for (const [key, track] of byNewest) {
      if (this.#nNodes <= 0.9 * this.#maxNodes) return;
      this.#nNodes -= track.cells.length;
      this.#tracks.delete(key);
    }
  }
}

/** Stands for a cell of a key that was too common to join. */
const UNJOINED = new Group({ cell: 0, kind: 0, key: 0 }, '');

function beforeOf({ nAlerts, rules, firstAtS, lastAtS }: Group): IncidentBefore {
  return { nAlerts, nRules: rules.size, firstAtS, lastAtS };
}

function trackKeyOf(kind: KeyKind, key: number): number {
  return joinKeys(key, KEY_KINDS.indexOf(kind) + 1);
}

function nodesOf(alert: NotableAlert): Node[] {
  if (alert.isFirstSight === true) return [{ kind: 'first_sight', key: 0 }];
  const nodes: Node[] = [{ kind: 'pair', key: joinKeys(alert.rule, alert.entities[0] ?? 1) }];
  for (const key of alert.entities) nodes.push({ kind: 'entity', key });
  if (alert.vendorIncident !== undefined) nodes.push({ kind: 'vendor_incident', key: alert.vendorIncident });
  if (alert.isWarmingUp) return nodes;
  nodes.push({ kind: 'rule', key: alert.rule });
  if (alert.isNewRule === true) nodes.push({ kind: 'new_rule', key: alert.rule });
  if (alert.strength >= STRONG) nodes.push({ kind: 'tenant', key: 0 });
  return nodes;
}
