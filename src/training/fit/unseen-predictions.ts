import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { DISPOSITIONS } from '../../alert/alert.ts';
import { attackProbabilities } from '../../alert/disposition.ts';
import type { RuleHit } from '../../alert/snapshot.ts';
import { AlertforestError } from '../../errors.ts';
import type { JudgedScores } from '../../policy/workload.ts';
import type { DatasetRow } from '../dataset/dataset.ts';
import { type LearningSet, samplingWeightsAt } from '../dataset/learning-set.ts';

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
    /** Ids of the rules that hit any of them; left out by the builds before. */
    rules: z.array(z.string().max(256)).optional(),
    /** Rules that hit each alert: twice the place in `rules`, and 1 more for half a hit; null where none was asked. */
    hits: z.array(z.array(z.int().min(0)).nullable()).optional(),
  })
  .refine(({ attack, labels, groups, weights, hits = weights }) =>
    [labels, groups, weights, hits].every(({ length }) => length === attack.length),
  )
  .refine(({ rules = [], hits = [] }) =>
    hits.every((own) => own?.every((hit) => hit < 2 * rules.length) ?? true),
  );

/** Judged alerts that a classifier had not seen, with what it said and which rules hit them. */
export interface UnseenPredictions extends JudgedScores {
  /** (n,) undefined where no rule was asked, or a build before did not keep it. */
  readonly hits: readonly (readonly RuleHit[] | undefined)[];
}

/**
 * What the folds of a classifier said of judged alerts they had not seen, as it is stored beside the model: no key, no
 * name, groups as numbers. From it the service answers what a threshold closes and misses, and what a rule adds.
 *
 * @param probabilities (nFit x nClasses) out of fold
 * @param datasetRows the rows that `set.datasetRows` points into
 */
export function encodeUnseen(
  set: LearningSet,
  probabilities: Float64Array,
  datasetRows: readonly Pick<DatasetRow, 'ruleHits'>[],
): Uint8Array {
  const numbers = new Map<string, number>();
  const numberOf = (group: string): number => {
    const known = numbers.get(group) ?? numbers.size;
    numbers.set(group, known);
    return known;
  };
  const at = Array.from(set.fit);
  const rules = new Map<string, number>();
  const placeOf = ({ id, half }: RuleHit): number => {
    const known = rules.get(id) ?? rules.size;
    rules.set(id, known);
    return 2 * known + (half ? 1 : 0);
  };
  const hits = at.map((i) => datasetRows[set.datasetRows[i]!]?.ruleHits?.map(placeOf) ?? null);
  const deflated = deflateRawSync(
    JSON.stringify({
      format: FORMAT,
      attack: Array.from(attackProbabilities(probabilities), (attack) => Number(attack.toFixed(6))),
      labels: at.map((i) => set.rows.labels[i]!),
      groups: at.map((i) => numberOf(set.rows.groups[i]!)),
      weights: Array.from(samplingWeightsAt(set, set.fit)),
      rules: [...rules.keys()],
      hits,
    } satisfies z.input<typeof schema>),
  );
  // a plain array, as it comes out of a training thread: a Buffer would be one only where it was made
  return new Uint8Array(deflated);
}

/** @throws AlertforestError STORE_CORRUPT */
export function decodeUnseen(bytes: Uint8Array): UnseenPredictions {
  try {
    const {
      attack,
      labels,
      groups,
      weights,
      rules = [],
      hits = [],
    } = schema.parse(
      JSON.parse(inflateRawSync(bytes, { maxOutputLength: DECOMPRESSED_LIMIT }).toString('utf8')),
    );
    return {
      attack: Float64Array.from(attack),
      labels: Int32Array.from(labels),
      groups: Int32Array.from(groups),
      weights: Float64Array.from(weights),
      hits: attack.map((_, i) =>
        hits[i]?.map((hit): RuleHit => {
          const id = rules[hit >> 1]!;
          return hit % 2 === 1 ? { id, half: true } : { id };
        }),
      ),
    };
  } catch (cause) {
    throw new AlertforestError('STORE_CORRUPT', 'Cannot read what a classifier said of unseen alerts.', {
      cause,
    });
  }
}
