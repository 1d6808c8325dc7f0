import { AlertforestError } from '../../errors.ts';
import type { FailedRequests } from '../../store/failed-requests.ts';
import type { FeedbackStore } from '../../store/feedback-store.ts';
import type { FleetStore, HeardInstance } from '../../store/fleet-store.ts';
import type { RunLog } from '../../store/run-log.ts';
import { wrongClocks } from '../health/wrong-clocks.ts';
import { type Check, type Complaint, readable } from './doctor.ts';

export interface StoreCheckDeps {
  readonly feedback: FeedbackStore;
  readonly runs: RunLog;
  /** Instances that live. */
  readonly living: () => Promise<readonly HeardInstance[]>;
  readonly failedRequests: FailedRequests;
  /** Rows that could not be read and are gone on without, a sentence for each kind. */
  readonly setAside: () => readonly string[];
  readonly fleet: Pick<FleetStore, 'dropUnreadable'>;
}

/** The rows and messages beside the lineage, each read once in full: what cannot be read names itself. */
export function storeChecks(deps: StoreCheckDeps): Check[] {
  const { feedback, runs, living } = deps;
  return [
    readable('judgements that wait', () => feedback.listPending()),
    readable('judgements', async () => {
      for await (const _ of feedback.samples());
    }),
    readable('incidents', async () => {
      for await (const _ of feedback.incidents());
    }),
    readable('run log', () => Promise.all([runs.list(50), runs.lastTick()])),
    { what: 'judgements against their history', look: () => lookAtHistory(feedback) },
    // last of what reads rows: it tells what those before it have met
    { what: 'rows', look: async () => lookAtRows(deps) },
    { what: 'clocks of the instances', look: async () => lookAtClocks(await living()) },
    { what: 'requests for a retrain', look: () => lookAtFailed(deps.failedRequests) },
  ];
}

function lookAtRows({ setAside, feedback, runs, fleet }: StoreCheckDeps): Complaint | undefined {
  const says = setAside();
  if (says.length === 0) return undefined;
  return {
    says: `${says.join('; ')}. Everything else goes on without them; docs/recovery.md says what to do.`,
    fix: {
      does: 'makes judgements again from their history, and removes what cannot be read of runs and instances',
      run: async () => {
        const rebuilt = await feedback.rebuildUnreadable();
        const nDropped = (await runs.dropUnreadable()) + (await fleet.dropUnreadable());
        const left = setAside();
        if (left.length > 0) throw new AlertforestError('STORE_CORRUPT', `Still ${left.join('; ')}`);
        return `${rebuilt.length} judgements were made again from their history, ${nDropped} rows removed`;
      },
    },
  };
}

async function lookAtHistory(feedback: FeedbackStore): Promise<Complaint | undefined> {
  const behind: string[] = [];
  for await (const alertKey of feedback.behind()) behind.push(alertKey);
  const [first] = behind;
  if (first === undefined) return undefined;
  return {
    says: `${behind.length} stand as they were before the last words on them, ${first} among them: their rows were put back.`,
    fix: {
      does: 'says again what their history holds',
      run: async () => {
        for (const alertKey of behind) await feedback.catchUp(alertKey);
        const left: string[] = [];
        for await (const alertKey of feedback.behind()) left.push(alertKey);
        if (left.length > 0)
          throw new AlertforestError(
            'NOT_FOUND',
            `The rows of ${left.length} have gone, ${left[0]} among them: judging one with its alert makes it again.`,
          );
        return `${behind.length} stand as their history says and wait to be learned`;
      },
    },
  };
}

function lookAtClocks(instances: readonly HeardInstance[]): Complaint | undefined {
  const says = wrongClocks(instances);
  if (says.length === 0) return undefined;
  return { says: `${says.join('; ')}. Ages and leases go by storage's time; set the clock all the same.` };
}

async function lookAtFailed(failed: FailedRequests): Promise<Complaint | undefined> {
  const n = await failed.count();
  if (n === 0) return undefined;
  return {
    says: `${n} failed for good; their reasons stand in the log of the functions and in GET /retrain.`,
    fix: {
      does: 'removes them: the hourly check asks anew for what they would have learned',
      run: async () => {
        await failed.clear();
        return 'none is left';
      },
    },
  };
}
