import { isHeldOut } from './holdout.ts';

/** A merge may not gather more rows than this in one group, nor than {@link MAX_MERGED_ROWS}, whichever is more. */
export const MAX_MERGED_SHARE = 0.05;
/** So many rows an incident may have in a training set of any size. */
export const MAX_MERGED_ROWS = 50;

/** What a row brings to the question which group it is in. */
export interface GroupedRow {
  readonly alertKey: string;
  readonly group: string;
  /** Whether a release has learned from this row already. */
  readonly isKnown: boolean;
}

export interface MergedGroups {
  /** Group -> the one it belongs to; groups that nothing was merged with are left out. */
  readonly into: ReadonlyMap<string, string>;
  /** Groups of merges that would have gathered too many rows. */
  readonly refused: readonly string[];
}

/**
 * Joins groups that turned out to be one incident. Which name stays is settled by what a release has seen: a merge that
 * contains a row of a fit leaves the hold-out as a whole, else it stays where its rows were. Alerts of one merge are
 * then held out together or not at all, fall into one fold and count once.
 *
 * @param merges names of groups that are one; an alert without an incident is a group of its own key
 */
export function mergedGroups(
  rows: readonly GroupedRow[],
  merges: readonly (readonly string[])[],
): MergedGroups {
  const sets = new DisjointSets();
  for (const [first, ...others] of merges) {
    for (const other of others) if (first !== undefined) sets.join(first, other);
  }
  const members = new Map<string, { rows: number; known: Set<string>; groups: Set<string> }>();
  for (const row of rows) {
    if (!sets.has(row.group)) continue;
    const root = sets.find(row.group);
    const set = members.get(root) ?? { rows: 0, known: new Set(), groups: new Set() };
    members.set(root, set);
    set.rows++;
    set.groups.add(row.group);
    if (row.isKnown) set.known.add(row.group);
  }
  const allowed = Math.max(MAX_MERGED_ROWS, Math.floor(MAX_MERGED_SHARE * rows.length));
  const into = new Map<string, string>();
  const refused: string[] = [];
  for (const { rows: n, known, groups } of members.values()) {
    if (groups.size < 2) continue;
    const name = nameOf(known.size > 0 ? known : groups);
    if (n > allowed) {
      refused.push(name);
      continue;
    }
    for (const group of groups) if (group !== name) into.set(group, name);
  }
  return { into, refused: refused.sort() };
}

/** The least name outside the hold-out, else the least. */
function nameOf(groups: ReadonlySet<string>): string {
  const sorted = [...groups].sort();
  return sorted.find((group) => !isHeldOut(group)) ?? (sorted[0] as string);
}

class DisjointSets {
  readonly #parent = new Map<string, string>();

  has(name: string): boolean {
    return this.#parent.has(name);
  }

  find(name: string): string {
    let root = name;
    for (
      let parent = this.#parent.get(root);
      parent !== undefined && parent !== root;
      parent = this.#parent.get(root)
    )
      root = parent;
    // Halving the path keeps later look-ups short.
    for (let at = name; at !== root; ) {
      const next = this.#parent.get(at) as string;
      this.#parent.set(at, root);
      at = next;
    }
    return root;
  }

  join(a: string, b: string): void {
    for (const name of [a, b]) if (!this.#parent.has(name)) this.#parent.set(name, name);
    const [rootA, rootB] = [this.find(a), this.find(b)].sort() as [string, string];
    this.#parent.set(rootB, rootA);
  }
}
