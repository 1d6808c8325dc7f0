import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/** The part of /proc that names processes; another folder in tests. */
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

/** When a process of this machine started, in the system's own clock ticks; `undefined` where the system does not say. */
export function processMark(pid: number): string | undefined {
  try {
    const stat = readFileSync(`${PROC}/${pid}/stat`, 'utf8');
    // the name, in brackets, may hold spaces and brackets; the start is the 20th field after it
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Whether a process of this machine runs that has `mark`; a process without a mark is told by its id alone. */
export function isRunning(pid: number, mark: string | undefined): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, as another user
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  const now = processMark(pid);
  return mark === undefined || now === undefined || mark === now;
}
