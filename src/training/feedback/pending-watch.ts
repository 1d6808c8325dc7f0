import type { FeedbackStore } from '../../store/feedback-store.ts';
import type { RetrainQueue } from '../../store/retrain-queue.ts';
import type { FeedbackCounter } from './feedback-counter.ts';

export interface PendingWatchDeps {
  readonly counter: FeedbackCounter;
  readonly feedback: FeedbackStore;
  readonly queue: RetrainQueue;
  readonly now: () => number;
  /** Milliseconds of a clock that nobody sets. */
  readonly elapsed: () => number;
  /** A count or a queue that failed is told here; the judgements themselves are stored already. */
  readonly onProblem: (error: unknown) => void;
}

export interface PendingState {
  /** Judged alerts that no model has learned from, at the last count plus what came in here since. */
  readonly pending: number;
  /** Whether a retrain was queued by this call. */
  readonly queued: boolean;
}

/**
 * After judgements were stored: counts when it is due and queues a retrain when there are enough. Never throws: the
 * judgements are durable, and the hourly check finds what a failed count missed.
 */
export async function notePending(newlyJudged: number, deps: PendingWatchDeps): Promise<PendingState> {
  const { counter, feedback, queue, now, elapsed } = deps;
  let queued = false;
  try {
    const advice = counter.onAccepted(newlyJudged, elapsed());
    if (advice === 'count') {
      const acceptedBefore = counter.onCounting();
      const pending = await feedback.countPending();
      if (counter.onCounted(pending, acceptedBefore, elapsed())) {
        counter.onRequested(elapsed());
        await queue.send({ reason: `${pending} newly judged alerts`, at: new Date(now()).toISOString() });
        queued = true;
      }
    } else if (advice === 'remind') {
      counter.onReminded(elapsed());
      await queue.send(
        { reason: 'a count was skipped', at: new Date(now()).toISOString() },
        counter.remindAfterSeconds,
      );
    }
  } catch (error) {
    deps.onProblem(error);
  }
  return { pending: counter.estimate, queued };
}
