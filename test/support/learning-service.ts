import { expect } from 'vitest';
import type { WireVerdict } from '../../src/api/predict/verdict.ts';
import { BlobModelStore } from '../../src/store/azure/blob-model-store.ts';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { TableFeedbackStore } from '../../src/store/azure/table-feedback-store.ts';
import { FEEDBACK_TABLE, MODEL_CONTAINER } from '../../src/store/names.ts';
import type { ReleaseRecord } from '../../src/store/release.ts';
import type { Dataset } from '../../src/training/dataset/dataset.ts';
import { decodeDataset } from '../../src/training/dataset/dataset-format.ts';
import { Lineage } from '../../src/training/releases/lineage.ts';
import { readVerified } from '../../src/training/releases/stored-blob.ts';
import { type Answer, call, eventually } from './call-service.ts';
import { type IsolatedService, startIsolatedService } from './isolated-service.ts';

const BATCH = 1_000;

/** One caller of the service: an address and what proves who calls. */
export class Caller {
  readonly #url: string;
  readonly #headers: Record<string, string>;

  constructor(url: string, headers: Record<string, string> = {}) {
    this.#url = url;
    this.#headers = headers;
  }

  get(path: string): Promise<Answer> {
    return call(this.#url, 'GET', path, undefined, this.#headers);
  }
  post(path: string, body?: unknown): Promise<Answer> {
    return call(this.#url, 'POST', path, body, this.#headers);
  }
  put(path: string, body: unknown): Promise<Answer> {
    return call(this.#url, 'PUT', path, body, this.#headers);
  }
}

/** The header that Easy Auth writes for a signed-in caller; read by the service with AUTH_MODE=entra. */
export function principalHeader(name: string, ...roles: readonly string[]): Record<string, string> {
  const claims = [{ typ: 'oid', val: name }, ...roles.map((val) => ({ typ: 'roles', val }))];
  return { 'x-ms-client-principal': Buffer.from(JSON.stringify({ claims })).toString('base64') };
}

/** Little to start from and the fastest candidate alone: for tests that ask which judgements teach, not how well. */
export const FAST_TRAINING = { TOURNAMENT: 'random_forest', SYNTHETIC_ALERTS: '300' };

/** A service that retrains only when asked, and then fast. */
export function startLearningService(env: Record<string, string> = {}): Promise<IsolatedService> {
  return startIsolatedService({
    env: {
      RETRAIN_AFTER: '1000000',
      RETRAIN_AFTER_HOURLY: '1000000',
      ...FAST_TRAINING,
      HEAD_POLL_SECONDS: '0.5',
      FEEDBACK_RATE_PER_MINUTE: '1000000',
      ...env,
    },
  });
}

/** Scores alerts in batches; fails where one was refused. */
export async function scoreAll(caller: Caller, alerts: readonly unknown[]): Promise<WireVerdict[]> {
  const verdicts: WireVerdict[] = [];
  for (let from = 0; from < alerts.length; from += BATCH) {
    const { status, body } = await caller.post('/predict', { alerts: alerts.slice(from, from + BATCH) });
    expect(status, JSON.stringify(body)).toBe(200);
    for (const { verdict, error } of body.results) {
      expect(error).toBeUndefined();
      verdicts.push(verdict);
    }
  }
  return verdicts;
}

/** What a request of judgements came to. */
export interface Judging {
  readonly accepted: number;
  readonly duplicates: number;
  readonly revised: number;
  readonly no_label: number;
  readonly results: readonly {
    readonly index: number;
    readonly status?: string;
    readonly alert_key?: string;
    readonly reason?: string;
    readonly members?: number;
    readonly error?: { readonly code: string; readonly issues?: readonly { readonly path: string }[] };
  }[];
}

/** Sends judgements as lists, in order, and adds up the answers; errors of items are left in `results`. */
export async function judgeAll(caller: Caller, items: readonly unknown[]): Promise<Judging> {
  const totals = { accepted: 0, duplicates: 0, revised: 0, no_label: 0 };
  const results: Judging['results'][number][] = [];
  for (let from = 0; from < items.length; from += BATCH) {
    const { status, body } = await caller.post('/feedback', items.slice(from, from + BATCH));
    expect(status, JSON.stringify(body)).toBe(200);
    for (const name of Object.keys(totals) as (keyof typeof totals)[]) totals[name] += body[name];
    for (const result of body.results) results.push({ ...result, index: from + result.index });
  }
  return { ...totals, results };
}

export interface Run {
  readonly run_id: string;
  readonly state: string;
  readonly reasons: readonly string[];
  readonly release: string | null;
  readonly error: string | null;
}

/** Asks for a retrain as an operator does and waits for how it ended. */
export async function retrainNow(operator: Caller, request: Record<string, unknown> = {}): Promise<Run> {
  const asked = await operator.post('/retrain', request);
  expect(asked, JSON.stringify(asked.body)).toMatchObject({ status: 202 });
  return eventually(
    'a retrain that was asked for',
    async () => {
      const { body } = await operator.get(`/retrain/${asked.body.run_id}`);
      return body.finished_at ? (body as Run) : undefined;
    },
    280_000,
  );
}

/** The newest version of a model, as the service lists it. */
export async function newestVersion(caller: Caller, model: string): Promise<Answer['body']> {
  return (await caller.get(`/versions/${model}`)).body.versions[0];
}

/** A count from a model card: the number in the row that begins with `name`. */
export async function countOnCard(caller: Caller, name: string, model = 'classifier'): Promise<number> {
  const { version } = await newestVersion(caller, model);
  const { body } = await caller.get(`/versions/${model}/${version}/card`);
  const row = (body.card as string).split('\n').find((line) => line.startsWith(`| ${name} |`));
  expect(row, `${name} in\n${body.card}`).toBeDefined();
  return Number(row?.split('|')[2]);
}

/** The storage of a running service, read beside it. */
export function storageOf({ connectionString }: IsolatedService) {
  const clients = createStorageClients({ connectionString });
  const models = new BlobModelStore(clients.container(MODEL_CONTAINER));
  return {
    clients,
    models,
    feedback: new TableFeedbackStore(clients.table(FEEDBACK_TABLE)),
    /** The newest release that learned, and its training set. */
    newest: async (): Promise<{ record: ReleaseRecord; dataset: Dataset }> => {
      const lineage = new Lineage(models);
      const { record } = await lineage.tip((await lineage.requireHead()).head.release);
      return { record, dataset: decodeDataset(await readVerified(models, record.dataset)) };
    },
  };
}
