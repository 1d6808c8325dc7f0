import { MemoryFeedbackStore } from '../../src/store/memory-feedback-store.ts';
import { feedbackStoreContract } from '../support/feedback-store-contract.ts';

feedbackStoreContract('MemoryFeedbackStore', {
  open: async () => {
    const store = new MemoryFeedbackStore();
    return { store, other: store };
  },
});
