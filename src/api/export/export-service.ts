import type { z } from 'zod';
import type { FeedbackStore } from '../../store/feedback-store.ts';
import type { PredictionLog } from '../../store/prediction-log.ts';
import type { exportedVerdictsSchema, exportedVotesSchema } from './export.ts';
import { judgementRows, verdictRow } from './exported-rows.ts';

/** What is stored of all alerts, a page at a time: a request ends long before a large store does. */
export class ExportService {
  readonly #feedback: Pick<FeedbackStore, 'samples'>;
  readonly #predictions: Pick<PredictionLog, 'entriesSince'>;

  constructor(feedback: Pick<FeedbackStore, 'samples'>, predictions: Pick<PredictionLog, 'entriesSince'>) {
    this.#feedback = feedback;
    this.#predictions = predictions;
  }

  /**
   * Every vote that stands, of at most `limit` alerts.
   *
   * @param after what the page before gave as `next`
   */
  async judgements(limit: number, after?: string): Promise<z.infer<typeof exportedVotesSchema>> {
    const { items, next } = await pageOf(this.#feedback.samples(after), limit);
    return { votes: items.flatMap(judgementRows), next };
  }

  /** The newest verdict of at most `limit` alerts scored from `sinceMs` on. @param after as in {@link judgements} */
  async verdicts(
    limit: number,
    sinceMs: number,
    after?: string,
  ): Promise<z.infer<typeof exportedVerdictsSchema>> {
    const { items, next } = await pageOf(this.#predictions.entriesSince(sinceMs, undefined, after), limit);
    return { verdicts: items.map(verdictRow), next };
  }
}

/** The first `limit` items, and the key of the last one where there are more. */
async function pageOf<Item extends { readonly snapshot: { readonly alertKey: string } }>(
  all: AsyncIterable<Item>,
  limit: number,
): Promise<{ readonly items: readonly Item[]; readonly next: string | null }> {
  const items: Item[] = [];
  for await (const item of all) {
    if (items.length === limit) return { items, next: items.at(-1)!.snapshot.alertKey };
    items.push(item);
  }
  return { items, next: null };
}
