import { createServer } from 'node:net';

/** The port that the settings name; @throws Error where it is none */
export function readPort(settings: Readonly<Record<string, string | undefined>>): number {
  const text = settings['PORT'] || '7071';
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535) throw new Error(`Expected PORT in 0..65535, got ${text}.`);
  return port;
}

/**
 * Looks whether a port can be listened on, before anything that takes its time.
 *
 * @param command for the hint
 * @throws Error where it cannot
 */
export function checkPortIsFree(port: number, command: string): Promise<void> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      const isTaken = error.code === 'EADDRINUSE';
      failed(
        new Error(
          isTaken
            ? `Port ${port} is in use. Stop what uses it, or choose another: PORT=${port < 65_535 ? port + 1 : 0} ${command}`
            : `Cannot listen on port ${port}: ${error.message}`,
        ),
      );
    });
    server.listen(port, '127.0.0.1', () => server.close(() => done()));
  });
}
