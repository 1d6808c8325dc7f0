import type { Command } from 'commander';
import type { WireFeedbackResult } from '../../api/feedback/feedback.ts';
import type { WireProblem } from '../../api/problem.ts';
import type { App } from '../../app.ts';
import { recordsToSend } from '../../intake/envelope/records-to-send.ts';
import { flatJudgement } from '../../intake/flat-judgement.ts';
import { Unread } from '../../intake/unread.ts';
import { checkReadable } from '../../logs/open-text.ts';
import { type PayloadFileOptions, payloadsOf } from '../../logs/payload-file.ts';
import { jsonBody } from '../../reading/body-bytes.ts';
import { isOwnWords } from '../../training/feedback/read-item.ts';
import { encodingOption } from '../encoding-option.ts';
import { withApp } from '../open-app.ts';
import { failureLines } from '../output/failure-lines.ts';
import { addShowOptions, show, stateTable } from '../output/show.ts';
import { progressBar } from '../progress-bar.ts';
import { exportedVote } from '../service/exported-vote.ts';
import { ImportState } from '../service/import-state.ts';
import type { ServiceClient } from '../service/service-client.ts';
import { addServiceOptions, type ServiceFlags, serviceOf } from '../service/service-options.ts';
import { WrongCall } from '../wrong-call.ts';

const BATCH = 100;
/** A request may hold 16 MiB; a batch is sent from here on. */
const BATCH_CHARACTERS = 4 * 1024 * 1024;
const MAX_PROBLEMS = 20;
/** Reasons that are told, the first ones. */
const MAX_REASONS = 5;

/** Where judgements go. */
interface Intake {
  /** Names the destination among others. */
  readonly name: string;
  /** Takes one batch of judgements; resolves when they are durable. */
  take(batch: readonly unknown[]): Promise<WireFeedbackResult>;
  /** Confirms the judgement of one alert, so that no guard holds it back. */
  confirm(alertKey: string): Promise<void>;
}

interface Flags extends PayloadFileOptions, ServiceFlags {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly restart?: boolean;
  readonly confirm?: boolean;
  readonly by?: string;
  readonly why?: string;
}

export function addImportCommand(program: Command): void {
  const command = program
    .command('import')
    .description('send judgements from a file to a running service, or straight to storage')
    .argument(
      '<file>',
      'judgements in our own words, what export judgements wrote, or closed records, as JSON, lines or a table',
    )
    .addOption(encodingOption())
    .option(
      '--restart',
      'begin at the first line even where an import to the same place was cut off further on',
    )
    .option(
      '--confirm',
      'vouch for the file: the guards hold back none of its judgements; needs --by and --why',
    )
    .option('--by <name>', 'who vouches, for the record')
    .option('--why <text>', 'why, for the record');
  addServiceOptions(addShowOptions(command)).action(async (file: string, flags: Flags) => {
    const ruling = rulingOf(flags);
    await checkReadable(file);
    const client = serviceOf(flags);
    if (client !== undefined) await importFile(file, flags, intakeThere(client, ruling));
    else await withApp((app) => importFile(file, flags, intakeHere(app, ruling)));
  });
}

function intakeHere(app: App, ruling: Ruling): Intake {
  return {
    name: `storage ${app.storageName}`,
    take: async (batch) => {
      const sender = { name: 'import', verified: false };
      const request = { requestId: 'import', debugMapping: false };
      return (await app.judging.feedback(jsonBody(batch), sender, request)).body;
    },
    confirm: async (alertKey) => void (await app.judging.quarantine.rule(alertKey, ruling)),
  };
}

function intakeThere(client: ServiceClient, ruling: Ruling): Intake {
  return {
    name: client.url,
    take: (batch) => client.post('/feedback', { body: batch }),
    confirm: async (alertKey) => void (await client.post(`/quarantine/${alertKey}`, { body: ruling })),
  };
}

const COUNTS = ['accepted', 'duplicates', 'revised', 'superseded', 'withdrawn', 'no_label'] as const;

interface Ruling {
  readonly action: 'confirm';
  readonly by: string;
  readonly why: string;
}

function rulingOf({ confirm, by, why }: Flags): Ruling {
  if (confirm && !(by && why)) {
    throw new WrongCall('Expected --by and --why with --confirm: they are recorded.');
  }
  return { action: 'confirm', by: by ?? '', why: why ?? '' };
}

async function importFile(file: string, flags: Flags, intake: Intake): Promise<void> {
  const { restart = false, confirm: isConfirmed = false } = flags;
  let nLines = 0;
  // the standard input comes once
  if (file !== '-') for await (const { line } of payloadsOf(file, flags)) nLines = line;
  const state = await ImportState.of(file, intake.name);
  const doneBefore = restart ? 0 : state.linesDone;
  const bar = progressBar(nLines, 'importing', flags.quiet);
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
  /** Why records taught nothing, with how many and where the first stands. */
  const unlabelled = new Map<string, { place: string; count: number }>();
  const fail = (problem: string): void => {
    totals.failed++;
    if (problems.length < MAX_PROBLEMS) problems.push(problem);
  };
  let isPlaceKept = true;
  /** A folder that takes no file is no reason to send nothing: what is sent again counts as a duplicate. */
  const keepPlace = async (keep: () => Promise<void>): Promise<void> => {
    if (!isPlaceKept) return;
    try {
      await keep();
    } catch (error) {
      isPlaceKept = false;
      console.error(`An import that is cut off here begins anew: ${failureLines(error)?.[0] ?? error}`);
    }
  };
  let batch: { line: number; payload: unknown }[] = [];
  let nCharacters = 0;
  /** Sends what has gathered; every record up to and with `linesDone` is then durable. */
  const send = async (linesDone: number): Promise<void> => {
    if (batch.length === 0) return;
    const result = await intake.take(batch.map(({ payload }) => payload));
    for (const name of COUNTS) totals[name] += result[name];
    const results = result.results ?? [];
    for (const { index, error, status, reason = 'no verdict' } of results) {
      // Should the service see more records than were sent, only the lines of the batch are certain.
      const place =
        results.length === batch.length
          ? `line ${batch[index]?.line}`
          : `one of the lines ${batch[0]?.line} to ${batch.at(-1)?.line}`;
      if (error !== undefined) fail(`${place}: ${wordsOf(error)}`);
      if (status !== 'no_label') continue;
      const seen = unlabelled.get(reason);
      if (seen !== undefined) seen.count++;
      else unlabelled.set(reason, { place, count: 1 });
    }
    if (isConfirmed) await confirmAll(result, intake);
    await keepPlace(() => state.write(linesDone));
    bar.update(linesDone);
    batch = [];
    nCharacters = 0;
  };
  let lastLine = 0;
  try {
    for await (const item of payloadsOf(file, flags)) {
      if (item.line <= doneBefore) continue;
      if ('problem' in item) {
        fail(`line ${item.line}: ${item.problem}`);
        continue;
      }
      const records = recordsOf(item.payload);
      if (records.length === 0) fail(`line ${item.line}: expected a judgement, got an empty list`);
      for (const payload of records) {
        if (payload instanceof Unread) {
          fail(`line ${item.line}: ${payload.problem}`);
          continue;
        }
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
    await keepPlace(() => state.remove());
  } finally {
    bar.stop();
    for (const problem of problems) console.error(problem);
    for (const [reason, { place, count }] of [...unlabelled].slice(0, flags.quiet ? 0 : MAX_REASONS))
      console.error(`${count} without a label, first ${place}: ${reason}`);
    if (totals.failed > problems.length) console.error(`… and ${totals.failed - problems.length} more`);
    const answer = { ...totals, resumed_after_line: doneBefore };
    show(answer, flags, () => ({
      text: stateTable(
        ['judgements', 'count'],
        Object.entries(totals).map(([name, n]) => [name.replace('_', ' '), String(n)]),
      ),
      summary: `${totals.accepted} accepted, ${totals.failed} failed; sent to ${intake.name}${doneBefore === 0 ? '' : `, from line ${doneBefore + 1} on`}`,
    }));
  }
  if (totals.failed > 0) process.exitCode = 1;
}

/**
 * The single records of one line. Envelopes are opened here and not by the service, so that the n-th answer belongs
 * to the n-th record sent and names its line.
 */
export function recordsOf(payload: unknown): unknown[] {
  if (Array.isArray(payload)) return payload.flatMap(recordsOf);
  const exported = exportedVote(payload);
  if (exported !== undefined) return [exported];
  // The service takes such a row apart itself.
  if (flatJudgement(payload) !== undefined) return [payload];
  return isOwnWords(payload) ? [payload] : recordsToSend(payload).map(({ sent }) => sent);
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

function wordsOf({ detail, issues = [] }: WireProblem): string {
  return [detail, ...issues.map(({ path, message }) => `${path}: ${message}`)].join(' ');
}
