import { MemoryFeedbackStore } from '../../src/store/memory/memory-feedback-store.ts';
import { MemoryPredictionLog } from '../../src/store/memory/memory-prediction-log.ts';
import { recordStateProperties } from '../support/record-state-properties.ts';

// RECORD_SEQUENCES=1000 plays the long form.
const numRuns = Number(process.env['RECORD_SEQUENCES'] ?? 100);

recordStateProperties('instances in one process', {
  open: async (instances) => {
    const feedback = new MemoryFeedbackStore();
    const predictions = new MemoryPredictionLog({ mode: 'wait', now: () => Date.UTC(2026, 2, 2) });
    return Array.from({ length: instances }, () => ({ feedback, predictions }));
  },
  numRuns,
  seed: 26,
});
