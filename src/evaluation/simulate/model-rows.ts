import { EMPTY_CONTEXT } from '../../alert/context.ts';
import { N_CONTEXT_COLUMNS, snapshotOf, writeContext } from '../../features/alert-feature-extractor.ts';
import { DEFAULT_BLEND, type Ensemble, scoreAlert } from '../../models/ensemble.ts';
import { contextLead } from '../../triage/context-lead.ts';
import { contextOf } from '../../triage/triage-context.ts';
import type { TriageFacts } from '../../triage/triage-facts.ts';
import type { StreamAlert } from './alert-stream.ts';

/** Alerts that a thread scores in one go. */
const CHUNK = 512;
/** What a row keeps beside its context: the rule score, score and share of the lead. */
const N_GIVEN = 3;
/** Places in `counters`: chunks that may be scored, the next that nobody has taken. */
const READY = 0;
const NEXT = 1;

/**
 * What the models need of each alert of a stream that only the alerts before it tell, and what they say: memory that
 * threads share, n rows. All else of a row each thread makes of the alert itself.
 */
export interface ModelRows {
  /** (n x nContext) */
  readonly context: Float32Array;
  /** (n x 3), NaN where there is none. */
  readonly given: Float64Array;
  /** (n,) final scores, 0-100. */
  readonly finals: Float64Array;
  readonly counters: Int32Array;
}

export function newModelRows(n: number): ModelRows {
  return {
    context: new Float32Array(new SharedArrayBuffer(4 * n * N_CONTEXT_COLUMNS)),
    given: new Float64Array(new SharedArrayBuffer(8 * n * N_GIVEN)),
    finals: new Float64Array(new SharedArrayBuffer(8 * n)),
    counters: new Int32Array(new SharedArrayBuffer(8)),
  };
}

/** Notes what the stages found about alert `at`; alerts are noted in their order. Models of a first start score it. */
export function noteRow(
  { context, given, finals, counters }: ModelRows,
  at: number,
  facts: TriageFacts,
): void {
  writeContext(contextOf(facts), context.subarray(at * N_CONTEXT_COLUMNS, (at + 1) * N_CONTEXT_COLUMNS), 0);
  // nothing has been judged where nothing is remembered
  const lead = contextLead(facts, 0);
  given[at * N_GIVEN] = facts.rules?.score ?? Number.NaN;
  given[at * N_GIVEN + 1] = lead?.score ?? Number.NaN;
  given[at * N_GIVEN + 2] = lead?.share ?? Number.NaN;
  const nNoted = at + 1;
  if (nNoted % CHUNK !== 0 && nNoted !== finals.length) return;
  Atomics.store(counters, READY, Math.ceil(nNoted / CHUNK));
  Atomics.notify(counters, READY);
}

/**
 * Scores chunks that no other thread has taken until none is left, and waits for those that are not noted yet: for
 * threads that have nothing else to do.
 *
 * @returns ms spent
 */
export function scoreRows(rows: ModelRows, stream: readonly StreamAlert[], models: Ensemble): number {
  const { counters, finals } = rows;
  let spentMs = 0;
  for (;;) {
    const from = CHUNK * Atomics.add(counters, NEXT, 1);
    if (from >= finals.length) return spentMs;
    for (
      let ready = Atomics.load(counters, READY);
      ready * CHUNK <= from;
      ready = Atomics.load(counters, READY)
    )
      Atomics.wait(counters, READY, ready);
    const startedAtMs = performance.now();
    for (let at = from; at < Math.min(from + CHUNK, finals.length); at++) {
      finals[at] = finalScore(rows, at, stream[at]!, models);
    }
    spentMs += performance.now() - startedAtMs;
  }
}

function finalScore({ context, given }: ModelRows, at: number, one: StreamAlert, models: Ensemble): number {
  const snapshot = snapshotOf(one.alert(), EMPTY_CONTEXT);
  snapshot.columns.set(
    context.subarray(at * N_CONTEXT_COLUMNS, (at + 1) * N_CONTEXT_COLUMNS),
    snapshot.columns.length - N_CONTEXT_COLUMNS,
  );
  const [ruleScore, score, share] = given.subarray(at * N_GIVEN, (at + 1) * N_GIVEN) as unknown as [
    number,
    number,
    number,
  ];
  const lead = Number.isNaN(share) ? undefined : { score, share, parts: [] };
  return scoreAlert(models, snapshot, Number.isNaN(ruleScore) ? null : ruleScore, DEFAULT_BLEND, lead)
    .finalScore;
}
