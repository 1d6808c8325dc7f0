import { hash64Hex } from '../../features/hash64.ts';
import { CELL_S } from '../behavior/pair-counts.ts';
import { joinKeys } from '../behavior/tenant-behavior.ts';
import { Group, type GroupState, isBefore } from './group.ts';
import type { IncidentBefore } from './incident-facts.ts';
import { KeyTrack, WEEK_CELLS } from './key-track.ts';
import { KEY_KINDS, type KeyKind, type NotableAlert } from './notable-alert.ts';

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
};

/** From this strength on an alert joins others of its tenant in the same ten minutes, whatever they have in common. */
const STRONG = 0.5;

/** No group: position of a cell whose key was too common to join. */
const NO_GROUP = -1;

export interface TenantIncidentsState {
  readonly newestCell: number;
  readonly groups: readonly GroupState[];
  /** Every name with the position of its group. */
  readonly names: readonly (readonly [string, number])[];
  readonly tracks: readonly {
    readonly key: number;
    readonly cells: Int32Array;
    readonly groups: Int32Array;
    /** Absent in what a build wrote that knew no difference. */
    readonly late?: Int32Array;
  }[];
}

/** Where an alert ended up. */
export interface Joined {
  readonly group: Group;
  readonly before: IncidentBefore;
  readonly joinedBy: readonly KeyKind[];
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
   * @param maxNodes bound of what is remembered; beyond it the keys unseen for longest are forgotten
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
    // the pair of rule and entity always glues, so there is a group
    const joined = (group as Group).current();
    const before = beforeOf(joined);
    joined.add(alert, joinedBy, joiningEntities);
    this.#sweep();
    return { group: joined, before, joinedBy };
  }

  /** The incident that an alert was joined into, or would be in by a key of its own; changes nothing. */
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

  /** The group a name stands for by now; undefined for a name never given out or forgotten. */
  byId(id: string): Group | undefined {
    return this.#named.get(id)?.current();
  }

  toState(): TenantIncidentsState {
    const groups = [...this.incidents()];
    const positions = new Map(groups.map((group, at) => [group, at]));
    return {
      newestCell: this.#newestCell,
      groups: groups.map((group) => group.toState()),
      names: [...this.#named].map(([id, group]) => [id, positions.get(group.current())!] as const),
      tracks: [...this.#tracks].map(([key, { cells, groups: held, late }]) => ({
        key,
        late: Int32Array.from(late),
        cells: Int32Array.from(cells),
        groups: Int32Array.from(held, (group) => positions.get(group.current()) ?? NO_GROUP),
      })),
    };
  }

  /** Restores what {@link toState} gave, into an empty one. */
  addState({ newestCell, groups: stored, names, tracks }: TenantIncidentsState): void {
    const groups = stored.map((state) => Group.from(state));
    this.#newestCell = newestCell;
    for (const [id, at] of names) this.#named.set(id, groups[at]!);
    for (const { key, cells, groups: held, late } of tracks) {
      const track = new KeyTrack();
      for (const cell of late ?? []) track.late.add(cell);
      for (let i = 0; i < cells.length; i++) {
        track.cells.push(cells[i]!);
        track.groups.push(held[i] === NO_GROUP ? UNJOINED : groups[held[i]!]!);
      }
      this.#nNodes += cells.length;
      this.#tracks.set(key, track);
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
    const isFull = this.#nNodes > this.#maxNodes;
    if (!isFull && this.#newestCell - this.#sweptCell < 6) return;
    this.#sweptCell = this.#newestCell;
    const oldest = this.#newestCell - WEEK_CELLS;
    for (const [key, track] of this.#tracks) {
      this.#nNodes -= track.forgetBefore(oldest);
      if (track.cells.length === 0) this.#tracks.delete(key);
    }
    if (this.#nNodes > this.#maxNodes) this.#forgetLeast();
    for (const [id, group] of this.#named) {
      if (group.current().lastAtS / CELL_S < oldest - 4 * WEEK_CELLS) this.#named.delete(id);
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
  const nodes: Node[] = [{ kind: 'pair', key: joinKeys(alert.rule, alert.entities[0] ?? 1) }];
  for (const key of alert.entities) nodes.push({ kind: 'entity', key });
  if (alert.vendorIncident !== undefined) nodes.push({ kind: 'vendor_incident', key: alert.vendorIncident });
  if (alert.isWarmingUp) return nodes;
  nodes.push({ kind: 'rule', key: alert.rule });
  if (alert.isNewRule === true) nodes.push({ kind: 'new_rule', key: alert.rule });
  if (alert.strength >= STRONG) nodes.push({ kind: 'tenant', key: 0 });
  return nodes;
}
