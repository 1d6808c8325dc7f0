import type { StreamAlert } from '../../evaluation/simulate/alert-stream.ts';
import { newModelRows, scoreRows } from '../../evaluation/simulate/model-rows.ts';
import type { Scoring } from '../../evaluation/simulate/play.ts';
import { modelsOf } from './artefacts.ts';
import type { ScoringThreads } from './scoring-threads.ts';

/** The models' part in threads; this one scores along when it is done with the stages. */
export function scoringInThreads(threads: ScoringThreads, stream: readonly StreamAlert[]): Scoring {
  const rows = newModelRows(stream.length);
  threads.give(rows);
  return {
    rows,
    done: async () => {
      const here = scoreRows(rows, stream, modelsOf(await threads.artefacts()));
      return (await threads.spentMs()).reduce((sum, ms) => sum + ms, here);
    },
  };
}
