import { policyDocumentSchema } from '../../../src/api/policy/policy.ts';
import { hasCode } from '../../../src/errors.ts';
import { BlobModelStore } from '../../../src/store/azure/blob-model-store.ts';
import { createStorageClients } from '../../../src/store/azure/storage-clients.ts';
import { TableFeedbackStore } from '../../../src/store/azure/table-feedback-store.ts';
import { DocumentStore } from '../../../src/store/document-store.ts';
import {
  CRITICAL_CASES_BLOB,
  FEEDBACK_TABLE,
  MODEL_CONTAINER,
  POLICY_POINTER_BLOB,
} from '../../../src/store/names.ts';
import { decodeDataset } from '../../../src/training/dataset/dataset-format.ts';
import { criticalCaseSetSchema } from '../../../src/training/gate/critical-case-set.ts';
import { Lineage } from '../../../src/training/releases/lineage.ts';
import { readVerified } from '../../../src/training/releases/stored-blob.ts';

/** What is not as it was promised. */
export interface Broken {
  readonly kind: 'lost' | 'double' | 'silent' | 'order' | 'slow';
  readonly says: string;
}

interface Judged {
  readonly disposition: string;
  isWithdrawn: boolean;
  isRuled: boolean;
}

/** What callers were promised, and whether storage holds it: read past every fault, by clients of its own. */
export class Ledger {
  readonly #storage: string;
  readonly #judged = new Map<string, Judged>();
  readonly #runs = new Set<string>();
  readonly #cases = new Set<string>();
  readonly #broken: Broken[] = [];
  /** Costs that were acknowledged, by the seq they were to have. */
  readonly #policies = new Map<number, number>();
  #serving: string | undefined;
  lastJudged: string | undefined;

  readonly isRaced: boolean;

  /** @param isRaced several callers change the same at once: then the last of them stands, whoever that was */
  constructor(storage: string, { isRaced = false } = {}) {
    this.#storage = storage;
    this.isRaced = isRaced;
  }

  /** Judgements that were acknowledged. */
  get nJudged(): number {
    return this.#judged.size;
  }

  judged(alertKey: string, disposition: string): void {
    this.lastJudged = alertKey;
    this.#judged.set(alertKey, {
      disposition,
      isWithdrawn: false,
      isRuled: false,
    });
  }
  withdrawn(alertKey: string): void {
    this.#judged.get(alertKey)!.isWithdrawn = true;
  }
  ruled(alertKey: string): void {
    this.#judged.get(alertKey)!.isRuled = true;
  }
  ran(runId: string): void {
    this.#runs.add(runId);
    // a forced run may have promoted another one than what was activated last
    this.#serving = undefined;
  }
  activated(version: string): void {
    this.#serving = version;
  }
  unpinned(): void {}
  policySet(seq: number, cost: number): void {
    const other = this.#policies.get(seq);
    if (other !== undefined && other !== cost)
      this.#broken.push({ kind: 'lost', says: `policy ${seq} was acknowledged with ${other} and ${cost}` });
    this.#policies.set(seq, cost);
  }
  caseAdded(id: string): void {
    this.#cases.add(id);
  }
  stale(says: string): void {
    this.#broken.push({ kind: 'silent', says });
  }

  /** Everything that storage does not hold as it was promised; empty where all is well. */
  async broken(): Promise<readonly Broken[]> {
    const clients = createStorageClients({ connectionString: this.#storage });
    const models = new BlobModelStore(clients.container(MODEL_CONTAINER));
    const feedback = new TableFeedbackStore(clients.table(FEEDBACK_TABLE));
    const broken = this.#broken.splice(0);
    const consumed = await this.#lookAtLineage(models, broken);
    await this.#lookAtJudgements(feedback, consumed, broken);
    await this.#lookAtDocuments(models, broken);
    return broken;
  }

  /** @returns alerts that any release has learned of */
  async #lookAtLineage(models: BlobModelStore, broken: Broken[]): Promise<ReadonlySet<string>> {
    const lineage = new Lineage(models);
    const consumed = new Set<string>();
    const state = await lineage.readHead();
    if (state === undefined) {
      if (this.#judged.size > 0) broken.push({ kind: 'lost', says: 'the head has gone' });
      return consumed;
    }
    const runs = new Map<string, number>();
    const versions = new Map<string, string>();
    const taught = new Set<string>();
    let below = Number.POSITIVE_INFINITY;
    let isTip = true;
    for await (const { id, record } of lineage.walk(state.head.release)) {
      if (record.seq >= below || (record.seq !== below - 1 && Number.isFinite(below)))
        broken.push({ kind: 'order', says: `${id} has seq ${record.seq} below ${below}` });
      below = record.seq;
      for (const alertKey of Object.keys(record.consumed)) consumed.add(alertKey);
      const { kind, run_id: run } = record;
      if (kind !== 'activate' && kind !== 'unpin') runs.set(run, (runs.get(run) ?? 0) + 1);
      for (const [model, { version, sha256, decision }] of Object.entries(record.models)) {
        if (decision === 'carried') continue;
        const name = `${model} ${version}`;
        if (versions.has(name)) broken.push({ kind: 'double', says: `${name} was made twice` });
        versions.set(name, sha256);
      }
      if (!isTip || kind === 'activate' || kind === 'unpin') continue;
      isTip = false;
      for (const { alertKey } of decodeDataset(await readVerified(models, record.dataset)).rows)
        taught.add(alertKey);
    }
    for (const served of Object.values(state.head.serving)) await readVerified(models, served);
    for (const run of this.#runs) {
      const n = runs.get(run) ?? 0;
      if (n === 0) broken.push({ kind: 'lost', says: `run ${run} was done and made no release` });
    }
    for (const [run, n] of runs)
      if (n > 1) broken.push({ kind: 'double', says: `run ${run} made ${n} releases` });
    for (const [alertKey, { isWithdrawn }] of this.#judged) {
      if (consumed.has(alertKey) && !isWithdrawn && !taught.has(alertKey))
        broken.push({ kind: 'lost', says: `${alertKey} was consumed and is in no training set` });
    }
    const { version } = state.head.serving['classifier'] ?? {};
    if (!this.isRaced && this.#serving !== undefined && version !== this.#serving)
      broken.push({ kind: 'lost', says: `${this.#serving} was activated and ${version} serves` });
    return consumed;
  }

  async #lookAtJudgements(
    feedback: TableFeedbackStore,
    consumed: ReadonlySet<string>,
    broken: Broken[],
  ): Promise<void> {
    const pending = new Set((await feedback.listPending()).map(({ alertKey }) => alertKey));
    const stored = new Map<string, number>();
    for await (const { snapshot, votes } of feedback.samples())
      stored.set(snapshot.alertKey, votes.filter(({ analyst }) => analyst === 'ann').length);
    for (const [alertKey, { isWithdrawn, isRuled }] of this.#judged) {
      const n = stored.get(alertKey) ?? 0;
      if (n !== (isWithdrawn ? 0 : 1))
        broken.push({ kind: n === 0 ? 'lost' : 'double', says: `${alertKey} has ${n} votes` });
      if (!pending.has(alertKey) && !consumed.has(alertKey))
        broken.push({ kind: 'lost', says: `${alertKey} is neither learned nor waits` });
      if (!isWithdrawn && !isRuled) continue;
      const history = await feedback.history(alertKey);
      const nSaid = history.filter(
        (entry) => (isRuled ? entry.ruling : entry.withdrawal) !== undefined,
      ).length;
      if (nSaid !== 1)
        broken.push({ kind: nSaid === 0 ? 'lost' : 'double', says: `${alertKey} was ruled ${nSaid} times` });
    }
  }

  async #lookAtDocuments(models: BlobModelStore, broken: Broken[]): Promise<void> {
    const policy = await new DocumentStore(models, POLICY_POINTER_BLOB, policyDocumentSchema).read();
    const cost = policy?.value.policy.costs.false_alarm;
    const seq = policy?.value.seq ?? 0;
    const newest = Math.max(0, ...this.#policies.keys());
    // of callers who race, one that was never told may have been the last
    if (seq < newest || (seq === newest && seq > 0 && cost !== this.#policies.get(seq)))
      broken.push({ kind: 'lost', says: `policy ${newest} was set, ${seq} with ${cost} stands` });
    if (seq > newest && !this.isRaced)
      broken.push({ kind: 'double', says: `policy ${newest} was set, ${seq} stands` });
    const cases = await new DocumentStore(models, CRITICAL_CASES_BLOB, criticalCaseSetSchema).read();
    const ids = (cases?.value.cases ?? []).map(({ id }) => id);
    for (const id of this.#cases) {
      const n = ids.filter((one) => one === id).length;
      if (n !== 1) broken.push({ kind: n === 0 ? 'lost' : 'double', says: `case ${id} stands ${n} times` });
    }
  }
}

/** What makes an invariant throw is damage, and named as that. */
export async function lookForBroken(ledger: Ledger): Promise<readonly Broken[]> {
  try {
    return await ledger.broken();
  } catch (error) {
    if (hasCode(error, 'STORE_CORRUPT')) return [{ kind: 'lost', says: String(error) }];
    throw error;
  }
}
