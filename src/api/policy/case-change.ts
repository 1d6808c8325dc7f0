import { setImmediate as nextTurn } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { z } from 'zod';
import { AlertforestError } from '../../errors.ts';
import { normalizeAlert } from '../../intake/normalize.ts';
import { type CriticalCaseSet, MAX_CASES } from '../../training/gate/critical-case-set.ts';
import { CRITICAL_CASES } from '../../training/gate/critical-cases.ts';
import { unknownName } from '../known-names.ts';
import type { policyRequestSchema } from './policy.ts';

export type CaseChange = NonNullable<z.infer<typeof policyRequestSchema>['critical_cases']>;

/**
 * The cases after a change that {@link checkCases} let pass; `known` itself where they say all of it already, as for a
 * caller who sends it again since the answer was lost. A turn of the event loop a case: 500 of them may fill a body.
 *
 * @param at ISO 8601 UTC
 */
export async function changedCases(
  change: CaseChange,
  known: CriticalCaseSet | undefined,
  by: string,
  at: string,
): Promise<CriticalCaseSet> {
  const added = await readCases(change, by, at);
  if (known !== undefined && isSaid(known, added, change.retire)) return known;
  const replaced = new Set(added.map(({ id }) => id));
  const retiredNow = new Set(change.retire.map(({ id }) => id));
  return {
    seq: (known?.seq ?? 0) + 1,
    cases: [...(known?.cases ?? []).filter(({ id }) => !replaced.has(id)), ...added],
    retired: [
      ...(known?.retired ?? []).filter(({ id }) => !retiredNow.has(id) && !replaced.has(id)),
      ...change.retire.map(({ id, why }) => ({ id, why, by, at })),
    ],
  };
}

/**
 * Whether the stored cases are those before this change with this change made: it was sent again, since the answer was
 * lost. A change that states no `seq` may have been made of any.
 */
export async function isRepeatedChange(
  change: CaseChange,
  stored: CriticalCaseSet | undefined,
): Promise<boolean> {
  const { seq, add, retire } = change;
  if (stored === undefined || (seq !== undefined && seq !== stored.seq - 1)) return false;
  if (add.length + retire.length === 0) return false;
  return isSaid(stored, await readCases(change, '', ''), retire);
}

async function readCases(change: CaseChange, by: string, at: string): Promise<CriticalCaseSet['cases']> {
  const added: CriticalCaseSet['cases'][number][] = [];
  for (const { id, alert } of change.add) {
    added.push({ id, alert: normalizeAlert(alert).alert, by, at });
    await nextTurn();
  }
  return added;
}

/** Whether every case stands as it was sent, and every retirement; by whom and when is no difference. */
function isSaid(
  { cases, retired }: CriticalCaseSet,
  added: CriticalCaseSet['cases'],
  retire: CaseChange['retire'],
): boolean {
  // as stored: what is undefined is not there
  const asStored = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
  return (
    added.every(
      ({ id, alert }) =>
        cases.some((one) => one.id === id && isDeepStrictEqual(asStored(one.alert), asStored(alert))) &&
        !retired.some((one) => one.id === id),
    ) && retire.every(({ id, why }) => retired.some((one) => one.id === id && one.why === why))
  );
}

/**
 * @throws AlertforestError NOT_FOUND for a case to retire that does not exist, STORE_CONFLICT for cases as an earlier
 * answer had them, REQUEST_INVALID for a change of what is answered alone
 */
export function checkCases(change: CaseChange, stored: CriticalCaseSet | undefined): void {
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
  const replaced = new Set(change.add.map((one) => one.id));
  const nAfter = replaced.size + (stored?.cases ?? []).filter(({ id }) => !replaced.has(id)).length;
  if (nAfter > MAX_CASES) {
    const message = `Expected at most ${MAX_CASES} cases of one's own, got ${nAfter}.`;
    throw new AlertforestError('REQUEST_INVALID', message, {
      issues: [{ path: 'critical_cases.add', message }],
    });
  }
  const issues = change.retire.flatMap(({ id }, at) =>
    known.has(id) ? [] : [unknownName(`critical_cases.retire.${at}.${id}`, 'case', [...known])],
  );
  if (issues.length === 0) return;
  const names = issues.map(({ path: at }) => at.slice(at.lastIndexOf('.') + 1)).join(', ');
  throw new AlertforestError('NOT_FOUND', `No critical case has the id ${names}.`, { issues });
}

const isSame = (given: unknown, stored: unknown): boolean =>
  given === undefined || isDeepStrictEqual(given, stored);
