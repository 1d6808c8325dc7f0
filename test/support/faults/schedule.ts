import { seededUniform } from '../seeded-uniform.ts';
import { Cell, NOTHING, type Outcome } from './cells.ts';
import { OPERATIONS, type OperationName, tell } from './operations.ts';

const PLACES = 3;
const ROUNDS = 4;
/** Kills come at one of the first calls of what is asked, or later in a retrain. */
const CALLS = { few: 18, many: 170 };
const DRAWN: readonly OperationName[] = [
  ...(['feedback', 'feedback', 'feedback', 'withdrawal', 'ruling'] as const),
  ...(['activate', 'unpin', 'policy', 'cases', 'retrain'] as const),
];

/**
 * Three instances that are asked for things at the same time and killed at calls drawn by chance, at most one a place and
 * round; each is started again, and whoever got no answer asks again. The same seed draws the same.
 *
 * @returns one outcome a round
 */
export async function runSchedule(storage: string, seed: number): Promise<Outcome[]> {
  const uniform = seededUniform(seed);
  const draw = (n: number): number => Math.floor(n * uniform());
  const cell = new Cell(storage, { isRaced: true });
  const outcomes: Outcome[] = [];
  try {
    await cell.begin();
    for (let round = 0; round < ROUNDS; round++) {
      const instances = await Promise.all(Array.from({ length: PLACES }, (_, place) => cell.instance(place)));
      const drawn = Array.from({ length: PLACES }, () => DRAWN[draw(DRAWN.length)] as OperationName);
      const requests = [];
      for (const operation of drawn) requests.push(await OPERATIONS[operation](instances[0]!, cell.ledger));
      const kills = drawn.map((operation) => ({
        isMeant: uniform() < 0.5,
        nth: 1 + draw(operation === 'retrain' ? CALLS.many : CALLS.few),
        when: uniform() < 0.5 ? ('before' as const) : ('after' as const),
      }));
      for (const [place, { isMeant, nth, when }] of kills.entries())
        if (isMeant) void instances[place]!.killAt(nth, when);
      const told = await Promise.all(requests.map((request, place) => tell(request, instances[place]!)));
      const wells = [];
      for (const [place, request] of requests.entries()) {
        // another caller was first: that is an answer, and asking again is another decision
        const isDecided = ['policy', 'activate', 'unpin'].includes(drawn[place]!);
        const isDone = told[place]!.status === 200 || isDecided;
        if (!instances[place]!.isRunning || !isDone)
          wells.push(await cell.untilWell(isDecided ? NOTHING : request, place));
      }
      const last = await cell.recover(NOTHING);
      outcomes.push({
        operation: drawn[0]!,
        tried: `seed ${seed}, round ${round}: ${drawn.map((operation, i) => (instances[i]!.isRunning ? operation : `${operation} killed ${kills[i]!.when} call ${kills[i]!.nth}`)).join(', ')}`,
        told: told.find(({ status }) => status !== 200),
        recoveredMs: Math.max(last.recoveredMs, ...wells.map(({ recoveredMs }) => recoveredMs)),
        broken: [...wells.flatMap(({ slow }) => slow), ...last.broken],
      });
    }
  } finally {
    await cell.stop();
  }
  return outcomes;
}
