import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { WireFeedbackResult } from '../../api/feedback.ts';
import type { WireProblem } from '../../api/verdict.ts';
import { AlertforestError } from '../../errors.ts';
import { withApp } from '../open-app.ts';
import { payloadsOf } from '../payload-file.ts';
import { progressBar } from '../progress-bar.ts';

const BATCH = 100;
const MAX_TRIES = 6;

/** Takes one batch of judgements; resolves when they are durable. */
type Take = (batch: readonly unknown[]) => Promise<WireFeedbackResult>;

/** How far an import of this file got; kept beside the file so that it can go on after an interruption. */
interface ImportState {
  readonly sizeBytes: number;
  readonly linesDone: number;
}

export function addImportCommand(program: Command): void {
  program
    .command('import')
    .description('send judgements from a file to a running service, or straight to storage')
    .argument('<file>', 'JSON lines: judgements in our own words or closed vendor records')
    .option('--url <url>', 'address of a running service, up to and with /api/v1/ml')
    .option('--key <key>', 'function key for --url; ALERTFOREST_KEY when left out')
    .option('--restart', 'begin at the first line even where an earlier import got further')
    .action(async (file: string, options: { url?: string; key?: string; restart?: boolean }) => {
      const { url } = options;
      const go = (take: Take): Promise<void> => importFile(file, options.restart ?? false, take);
      if (url !== undefined) {
        await go(overHttp(url, options.key ?? process.env['ALERTFOREST_KEY']));
        return;
      }
      await withApp((app) =>
        go(async (batch) => {
          const { body } = await app.feedback(
            JSON.stringify(batch),
            { name: 'import', verified: false },
            problemOf,
          );
          return body;
        }),
      );
    });
}

async function importFile(file: string, restart: boolean, take: Take): Promise<void> {
  const { size: sizeBytes } = await stat(file);
  const statePath = `${file}.import`;
  const state = restart ? undefined : await readState(statePath, sizeBytes);
  let nLines = 0;
  for await (const { line } of payloadsOf(file)) nLines = line;
  const bar = progressBar(nLines, 'importing');
  const totals = { accepted: 0, duplicates: 0, revised: 0, no_label: 0, failed: 0 };
  const problems: string[] = [];
  let batch: { line: number; payload: unknown }[] = [];
  const send = async (): Promise<void> => {
    const last = batch.at(-1);
    if (last === undefined) return;
    const result = await take(batch.map(({ payload }) => payload));
    for (const name of ['accepted', 'duplicates', 'revised', 'no_label'] as const)
      totals[name] += result[name];
    for (const { index, error } of result.results ?? []) {
      if (error === undefined) continue;
      totals.failed++;
      problems.push(`line ${batch[index]?.line}: ${error.detail}`);
    }
    await writeState(statePath, { sizeBytes, linesDone: last.line });
    bar.update(last.line);
    batch = [];
  };
  try {
    for await (const item of payloadsOf(file)) {
      if (state !== undefined && item.line <= state.linesDone) continue;
      if ('problem' in item) {
        totals.failed++;
        problems.push(`line ${item.line}: ${item.problem}`);
        continue;
      }
      batch.push(item);
      if (batch.length === BATCH) await send();
    }
    await send();
  } finally {
    bar.stop();
    for (const problem of problems.slice(0, 20)) console.error(problem);
    if (problems.length > 20) console.error(`… and ${problems.length - 20} more lines`);
    console.log(JSON.stringify({ ...totals, resumed_after_line: state?.linesDone ?? 0 }));
  }
  if (totals.failed > 0) process.exitCode = 1;
}

async function readState(path: string, sizeBytes: number): Promise<ImportState | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  const state = JSON.parse(text) as ImportState;
  // Another file under the same name starts anew; judgements that were sent before count as duplicates.
  return state.sizeBytes === sizeBytes ? state : undefined;
}

async function writeState(path: string, state: ImportState): Promise<void> {
  await writeFile(`${path}.new`, JSON.stringify(state));
  await rename(`${path}.new`, path);
}

/** No HTTP here: the code stands for itself. */
function problemOf(error: unknown): WireProblem {
  const known = error instanceof AlertforestError ? error : new AlertforestError('INTERNAL', String(error));
  return {
    type: `urn:alertforest:error:${known.code.toLowerCase()}`,
    title: known.code,
    status: 0,
    code: known.code,
    detail: [known.message, ...known.issues.map(({ path, message }) => `${path}: ${message}`)].join(' '),
    request_id: 'import',
  };
}

function overHttp(url: string, key: string | undefined): Take {
  return async (batch) => {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(`${url.replace(/\/$/, '')}/feedback`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(key === undefined ? {} : { 'x-functions-key': key }),
        },
        body: JSON.stringify(batch),
      });
      if (response.ok) return (await response.json()) as WireFeedbackResult;
      const retryAfter = Number(response.headers.get('retry-after'));
      if (![429, 503].includes(response.status) || attempt === MAX_TRIES) {
        throw new AlertforestError(
          'REQUEST_INVALID',
          `${url} answered ${response.status}: ${await response.text()}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 1000 * (retryAfter || 2 ** attempt)));
    }
  };
}
