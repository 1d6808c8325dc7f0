import type { Disposition } from '../../alert/alert.ts';
import { isAttackDisposition } from '../../alert/disposition.ts';
import { effectiveJudgement, type Vote } from '../../alert/judgement.ts';
import type { ModelStore } from '../../store/model-store.ts';
import { type DatasetRow, judgedAtMs } from '../dataset/dataset.ts';
import { decodeDataset } from '../dataset/dataset-format.ts';
import type { Lineage } from '../releases/lineage.ts';
import { readVerified } from '../releases/stored-blob.ts';

/** A judgement that the guards of a release held back. */
export interface HeldJudgement {
  readonly alertKey: string;
  /** As the guard wrote it: its name, then what it saw. */
  readonly reason: string;
  /** Hash of tenant and rule; '' where the training set has dropped the alert. */
  readonly ruleKey: string;
  readonly votes: readonly Vote[];
  readonly disposition: Disposition | undefined;
  /** Newest vote, ms since 1970; NaN without one. */
  readonly judgedAtMs: number;
  /** Incidents of the same rule that teach, by whether they were an attack. */
  readonly ruleRecord: { readonly attack: number; readonly noAttack: number };
}

/**
 * What a release holds back, newest judged first, with what the rest of the same rule was judged.
 *
 * @throws AlertforestError STORE_CORRUPT, STORE_UNAVAILABLE
 */
export async function heldJudgements(
  models: ModelStore,
  lineage: Lineage,
  release: string,
): Promise<HeldJudgement[]> {
  const { quarantined } = await lineage.release(release);
  const keys = Object.keys(quarantined);
  if (keys.length === 0) return [];
  const { record } = await lineage.tip(release);
  const { rows } = decodeDataset(await readVerified(models, record.dataset));
  const byKey = new Map(rows.map((row) => [row.alertKey, row]));
  const wanted = new Set(keys.map((key) => byKey.get(key)?.ruleKey ?? ''));
  const records = ruleRecords(rows, wanted, new Set(keys));
  return keys
    .map((alertKey) => heldOf(alertKey, quarantined[alertKey] ?? '', byKey.get(alertKey), records))
    .sort((a, b) => (b.judgedAtMs || 0) - (a.judgedAtMs || 0) || (a.alertKey < b.alertKey ? -1 : 1));
}

function heldOf(
  alertKey: string,
  reason: string,
  row: DatasetRow | undefined,
  records: ReadonlyMap<string, HeldJudgement['ruleRecord']>,
): HeldJudgement {
  const { ruleKey = '', votes = [] } = row ?? {};
  const none = { attack: 0, noAttack: 0 };
  if (row === undefined || votes.length === 0) {
    const unknown = { disposition: undefined, judgedAtMs: Number.NaN, ruleRecord: none };
    return { alertKey, reason, ruleKey, votes, ...unknown };
  }
  return {
    alertKey,
    reason,
    ruleKey,
    votes,
    disposition: effectiveJudgement(votes).disposition,
    judgedAtMs: judgedAtMs(row),
    ruleRecord: records.get(ruleKey) ?? none,
  };
}

/** Incidents by rule, each once by its first row; held and rejected ones do not count. */
function ruleRecords(
  rows: readonly DatasetRow[],
  ruleKeys: ReadonlySet<string>,
  held: ReadonlySet<string>,
): Map<string, { attack: number; noAttack: number }> {
  const records = new Map<string, { attack: number; noAttack: number }>();
  const seen = new Set<string>();
  for (const { alertKey, ruleKey, group, votes, ruling } of rows) {
    if (!ruleKeys.has(ruleKey) || held.has(alertKey) || ruling?.action === 'reject' || votes.length === 0)
      continue;
    const incident = `${ruleKey} ${group}`;
    if (seen.has(incident)) continue;
    seen.add(incident);
    const record = records.get(ruleKey) ?? { attack: 0, noAttack: 0 };
    const { disposition } = effectiveJudgement(votes);
    if (isAttackDisposition(disposition)) record.attack++;
    else record.noAttack++;
    records.set(ruleKey, record);
  }
  return records;
}
