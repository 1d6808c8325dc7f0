import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { type FleetFigures, fleetFigures } from '../../evaluation/simulate/fleet-figures.ts';
import {
  type IncidentFigures,
  incidentFigures,
  readIncidents,
} from '../../evaluation/simulate/known-incidents.ts';
import { type Played, play, type Scoring, scoringHere } from '../../evaluation/simulate/play.ts';
import { openStream, type ReadStream } from '../../evaluation/simulate/read-stream.ts';
import { type SimulationFigures, simulationFigures } from '../../evaluation/simulate/simulation-figures.ts';
import type { StreamFormat } from '../../evaluation/simulate/stream-formats.ts';
import { MemoryBehaviorLog } from '../../store/memory/memory-behavior-log.ts';
import { MemoryModelStore } from '../../store/memory/memory-model-store.ts';
import { shownSimulation } from '../output/figure-tables.ts';
import { count } from '../output/show.ts';
import { progressBar } from '../progress-bar.ts';
import { runFacts } from '../run-facts.ts';
import { StagedOutputs } from '../staged-outputs.ts';
import { scoringInThreads } from './scoring-in-threads.ts';
import type { ScoringThreads } from './scoring-threads.ts';

export interface SimulateFlags {
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

/**
 * The command `simulate`, once its outputs are known to be writable: reads, plays, counts and reports.
 *
 * @param input a file that can be read again, and what it is called
 * @param threads that score beside this one; undefined where all is done here
 */
export async function runSimulation(
  input: { readonly path: string; readonly name: string },
  flags: SimulateFlags,
  threads: ScoringThreads | undefined,
): Promise<void> {
  const { path, name } = input;
  const { json, html, scores, instances, format } = flags;
  const isPrinted = json === undefined || json === '-';
  const bar = progressBar(1000, 'reading', flags.quiet);
  const staged = new StagedOutputs();
  try {
    const counts = { alerts: 0, skipped: 0 };
    const known = flags.incidents === undefined ? undefined : await readIncidents(flags.incidents);
    const read = await openStream(path, format, counts);
    const stream = read.alerts;
    if (flags.models) bar.update(0, 'making the models of a first start');
    const scoring = await scoringOf(read, flags.models, threads);
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
    const text = `${JSON.stringify({ file: name, run: runFacts(), skipped: counts.skipped, ...figures }, undefined, 2)}\n`;
    if (scores !== undefined) await writeScores(played, staged.place(scores));
    if (!isPrinted) await staged.file(json, text);
    if (html !== undefined) {
      const { simulationPage } = await import('../../evaluation/simulate/simulation-page.ts');
      await staged.file(html, await simulationPage(name, played, figures));
    }
    staged.commit();
    if (json === undefined && process.stdout.isTTY) console.log(shownSimulation(figures));
    else if (isPrinted) process.stdout.write(text);
    if (figures.steps !== undefined && figures.auc_time === undefined)
      console.error(
        'No figures of ranking: they count alerts after the first 24 hours, in which everything is new.',
      );
    if (!flags.quiet)
      console.error(`${count(figures.alerts, 'alert')} played, ${count(figures.incidents, 'incident')}`);
  } finally {
    bar.stop();
    staged.discard();
  }
}

/** Where the models take part: who scores. */
async function scoringOf(
  read: ReadStream,
  withModels: boolean,
  threads: ScoringThreads | undefined,
): Promise<Scoring | undefined> {
  if (!withModels) return undefined;
  if (threads !== undefined) return scoringInThreads(threads, read);
  const { freshModels } = await import('../fresh-models.ts');
  return scoringHere(read.alerts, await freshModels());
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
