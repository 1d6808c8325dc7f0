import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

// A lock file that names the process holding it. It is put in place with its content in one step (a hard link), and
// one whose process is gone is taken over. Plain JavaScript: it is needed before anything is installed.

/** What tells a process from a later one with the same id: its start time, where the system says it (Linux). */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/**
 * What identifies a process for `isAlive`, beyond its id: its start time in the units of the system, where it tells.
 *
 * @param {number} pid
 * @returns {{ pid: number, start?: string | undefined }}
 */
export const identityOf = (pid) => ({ pid, start: startOf(pid) });

/**
 * Whether the process that `identityOf` described still runs.
 *
 * @param {{ pid: number, start?: string | undefined }} process
 * @returns {boolean}
 */
export function isAlive({ pid, start }) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return false;
  }
  const now = startOf(pid);
  return start === undefined || now === undefined || start === now;
}

function readHolder(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    // Not written by this file: whoever made it is unknown, so nothing says that it is alive.
    return { pid: 0, text: String(error) };
  }
}

/**
 * Takes the lock at `path`. Returns `{ release }`, or `{ holder }` with what the living holder wrote.
 *
 * @param {string} path
 * @param {Record<string, unknown>} [details] kept in the file beside the process id
 * @returns {{ release: () => void, holder?: undefined } | { release?: undefined, holder: { pid: number, [detail: string]: unknown } }}
 */
export function takePidLock(path, details = {}) {
  mkdirSync(dirname(path), { recursive: true });
  const own = `${path}.${process.pid}.new`;
  const content = JSON.stringify({ ...identityOf(process.pid), ...details });
  writeFileSync(own, content);
  try {
    for (let attempt = 0; attempt < 10; attempt++) {
      try {
        linkSync(own, path);
        return { release: () => readHolder(path)?.pid === process.pid && rmSync(path, { force: true }) };
      } catch (error) {
        if (error.code !== 'EEXIST') throw error;
      }
      const holder = readHolder(path);
      if (holder === undefined) continue;
      if (holder.pid > 0 && isAlive(holder)) return { holder };
      removeStale(path, holder);
    }
    throw new Error(`Cannot take the lock ${path}: it changes hands all the time.`);
  } finally {
    rmSync(own, { force: true });
  }
}

/** Moves a dead holder's file away; puts it back if another process was quicker and the file is a living one's. */
function removeStale(path, holder) {
  const aside = `${path}.${process.pid}.stale`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (error.code === 'ENOENT') return;
    throw error;
  }
  const moved = readHolder(aside);
  if (moved?.pid !== holder.pid) {
    try {
      linkSync(aside, path);
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
  }
  rmSync(aside, { force: true });
}
