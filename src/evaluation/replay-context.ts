import { alertKey } from '../alert/alert.ts';
import { writeContext } from '../features/alert-feature-extractor.ts';
import { shippedRuleEngine } from '../triage/rules/shipped-rules.ts';
import { createTriage, replaying } from '../triage/triage.ts';
import { contextOf } from '../triage/triage-context.ts';
import type { EvaluationSet } from './evaluation-set.ts';

/** Hashes of an evaluation are the same in every run. */
const KEY = new Uint8Array(32).fill(7);

/**
 * Plays the sets as one stream in the order of time and writes into each row what the stages knew at that moment, as
 * the service would have. Labels take no part: alerts are counted whoever judges them, and when.
 */
export function replayContext(sets: readonly EvaluationSet[]): void {
  const stream = sets.flatMap(({ rows, alerts }) =>
    alerts.map((alert, row) => ({ rows, row, alert, atMs: rows.occurredAtMs[row]! })),
  );
  stream.sort((a, b) => a.atMs - b.atMs);
  const engine = shippedRuleEngine();
  const { pipeline } = createTriage({ key: KEY, rules: { engine: () => engine }, ...replaying });
  for (const { rows, row, alert, atMs } of stream) {
    const { facts } = pipeline.run({
      alert,
      payload: undefined,
      alertKey: alertKey(alert),
      nowMs: atMs,
      observe: true,
    });
    const nColumns = rows.columnNames.length;
    writeContext(contextOf(facts), rows.X.subarray(row * nColumns, (row + 1) * nColumns));
  }
}
