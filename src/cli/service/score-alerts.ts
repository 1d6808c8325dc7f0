import { once } from 'node:events';
import type { WireBatchResult } from '../../api/predict/verdict.ts';
import { hasCode } from '../../errors.ts';
import { unwrapEnvelope } from '../../intake/envelope/unwrap-envelope.ts';
import { SkippedAlert } from '../../intake/skipped-alert.ts';
import { type PayloadFileOptions, payloadsOf } from '../../logs/payload-file.ts';
import type { ServiceClient } from './service-client.ts';

/** One line of what comes out: a verdict, or the line of the file and why there is none. */
export type ScoredLine = Readonly<Record<string, unknown>>;

interface Sent {
  readonly line: number;
  readonly alert: unknown;
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
        body: { alerts: sent.map(({ alert }) => alert) },
      });
      return sent.map(({ line }, index) => {
        const { verdict, skipped, error } = results[index] ?? {};
        if (verdict !== undefined) return verdict;
        if (skipped !== undefined) return { line, skipped };
        return { line, error: error?.detail ?? 'the service gave no answer', issues: error?.issues ?? [] };
      });
    },
  };
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
    for (const alert of unwrapEnvelope(item.payload)) {
      waiting.push({ line: item.line, alert });
      if (batch > 1) nCharacters += JSON.stringify(alert).length;
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
