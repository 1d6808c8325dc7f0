import { writeError } from '../logs/write-error.ts';
import { failureLines } from './output/failure-lines.ts';
import { createProgram, WRONG_CALL } from './program.ts';
import { HELP_HINT, WrongCall } from './wrong-call.ts';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // who has read enough, as `head` has, is no error
  if (error.code === 'EPIPE') process.exit(0);
  console.error(writeError('the standard output', error).message);
  process.exit(1);
});

try {
  await (await createProgram(process.argv[2])).parseAsync();
} catch (error) {
  if (error instanceof WrongCall) {
    console.error(`error: ${error.message}\n${HELP_HINT}`);
    process.exitCode = WRONG_CALL;
  } else {
    const lines = failureLines(error);
    if (lines === undefined) throw error;
    for (const line of lines) console.error(line);
    process.exitCode = 1;
  }
}
