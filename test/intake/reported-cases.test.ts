import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Alert, alertKey } from '../../src/alert/alert.ts';
import { parseBody } from '../../src/intake/body/parse-body.ts';
import { unwrapEnvelope } from '../../src/intake/envelope/unwrap-envelope.ts';
import { flatJudgement } from '../../src/intake/flat-judgement.ts';
import { type NormalizedAlert, normalizeAlert } from '../../src/intake/normalize.ts';
import { Unread } from '../../src/intake/unread.ts';

const CASES = new URL('../fixtures/cases/', import.meta.url);
const SENDERS = new URL('../fixtures/senders/', import.meta.url);
const RECEIVED_AT = '2026-11-30T00:00:00.000Z';
const SEVERITIES = ['critical', 'high', 'medium', 'low', 'informational', 'unknown'];

type Expected = Record<string, unknown>;

const TYPES: Readonly<Record<string, string>> = {
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  csv: 'text/csv',
  txt: 'text/plain',
  log: 'text/plain',
};

function read(folder: URL, file: string): NormalizedAlert[] {
  const contentType = TYPES[file.split('.').at(-1) as string] ?? '';
  const payload = parseBody(readFileSync(new URL(file, folder), 'utf8'), { contentType });
  return unwrapEnvelope(payload)
    .filter((single) => !(single instanceof Unread))
    .map((single) => normalizeAlert(single, { receivedAt: RECEIVED_AT }));
}

function expectedOf(folder: URL, name: string): Expected {
  return JSON.parse(readFileSync(new URL(`${name}.expect.json`, folder), 'utf8')) as Expected;
}

function inputs(folder: URL): { file: string; name: string }[] {
  return readdirSync(folder)
    .filter((file) => /\.(json|ndjson|csv|txt|log)$/.test(file) && !file.includes('.expect.'))
    .sort()
    .map((file) => ({ file, name: file.replace(/\.\w+$/, '') }));
}

/** Words such as "any stable id" leave the value free. */
function isLoose(value: unknown): boolean {
  return typeof value !== 'string' || /any|or |two different|unknown/.test(value);
}

function entityTexts({ entities }: Alert): string[] {
  return entities.map(({ kind, value }) => `${kind}:${value.toLowerCase()}`);
}

function expectEntity(alert: Alert, kind: string, value: string): void {
  const wanted = value.toLowerCase();
  const found = entityTexts(alert).some(
    (text) =>
      text === `${kind}:${wanted}` ||
      (kind === 'host' && text.startsWith(`host:${wanted}.`)) ||
      (kind === 'any' && text.endsWith(`:${wanted}`)),
  );
  expect(found, `${kind} ${value} among ${entityTexts(alert).join(' ')}`).toBe(true);
}

function expectSeverity(alert: Alert, wanted: unknown): void {
  if (typeof wanted !== 'string') return;
  const words = SEVERITIES.filter((severity) => wanted.includes(severity));
  if (words.length > 0) expect(words).toContain(alert.severity);
}

describe('inputs after public bug reports', () => {
  for (const { file, name } of inputs(CASES)) {
    const expected = expectedOf(CASES, name);
    if (expected['outcome'] !== undefined || /_cli_cef|python_repr/.test(name)) continue;
    it(`reads ${file}`, () => {
      const all = read(CASES, file);
      const pick = (field: string, i: number): unknown =>
        Array.isArray(expected[field]) ? (expected[field] as unknown[])[i] : expected[field];
      const n = [expected['id'], expected['severity']].find(Array.isArray)?.length ?? 1;
      expect(all.length).toBe(n);
      expect(new Set(all.map(({ alert }) => alertKey(alert))).size).toBe(n);
      all.forEach(({ alert }, i) => {
        const id = pick('id', i);
        if (!isLoose(id)) expect(alert.id).toBe(id);
        const title = pick('title', i);
        if (!isLoose(title))
          expect(alert.title.toLowerCase()).toContain((title as string).toLowerCase().slice(0, 24));
        expectSeverity(alert, pick('severity', i));
        const at = pick('occurred_at', i);
        if (typeof at === 'string' && !at.includes(' or '))
          expect(alert.occurred_at).toBe(new Date(at).toISOString());
        const entities = expected['entities'] as unknown[] | undefined;
        const own = (Array.isArray(entities?.[0]) ? entities?.[i] : entities) as {
          kind: string;
          value: string;
        }[];
        for (const { kind, value } of own ?? []) expectEntity(alert, kind, value);
      });
    });
  }

  for (const file of ['92_flat_judgements.csv', '94_excel_sep_line.csv'])
    it(`takes the rows of ${file} as judgements that carry their alerts`, () => {
      const expected = expectedOf(CASES, file.replace('.csv', ''));
      const rows = parseBody(readFileSync(new URL(file, CASES), 'utf8'), { contentType: 'text/csv' });
      const judged = (rows as unknown[]).map(flatJudgement);
      expect(judged.map((row) => row?.['disposition'])).toEqual(expected['outcome']);
      expect(judged.map((row) => normalizeAlert(row?.['alert']).alert.title)).toEqual(expected['title']);
      expect(judged.map((row) => normalizeAlert(row?.['alert']).alert.id)).toEqual(expected['id']);
    });

  it('reads CEF lines of a file, each by itself', () => {
    const all = read(CASES, '51b_cli_cef.log');
    expect(all.map(({ alert }) => alert.title)).toEqual([
      'Successful sudo to ROOT executed',
      'Advanced exploit detected',
    ]);
    expect(all[1]?.alert.severity).toBe('critical');
  });

  it('says what it expected of the text of another language', () => {
    expect(() => read(CASES, '23b_iris_python_repr.txt')).toThrow('Expected');
  });
});

describe('bodies of real senders', () => {
  for (const { file, name } of inputs(SENDERS)) {
    it(`reads ${file}`, () => {
      const expected = expectedOf(SENDERS, name);
      const all = read(SENDERS, file);
      const lists = ((expected['alerts'] as Expected[] | undefined) ?? [expected]).filter(
        ({ unread }) => unread !== true,
      );
      lists.forEach((one, i) => {
        const alert = all[i]?.alert as Alert;
        for (const field of ['id', 'rule_id', 'severity', 'source'] as const)
          if (one[field] !== undefined)
            expect(String(alert[field]).toLowerCase()).toBe(String(one[field]).toLowerCase());
        if (typeof one['title'] === 'string')
          expect(alert.title.toLowerCase()).toContain(one['title'].toLowerCase().slice(0, 24));
        if (typeof one['occurred_at'] === 'string')
          expect(alert.occurred_at).toBe(new Date(one['occurred_at']).toISOString());
        for (const field of ['id', 'title', 'category'] as const)
          if (one[`not_${field}`] !== undefined) expect(alert[field]).not.toBe(one[`not_${field}`]);
        for (const text of (one['entities'] as string[] | undefined) ?? [])
          expectEntity(alert, text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1));
        for (const text of (one['not_entities'] as string[] | undefined) ?? [])
          expect(entityTexts(alert)).not.toContain(text.toLowerCase());
        for (const technique of (one['techniques'] as string[] | undefined) ?? [])
          expect(alert.techniques).toContain(technique);
      });
      const keys = all.map(({ alert }) => alertKey(alert));
      const keysOf = (other: unknown): string[] =>
        other === undefined ? [] : read(SENDERS, `${other}.json`).map(({ alert }) => alertKey(alert));
      for (const key of keysOf(expected['key_differs_from'])) expect(keys).not.toContain(key);
      if (expected['same_keys_as'] !== undefined) expect(keys).toEqual(keysOf(expected['same_keys_as']));
    });
  }

  it('takes what a sensor says about itself for no alert', () => {
    expect(read(SENDERS, 'opencanary-6.json')[0]?.skipped).toMatchObject({ code: 'sensor_status' });
    expect(read(SENDERS, 'opencanary-1.json')[0]?.skipped).toBeUndefined();
  });
});
