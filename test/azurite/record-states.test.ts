import { inject } from 'vitest';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { TableFeedbackStore } from '../../src/store/azure/table-feedback-store.ts';
import { MemoryPredictionLog } from '../../src/store/memory/memory-prediction-log.ts';
import { recordStateProperties } from '../support/record-state-properties.ts';
import { uniqueName } from '../support/storage.ts';

// RECORD_SEQUENCES=1000 plays the long form.
const numRuns = Number(process.env['RECORD_SEQUENCES'] ?? 10);

recordStateProperties('three instances on one storage', {
  open: async (instances) => {
    const table = uniqueName('feedback');
    // What was scored is the same for all: the races are about judgements.
    const predictions = new MemoryPredictionLog({ mode: 'wait', now: () => Date.UTC(2026, 2, 2) });
    return Array.from({ length: instances }, () => ({
      feedback: new TableFeedbackStore(
        createStorageClients({ connectionString: inject('storage') }).table(table),
        { retryDelayMs: 1 },
      ),
      predictions,
    }));
  },
  numRuns,
  seed: 26,
});
