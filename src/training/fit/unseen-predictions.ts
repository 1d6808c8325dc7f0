import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { DISPOSITIONS } from '../../alert/alert.ts';
import { attackProbabilities } from '../../alert/disposition.ts';
import { AlertforestError } from '../../errors.ts';
import type { JudgedScores } from '../../policy/workload.ts';
import { type LearningSet, standsForAt } from '../dataset/learning-set.ts';

const FORMAT = 1;
/** Bytes it may have unpacked; a hundred thousand alerts take about 3 MB. */
const DECOMPRESSED_LIMIT = 64 * 1024 * 1024;

const schema = z
  .object({
    format: z.literal(FORMAT),
    attack: z.array(z.number().min(0).max(1)),
    labels: z.array(
      z
        .int()
        .min(0)
        .max(DISPOSITIONS.length - 1),
    ),
    groups: z.array(z.int().min(0)),
    weights: z.array(z.number().min(0)),
  })
  .refine(({ attack, labels, groups, weights }) =>
    [labels, groups, weights].every(({ length }) => length === attack.length),
  );

/**
 * What the folds of a classifier said of judged alerts they had not seen, as it is stored beside the model: no key, no
 * name, groups as numbers. From it the service answers what a threshold closes and misses.
 *
 * @param probabilities (nFit x nClasses) out of fold
 */
export function encodeUnseen(set: LearningSet, probabilities: Float64Array): Uint8Array {
  const numbers = new Map<string, number>();
  const numberOf = (group: string): number => {
    const known = numbers.get(group) ?? numbers.size;
    numbers.set(group, known);
    return known;
  };
  const at = Array.from(set.fit);
  const deflated = deflateRawSync(
    JSON.stringify({
      format: FORMAT,
      attack: Array.from(attackProbabilities(probabilities), (attack) => Number(attack.toFixed(6))),
      labels: at.map((i) => set.rows.labels[i]!),
      groups: at.map((i) => numberOf(set.rows.groups[i]!)),
      weights: Array.from(standsForAt(set, set.fit)),
    } satisfies z.input<typeof schema>),
  );
  // a plain array, as it comes out of a training thread: a Buffer would be one only where it was made
  return new Uint8Array(deflated);
}

/** @throws AlertforestError STORE_CORRUPT */
export function decodeUnseen(bytes: Uint8Array): JudgedScores {
  try {
    const { attack, labels, groups, weights } = schema.parse(
      JSON.parse(inflateRawSync(bytes, { maxOutputLength: DECOMPRESSED_LIMIT }).toString('utf8')),
    );
    return {
      attack: Float64Array.from(attack),
      labels: Int32Array.from(labels),
      groups: Int32Array.from(groups),
      weights: Float64Array.from(weights),
    };
  } catch (cause) {
    throw new AlertforestError('STORE_CORRUPT', 'Cannot read what a classifier said of unseen alerts.', {
      cause,
    });
  }
}
