import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DocumentEnd } from '../../src/intake/body/json-documents.ts';
import { Opening } from '../../src/intake/envelope/opening.ts';
import { openInto, unwrapEnvelope, unwrapInSlices } from '../../src/intake/envelope/unwrap-envelope.ts';
import { normalizeAlert } from '../../src/intake/normalize.ts';
import { readPayload } from '../../src/intake/read-payload.ts';
import { payloadLimits } from '../../src/reading/json-limits.ts';
import { RowCells } from '../../src/reading/table-rows.ts';
import { WorkSlices } from '../../src/reading/work-slices.ts';

// Few bytes that stand for very much: everything is counted before it is built, over the whole body, and refused by
// name. Nothing here looks at a clock; work is counted.

const MAX_ALERTS = 1_000;

const readText = (text: string, contentType?: string, slices?: WorkSlices) =>
  readPayload({ bytes: Buffer.from(text), contentType }, payloadLimits(MAX_ALERTS, 1_048_576), slices);

async function alertsIn(text: string, contentType?: string): Promise<unknown[]> {
  return unwrapInSlices((await readText(text, contentType)).value, MAX_ALERTS);
}

const columns = (n: number, name: string): string =>
  JSON.stringify(Array.from({ length: n }, (_, i) => ({ [name]: `c${i}` })));
const emptyRows = (n: number): string => `[${'[],'.repeat(n - 1)}[]]`;
const deep = (n: number): string => `${'['.repeat(n)}${']'.repeat(n)}`;
const lines = (n: number, line: string): string => `${line}\n`.repeat(n);

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a body that stands for more than it is', () => {
  const table = `{"columns":${columns(900, 'name')},"rows":${emptyRows(1_000)}}`;
  const frame = `{"FrameType":"DataTable","TableKind":"PrimaryResult","Columns":${columns(900, 'ColumnName')},"Rows":${emptyRows(1_000)}}`;

  it.each<[name: string, text: string, code: string, what: string, contentType?: string]>([
    [
      'many rows of a Log Analytics table',
      `{"tables":[{"columns":${columns(12_000, 'name')},"rows":${emptyRows(12_000)}}]}`,
      'BATCH_TOO_LARGE',
      'alerts in a body',
    ],
    ['wide rows of a Log Analytics table', `{"tables":[${table}]}`, 'REQUEST_TOO_LARGE', 'cells in a table'],
    [
      'tables that are each small enough',
      `{"tables":[${Array(40)
        .fill(table.replace(/c\d{3}/g, ''))
        .join(',')}]}`,
      'REQUEST_TOO_LARGE',
      'cells in a table',
    ],
    ['Kusto v1', `{"Tables":[${table},${table}]}`, 'REQUEST_TOO_LARGE', 'cells in a table'],
    [
      'frames of Kusto v2',
      `[{"FrameType":"DataSetHeader"},${Array(30).fill(frame).join(',')}]`,
      'REQUEST_TOO_LARGE',
      'cells in a table',
    ],
    [
      'Splunk fields and rows',
      `{"fields":${columns(900, 'name')},"rows":${emptyRows(1_000)}}`,
      'REQUEST_TOO_LARGE',
      'cells in a table',
    ],
    ['Splunk results', `{"results":[${'{},'.repeat(100_000)}{}]}`, 'BATCH_TOO_LARGE', 'alerts in a body'],
    [
      'a table in text with very many columns',
      `${'c,'.repeat(40_000)}c\n${','.repeat(40_000)}`,
      'REQUEST_TOO_LARGE',
      'columns in a table',
      'text/csv',
    ],
    [
      'a table in text with very many cells',
      `${Array.from({ length: 9_000 }, (_, i) => `c${i}`).join(',')}\n${lines(120, ','.repeat(8_999))}`,
      'REQUEST_TOO_LARGE',
      'cells in a table',
      'text/csv',
    ],
    ['documents beside each other', '{}\n'.repeat(100_000), 'BATCH_TOO_LARGE', 'items in one body'],
    ['a body nested deeply', '['.repeat(500_000), 'REQUEST_TOO_LARGE', 'levels of objects'],
    [
      'a field whose text is nested deeply',
      JSON.stringify({ id: '1', title: 'T', Entities: deep(400_000) }),
      'REQUEST_TOO_LARGE',
      'levels of objects',
    ],
    [
      'a form whose text is nested deeply',
      `payload=${encodeURIComponent(`{"a":${deep(20_000)}}`)}`,
      'REQUEST_TOO_LARGE',
      'levels of objects',
      'application/x-www-form-urlencoded',
    ],
    [
      'a text of very many values',
      JSON.stringify({ body: `[${'{},'.repeat(300_000)}{}]` }),
      'REQUEST_TOO_LARGE',
      'values in a text',
    ],
    [
      'a text of very many lines',
      JSON.stringify({ body: '{"a":1}\n'.repeat(100_000) }),
      'BATCH_TOO_LARGE',
      'records in a text',
    ],
    [
      'compressed texts that grow',
      JSON.stringify(
        Array.from({ length: 36 }, (_, i) => ({
          body: gzipSync(`{"a":"${'x'.repeat(1_000_000)}${i}"}`, { level: 1 }).toString('base64'),
        })),
      ),
      'REQUEST_TOO_LARGE',
      'characters of records in texts',
    ],
  ])('refuses %s by name', async (_name, text, code, what, contentType) => {
    const error = await alertsIn(text, contentType).then(
      (alerts) => `${alerts.length} alerts`,
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code, message: expect.stringContaining(what) as string });
  });

  it('counts over all payloads of a body that are opened one after the other', () => {
    const opening = new Opening(MAX_ALERTS);
    const one = JSON.parse(`{"columns":${columns(400, 'name')},"rows":${emptyRows(900)}}`) as unknown;
    for (const _ of openInto(opening, one));
    expect(() => {
      for (const _ of openInto(opening, structuredClone(one)));
    }).toThrow('cells in a table');
  });

  it('leaves closed what compressed text would grow to beyond a text', () => {
    const body = gzipSync(Buffer.alloc(5_000_000, '{"a":1}')).toString('base64');
    expect(unwrapEnvelope({ body })).toEqual([{ body }]);
  });

  it('reads a wide table that is real', async () => {
    const names = Array.from({ length: 500 }, (_, i) => ({ name: i === 0 ? 'SystemAlertId' : `Column${i}` }));
    const rows = Array.from({ length: 200 }, (_, i) => [`alert-${i}`]);
    expect(await alertsIn(JSON.stringify({ tables: [{ name: 'T', columns: names, rows }] }))).toHaveLength(
      200,
    );
  });

  it('takes no more fields of a form apart than it keeps', async () => {
    const { value } = await readText('a=1&'.repeat(300_000), 'application/x-www-form-urlencoded');
    expect((value as { a: string[] }).a).toHaveLength(200);
  });

  it.each<unknown>([{ a: 1 }, { toString: 1, valueOf: 1 }, [1, [2]], 'x', null, true])(
    'reads a Sentinel alert whose ConfidenceScore is %j',
    (score) => {
      const { alert } = normalizeAlert({
        SystemAlertId: '1',
        AlertName: 'A',
        TimeGenerated: '2026-01-01T00:00:00Z',
        ConfidenceScore: score,
      });
      expect(alert.vendor_score).toBeUndefined();
    },
  );
});

describe('the work on a hostile text', () => {
  it('is one look at each character of a document over many lines that never ends', async () => {
    const find = vi.spyOn(DocumentEnd.prototype, 'find');
    const text = `x\n{\n${lines(30_000, '  "a": {"b": [1]},')}oops`;
    await expect(readText(text)).rejects.toMatchObject({ code: 'BATCH_TOO_LARGE' });
    const nLooked = find.mock.calls.reduce((sum, [line]) => sum + line.length, 0);
    expect(nLooked).toBeLessThanOrEqual(2 * text.length);
  });

  it('is three looks at each line of a table whose quotes never fit', async () => {
    const add = vi.spyOn(RowCells.prototype, 'add');
    const text = `a,b,c\n${lines(5_000, 'a"b,"c')}`;
    await expect(readText(text, 'text/csv')).rejects.toMatchObject({ code: 'NOTHING_READ' });
    const nLooked = add.mock.calls.reduce((sum, [line]) => sum + line.length, 0);
    expect(nLooked).toBeLessThanOrEqual(4 * text.length);
  });

  it('is cut into slices while envelopes are opened', async () => {
    let nPauses = 0;
    const value = Array.from({ length: 900 }, (_, i) => ({
      body: JSON.stringify({ id: `${i}`, title: 'x'.repeat(2_000) }),
    }));
    const slices = new WorkSlices(131_072, async () => nPauses++);
    expect(await unwrapInSlices(value, MAX_ALERTS, slices)).toHaveLength(900);
    // at least the texts' characters, four units each
    expect(nPauses).toBeGreaterThanOrEqual(Math.floor((900 * 2_000 * 4) / 131_072) - 1);
  });
});

describe('rows of a table with broken quotes', () => {
  it('come by themselves around the line that is broken', async () => {
    const { value } = await readText(`title,id\n"open,1\n${lines(250, 'fine,2')}`, 'text/csv');
    expect((value as unknown[]).slice(1)).toEqual(Array(250).fill({ title: 'fine', id: '2' }));
  });

  it('keep a cell over several lines', async () => {
    const { value } = await readText('title,id\n"one\ntwo ""three""",1\n', 'text/csv');
    expect(value).toEqual({ title: 'one\ntwo "three"', id: '1' });
  });
});
