import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { finished } from 'node:stream/promises';
import { type Command, Option } from 'commander';
import { type FleetFigures, fleetFigures } from '../../evaluation/simulate/fleet-figures.ts';
import {
  type IncidentFigures,
  incidentFigures,
  readIncidents,
} from '../../evaluation/simulate/known-incidents.ts';
import { type Played, play, scoringHere } from '../../evaluation/simulate/play.ts';
import { readStream, STREAM_FORMATS, type StreamFormat } from '../../evaluation/simulate/read-stream.ts';
import { type SimulationFigures, simulationFigures } from '../../evaluation/simulate/simulation-figures.ts';
import { simulationPage } from '../../evaluation/simulate/simulation-page.ts';
import { MemoryBehaviorLog } from '../../store/memory/memory-behavior-log.ts';
import { MemoryModelStore } from '../../store/memory/memory-model-store.ts';
import { freshModels } from '../fresh-models.ts';
import { shownSimulation } from '../output/figure-tables.ts';
import { count } from '../output/show.ts';
import { integer } from '../parse-number.ts';
import { progressBar } from '../progress-bar.ts';
import { runFacts } from '../run-facts.ts';
import { ScoringThreads } from '../simulation/scoring-in-threads.ts';
import { checkOutputs, StagedOutputs } from '../staged-outputs.ts';

const MAX_INSTANCES = 100;
/** Each thread holds a copy of the alerts. */
const MAX_THREADS = 64;

interface SimulateFlags {
  readonly format: StreamFormat;
  readonly incidents?: string;
  readonly json?: string;
  readonly html?: string;
  readonly scores?: string;
  readonly models: boolean;
  readonly instances: number;
  readonly threads: number;
  readonly quiet?: boolean;
}

export function addSimulateCommand(program: Command): void {
  program
    .command('simulate')
    .description("play a file of alerts in time order through the service's stages, with nothing remembered")
    .argument('<file>', 'alerts in any known format, or the AIT alert data set as CSV; packed or not')
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
  const isPrinted = json === undefined || json === '-';
  await checkOutputs(
    [
      ...(isPrinted ? [] : [{ flag: '--json', path: json }]),
      ...(html === undefined ? [] : [{ flag: '--html', path: html }]),
      ...(scores === undefined ? [] : [{ flag: '--scores', path: scores }]),
    ],
    flags.incidents === undefined ? [file] : [file, flags.incidents],
  );
  const bar = progressBar(1000, 'reading', flags.quiet);
  const staged = new StagedOutputs();
  const { instances, format } = flags;
  // the standard input can be read once
  const threads =
    flags.models && flags.threads > 1 && file !== '-'
      ? new ScoringThreads({ file, format, playsAlone: instances > 1 }, flags.threads)
      : undefined;
  try {
    const counts = { alerts: 0, skipped: 0 };
    const known = flags.incidents === undefined ? undefined : await readIncidents(flags.incidents);
    const stream = await readStream(file, format, counts);
    if (flags.models) bar.update(0, 'making the models of a first start');
    const scoring =
      threads?.scoring(stream) ?? (flags.models ? scoringHere(stream, await freshModels()) : undefined);
    const onProgress = (nDone: number): void =>
      bar.update(Math.round((1000 * nDone) / stream.length), 'playing');
    const stores = { log: new MemoryBehaviorLog(), blobs: new MemoryModelStore(Date.now) };
    const played = await play(stream, { scoring, instances, stores, onProgress });
    // to compare with: whether one instance would have found the same incidents
    const alone =
      instances === 1
        ? undefined
        : ((await threads?.alone()) ??
          (await play(stream, { scoring: undefined, onProgress })).alerts.map(
            ({ incident }) => incident?.id,
          ));
    bar.update(1000, 'counting');
    const figures: SimulationFigures &
      Partial<IncidentFigures & FleetFigures> & { readonly instances: number } = {
      ...simulationFigures(played),
      instances,
      ...(alone === undefined ? {} : fleetFigures(played, alone)),
      ...(known === undefined ? {} : incidentFigures(played.alerts, known)),
    };
    bar.stop();
    const text = `${JSON.stringify({ file: basename(file), run: runFacts(), skipped: counts.skipped, ...figures }, undefined, 2)}\n`;
    if (scores !== undefined) await writeScores(played, staged.place(scores));
    if (!isPrinted) await staged.file(json, text);
    if (html !== undefined) await staged.file(html, await simulationPage(basename(file), played, figures));
    staged.commit();
    if (json === undefined && process.stdout.isTTY) console.log(shownSimulation(figures));
    else if (isPrinted) process.stdout.write(text);
    if (!flags.quiet)
      console.error(`${count(figures.alerts, 'alert')} played, ${count(figures.incidents, 'incident')}`);
  } finally {
    bar.stop();
    staged.discard();
    await threads?.close();
  }
}

/** One line an alert, in the order played; incident ids as they turned out in the end. */
async function writeScores({ alerts }: Played, path: string): Promise<void> {
  const sink = createWriteStream(path);
  const written = finished(sink);
  written.catch(() => {});
  for (const { stream, score, finalScore, notable, incident } of alerts) {
    const line = JSON.stringify({
      index: stream.index,
      score: Number.isNaN(score) ? null : score,
      ...(Number.isNaN(finalScore) ? {} : { final_score: finalScore }),
      notable,
      incident_id: incident?.id ?? null,
      incident_score: incident?.rawScore() ?? 0,
    });
    if (!sink.write(`${line}\n`)) await Promise.race([once(sink, 'drain'), written]);
  }
  sink.end();
  await written;
}
