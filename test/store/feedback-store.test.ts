import { MemoryFeedbackStore } from '../../src/store/memory/memory-feedback-store.ts';
import { feedbackProperties } from '../support/feedback-properties.ts';
import { feedbackStoreContract } from '../support/feedback-store-contract.ts';

feedbackStoreContract('MemoryFeedbackStore', {
  open: async () => {
    const store = new MemoryFeedbackStore();
    return { store, other: store };
  },
});

feedbackProperties('MemoryFeedbackStore', { open: async () => new MemoryFeedbackStore(), numRuns: 200 });
