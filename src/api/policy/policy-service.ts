import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { AlertforestError } from '../../errors.ts';
import { normalizeAlert } from '../../intake/normalize.ts';
import type { ServingModels } from '../../models/serving-models.ts';
import { ConformalSets } from '../../policy/conformal.ts';
import { decisionThreshold } from '../../policy/decision-threshold.ts';
import { DEFAULT_POLICY, type Policy } from '../../policy/policy.ts';
import { evaluatePolicy, type JudgedAlerts, type PolicyOutcome } from '../../policy/policy-evaluation.ts';
import type { DocumentStore, StoredDocument } from '../../store/document-store.ts';
import { activeCriticalCases, type CriticalCaseSet } from '../../training/gate/critical-case-set.ts';
import { CRITICAL_CASES } from '../../training/gate/critical-cases.ts';
import type { CriticalCase } from '../../training/trainer.ts';
import { unknownName } from '../known-names.ts';
import type {
  PolicyDocument,
  policyAnswerSchema,
  policyOutcomeSchema,
  policyRequestSchema,
} from './policy.ts';

export interface PolicyServiceDeps {
  readonly documents: DocumentStore<PolicyDocument>;
  readonly criticalCases: DocumentStore<CriticalCaseSet>;
  readonly models: () => Promise<ServingModels>;
  /** Judged alerts that no fit has seen, scored by these models. */
  readonly heldOut: (models: ServingModels) => Promise<JudgedAlerts>;
  /** Of the built-in policy, until one is stored. */
  readonly auditShare: number;
  readonly now: () => number;
}

type PolicyAnswer = z.infer<typeof policyAnswerSchema>;

/** Policy is data beside the models: a change needs no restart, is kept for ever and can be tried first. */
export class PolicyService {
  readonly #deps: PolicyServiceDeps;
  readonly #builtIn: PolicyDocument;
  #stored: StoredDocument<PolicyDocument> | undefined;

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

  /** Looks whether the stored policy has moved. Keeps the one in memory when storage is away; never throws. */
  async refresh(): Promise<void> {
    try {
      await this.#read();
    } catch {
      // The models' own look at storage tells of an outage; the policy in memory stays in force.
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

  /** The operators' own cases and retirements; undefined before the first. */
  async criticalCaseSet(): Promise<CriticalCaseSet | undefined> {
    return (await this.#deps.criticalCases.read())?.value;
  }

  async document(): Promise<PolicyAnswer> {
    await this.#read();
    return this.#answer(this.#stored?.value ?? this.#builtIn);
  }

  /**
   * Replaces the policy, or with `dryRun` says what it would close and miss on the hold-out and changes nothing.
   *
   * @throws AlertforestError REQUEST_INVALID, STORE_CONFLICT where another change came first
   */
  async put(
    request: z.infer<typeof policyRequestSchema>,
    { dryRun, by }: { dryRun: boolean; by: string },
  ): Promise<PolicyAnswer> {
    await this.#read();
    const current = this.#stored?.value ?? this.#builtIn;
    const wanted = request.policy ?? request.document?.policy;
    const expected = request.if_seq ?? (request.policy === undefined ? request.document?.seq : undefined);
    if (expected !== undefined && expected !== current.seq) {
      throw new AlertforestError(
        'STORE_CONFLICT',
        `The stored policy has seq ${current.seq}, not ${expected}.`,
      );
    }
    const cases = await this.#deps.criticalCases.read();
    const change = request.critical_cases ?? undefined;
    if (change !== undefined) checkCases(change, cases?.value);
    const at = new Date(this.#deps.now()).toISOString();
    const proposed: PolicyDocument =
      wanted === undefined || isDeepStrictEqual(wanted, current.policy)
        ? current
        : { seq: current.seq + 1, policy: wanted, by, why: request.why ?? '', updated_at: at };
    const before = { document: current, critical_cases: cases?.value ?? null };
    if (dryRun) {
      return {
        ...(await this.#answer(proposed)),
        before,
        preview: await this.#preview(current.policy, proposed.policy),
      };
    }
    if (change !== undefined && change.add.length + change.retire.length > 0)
      await this.#changeCases(change, cases, by, at);
    if (proposed !== current) {
      const etag = await this.#deps.documents.write(proposed, this.#stored?.etag);
      this.#stored = { value: proposed, etag };
    }
    return { ...(await this.#answer(proposed)), before };
  }

  async #read(): Promise<void> {
    const { documents } = this.#deps;
    const read =
      this.#stored === undefined ? await documents.read() : await documents.readIfChanged(this.#stored.etag);
    if (read !== 'unchanged') this.#stored = read;
  }

  async #changeCases(
    change: CaseChange,
    stored: StoredDocument<CriticalCaseSet> | undefined,
    by: string,
    at: string,
  ): Promise<void> {
    const known = stored?.value;
    const added = change.add.map(({ id, alert }) => ({ id, alert: normalizeAlert(alert).alert, by, at }));
    const replaced = new Set(added.map(({ id }) => id));
    const retiredNow = new Set(change.retire.map(({ id }) => id));
    await this.#deps.criticalCases.write(
      {
        seq: (known?.seq ?? 0) + 1,
        cases: [...(known?.cases ?? []).filter(({ id }) => !replaced.has(id)), ...added],
        retired: [
          ...(known?.retired ?? []).filter(({ id }) => !retiredNow.has(id) && !replaced.has(id)),
          ...change.retire.map(({ id, why }) => ({ id, why, by, at })),
        ],
      },
      stored?.etag,
    );
  }

  async #answer(document: PolicyDocument): Promise<PolicyAnswer> {
    const { policy } = document;
    const [models, cases] = await Promise.all([this.#deps.models(), this.#deps.criticalCases.read()]);
    return {
      document,
      critical_cases: cases?.value ?? null,
      close_below: policy.close_below ?? decisionThreshold(policy.costs),
      uncovered: [...new ConformalSets(models.classifier.conformal, policy.alpha).uncovered],
    };
  }

  async #preview(now: Policy, proposed: Policy): Promise<NonNullable<PolicyAnswer['preview']>> {
    const models = await this.#deps.models();
    const judged = await this.#deps.heldOut(models);
    const n = judged.labels.length;
    const outcome = (policy: Policy): z.infer<typeof policyOutcomeSchema> | null =>
      n === 0
        ? null
        : wireOutcome(
            evaluatePolicy(judged, policy, new ConformalSets(models.classifier.conformal, policy.alpha)),
          );
    return {
      held_out: n,
      now: outcome(now),
      proposed: outcome(proposed),
      note: previewNote(n, judged),
    };
  }
}

type CaseChange = NonNullable<z.infer<typeof policyRequestSchema>['critical_cases']>;

/**
 * @throws AlertforestError NOT_FOUND for a case to retire that does not exist, STORE_CONFLICT for cases as an earlier
 * answer had them, REQUEST_INVALID for a change of what is answered alone
 */
function checkCases(change: CaseChange, stored: CriticalCaseSet | undefined): void {
  const { seq, cases, retired } = change;
  if (seq !== undefined && seq !== stored?.seq) {
    throw new AlertforestError(
      'STORE_CONFLICT',
      `The critical cases have seq ${stored?.seq ?? 'none'}, not ${seq}.`,
    );
  }
  const path = !isSame(cases, stored?.cases) ? 'cases' : !isSame(retired, stored?.retired) ? 'retired' : '';
  if (path !== '') {
    throw new AlertforestError('REQUEST_INVALID', 'Critical cases change by `add` and `retire`.', {
      issues: [{ path: `critical_cases.${path}`, message: 'Expected what GET answers, or nothing.' }],
    });
  }
  const known = new Set([
    ...CRITICAL_CASES.map(({ id }) => id),
    ...(stored?.cases ?? []).map(({ id }) => id),
    ...change.add.map(({ id }) => id),
  ]);
  const issues = change.retire.flatMap(({ id }, at) =>
    known.has(id) ? [] : [unknownName(`critical_cases.retire.${at}.${id}`, 'case', [...known])],
  );
  if (issues.length === 0) return;
  const names = issues.map(({ path: at }) => at.slice(at.lastIndexOf('.') + 1)).join(', ');
  throw new AlertforestError('NOT_FOUND', `No critical case has the id ${names}.`, { issues });
}

const isSame = (given: unknown, stored: unknown): boolean =>
  given === undefined || isDeepStrictEqual(given, stored);

/** Where the archived copy of a policy lies: its seq and the first 8 hex digits over its content. */
export function policyHash8(document: PolicyDocument): string {
  return createHash('sha256').update(JSON.stringify(document)).digest('hex').slice(0, 8);
}

/** Judged alerts, and judged audit samples, below which a preview is a hint. */
const FEW_ALERTS = 200;
const FEW_AUDIT_SAMPLES = 100;

/**
 * How far the figures can be trusted. Closed alerts are judged by nobody, so what a policy misses is known from the
 * audit samples alone: the note says how many stand behind it until there are enough.
 */
function previewNote(n: number, { nAudited = 0 }: JudgedAlerts): string {
  const size =
    n < FEW_ALERTS
      ? `Only ${n} judged alerts are held out: take the figures as a hint, not as a measurement.`
      : `On ${n} judged alerts that no fit has seen.`;
  return nAudited < FEW_AUDIT_SAMPLES
    ? `${size} ${nAudited} audit samples stand behind the miss rate; ${FEW_AUDIT_SAMPLES} are needed.`
    : size;
}

function wireOutcome(outcome: PolicyOutcome): z.infer<typeof policyOutcomeSchema> {
  const orNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
  return {
    alerts: outcome.nAlerts,
    true_positives: outcome.nTruePositives,
    shares: { ...outcome.shares },
    missed: outcome.nMissed,
    miss_rate: orNull(outcome.missRate),
    cost_per_alert: orNull(outcome.costPerAlert),
  };
}
