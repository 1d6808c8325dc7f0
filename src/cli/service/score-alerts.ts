import { once } from 'node:events';
import type { WireBatchResult, WireVerdict } from '../../api/predict/verdict.ts';
import { hasCode } from '../../errors.ts';
import { notesOf } from '../../intake/envelope/carriage.ts';
import { recordsToSend } from '../../intake/envelope/records-to-send.ts';
import { SkippedAlert } from '../../intake/skipped-alert.ts';
import { Unread } from '../../intake/unread.ts';
import { isObject } from '../../intake/values/json-value.ts';
import { type PayloadFileOptions, payloadsOf } from '../../logs/payload-file.ts';
import type { ServiceClient } from './service-client.ts';

/** One line of what comes out: a verdict, or the line of the file and why there is none. */
export type ScoredLine = Readonly<Record<string, unknown>>;

interface Sent {
  readonly line: number;
  readonly alert: unknown;
  /** The same for a service. */
  readonly sent: unknown;
}

/** Scores alerts; the n-th answer is of the n-th alert. An outage is thrown. */
export interface Scoring {
  readonly score: (sent: readonly Sent[]) => Promise<readonly ScoredLine[]>;
  /** Alerts given at once. */
  readonly batch: number;
}

/** Scores one by one, by the objects of the service in this process. */
export function scoringHere(score: (payload: unknown) => Promise<object>): Scoring {
  return {
    batch: 1,
    score: (sent) =>
      Promise.all(
        sent.map(async ({ line, alert }) => {
          try {
            return (await score(alert)) as ScoredLine;
          } catch (error) {
            if (error instanceof SkippedAlert) return { line, skipped: error.skip };
            if (!hasCode(error, 'ALERT_INVALID')) throw error;
            return { line, error: error.message, issues: error.issues };
          }
        }),
      ),
  };
}

const BATCH = 100;
/** A batch explains at most so many alerts. */
const EXPLAINED_BATCH = 20;
/** A request may hold 16 MiB; a batch is sent from here on. */
const BATCH_CHARACTERS = 4 * 1024 * 1024;

/** Scores by a running service, which counts and logs the alerts unless it is a trial. */
export function scoringThere(
  client: ServiceClient,
  { explain, isTrial }: { readonly explain: number; readonly isTrial: boolean },
): Scoring {
  return {
    batch: explain > 0 ? EXPLAINED_BATCH : BATCH,
    score: async (sent) => {
      const { results } = await client.post<WireBatchResult>('/predict', {
        query: { explain: explain || undefined, observe: isTrial ? 'false' : undefined },
        body: { alerts: sent.map((one) => one.sent) },
      });
      return sent.map(({ line, alert }, index) => {
        const { verdict, skipped, error } = results[index] ?? {};
        if (verdict !== undefined) return withNotes(verdict, alert);
        if (skipped !== undefined) return { line, skipped };
        return { line, error: error?.detail ?? 'the service gave no answer', issues: error?.issues ?? [] };
      });
    },
  };
}

/** What was noticed while the file was read, such as a document that is cut off, stands first, as where the file is sent itself. */
function withNotes(verdict: WireVerdict, alert: unknown): WireVerdict {
  const { input } = verdict;
  const notes = (isObject(alert) ? notesOf(alert) : []).filter((note) => !input.warnings.includes(note));
  return notes.length === 0
    ? verdict
    : { ...verdict, input: { ...input, warnings: [...notes, ...input.warnings] } };
}

export interface ScoreCounts {
  readonly scored: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Scores a file; each line is given on as soon as it is known, in the order of the file. */
export async function scoreFile(
  file: string,
  options: PayloadFileOptions,
  { score, batch }: Scoring,
  emit: (line: ScoredLine) => void | Promise<void>,
): Promise<ScoreCounts> {
  const counts = { scored: 0, failed: 0, skipped: 0 };
  let waiting: (Sent | { readonly line: number; readonly problem: string })[] = [];
  let nCharacters = 0;
  const send = async (): Promise<void> => {
    const sent = waiting.filter((one) => 'alert' in one);
    const answers = sent.length === 0 ? [] : await score(sent);
    let at = 0;
    for (const one of waiting) {
      const line = 'alert' in one ? answers[at++]! : { line: one.line, error: one.problem };
      if ('error' in line) counts.failed++;
      else if ('skipped' in line) counts.skipped++;
      else counts.scored++;
      await emit(line);
    }
    waiting = [];
    nCharacters = 0;
  };
  for await (const item of payloadsOf(file, options)) {
    if ('problem' in item) {
      waiting.push({ line: item.line, problem: item.problem });
      continue;
    }
    for (const { record, sent } of recordsToSend(item.payload)) {
      if (record instanceof Unread) waiting.push({ line: item.line, problem: record.problem });
      else waiting.push({ line: item.line, alert: record, sent });
      if (batch > 1) nCharacters += JSON.stringify(sent).length;
      if (waiting.length >= batch || nCharacters > BATCH_CHARACTERS) await send();
    }
  }
  await send();
  return counts;
}

/** Writes each line as JSON. */
export const jsonLines =
  (sink: NodeJS.WritableStream) =>
  async (line: ScoredLine): Promise<void> => {
    if (!sink.write(`${JSON.stringify(line)}\n`)) await once(sink, 'drain');
  };
