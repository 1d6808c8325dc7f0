import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { explained } from '../../src/cli/commands/explain-mapping.ts';
import { textTable } from '../../src/cli/output/text-table.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';
import { runCli } from './run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'alertforest-explain-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CLOSED = {
  name: 'inc-1',
  type: 'Microsoft.SecurityInsights/Incidents',
  properties: {
    title: 'Odd sign-in',
    severity: 'High',
    status: 'Closed',
    createdTimeUtc: '2026-02-01T10:00:00Z',
    classification: 'FalsePositive',
    classificationReason: 'IncorrectAlertLogic',
    owner: { assignedTo: 'Ana', userPrincipalName: 'ana@contoso.com' },
  },
};

describe('explain-mapping', () => {
  it('shows each field with its place, and the closing with who closed it', () => {
    const text = explained(normalizeAlert(CLOSED));
    expect(text).toContain('format sentinel_incident');
    expect(text).toMatch(/^title +Odd sign-in +properties\.title$/m);
    expect(text).toMatch(/^severity +high +properties\.severity$/m);
    expect(text).toMatch(/^closing +false_positive/m);
    expect(text).toMatch(/^closed by +\S+ \(person\)$/m);
  });

  it('names what cannot be read and ends with 1 where nothing can', async () => {
    const file = join(folder, 'a.jsonl');
    writeFileSync(file, 'no alert at all\n');
    const none = await runCli(['explain-mapping', file]);
    expect(none.code).toBe(1);
    expect(none.stdout).toContain('line 1: ');
    writeFileSync(file, `${JSON.stringify(CLOSED)}\nno alert at all\n`);
    const one = await runCli(['explain-mapping', file]);
    expect(one.code).toBe(0);
    expect(one.stderr).toContain('1 read, 1 not readable');
    expect(one.stdout).toContain('properties.severity');
  });
});

describe('tables in a terminal', () => {
  it('clips long cells and lets nothing of an alert steer the terminal', () => {
    const text = textTable(['a', 'b'], [['\u001b[2Jx', 'y'.repeat(200)]]);
    expect(text).not.toContain('\u001b');
    expect(text.split('\n')[1]).toMatch(/^·\[2Jx {2}y{79}…$/);
  });
});
