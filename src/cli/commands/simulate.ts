import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { STREAM_FORMATS } from '../../evaluation/simulate/stream-formats.ts';
import { integer } from '../parse-number.ts';
import { rereadable } from '../simulation/rereadable.ts';
import type { SimulateFlags } from '../simulation/run-simulation.ts';
import { ScoringThreads } from '../simulation/scoring-threads.ts';
import { checkOutputs } from '../staged-outputs.ts';

const MAX_INSTANCES = 100;
/** Each thread holds a copy of the alerts. */
const MAX_THREADS = 64;

export function addSimulateCommand(program: Command): void {
  program
    .command('simulate')
    .description("play a file of alerts in time order through the service's stages, with nothing remembered")
    .argument(
      '<file>',
      'alerts in any known format, or the AIT alert data set as CSV; packed or not; - is stdin',
    )
    .addOption(
      new Option('--format <format>', 'how the file is written').choices(STREAM_FORMATS).default('auto'),
    )
    .option('--incidents <file>', 'known incidents with their alert ids, to compare with')
    .option(
      '--json <file>',
      'write the figures as JSON; - is stdout, as where nothing is asked for and no terminal reads',
    )
    .option('--html <file>', 'write a self-contained report')
    .option('--scores <file>', 'write one JSON line for each alert')
    .option(
      '--instances <n>',
      'spread the alerts over so many instances that share what they know',
      integer(1, MAX_INSTANCES),
      1,
    )
    .option(
      '--threads <n>',
      'the stages in one, the models in all; the figures are the same (default: one for each core)',
      integer(1, MAX_THREADS),
      Math.min(MAX_THREADS, availableParallelism()),
    )
    .option('--quiet', 'no progress, no summary line')
    .option('--no-models', 'the stages alone: no final_score, and several times as fast')
    .action(runSimulate);
}

async function runSimulate(file: string, flags: SimulateFlags): Promise<void> {
  const { json, html, scores } = flags;
  await checkOutputs(
    [
      ...(json === undefined || json === '-' ? [] : [{ flag: '--json', path: json }]),
      ...(html === undefined ? [] : [{ flag: '--html', path: html }]),
      ...(scores === undefined ? [] : [{ flag: '--scores', path: scores }]),
    ],
    flags.incidents === undefined ? [file] : [file, flags.incidents],
  );
  const { format, instances } = flags;
  const name = file === '-' ? 'stdin' : basename(file);
  await rereadable(file, async (path) => {
    // The other threads load what they need while this one does.
    const threads =
      flags.models && flags.threads > 1
        ? new ScoringThreads({ file: path, format, playsAlone: instances > 1 }, flags.threads)
        : undefined;
    try {
      const { runSimulation } = await import('../simulation/run-simulation.ts');
      await runSimulation({ path, name }, flags, threads);
    } finally {
      await threads?.close();
    }
  });
}
