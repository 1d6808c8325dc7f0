const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `clean` when the process is told to stop, then lets it stop as it would have. Gives a way to take it back.
 *
 * Only for stretches that wait for files: a handler runs when the thread is free, so during a fit it would keep the
 * process from stopping at once, which it does by itself without a listener.
 */
export function onInterrupt(clean: () => void): () => void {
  const stop = (signal: NodeJS.Signals): void => {
    try {
      clean();
    } finally {
      forget();
      process.kill(process.pid, signal);
    }
  };
  const forget = (): void => {
    for (const signal of SIGNALS) process.off(signal, stop);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return forget;
}
