import { afterAll, beforeAll, describe, inject } from 'vitest';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { TableFeedbackStore } from '../../src/store/azure/table-feedback-store.ts';
import type { FeedbackStore } from '../../src/store/feedback-store.ts';
import { feedbackProperties } from '../support/feedback-properties.ts';
import { guessingStore } from '../support/guessing-store.ts';
import { type Fault, type FaultyStorage, startFaultyStorage, uniqueName } from '../support/storage.ts';

const opener = (connectionString: string, tries: number): (() => TableFeedbackStore) => {
  const table = createStorageClients({ connectionString }).table(uniqueName('feedback'));
  return () => new TableFeedbackStore(table, { tries, timeoutMs: 60_000, retryDelayMs: 1 });
};
const open = async (connectionString: string, tries: number): Promise<TableFeedbackStore> =>
  opener(connectionString, tries)();
const openGuessing = async (connectionString: string, tries: number): Promise<FeedbackStore> =>
  guessingStore(opener(connectionString, tries));

feedbackProperties('TableFeedbackStore', { open: () => open(inject('storage'), 3), numRuns: 12 });
feedbackProperties('TableFeedbackStore that takes every alert for a new one', {
  open: () => openGuessing(inject('storage'), 3),
  numRuns: 12,
});

describe('with broken connections', () => {
  let faulty: FaultyStorage;
  beforeAll(async () => {
    faulty = await startFaultyStorage(inject('storage'));
    // One request in eight fails, every other of them after it has taken effect. Which one is mixed well: with a
    // plain multiple, sixteen requests in a row would never all pass.
    faulty.decide = (nth): Fault => {
      const once = Math.imul(nth + 1, 0x9e_37_79_b1);
      const twice = Math.imul(once ^ (once >>> 15), 0x85_eb_ca_77);
      const draw = (twice ^ (twice >>> 13)) >>> 28;
      return draw === 0 ? 'lose-request' : draw === 1 ? 'lose-response' : 'pass';
    };
  });
  afterAll(() => faulty.close());

  feedbackProperties('TableFeedbackStore that tries on', {
    open: () => open(faulty.connectionString, 12),
    numRuns: 8,
  });

  feedbackProperties('TableFeedbackStore that gives up at once', {
    open: () => open(faulty.connectionString, 1),
    numRuns: 8,
    givesUp: true,
  });

  feedbackProperties('TableFeedbackStore that takes every alert for a new one and tries on', {
    open: () => openGuessing(faulty.connectionString, 12),
    numRuns: 6,
  });

  feedbackProperties('TableFeedbackStore that takes every alert for a new one and gives up at once', {
    open: () => openGuessing(faulty.connectionString, 1),
    numRuns: 6,
    givesUp: true,
  });
});
