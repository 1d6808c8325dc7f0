import { failureLines } from '../../src/cli/output/failure-lines.ts';
import { createProgram } from '../../src/cli/program.ts';

// Runs one command after the other in one process, for tests that call many: most of the time of a short command goes into
// loading the program. Each line of the standard input is the arguments as a JSON list; what it printed ends on both
// streams with END and, on the standard output, its status.

const END = '\u0000';

async function run(args: readonly string[]): Promise<number> {
  process.exitCode = 0;
  try {
    await (await createProgram()).parseAsync(args, { from: 'user' });
  } catch (error) {
    console.error((failureLines(error) ?? [(error as Error).stack]).join('\n'));
    process.exitCode = 1;
  }
  return Number(process.exitCode);
}

process.stdin.setEncoding('utf8');
let held = '';
for await (const piece of process.stdin) {
  const calls = (held + piece).split('\n');
  held = calls.pop() as string;
  for (const call of calls) {
    const status = await run(JSON.parse(call));
    process.stderr.write(END);
    process.stdout.write(`${END}${status}\n`);
  }
}
process.exitCode = 0;
