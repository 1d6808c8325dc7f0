import cliProgress from 'cli-progress';

export interface ProgressBar {
  /** `done` of the total, with a word on what is going on. */
  update(done: number, what?: string): void;
  stop(): void;
}

/** A bar on stderr, so that stdout stays data; lines now and then where stderr is no terminal. */
export function progressBar(total: number, what: string): ProgressBar {
  const bar = new cliProgress.SingleBar(
    {
      format: '{what} [{bar}] {percentage}% | {value}/{total} | {eta_formatted}',
      stream: process.stderr,
      noTTYOutput: true,
      notTTYSchedule: 5_000,
      hideCursor: true,
      clearOnComplete: false,
    },
    cliProgress.Presets.shades_classic,
  );
  bar.start(total, 0, { what });
  return {
    update: (done, now) => bar.update(done, now === undefined ? {} : { what: now }),
    stop: () => bar.stop(),
  };
}
