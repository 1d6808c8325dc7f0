import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Accounts } from './accounts.ts';
import { Cell, callsOf, FAULTS, type Outcome, tryFault, tryKill } from './cells.ts';
import { fullDisk, SKEWS, tryClock, tryFullDisk } from './machine.ts';
import { OPERATIONS, type OperationName } from './operations.ts';

/** What is tried on one storage, one after the other, by a name that a run may be resumed with. */
export interface Unit {
  readonly name: string;
  readonly run: (accounts: Accounts, note: (outcome: Outcome) => void) => Promise<void>;
}

/** Calls of a killed operation that are tried on one storage. */
const KILLS_OF_UNIT = 20;
/** Units that an operation's calls fill; more than it makes are not tried. */
const PARTS: Partial<Record<OperationName, number>> = {
  retrain: 10,
  'first start': 8,
  activate: 2,
  unpin: 2,
};
const TIMES = [1, Number.POSITIVE_INFINITY];

const operations = Object.keys(OPERATIONS) as OperationName[];

/** A storage on which the operation can be tried; a first start needs one of its own each time. */
async function cellFor(operation: OperationName, accounts: Accounts): Promise<Cell> {
  const cell = new Cell(accounts.next());
  if (operation !== 'first start') await cell.begin();
  return cell;
}

/** Tries on one storage, or each on its own. */
async function onCells(
  operation: OperationName,
  accounts: Accounts,
  tries: readonly ((cell: Cell) => Promise<Outcome | undefined>)[],
  note: (outcome: Outcome) => void,
): Promise<void> {
  let cell: Cell | undefined;
  try {
    for (const one of tries) {
      cell ??= await cellFor(operation, accounts);
      const outcome = await one(cell);
      if (outcome === undefined) return;
      note(outcome);
      // what is broken once would be told of by everything that follows
      if (operation !== 'first start' && outcome.broken.length === 0) continue;
      await cell.stop();
      cell = undefined;
    }
  } finally {
    await cell?.stop();
  }
}

const faultUnits: Unit[] = operations.flatMap((operation) =>
  Object.keys(FAULTS).map((name) => ({
    name: `${operation}, ${name}`,
    run: async (accounts, note) => {
      const cell = await cellFor(operation, accounts);
      const calls = new Set(await callsOf(cell, operation));
      await cell.stop();
      const tries = [...calls].flatMap((call) =>
        TIMES.map((times) => (one: Cell) => tryFault(one, operation, { call, name, times })),
      );
      await onCells(operation, accounts, tries, note);
    },
  })),
);

const killUnits: Unit[] = operations.flatMap((operation) =>
  Array.from({ length: PARTS[operation] ?? 1 }, (_, part) => ({
    name: `${operation}, killed ${part}`,
    run: async (accounts, note) => {
      const tries = Array.from({ length: KILLS_OF_UNIT }, (_, i) => part * KILLS_OF_UNIT + i + 1).flatMap(
        (nth) =>
          (['before', 'after'] as const).map(
            (when) => (cell: Cell) => tryKill(cell, operation, { nth, when }),
          ),
      );
      await onCells(operation, accounts, tries, note);
    },
  })),
);

/** A clock that is set, and a disk that is full, while an operation is asked for. */
const machineUnits: Unit[] = operations
  .filter((operation) => operation !== 'first start')
  .flatMap((operation) => [
    {
      name: `${operation}, clocks`,
      run: async (accounts, note) => {
        const tries = Object.keys(SKEWS).map((name) => (cell: Cell) => tryClock(cell, operation, name));
        await onCells(operation, accounts, tries, note);
      },
    },
    {
      name: `${operation}, disk`,
      run: async (accounts, note) => {
        const disk = fullDisk();
        const cell = new Cell(accounts.next(), { env: { ALERTFOREST_CACHE_DIR: disk.folder } });
        try {
          await cell.begin();
          note(await tryFullDisk(cell, disk, operation));
        } finally {
          await cell.stop();
          disk.stop();
        }
      },
    },
  ]);

/** Every storage fault at every kind of call of every operation, every point at which one may be killed, clocks and disks. */
export const UNITS: readonly Unit[] = [...faultUnits, ...killUnits, ...machineUnits];

/** Lines of a results file: what came of each try, and which units are through. */
export type ResultLine = (Outcome & { readonly unit: string }) | { readonly through: string };

/** Results that a later run goes on from. */
export class Results {
  readonly #file: string;
  readonly #through: Set<string>;

  constructor(file: string) {
    this.#file = file;
    this.#through = new Set(this.lines().flatMap((line) => ('through' in line ? [line.through] : [])));
  }

  lines(): ResultLine[] {
    if (!existsSync(this.#file)) return [];
    const lines = readFileSync(this.#file, 'utf8').split('\n').filter(Boolean);
    return lines.map((line) => JSON.parse(line) as ResultLine);
  }
  isThrough(name: string): boolean {
    return this.#through.has(name);
  }
  note(line: ResultLine): void {
    appendFileSync(this.#file, `${JSON.stringify(line)}\n`);
    if ('through' in line) this.#through.add(line.through);
  }
}
