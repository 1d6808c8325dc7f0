import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { alertKey } from '../../src/alert/alert.ts';
import { parseBody } from '../../src/intake/body/parse-body.ts';
import { unwrapEnvelope } from '../../src/intake/envelope/unwrap-envelope.ts';
import { type NormalizedAlert, normalizeAlert } from '../../src/intake/normalize.ts';
import { Unread } from '../../src/intake/unread.ts';

// Inputs of our own in public shapes, a file for each kind: a wrapper, a way to number alerts, a spelling. One line is
// one body: {name, payload or text, content_type?, right: [what each alert in it must be read as]}.
const FOLDER = new URL('../fixtures/siblings/', import.meta.url);
const RECEIVED_AT = '2026-11-30T00:00:00.000Z';

interface Right {
  readonly id?: string;
  readonly not_id?: string;
  readonly title?: string;
  readonly severity?: readonly string[];
  readonly occurred_at?: string;
  /** `kind:value`, lower case. */
  readonly entities?: readonly string[];
  /** Parts of texts that no entity may hold. */
  readonly not_entities?: readonly string[];
  readonly attack?: readonly string[];
  readonly source?: string;
  readonly tenant?: string;
  readonly dialect?: string;
  /** An outcome, `machine` or `open`. */
  readonly closing?: readonly string[];
  readonly skipped?: boolean;
  readonly unread?: boolean;
}

interface Sibling {
  readonly name: string;
  readonly payload?: unknown;
  readonly text?: string;
  readonly content_type?: string;
  readonly right: readonly Right[];
}

function siblingsOf(file: string): Sibling[] {
  const lines = readFileSync(new URL(file, FOLDER), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Sibling);
}

function read({ payload, text, content_type }: Sibling): (NormalizedAlert | undefined)[] {
  const value = parseBody(text ?? JSON.stringify(payload), {
    contentType: content_type ?? (text === undefined ? 'application/json' : 'text/plain'),
  });
  return unwrapEnvelope(value).map((single) =>
    single instanceof Unread ? undefined : normalizeAlert(single, { receivedAt: RECEIVED_AT }),
  );
}

/** What is wrong with one alert, in words; empty where it is read right. */
function faults({ alert, report, skipped, closing: said }: NormalizedAlert, right: Right): string[] {
  const found: string[] = [];
  const check = (isRight: boolean, fault: string): void => void (isRight || found.push(fault));
  const entities = alert.entities.map(({ kind, value }) => `${kind}:${value.toLowerCase()}`);
  check((skipped !== undefined) === (right.skipped ?? false), `skipped ${skipped?.code}`);
  if (right.skipped) return found;
  check(right.id === undefined || alert.id === right.id, `id ${alert.id}`);
  check(right.not_id === undefined || alert.id !== right.not_id, `id ${alert.id}`);
  check(
    alert.title.toLowerCase().includes((right.title ?? '').toLowerCase()),
    `title ${alert.title}, wanted ${right.title}`,
  );
  check(right.severity?.includes(alert.severity) ?? true, `severity ${alert.severity}`);
  check(alert.occurred_at === (right.occurred_at ?? alert.occurred_at), `time ${alert.occurred_at}`);
  check(alert.source === (right.source ?? alert.source), `source ${alert.source}`);
  check(alert.tenant === (right.tenant ?? alert.tenant), `tenant ${alert.tenant}`);
  check(report.dialect === (right.dialect ?? report.dialect), `dialect ${report.dialect}`);
  for (const entity of right.entities ?? [])
    check(entities.includes(entity.toLowerCase()), `lacks ${entity}, has ${entities.join(' ')}`);
  for (const part of right.not_entities ?? [])
    check(!entities.some((entity) => entity.includes(part.toLowerCase())), `has ${part}`);
  for (const id of right.attack ?? [])
    check([...alert.tactics, ...alert.techniques].includes(id), `lacks ${id}`);
  const closing = said === undefined ? 'open' : said.by === 'machine' ? 'machine' : said.outcome;
  check(right.closing?.includes(closing) ?? true, `closing ${closing}`);
  return found;
}

for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.ndjson')))
  describe(`siblings: ${file.replace('.ndjson', '')}`, () => {
    it.each(siblingsOf(file).map((sibling) => [sibling.name, sibling] as const))('reads %s', (_, sibling) => {
      const alerts = read(sibling);
      expect(alerts).toHaveLength(sibling.right.length);
      sibling.right.forEach((right, i) => {
        const alert = alerts[i];
        expect(alert === undefined).toBe(right.unread ?? false);
        if (alert !== undefined) expect(faults(alert, right)).toEqual([]);
      });
      const keys = alerts.flatMap((alert) => (alert === undefined ? [] : alertKey(alert.alert)));
      expect(new Set(keys).size).toBe(keys.length);
    });
  });
