import type { TableFeedbackStore } from '../../src/store/azure/table-feedback-store.ts';
import { firstSeen } from '../../src/store/feedback-history.ts';
import type { FeedbackStore } from '../../src/store/feedback-store.ts';

/**
 * A store that begins every vote as if nothing stood on its alert, as an instance does that has scored the alert and
 * never heard of it again: right for the first vote on it, wrong for all others.
 *
 * @param open a store that remembers nothing
 */
export function guessingStore(open: () => TableFeedbackStore): FeedbackStore {
  const store = open();
  const guessing: Pick<FeedbackStore, 'submit' | 'take'> = {
    submit: (snapshot, vote) =>
      open().take(snapshot.alertKey, { vote }, firstSeen(snapshot), {
        identity: snapshot,
        isLikelyNew: true,
      }),
    take: async (alertKey, word, judgedOf) => {
      const judged = await judgedOf(false);
      const hint = judged && { identity: judged.snapshot, isLikelyNew: true };
      return open().take(alertKey, word, judgedOf, hint);
    },
  };
  return new Proxy<FeedbackStore>(store, {
    get: (target, property) => {
      if (property === 'submit' || property === 'take') return guessing[property];
      const member: unknown = Reflect.get(target, property, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
