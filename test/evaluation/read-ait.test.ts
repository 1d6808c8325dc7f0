import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { AIT_HEADER, aitAlerts, readAit } from '../../src/evaluation/simulate/read-ait.ts';
import { fc } from '../support/fast-check.ts';

const folder = mkdtempSync(join(tmpdir(), 'alertforest-ait-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(rows: readonly string[]): string {
  const path = join(folder, 'alerts.csv');
  writeFileSync(path, [AIT_HEADER, ...rows].join('\n'));
  return path;
}

const cell = fc.stringMatching(/^[a-z0-9 .:_-]{0,8}$/);
const row = fc.record({
  atS: fc.integer({ min: 1_600_000_000, max: 1_600_000_009 }),
  name: fc.array(cell, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(',')),
  ip: cell,
  host: cell,
  short: cell,
  step: fc.constantFrom('false_positive', 'scan', 'crack'),
  event: fc.constantFrom('-', 'wpscan'),
});

describe('the AIT alert data set', () => {
  it('is read row by row, and played by time, of equal times as in the file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (rows) => {
        const path = fileOf(
          rows.map(({ atS, name, ip, host, short, step, event }) =>
            [atS, name, ip, host, short, step, event].join(','),
          ),
        );
        const expected = rows
          .map((one, index) => ({ ...one, index }))
          .sort((a, b) => a.atS - b.atS || a.index - b.index);
        const alerts = aitAlerts(await readAit(path));
        expect(
          alerts.map(({ index, atS, rule, host, label }) => ({ index, atS, rule, host, label })),
        ).toEqual(
          expected.map(({ index, atS, name, host, step, event }) => ({
            index,
            atS,
            rule: name,
            host,
            label: {
              step: step === 'false_positive' ? undefined : step,
              event: event === '-' ? undefined : event,
            },
          })),
        );
        for (const [at, one] of alerts.entries()) {
          const { index, atS, name, ip, host, short } = expected[at]!;
          const alert = one.alert();
          expect(alert).toMatchObject({ id: String(index), rule_id: name, rule_name: short });
          expect(Date.parse(alert.occurred_at)).toBe(atS * 1000);
          expect(alert.entities.map(({ value }) => value)).toEqual([host, ip]);
          expect([one.payload, one.isTimeOfReceipt, one.aliases]).toEqual([undefined, false, undefined]);
        }
      }),
    );
  });

  it('names the source and the title of an alert by its name', async () => {
    const names = ['Wazuh: sshd: brute force', 'no colon here'];
    const path = fileOf(
      names.map((name, i) => `${1_600_000_000 + i},${name},10.0.0.1,mail,W-1,false_positive,-`),
    );
    const alerts = aitAlerts(await readAit(path)).map((one) => one.alert());
    expect(alerts.map(({ source, title }) => [source, title])).toEqual([
      ['wazuh', 'sshd: brute force'],
      ['ids', 'no colon here'],
    ]);
  });

  it('says which line does not fit', async () => {
    const good = '1600000000,Wazuh: x,10.0.0.1,mail,W-1,false_positive,-';
    await expect(readAit(fileOf([good, '1600000000,Wazuh: x,10.0.0.1,mail']))).rejects.toThrow(
      'in line 3 of',
    );
    await expect(readAit(fileOf([good, good.replace('1600000000', 'soon')]))).rejects.toThrow('in line 3 of');
  });
});
