import { z } from 'zod';

/** Hyperparameters that several learners know, with their ranges. */
export const nEstimators = z.int().min(1).optional();
export const maxDepth = z.int().min(1).optional();
export const minSamplesLeaf = z.int().min(1).optional();
