import cliProgress from 'cli-progress';

export interface ProgressBar {
  /** `done` of the total, with a word on what is going on. */
  update(done: number, what?: string): void;
  stop(): void;
}

/** Time between two lines where stderr is no terminal. */
const LINE_EVERY_MS = 5_000;

/** A bar on stderr, so that stdout stays data; a line now and then where stderr is no terminal. */
export function progressBar(total: number, what: string, isQuiet = false): ProgressBar {
  if (isQuiet) return { update() {}, stop() {} };
  if (!process.stderr.isTTY) return progressLines(total, what);
  const bar = new cliProgress.SingleBar(
    {
      format: '{what} [{bar}] {percentage}% | {value}/{total} | {eta_formatted}',
      stream: process.stderr,
      clearOnComplete: false,
      // The library would listen to signals to tidy the line, and a listener is deaf while a fit holds the thread:
      // without one the process stops at once. For the same reason the cursor stays as it is.
      gracefulExit: false,
      hideCursor: false,
    },
    cliProgress.Presets.shades_classic,
  );
  bar.start(total, 0, { what });
  return {
    update: (done, now) => bar.update(done, now === undefined ? {} : { what: now }),
    stop: () => bar.stop(),
  };
}

/** Written when told, not by a timer: fitting holds the thread, and a timer would be silent until the end. */
function progressLines(total: number, first: string): ProgressBar {
  let what = first;
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  return {
    update(done, now = what) {
      what = now;
      const atMs = performance.now();
      if (atMs - writtenAtMs < LINE_EVERY_MS) return;
      writtenAtMs = atMs;
      process.stderr.write(`${what}: ${Math.floor((100 * done) / Math.max(1, total))} %\n`);
    },
    stop() {},
  };
}
