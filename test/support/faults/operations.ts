import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { problemOf } from '../../../src/api/problem.ts';
import { AlertforestError, hasCode } from '../../../src/errors.ts';
import { DEFAULT_POLICY } from '../../../src/policy/policy.ts';
import { jsonBody } from '../../../src/reading/body-bytes.ts';
import { FEEDBACK_TABLE, MODEL_CONTAINER } from '../../../src/store/names.ts';
import type { FaultyInstance } from './instance.ts';
import type { Ledger } from './ledger.ts';

const sample = JSON.parse(
  readFileSync(new URL('../../../src/api/sample-alert.json', import.meta.url), 'utf8'),
);
const REQUEST = { requestId: 'test', debugMapping: false };
const NOBODY = { name: undefined, verified: false };

/** What a caller was told. */
export interface Told {
  readonly status: number;
  readonly code: string | undefined;
  readonly detail: string;
}

/** Something that a caller asks for, once; asked again until it is told that it was done. */
export interface Request {
  /** Asks an instance and notes in the ledger what was promised. Throws what the service throws. */
  readonly ask: (instance: FaultyInstance) => Promise<void>;
}

export type OperationName =
  | 'feedback'
  | 'withdrawal'
  | 'retrain'
  | 'activate'
  | 'unpin'
  | 'policy'
  | 'cases'
  | 'ruling'
  | 'first start';

/** Makes what the operation needs, on an instance without faults, and gives the request itself. */
export type Prepare = (instance: FaultyInstance, ledger: Ledger) => Promise<Request>;

/** Asks; what is told is as a caller over HTTP would be told. */
export async function tell(request: Request, instance: FaultyInstance): Promise<Told> {
  try {
    await request.ask(instance);
    return { status: 200, code: undefined, detail: '' };
  } catch (error) {
    const { status, code, detail } = problemOf(error, 'test');
    return { status, code, detail: code === 'INTERNAL' ? String((error as Error).stack) : detail };
  }
}

export const newAlert = () => {
  const id = randomUUID();
  return { ...sample, SystemAlertId: id, VendorOriginalId: id };
};

function judge(ledger: Ledger, n: number): Request {
  const items = Array.from({ length: n }, (_, i) => ({
    alert: newAlert(),
    disposition: i % 2 === 0 ? 'false_positive' : 'true_positive',
    analyst: 'ann',
  }));
  return {
    ask: async ({ app }) => {
      const { body } = await app.judging.feedback(jsonBody(items), NOBODY, REQUEST);
      for (const { index, status, alert_key: alertKey } of body.results ?? []) {
        if (status === 'accepted' || status === 'duplicate')
          ledger.judged(alertKey as string, items[index]!.disposition);
        else throw new Error(`Expected the judgement to be taken, got ${JSON.stringify(body)}.`);
      }
    },
  };
}

const PREPARING_TRIES = 5;

/** Prepares, so nothing is broken yet: storage that is slow on a busy machine is asked again. */
async function judgedAlert(instance: FaultyInstance, ledger: Ledger): Promise<string> {
  const request = judge(ledger, 1);
  for (let nTried = 1; ; nTried++) {
    try {
      await request.ask(instance);
      return ledger.lastJudged as string;
    } catch (error) {
      if (nTried === PREPARING_TRIES || !hasCode(error, 'STORE_UNAVAILABLE')) throw error;
    }
  }
}

/** The other of the two versions of the classifier that were promoted. */
const otherVersion = async ({ app }: FaultyInstance): Promise<string> => {
  const { versions, serving } = await app.operations.versions('classifier');
  const now = serving['classifier'];
  const other = versions.find(({ version, decision }) => version !== now && decision !== 'refused');
  if (other === undefined) throw new Error('Expected two promoted versions of the classifier.');
  return other.version;
};

let nCases = 0;

export const OPERATIONS: Readonly<Record<OperationName, Prepare>> = {
  feedback: async (_instance, ledger) => judge(ledger, 2),

  withdrawal: async (instance, ledger) => {
    const alertKey = await judgedAlert(instance, ledger);
    return {
      ask: async ({ app }) => {
        // asked for again it says that no vote stands: then it was done before
        await app.judging.withdrawFeedback(alertKey, 'ann', NOBODY).catch((error: unknown) => {
          if (!hasCode(error, 'NOT_FOUND')) throw error;
        });
        ledger.withdrawn(alertKey);
      },
    };
  },

  /** As the queue does it: the same message again until it was done. */
  retrain: async (instance, ledger) => {
    await judge(ledger, 1).ask(instance);
    const runId = randomUUID();
    const message = {
      ...{ reason: 'test', at: new Date().toISOString(), force: true, by: 'op', why: 'test', runId },
    };
    return {
      ask: async ({ app }) => {
        const { state } = await app.operations.retrainRequested(message);
        // the queue gives its message again
        if (state !== 'promoted' && state !== 'refused')
          throw new AlertforestError('STORE_CONFLICT', `The retrain ended as ${state}.`);
        ledger.ran(runId);
      },
    };
  },

  activate: async (instance, ledger) => {
    const version = await otherVersion(instance);
    return {
      ask: async ({ app }) => {
        const answer = await app.operations.activate({ model: 'classifier', version, by: 'op', why: 'test' });
        const served = answer.served_here['classifier'];
        // the answer says what serves here; where that is another one, health has to say why
        if (!ledger.isRaced && served !== version && app.health.status().status === 'ok')
          ledger.stale(`activate ${version} was answered while ${served} serves, and health is ok`);
        ledger.activated(version);
      },
    };
  },

  unpin: async (instance, ledger) => {
    const version = await otherVersion(instance);
    await instance.app.operations.activate({ model: 'classifier', version, by: 'op', why: 'test' });
    ledger.activated(version);
    return {
      ask: async ({ app }) => {
        await app.operations.unpin({ model: 'classifier', by: 'op', why: 'test' });
        ledger.unpinned();
      },
    };
  },

  policy: async (instance, ledger) => {
    const { document } = await instance.app.policy.document();
    const cost = 1_000 + document.seq;
    const policy = { ...document.policy, costs: { ...DEFAULT_POLICY.costs, false_alarm: cost } };
    return {
      ask: async ({ app }) => {
        // a caller who was not told sends it again, with what it knew
        await app.policy.put({ policy, if_seq: document.seq }, { dryRun: false, by: 'op' });
        ledger.policySet(document.seq + 1, cost);
      },
    };
  },

  cases: async (_instance, ledger) => {
    const id = `case-${nCases++}`;
    const alert = newAlert();
    return {
      ask: async ({ app }) => {
        const critical_cases = { add: [{ id, alert }], retire: [] };
        await app.policy.put({ critical_cases }, { dryRun: false, by: 'op' });
        ledger.caseAdded(id);
      },
    };
  },

  ruling: async (instance, ledger) => {
    const alertKey = await judgedAlert(instance, ledger);
    return {
      ask: async ({ app }) => {
        await app.judging.quarantine.rule(alertKey, { action: 'confirm', by: 'op', why: 'test' });
        ledger.ruled(alertKey);
      },
    };
  },

  'first start': async () => ({
    ask: async ({ app }) => {
      await app.warmUp();
      await app.policy.document();
    },
  }),
};

/** What an operation asks of storage, without names that differ from run to run. */
export function callClass(call: string): string {
  const [method, url = ''] = call.split(' ');
  const [path, query = ''] = decodeURIComponent(url).split('?');
  const resource = (path ?? '')
    .replace(/^\/[^/]+\//, '')
    .replace(/\(.*\)$/, '')
    .replace(/\b[0-9a-f]{8}(?:[0-9a-f]{4})?\b/g, '*')
    .replace(/\d{6,}-/, '*-')
    .replace(new RegExp(`^${FEEDBACK_TABLE}.*`), FEEDBACK_TABLE)
    .replace(new RegExp(`^${MODEL_CONTAINER}/`), '')
    .replace(/predictions\d+/, 'predictions*');
  const comp = /comp=(lease|list)/.exec(query)?.[1];
  return `${method} ${resource}${comp === undefined ? '' : ` ${comp}`}`;
}
