import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { AlertforestError, hasCode } from '../../errors.ts';
import type { ServingModels } from '../../models/serving-models.ts';
import { ConformalSets } from '../../policy/conformal.ts';
import { decisionThreshold } from '../../policy/decision-threshold.ts';
import { DEFAULT_POLICY, type Policy } from '../../policy/policy.ts';
import type { DocumentStore, StoredDocument } from '../../store/document-store.ts';
import { activeCriticalCases, type CriticalCaseSet } from '../../training/gate/critical-case-set.ts';
import type { PreviewGround } from '../../training/runs/policy-preview.ts';
import type { CriticalCase } from '../../training/trainer.ts';
import { type CaseChange, changedCases, checkCases, isRepeatedChange } from './case-change.ts';
import type { PolicyDocument, policyAnswerSchema, policyRequestSchema } from './policy.ts';
import { previewOf } from './preview.ts';

export interface PolicyServiceDeps {
  readonly documents: DocumentStore<PolicyDocument>;
  /** Seq of the newest policy that was ever written, 0 before the first: what was stored and has gone is no absence. */
  readonly newestSeq: () => Promise<number>;
  readonly criticalCases: DocumentStore<CriticalCaseSet>;
  /** Whether critical cases were ever written: what was stored and has gone is no absence. */
  readonly hadCriticalCases: () => Promise<boolean>;
  readonly models: () => Promise<ServingModels>;
  /** Judged alerts that no fit has seen, scored by the serving classifier. */
  readonly heldOut: () => Promise<PreviewGround>;
  /** Of the built-in policy, until one is stored. */
  readonly auditShare: number;
  readonly now: () => number;
}

type PolicyAnswer = z.infer<typeof policyAnswerSchema>;

/** Policy is data beside the models: a change needs no restart, is never deleted and can be tried first. */
export class PolicyService {
  readonly #deps: PolicyServiceDeps;
  readonly #builtIn: PolicyDocument;
  #stored: StoredDocument<PolicyDocument> | undefined;
  #problem: AlertforestError | undefined;
  /** As of the first look that found no policy. */
  #newestSeq: number | undefined;
  #known: Promise<void> | undefined;

  constructor(deps: PolicyServiceDeps) {
    this.#deps = deps;
    this.#builtIn = {
      seq: 0,
      policy: { ...DEFAULT_POLICY, audit_share: deps.auditShare },
      by: 'built-in',
      why: '',
      updated_at: new Date(0).toISOString(),
    };
  }

  /** The policy to decide by now; from memory. */
  inForce(): Policy {
    return (this.#stored?.value ?? this.#builtIn).policy;
  }

  /** Whether the built-in policy decides because the stored one cannot be read, and none was read before. */
  get isUnread(): boolean {
    return this.#problem !== undefined && this.#stored === undefined;
  }

  /** Why the last look at the stored policy failed, and what decides meanwhile; undefined while it can be read. */
  get problem(): string | undefined {
    if (this.#problem === undefined) return undefined;
    const decides = this.#stored === undefined ? 'the built-in one' : 'the one that was read before';
    return `the stored policy cannot be read (${this.#problem.code}: ${this.#problem.message}); ${decides} decides`;
  }

  /** Resolves when the stored policy was looked at once: no verdict is decided by the built-in one before. Never throws. */
  known(): Promise<void> {
    return this.#known ?? this.refresh();
  }

  /** Looks whether the stored policy has moved. Keeps the one in memory when it cannot be read; never throws. */
  refresh(): Promise<void> {
    const look = this.#look();
    this.#known ??= look;
    return look;
  }

  async #look(): Promise<void> {
    try {
      await this.#read();
      this.#problem = undefined;
    } catch (error) {
      this.#problem =
        error instanceof AlertforestError
          ? error
          : new AlertforestError('INTERNAL', error instanceof Error ? error.message : String(error), {
              cause: error,
            });
    }
  }

  /** @throws AlertforestError STORE_UNAVAILABLE, STORE_CORRUPT */
  async latest(): Promise<Policy> {
    await this.#read();
    return this.inForce();
  }

  async activeCriticalCases(): Promise<readonly CriticalCase[]> {
    return activeCriticalCases(await this.criticalCaseSet());
  }

  /**
   * The operators' own cases and retirements; undefined before the first.
   *
   * @throws AlertforestError STORE_CORRUPT where they cannot be read, or have gone
   */
  async criticalCaseSet(): Promise<CriticalCaseSet | undefined> {
    return (await this.#readCases())?.value;
  }

  async document(): Promise<PolicyAnswer> {
    await this.#read();
    const [models, cases] = await Promise.all([this.#deps.models(), this.criticalCaseSet()]);
    return this.#answer(this.#stored?.value ?? this.#builtIn, cases, models);
  }

  /**
   * Replaces the policy, or with `dryRun` says what it would close and miss on the hold-out and changes nothing. A
   * stored policy that cannot be read is replaced by a whole one that comes without `if_seq`.
   *
   * @throws AlertforestError REQUEST_INVALID, STORE_CONFLICT where another change came first
   */
  async put(request: PolicyRequest, { dryRun, by }: { dryRun: boolean; by: string }): Promise<PolicyAnswer> {
    // decided on what was read here, and written over nothing else: a look beside this one may find a newer policy
    const { document: current, etag, isBroken } = await this.#currentOf(request);
    const wanted = request.policy ?? request.document?.policy;
    const expected = request.if_seq ?? (request.policy === undefined ? request.document?.seq : undefined);
    const isSame = wanted !== undefined && isDeepStrictEqual(wanted, current.policy) && !isBroken;
    const cases = await this.#readCases();
    const change = request.critical_cases ?? undefined;
    // sent again by a caller whose answer was lost: it is what stands, and nothing else has come since
    const isStale = expected === current.seq - 1;
    const isMade =
      change !== undefined &&
      (isStale || change.seq !== undefined) &&
      (await isRepeatedChange(change, cases?.value));
    const isRepeated = isSame && isStale && (change === undefined || isMade);
    if (expected !== undefined && expected !== current.seq && !isRepeated) {
      throw new AlertforestError(
        'STORE_CONFLICT',
        `The stored policy has seq ${current.seq}, not ${expected}.`,
      );
    }
    if (change !== undefined && !isMade) checkCases(change, cases?.value);
    const at = new Date(this.#deps.now()).toISOString();
    const proposed: PolicyDocument =
      wanted === undefined || isSame
        ? current
        : { seq: current.seq + 1, policy: wanted, by, why: request.why ?? '', updated_at: at };
    const before = { document: current, critical_cases: cases?.value ?? null };
    if (dryRun) {
      return {
        ...this.#answer(proposed, cases?.value, await this.#deps.models()),
        before,
        preview: await previewOf(await this.#deps.heldOut(), current.policy, proposed.policy),
      };
    }
    // before anything is written: what took effect must not be answered with an error
    const models = await this.#deps.models();
    let casesNow = cases?.value;
    if (change !== undefined && !isMade && change.add.length + change.retire.length > 0)
      casesNow = await this.#changeCases(change, cases, by, at);
    if (proposed !== current) await this.#writePolicy(proposed, etag, casesNow !== cases?.value);
    return { ...this.#answer(proposed, casesNow, models), before };
  }

  async #writePolicy(
    proposed: PolicyDocument,
    ifMatch: string | undefined,
    hasCases: boolean,
  ): Promise<void> {
    try {
      const etag = await this.#deps.documents.write(proposed, ifMatch);
      this.#stored = { value: proposed, etag };
      this.#problem = undefined;
    } catch (error) {
      if (!hasCases || !(error instanceof AlertforestError)) throw error;
      throw new AlertforestError(
        error.code,
        `The critical cases were changed, the policy was not: ${error.message}`,
        { cause: error },
      );
    }
  }

  async #read(): Promise<void> {
    const { documents } = this.#deps;
    let read =
      this.#stored === undefined ? await documents.read() : await documents.readIfChanged(this.#stored.etag);
    if (read === 'unchanged') return;
    if (read === undefined && (this.#stored !== undefined || (await this.#wasEverStored()))) {
      // the first may have been written since it was looked for
      read = await documents.read();
      if (read === undefined)
        throw new AlertforestError('STORE_CORRUPT', 'The policy that was stored has gone.');
    }
    this.#stored = read;
  }

  async #readCases(): Promise<StoredDocument<CriticalCaseSet> | undefined> {
    const { criticalCases, hadCriticalCases } = this.#deps;
    const read = await criticalCases.read();
    if (read !== undefined || !(await hadCriticalCases())) return read;
    // the first may have been written since they were looked for
    const again = await criticalCases.read();
    if (again === undefined)
      throw new AlertforestError('STORE_CORRUPT', 'The critical cases that were stored have gone.');
    return again;
  }

  async #wasEverStored(): Promise<boolean> {
    this.#newestSeq ??= await this.#deps.newestSeq();
    return this.#newestSeq > 0;
  }

  /** What a change is decided on. @throws AlertforestError STORE_UNAVAILABLE, STORE_CORRUPT but for a whole new policy */
  async #currentOf({ policy, if_seq }: PolicyRequest): Promise<CurrentPolicy> {
    try {
      await this.#read();
    } catch (error) {
      if (!hasCode(error, 'STORE_CORRUPT') || policy === undefined || if_seq !== undefined) throw error;
      const document = this.#stored?.value ?? this.#builtIn;
      const { documents, newestSeq } = this.#deps;
      const [etag, seq] = await Promise.all([documents.tag(), newestSeq()]);
      return { document: { ...document, seq: Math.max(seq, document.seq) }, etag, isBroken: true };
    }
    return { document: this.#stored?.value ?? this.#builtIn, etag: this.#stored?.etag, isBroken: false };
  }

  async #changeCases(
    change: CaseChange,
    stored: StoredDocument<CriticalCaseSet> | undefined,
    by: string,
    at: string,
  ): Promise<CriticalCaseSet> {
    const changed = await changedCases(change, stored?.value, by, at);
    if (changed !== stored?.value) await this.#deps.criticalCases.write(changed, stored?.etag);
    return changed;
  }

  #answer(document: PolicyDocument, cases: CriticalCaseSet | undefined, models: ServingModels): PolicyAnswer {
    const { policy } = document;
    return {
      document,
      critical_cases: cases ?? null,
      close_below: policy.close_below ?? decisionThreshold(policy.costs),
      uncovered: [...new ConformalSets(models.classifier.conformal, policy.alpha).uncovered],
    };
  }
}

type PolicyRequest = z.infer<typeof policyRequestSchema>;

interface CurrentPolicy {
  readonly document: PolicyDocument;
  /** Of what stands in storage, readable or not. */
  readonly etag: string | undefined;
  /** What stands cannot be read: the document is what decides meanwhile, under the newest seq that was written. */
  readonly isBroken: boolean;
}

/** Where the archived copy of a policy or of critical cases lies: its seq and the first 8 hex digits over its content. */
export function policyHash8(document: PolicyDocument | CriticalCaseSet): string {
  return createHash('sha256').update(JSON.stringify(document)).digest('hex').slice(0, 8);
}
