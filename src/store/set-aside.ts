import { hasCode } from '../errors.ts';

/** What is stored, undefined where it cannot be read. Everything but damage is thrown. */
export function unlessDamaged<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (hasCode(error, 'STORE_CORRUPT')) return undefined;
    throw error;
  }
}

/**
 * Stored rows that this process could not read and goes on without: one bad row fails no list and no run, and is not
 * hidden either. Each is named by what it is about.
 */
export class SetAside {
  /** Kind of row -> name -> what is wrong with it. */
  readonly #rows = new Map<string, Map<string, string>>();

  /** A sentence for each kind of row; empty where every row could be read. */
  sentences(): string[] {
    return [...this.#rows].flatMap(([kind, rows]) => {
      const [first] = rows;
      if (first === undefined) return [];
      const [name, says] = first;
      const more = rows.size === 1 ? '' : `, and ${rows.size - 1} more`;
      return [`${rows.size} of ${kind} set aside: ${name} (${says})${more}`];
    });
  }

  /** Reads one row; what cannot be read is `undefined` and noted. Everything but damage is thrown. */
  read<T>(kind: string, name: string, read: () => T): T | undefined {
    try {
      const value = read();
      this.clear(kind, name);
      return value;
    } catch (error) {
      if (!hasCode(error, 'STORE_CORRUPT')) throw error;
      this.note(kind, name, error.message);
      return undefined;
    }
  }

  note(kind: string, name: string, says: string): void {
    const rows = this.#rows.get(kind) ?? new Map<string, string>();
    this.#rows.set(kind, rows.set(name, says));
  }

  /** What is set aside of a kind. */
  names(kind: string): readonly string[] {
    return [...(this.#rows.get(kind)?.keys() ?? [])];
  }

  /** The row can be read again, or has gone. */
  clear(kind: string, name: string): void {
    this.#rows.get(kind)?.delete(name);
  }

  /** Everything of a kind was read: what is not among `stored` any more has gone. */
  keep(kind: string, stored: ReadonlySet<string>): void {
    for (const name of this.#rows.get(kind)?.keys() ?? []) if (!stored.has(name)) this.clear(kind, name);
  }
}
