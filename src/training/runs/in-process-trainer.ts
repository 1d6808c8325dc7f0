import { train } from '../fit/train.ts';
import { compare } from '../gate/compare.ts';
import type { Trainer } from '../trainer.ts';

/** Trains where it is called, holding the event loop: for command lines, tests and the inside of the thread. */
export const inProcessTrainer: Trainer = {
  train: async (job, onProgress) => train(job, onProgress),
  compare: async (job, onProgress) => compare(job, onProgress),
};
