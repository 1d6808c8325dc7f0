import { parentPort, workerData } from 'node:worker_threads';
import { scoreRows } from '../../evaluation/simulate/model-rows.ts';
import { aitAlerts } from '../../evaluation/simulate/read-ait.ts';
import { isAit, readStream } from '../../evaluation/simulate/read-stream.ts';
import { artefactsOf, modelsOf } from './artefacts.ts';
import type { Given, Said, ThreadWork } from './scoring-threads.ts';

// The entry of a thread of a simulation. What crosses threads is in shared memory: rows of numbers, and what the stages
// found. Records of all other files would have to be copied: it reads those itself.
const port = parentPort;
if (port === null) throw new Error('Expected to run as a worker thread.');
const say = (said: Said): void => port.postMessage(said);

const { file, format, makesModels, playsAlone } = workerData as ThreadWork;
// listened for from the start: what comes before anybody listens is lost
const artefacts = given('artefacts');
const rows = given('rows');
const ait = given('ait');

const made = makesModels ? await (await import('../fresh-models.ts')).freshModels() : undefined;
if (made !== undefined) say({ artefacts: artefactsOf(made) });
const stream = (await isAit(file, format))
  ? aitAlerts(await ait)
  : await readStream(file, format, { alerts: 0, skipped: 0 });
if (playsAlone) {
  const { play } = await import('../../evaluation/simulate/play.ts');
  const { alerts } = await play(stream, { scoring: undefined });
  say({ alone: alerts.map(({ incident }) => incident?.id) });
}
say({ spentMs: scoreRows(await rows, stream, made ?? modelsOf(await artefacts)) });
port.close();

function given<What extends keyof Given>(what: What): Promise<NonNullable<Given[What]>> {
  return new Promise((resolve) => {
    parentPort?.on('message', (message: Given) => {
      const value = message[what];
      if (value !== undefined) resolve(value);
    });
  });
}
