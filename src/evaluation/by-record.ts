import type { TrainingRows } from '../models/training-rows.ts';
import type { ModelSelection } from '../training/fit/model-selection.ts';
import { measure } from './measure.ts';

/** Figures of judged alerts, each predicted by a classifier that had seen no alert of its incident. */
export interface RecordFigures {
  /** Whether the track record held the judgements of all other folds, or of those what had been judged on the day. */
  readonly record: 'out_of_fold' | 'prequential';
  readonly alerts: number;
  readonly macro_f1: number;
  readonly roc_auc_tp: number | null;
  readonly ece: number;
}

/** The training set by incident with either kind of record; of its day only where times tell. */
export function figuresByRecord(
  selection: ModelSelection,
  { labels, groups }: TrainingRows,
  seed: number,
): RecordFigures[] {
  const figures = (
    record: RecordFigures['record'],
    positions: Int32Array,
    probabilities: Float64Array,
  ): RecordFigures => {
    const own = positions.map((i) => labels[i] as number);
    const ownGroups = Array.from(positions, (i) => groups[i] as string);
    const { alerts, macro_f1, roc_auc_tp, ece } = measure(probabilities, own, ownGroups, seed);
    return { record, alerts, macro_f1, roc_auc_tp, ece };
  };
  const { forward, probabilities } = selection;
  return [
    figures('out_of_fold', Int32Array.from(labels.keys()), probabilities),
    ...(forward.kind === 'prequential'
      ? [figures('prequential', forward.positions, forward.probabilities)]
      : []),
  ];
}
