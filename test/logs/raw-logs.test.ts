import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { alertSchema } from '../../src/alert/alert.ts';
import { alertOfLog } from '../../src/logs/lab/log-alert.ts';
import { cleanLogs } from '../../src/logs/lab/log-cleaning.ts';
import { LOG_COLUMNS, readRawLogs } from '../../src/logs/lab/raw-log.ts';
import { logQuality } from '../../src/logs/log-quality.ts';
import { fc } from '../support/fast-check.ts';

const lab = (name: string) =>
  readRawLogs(
    createReadStream(new URL(`../fixtures/lab20/${name}.csv.gz`, import.meta.url)).pipe(createGunzip()),
  );
const HEADER = LOG_COLUMNS.join(',');
const ROW =
  '2024-01-11T15:20:00Z,192.168.1.112,10.0.0.19,TCP,126424,44631,8422,150,0,4,Edge/120,304,2533,NO,0';
const text = (...lines: string[]) => readRawLogs(Readable.from([`${lines.join('\n')}\n`]));

describe('raw logs', () => {
  it('are counted exactly on the lab file', async () => {
    const report = logQuality(await lab('lab20_logs'));
    const column = (name: string) => report.columns.find((entry) => entry.column === name);
    expect(report).toMatchObject({ rows: 8000, unreadableLines: 0, duplicateRows: 0, attacks: 505 });
    expect(column('protocol')?.missing).toBe(104);
    expect(column('bytes_sent')?.missing).toBe(185);
    expect(column('alert_triggered')?.missing).toBe(106);
    expect(column('duration_ms')).toMatchObject({ missing: 0, invalid: 286 });
    expect(column('duration_ms')?.reasons).toEqual({ 'expected a number >= 0, got -1': 286 });
  });

  it('are cleaned with every step counted', async () => {
    const { rows, steps } = cleanLogs(await lab('lab20_logs'));
    expect(rows).toHaveLength(8000);
    expect(steps).toEqual([
      { what: 'duration_ms set to missing', why: 'a value that cannot be true', count: 286 },
    ]);
    expect(rows.filter((row) => Number.isNaN(row.numbers.duration_ms))).toHaveLength(286);
  });

  it('become canonical alerts whose label takes no part', async () => {
    const { rows } = cleanLogs(await lab('lab20_logs_hard'));
    for (const row of rows.slice(0, 500)) {
      const alert = alertOfLog(row);
      expect(alertSchema.parse(alert).id).toBe(alert.id);
      expect(alertOfLog({ ...row, label: row.label === 1 ? 0 : 1 })).toEqual(alert);
    }
  });

  it('name the columns that are missing', async () => {
    await expect(text('timestamp,src_ip', 'x,y')).rejects.toThrow(/expected the columns dst_ip, protocol/);
  });

  it('count a line with too few fields and go on', async () => {
    const logs = await text(HEADER, ROW, '2024-01-11T15:20:00Z,1.2.3.4', ROW.replace('8422', '1'));
    expect(logs.rows.map((row) => row.line)).toEqual([2, 4]);
    expect(logs.unreadable).toHaveLength(1);
    expect(logs.unreadable[0]).toMatchObject({ line: 3 });
  });

  it('drop repeated rows and rows without a time, and say so', async () => {
    const { rows, steps } = cleanLogs(
      await text(HEADER, ROW, ROW, ROW.replace('2024-01-11T15:20:00Z', 'soon')),
    );
    expect(rows).toHaveLength(1);
    expect(steps.map((step) => [step.what, step.count])).toEqual([
      ['rows dropped', 1],
      ['rows dropped', 1],
      ['timestamp set to missing', 1],
    ]);
  });

  it('refuse a file without rows', async () => {
    await expect(text(HEADER)).rejects.toThrow(/at least one row/);
  });

  it('survive any field content', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ maxLength: 20 }), { minLength: 15, maxLength: 15 }),
        async (fields) => {
          const line = fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(',');
          const logs = await text(HEADER, ROW, line);
          const { rows } = cleanLogs(logs);
          logQuality(logs);
          for (const row of rows) alertSchema.parse(alertOfLog(row));
        },
      ),
      { numRuns: 200 },
    );
  });
});
