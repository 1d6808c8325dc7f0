import { readFileSync } from 'node:fs';
import { load, YAMLException } from 'js-yaml';
import { z } from 'zod';
import { AlertforestError, inputIssues } from '../../errors.ts';
import type { SigmaEvent } from '../../triage/rules/sigma/match/event-field.ts';
import type { RuleSet } from '../../triage/rules/sigma/rule-set.ts';
import { CASES_FILE, yamlFiles } from './load-rules.ts';
import type { SourcedEvent } from './match-events.ts';

const caseSchema = z
  .object({
    rule: z.string().min(1),
    match: z.boolean(),
    event: z.record(z.string(), z.unknown()).optional(),
    payload: z.record(z.string(), z.unknown()).optional(),
    facts: z.record(z.string(), z.unknown()).optional(),
    logsource: z.record(z.string(), z.string()).optional(),
    note: z.string().optional(),
  })
  .refine(({ event, payload }) => (event === undefined) !== (payload === undefined), {
    error: 'Expected either `event` or `payload`',
  });

/** A payload or an event and whether a rule, by id or name, must match it. */
export type RuleCase = z.infer<typeof caseSchema>;

export interface CaseFile {
  readonly file: string;
  readonly cases: readonly RuleCase[];
}

/** Cases of every `*.cases.yml` below a folder. */
export function readCases(folder: string): CaseFile[] {
  return yamlFiles(folder)
    .filter((file) => CASES_FILE.test(file))
    .map((file) => ({ file, cases: casesOf(file) }));
}

function casesOf(file: string): RuleCase[] {
  let content: unknown;
  try {
    content = load(readFileSync(file, 'utf8'));
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new AlertforestError('REQUEST_INVALID', `Expected ${file} to be YAML: ${error.reason}.`);
  }
  const parsed = z.array(caseSchema).safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = inputIssues(parsed.error);
  throw new AlertforestError(
    'REQUEST_INVALID',
    `Expected ${file} to be a list of {rule, match, event or payload}: ${issue?.path}: ${issue?.message}.`,
  );
}

/** What is wrong with a case; undefined where the rule behaves as it says. */
export function failureOf(
  rules: RuleSet,
  { rule, match, event, payload, logsource, facts }: RuleCase,
  eventsOf: (payload: SigmaEvent, facts?: SigmaEvent) => readonly SourcedEvent[],
): string | undefined {
  const isMeant = (id: string, name: string): boolean => rule === id || rule === name;
  if (!rules.rules.some(({ id, name }) => isMeant(id, name))) return 'no such rule, or it was refused';
  const events = event === undefined ? eventsOf(payload!, facts) : [{ event, logsource }];
  const isHit = events.some((each) =>
    rules.matchedRules(each.event, each.logsource).some(({ id, name }) => isMeant(id, name)),
  );
  if (isHit === match) return undefined;
  return match ? 'expected a match, got none' : 'expected no match, got one';
}

/** Rules that have no case of one kind. */
export function untestedRules(rules: RuleSet, files: readonly CaseFile[]): { rule: string; lacks: string }[] {
  const cases = files.flatMap((file) => file.cases);
  return rules.rules.flatMap(({ id, name, title }) => {
    const own = cases.filter(({ rule }) => rule === id || rule === name);
    const lacks = [true, false].filter((match) => !own.some((each) => each.match === match));
    if (lacks.length === 0) return [];
    return [{ rule: title, lacks: lacks.map((match) => (match ? 'a match' : 'a non-match')).join(' and ') }];
  });
}
