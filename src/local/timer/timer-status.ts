import { mkdirSync, readFileSync, renameSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What is kept of a timer between two runs of the host; ISO times in UTC, `last` absent before the first run. */
export interface TimerStatus {
  readonly last?: string;
  readonly next: string;
  readonly lastUpdated: string;
}

/** Timer status files, one per function, under a directory. */
export class TimerStatusStore {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** The kept status; undefined when there is none. Throws for a file that cannot be read as a status. */
  read(functionName: string): TimerStatus | undefined {
    let text: string;
    try {
      text = readFileSync(this.#path(functionName), 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw cause;
    }
    const status = JSON.parse(text) as TimerStatus;
    if (Number.isNaN(Date.parse(status.next)) || Number.isNaN(Date.parse(status.lastUpdated))) {
      throw new TypeError(`Expected ISO times \`next\` and \`lastUpdated\` in ${this.#path(functionName)}.`);
    }
    return status;
  }

  /** Replaces the status in one step: a crash leaves the old one or the new one. */
  write(functionName: string, status: TimerStatus): void {
    mkdirSync(this.#directory, { recursive: true });
    const path = this.#path(functionName);
    writeFileSync(`${path}.new`, `${JSON.stringify(status)}\n`);
    renameSync(`${path}.new`, path);
  }

  /** In a sentence what failed, where, and how much room there is. */
  trouble(what: 'keep' | 'read', functionName: string, error: unknown): string {
    return `Cannot ${what} the schedule of \`${functionName}\` in ${this.#directory} (${this.#room()}): ${(error as Error).message}`;
  }

  #room(): string {
    try {
      const { bavail, bsize } = statfsSync(this.#directory);
      return `${bavail * bsize} bytes free`;
    } catch {
      return 'its disk cannot be asked how much is free';
    }
  }

  #path(functionName: string): string {
    return join(this.#directory, `${functionName}.json`);
  }
}
