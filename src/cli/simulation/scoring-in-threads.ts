import { newModelRows, scoreRows } from '../../evaluation/simulate/model-rows.ts';
import type { Scoring } from '../../evaluation/simulate/play.ts';
import type { ReadStream } from '../../evaluation/simulate/read-stream.ts';
import { modelsOf } from './artefacts.ts';
import type { ScoringThreads } from './scoring-threads.ts';

/** The models' part in threads; this one scores along when it is done with the stages. */
export function scoringInThreads(threads: ScoringThreads, { alerts, ait }: ReadStream): Scoring {
  const rows = newModelRows(alerts.length);
  threads.give(rows, ait);
  return {
    rows,
    done: async () => {
      const here = scoreRows(rows, alerts, modelsOf(await threads.artefacts()));
      return (await threads.spentMs()).reduce((sum, ms) => sum + ms, here);
    },
  };
}
