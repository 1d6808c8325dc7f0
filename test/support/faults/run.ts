import { type Accounts, startAccounts } from './accounts.ts';
import type { Outcome } from './cells.ts';
import { type ResultLine, Results, UNITS, type Unit } from './matrix.ts';
import { runSchedule } from './schedule.ts';

// Runs the long form: what is through in the results file is not run again, so that it may be stopped at any time.

/** Units, or seeds, that share one Azurite: it keeps everything in memory. */
const UNITS_OF_STORAGE = 32;
/** Accounts of one Azurite, and those that one unit may use: a first start has one of its own for each try. */
const ACCOUNTS = 600;
const ACCOUNTS_OF_UNIT = 100;
/**
 * Azurite 3.36 looks every ten minutes for blobs that were overwritten, and answers nobody meanwhile: 14 s where there are
 * 3,000, and four times as long for twice as many. A unit takes up to three minutes.
 */
const STORAGE_MS = 6 * 60_000;

export interface LongRun {
  /** Name of the file that results are appended to. */
  readonly results: string;
  /** Units whose name begins with this. @default all */
  readonly units?: string;
  /** Seeds of the schedules, both included. @default none */
  readonly seeds?: readonly [number, number];
  readonly say: (line: string) => void;
}

export async function runLong({ results, units, seeds, say }: LongRun): Promise<void> {
  const kept = new Results(results);
  const wanted = [
    ...UNITS.filter(({ name }) => units !== undefined && name.startsWith(units)),
    ...(seeds === undefined ? [] : schedules(...seeds)),
  ].filter(({ name }) => !kept.isThrough(name));
  let accounts: Accounts | undefined;
  let nUnits = 0;
  let startedAtMs = 0;
  try {
    for (const unit of wanted) {
      const isWornOut =
        nUnits >= UNITS_OF_STORAGE ||
        performance.now() - startedAtMs > STORAGE_MS ||
        (accounts?.nLeft ?? 0) < ACCOUNTS_OF_UNIT;
      if (accounts === undefined || isWornOut) {
        await accounts?.stop();
        accounts = await startAccounts(ACCOUNTS);
        nUnits = 0;
        startedAtMs = performance.now();
      }
      nUnits++;
      await runUnit(unit, accounts, kept, say);
    }
  } finally {
    await accounts?.stop();
  }
  for (const line of summary(kept.lines())) say(line);
}

async function runUnit(unit: Unit, accounts: Accounts, kept: Results, say: LongRun['say']): Promise<void> {
  const startedAtMs = performance.now();
  let nTried = 0;
  let nBroken = 0;
  await unit.run(accounts, (outcome) => {
    nTried++;
    if (outcome.broken.length > 0 || outcome.told?.code === 'INTERNAL') {
      nBroken++;
      say(JSON.stringify(outcome));
    }
    kept.note({ unit: unit.name, ...outcome });
  });
  kept.note({ through: unit.name });
  const seconds = Math.round((performance.now() - startedAtMs) / 1000);
  say(`${unit.name}: ${nTried} tried, ${nBroken} broken, ${seconds} s`);
}

const schedules = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, i) => ({
    name: `seed ${first + i}`,
    run: async (accounts: Accounts, note: (outcome: Outcome) => void) => {
      for (const outcome of await runSchedule(accounts.next(), first + i)) note(outcome);
    },
  }));

/** A line for each kind of what was tried: how often, what was lost, double or silent, the longest recovery. */
export function summary(lines: readonly ResultLine[]): string[] {
  const kinds = new Map<string, Outcome[]>();
  for (const line of lines) {
    if ('through' in line) continue;
    const kind = line.unit.startsWith('seed') ? 'schedules' : line.unit.replace(/ \d+$/, '');
    kinds.set(kind, [...(kinds.get(kind) ?? []), line]);
  }
  return [...kinds].map(([kind, outcomes]) => {
    const n = (wanted: string): number =>
      outcomes.filter(({ broken }) => broken.some((one) => one.kind === wanted)).length;
    const longest = Math.max(...outcomes.map(({ recoveredMs }) => recoveredMs));
    const unexpected = outcomes.filter(({ told }) => told?.code === 'INTERNAL').length;
    return `| ${kind} | ${outcomes.length} | ${n('lost')} | ${n('double')} | ${n('silent')} | ${n('order')} | ${n('slow')} | ${unexpected} | ${(longest / 1000).toFixed(1)} s |`;
  });
}
