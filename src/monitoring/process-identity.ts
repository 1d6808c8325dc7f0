import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

const PROC = '/proc';

/**
 * Within which process ids are unique: the boot of the machine and the namespace of process ids, where the system
 * tells them (Linux). Two containers on one machine are two machines here, and so is one machine started again.
 */
export function machineId(): string {
  const told = (read: () => string): string => {
    try {
      return read().trim();
    } catch {
      return '';
    }
  };
  const boot = told(() => readFileSync(`${PROC}/sys/kernel/random/boot_id`, 'utf8'));
  const namespace = told(() => readlinkSync(`${PROC}/self/ns/pid`));
  return [hostname(), boot, namespace].join('|');
}

/** What the system says of a process: its state, and its start in the system's own clock ticks. */
function statOf(pid: number): { readonly state: string | undefined; readonly start: string | undefined } {
  try {
    const stat = readFileSync(`${PROC}/${pid}/stat`, 'utf8');
    // the name, in brackets, may hold spaces and brackets; the state follows it, the start is 19 fields later
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], start: fields[19] };
  } catch {
    return { state: undefined, start: undefined };
  }
}

/** Tells a process of this machine from a later one with its id; `undefined` where the system does not say. */
export const processMark = (pid: number): string | undefined => statOf(pid).start;

/** Whether a process of this machine runs that has `mark`; a process without a mark is told by its id alone. */
export function isRunning(pid: number, mark: string | undefined): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, as another user
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const { state, start } = statOf(pid);
  // dead, and not yet buried by its parent: it still has its id
  if (state === 'Z' || state === 'X') return false;
  return mark === undefined || start === undefined || mark === start;
}
