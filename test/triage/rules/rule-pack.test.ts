import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { load, loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { normalizeAlert } from '../../../src/intake/normalize.ts';
import { shippedRuleEngine } from '../../../src/triage/rules/shipped-rules.ts';

const RULES = new URL('../../../rules/', import.meta.url);
const MODULES = readdirSync(RULES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const textOf = (path: string): string => readFileSync(new URL(path, RULES), 'utf8');

interface Rule {
  readonly name: string;
  readonly id: string;
  readonly level: string;
  readonly tags?: readonly string[];
  readonly logsource: { readonly category: string };
  readonly falsepositives: readonly string[];
  readonly reason: string;
  readonly source: string;
  readonly against?: string;
  readonly detection: unknown;
}
interface Case {
  readonly rule: string;
  readonly match: boolean;
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly payload: unknown;
}

const rulesOf = (module: string): Rule[] => loadAll(textOf(`${module}/${module}.yml`)) as Rule[];
const casesOf = (module: string): Case[] => load(textOf(`${module}/${module}.cases.yml`)) as Case[];
const ALL = MODULES.flatMap(rulesOf);
const engine = shippedRuleEngine();

describe('the shipped rules', () => {
  it('are enough, in enough modules', () => {
    expect(MODULES.length).toBeGreaterThanOrEqual(22);
    expect(ALL.length).toBeGreaterThanOrEqual(400);
    for (const key of ['name', 'id'] as const)
      expect(new Set(ALL.map((rule) => rule[key])).size).toBe(ALL.length);
  });

  it('are valid by the schema of the specification', () => {
    const path = new URL('../../fixtures/rule-pack/sigma-detection-rule-schema.json', import.meta.url);
    const schema = JSON.parse(readFileSync(path, 'utf8')) as { $schema: string };
    // the text names the dialect with a `#` that the validator does not know
    const ajv = new Ajv2020({ allErrors: true, strict: false });
    addFormats.default(ajv);
    const validate = ajv.compile({ ...schema, $schema: 'https://json-schema.org/draft/2020-12/schema' });
    const wrong = ALL.flatMap((rule) => {
      const isValid: boolean = validate(rule);
      return isValid ? [] : [[rule.name, validate.errors]];
    });
    expect(wrong).toEqual([]);
  });

  it('say why they speak, where their literals come from, and when they are wrong', () => {
    for (const rule of ALL) {
      expect(rule.reason, rule.name).toMatch(/^[A-Z0-9\p{L}].*\.$/u);
      expect(rule.source.length, rule.name).toBeGreaterThan(3);
      expect(rule.falsepositives.length, rule.name).toBeGreaterThan(0);
      // severity, intelligence and what speaks against an attack have no technique
      const isPlain = rule.against !== undefined || /^(cx|in)-/.test(rule.name);
      if (!isPlain)
        expect(
          rule.tags?.some((tag) => /^attack\.t\d{4}/.test(tag)),
          rule.name,
        ).toBe(true);
    }
  });

  it('are one where they would differ in one literal and nothing that they say', () => {
    const seen = new Map<string, { readonly name: string; readonly values: readonly string[] }[]>();
    const twins: string[][] = [];
    for (const { name, level, against, tags, logsource, detection } of ALL) {
      const values: string[] = [];
      const shape = JSON.stringify([level, against, tags, logsource, detection], (key, value: unknown) => {
        if (typeof value !== 'string' || key === 'condition' || key === 'level') return value;
        values.push(value);
        return '';
      });
      const alike = seen.get(shape) ?? [];
      for (const one of alike) {
        if (one.values.filter((value, i) => value !== values[i]).length <= 1) twins.push([one.name, name]);
      }
      seen.set(shape, [...alike, { name, values }]);
    }
    expect(twins).toEqual([]);
  });

  it('are compiled as they are written', () => {
    expect(engine.rules.map(({ id }) => id).sort()).toEqual(ALL.map(({ name }) => name).sort());
    const byName = new Map(ALL.map((rule) => [rule.name, rule]));
    for (const { id, level, against } of engine.rules) {
      expect([level, against]).toEqual([byName.get(id)!.level, byName.get(id)!.against]);
    }
  });

  it.each(MODULES)('hit and spare the payloads beside them: %s', (module) => {
    const told = new Map<string, Set<boolean>>();
    for (const { rule, match, payload, facts } of casesOf(module)) {
      const { alert, opened } = normalizeAlert(payload, { receivedAt: '2026-03-02T10:00:00.000Z' });
      const ids = engine.evaluate(alert, opened, facts).matches.map(({ id }) => id);
      if (match) expect(ids, rule).toContain(rule);
      else expect(ids, rule).not.toContain(rule);
      told.set(rule, (told.get(rule) ?? new Set()).add(match));
    }
    for (const { name } of rulesOf(module)) expect([...(told.get(name) ?? [])], name).toHaveLength(2);
  });
});

describe('an alert that the rules judge', () => {
  const outcome = (payload: Record<string, unknown>) =>
    engine.evaluate(normalizeAlert(payload).alert, payload);

  it('has no rule score where it tells nothing that a rule tests', () => {
    expect(outcome({ id: 'a', title: 'Something', source: 'edr' })).toEqual({ score: null, matches: [] });
  });

  it('has 0 where it tells what happened and no rule hits', () => {
    expect(outcome({ id: 'a', title: 'Something', command_line: 'notepad.exe a.txt' }).score).toBe(0);
  });

  it('names its rules strongest first, with their weight', () => {
    const { score, matches } = outcome({
      id: 'a',
      title: 'Something',
      command_line: 'vssadmin delete shadows /all /quiet',
      severity: 'low',
    });
    expect(matches[0]).toMatchObject({ id: 'im-shadow-copies', level: 'critical', weight: 2.2, half: false });
    expect(matches.at(-1)!.weight).toBeLessThan(0);
    expect(score).toBeCloseTo(100 * (1 - Math.exp(-2.2)) * Math.exp(-0.3), 1);
  });

  it('says where rules found something where asked, and what only where that may be shown', () => {
    const payload = {
      id: 'a',
      title: 'Process',
      command_line: `vssadmin delete shadows /all ${'x'.repeat(300)}`,
    };
    const read = normalizeAlert(payload);
    const fieldsOf = (fields?: 'names' | 'values') =>
      engine
        .evaluate(read.alert, read.opened, undefined, { fields })
        .matches.find(({ id }) => id === 'im-shadow-copies')!.fields;
    expect(fieldsOf()).toBeUndefined();
    expect(fieldsOf('names')).toEqual([{ name: 'entity.command_line' }]);
    expect(fieldsOf('values')).toEqual([
      { name: 'entity.command_line', values: [payload.command_line.slice(0, 200)] },
    ]);
  });
});
