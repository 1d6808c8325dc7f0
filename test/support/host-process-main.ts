import type { HostReady } from './host-process.ts';
import { type LocalServiceTestOptions, startLocalService } from './local-service.ts';

// Runs one service of a test in this process, told by the first message what to run, and says when it answers.

process.once('message', (options: LocalServiceTestOptions) => {
  void startLocalService(options).then(
    ({ url, pid }) => process.send?.({ url, pid: pid as number } satisfies HostReady),
    (error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    },
  );
});
// whoever started it is gone
process.once('disconnect', () => process.exit(1));
