import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { WireFeedbackResult } from '../../api/feedback/feedback.ts';
import type { WireProblem } from '../../api/problem.ts';
import { AlertforestError } from '../../errors.ts';
import { unwrapEnvelope } from '../../intake/envelope/unwrap-envelope.ts';
import { flatJudgement } from '../../intake/flat-judgement.ts';
import { type PayloadFileOptions, payloadsOf } from '../../logs/payload-file.ts';
import { jsonBody } from '../../reading/body-bytes.ts';
import { isOwnWords } from '../../training/feedback/read-item.ts';
import { encodingOption } from '../encoding-option.ts';
import { withApp } from '../open-app.ts';
import { progressBar } from '../progress-bar.ts';

const BATCH = 100;
/** A request may hold 16 MiB; a batch is sent from here on. */
const BATCH_CHARACTERS = 4 * 1024 * 1024;
const MAX_PROBLEMS = 20;
const MAX_TRIES = 6;

/** Where judgements go. */
interface Intake {
  /** Takes one batch of judgements; resolves when they are durable. */
  take(batch: readonly unknown[]): Promise<WireFeedbackResult>;
  /** Confirms the judgement of one alert, so that no guard holds it back. */
  confirm(alertKey: string): Promise<void>;
}

interface Flags extends PayloadFileOptions {
  readonly url?: string;
  readonly key?: string;
  readonly restart?: boolean;
  readonly confirm?: boolean;
  readonly by?: string;
  readonly why?: string;
}

/** How far an import of this file got; kept beside the file so that it can go on after an interruption. */
interface ImportState {
  readonly sizeBytes: number;
  readonly linesDone: number;
}

export function addImportCommand(program: Command): void {
  program
    .command('import')
    .description('send judgements from a file to a running service, or straight to storage')
    .argument('<file>', 'judgements in our own words, or closed records, as JSON, lines or a table')
    .addOption(encodingOption())
    .option('--url <url>', 'address of a running service, up to and with /api/v1/ml')
    .option('--key <key>', 'function key for --url; ALERTFOREST_KEY when left out')
    .option('--restart', 'begin at the first line even where an earlier import got further')
    .option(
      '--confirm',
      'vouch for the file: the guards hold back none of its judgements; needs --by and --why',
    )
    .option('--by <name>', 'who vouches, for the record')
    .option('--why <text>', 'why, for the record')
    .action(async (file: string, flags: Flags) => {
      const { url } = flags;
      const ruling = rulingOf(flags);
      const go = (intake: Intake): Promise<void> => importFile(file, flags, intake);
      if (url !== undefined) {
        await go(overHttp(url, flags.key ?? process.env['ALERTFOREST_KEY'], ruling));
        return;
      }
      await withApp((app) =>
        go({
          take: async (batch) => {
            const sender = { name: 'import', verified: false };
            const request = { requestId: 'import', debugMapping: false };
            return (await app.feedback(jsonBody(batch), sender, request)).body;
          },
          confirm: async (alertKey) => void (await app.quarantine.rule(alertKey, ruling)),
        }),
      );
    });
}

const COUNTS = ['accepted', 'duplicates', 'revised', 'superseded', 'withdrawn', 'no_label'] as const;

interface Ruling {
  readonly action: 'confirm';
  readonly by: string;
  readonly why: string;
}

function rulingOf({ confirm, by, why }: Flags): Ruling {
  if (confirm && !(by && why)) {
    throw new AlertforestError(
      'REQUEST_INVALID',
      'Expected --by and --why with --confirm: they are recorded.',
    );
  }
  return { action: 'confirm', by: by ?? '', why: why ?? '' };
}

async function importFile(file: string, flags: Flags, intake: Intake): Promise<void> {
  const { restart = false, confirm: isConfirmed = false } = flags;
  const { size: sizeBytes } = await stat(file);
  const statePath = `${file}.import`;
  const state = restart ? undefined : await readState(statePath, sizeBytes);
  let nLines = 0;
  for await (const { line } of payloadsOf(file, flags)) nLines = line;
  const bar = progressBar(nLines, 'importing');
  const totals = {
    accepted: 0,
    duplicates: 0,
    revised: 0,
    superseded: 0,
    withdrawn: 0,
    no_label: 0,
    failed: 0,
  };
  const problems: string[] = [];
  const fail = (problem: string): void => {
    totals.failed++;
    if (problems.length < MAX_PROBLEMS) problems.push(problem);
  };
  let batch: { line: number; payload: unknown }[] = [];
  let nCharacters = 0;
  /** Sends what has gathered; every record up to and with `linesDone` is then durable. */
  const send = async (linesDone: number): Promise<void> => {
    if (batch.length === 0) return;
    const result = await intake.take(batch.map(({ payload }) => payload));
    for (const name of COUNTS) totals[name] += result[name];
    const results = result.results ?? [];
    for (const { index, error } of results) {
      // Should the service see more records than were sent, only the lines of the batch are certain.
      const place =
        results.length === batch.length
          ? `line ${batch[index]?.line}`
          : `one of the lines ${batch[0]?.line} to ${batch.at(-1)?.line}`;
      if (error !== undefined) fail(`${place}: ${wordsOf(error)}`);
    }
    if (isConfirmed) await confirmAll(result, intake);
    await writeState(statePath, { sizeBytes, linesDone });
    bar.update(linesDone);
    batch = [];
    nCharacters = 0;
  };
  let lastLine = 0;
  try {
    for await (const item of payloadsOf(file, flags)) {
      if (state !== undefined && item.line <= state.linesDone) continue;
      if ('problem' in item) {
        fail(`line ${item.line}: ${item.problem}`);
        continue;
      }
      const records = recordsOf(item.payload);
      if (records.length === 0) fail(`line ${item.line}: expected a judgement, got an empty list`);
      for (const payload of records) {
        const size = JSON.stringify(payload).length;
        // A line of many records is done when its last one is.
        const isFull = batch.length === BATCH || nCharacters + size > BATCH_CHARACTERS;
        if (isFull) await send(batch.at(-1)?.line === item.line ? item.line - 1 : lastLine);
        batch.push({ line: item.line, payload });
        nCharacters += size;
      }
      lastLine = item.line;
      if (batch.length === BATCH) await send(lastLine);
    }
    await send(lastLine);
  } finally {
    bar.stop();
    for (const problem of problems) console.error(problem);
    if (totals.failed > problems.length) console.error(`… and ${totals.failed - problems.length} more`);
    console.log(JSON.stringify({ ...totals, resumed_after_line: state?.linesDone ?? 0 }));
  }
  if (totals.failed > 0) process.exitCode = 1;
}

/**
 * The single records of one line. Envelopes are opened here and not by the service, so that the n-th answer belongs
 * to the n-th record sent and names its line.
 */
export function recordsOf(payload: unknown): unknown[] {
  if (Array.isArray(payload)) return payload.flatMap(recordsOf);
  // The service takes such a row apart itself.
  if (flatJudgement(payload) !== undefined) return [payload];
  return isOwnWords(payload) ? [payload] : unwrapEnvelope(payload);
}

/**
 * Confirms what a batch judged, duplicates too: an earlier run may have died between judging and confirming. An incident
 * is confirmed with the alerts that follow its closing.
 */
async function confirmAll({ results = [] }: WireFeedbackResult, intake: Intake): Promise<void> {
  const keys = new Set(
    results.flatMap(({ status, alert_key }) =>
      alert_key === undefined || status === 'no_label' ? [] : [alert_key],
    ),
  );
  for (const key of keys) await intake.confirm(key);
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

function wordsOf({ detail, issues = [] }: WireProblem): string {
  return [detail, ...issues.map(({ path, message }) => `${path}: ${message}`)].join(' ');
}

function overHttp(url: string, key: string | undefined, ruling: Ruling): Intake {
  const post = async (path: string, body: unknown): Promise<unknown> => {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(`${url.replace(/\/$/, '')}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(key === undefined ? {} : { 'x-functions-key': key }),
        },
        body: JSON.stringify(body),
      });
      if (response.ok) return response.json();
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
  return {
    take: async (batch) => (await post('/feedback', batch)) as WireFeedbackResult,
    confirm: async (alertKey) => void (await post(`/quarantine/${alertKey}`, ruling)),
  };
}
