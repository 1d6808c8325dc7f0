import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { payloadsOf } from '../../src/logs/payload-file.ts';

const folder = mkdtempSync(join(tmpdir(), 'alertforest-payloads-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function read(name: string, content: string | Uint8Array, encoding?: string): Promise<unknown[]> {
  const path = join(folder, name);
  writeFileSync(path, content);
  const items: unknown[] = [];
  for await (const item of payloadsOf(path, encoding === undefined ? {} : { encoding }))
    items.push('problem' in item ? { line: item.line, problem: item.problem } : item.payload);
  return items;
}

const alert = (id: string) => ({ id, title: 'Scan', severity: 'high' });

describe('payloads of a file', () => {
  it('reads one document over many lines, and keeps every digit', async () => {
    const pretty = JSON.stringify({ value: [alert('a'), alert('b')], count: 2 }, undefined, 2);
    expect(await read('answer.json', pretty)).toEqual([{ value: [alert('a'), alert('b')], count: 2 }]);
    const exact = '{\n "title": "Flow",\n "flow_id": 9155478221943105123\n}';
    expect(await read('exact.json', exact)).toEqual([{ title: 'Flow', flow_id: '9155478221943105123' }]);
  });

  it('reads documents one after the other, over lines and on lines', async () => {
    const text = `${JSON.stringify(alert('a'), undefined, 1)}\n${JSON.stringify(alert('b'))}\n`;
    expect(await read('mixed.json', text)).toEqual([alert('a'), alert('b')]);
  });

  it('goes on after a line that cannot be read, and names it', async () => {
    const text = [JSON.stringify(alert('a')), '{"id": "b", oops}', JSON.stringify(alert('c'))].join('\n');
    const items = await read('lines.jsonl', text);
    expect(items).toEqual([
      alert('a'),
      { line: 2, problem: expect.stringContaining('character') },
      alert('c'),
    ]);
  });

  it('reads a long list item by item', async () => {
    const filler = 'x'.repeat(60_000);
    const list = Array.from({ length: 300 }, (_, n) => ({ ...alert(String(n)), filler }));
    const items = await read('long.json', JSON.stringify(list));
    expect(items).toHaveLength(300);
    expect(items[299]).toMatchObject(alert('299'));
  });

  it('reads lines of other kinds, packed or not', async () => {
    const cef = 'CEF:0|Acme|Box|1|100|Scan seen|7|src=192.0.2.1 dst=192.0.2.2';
    expect(await read('a.log.gz', gzipSync(`${cef}\n${cef}\n`))).toMatchObject([
      { name: 'Scan seen' },
      { name: 'Scan seen' },
    ]);
  });

  it.each([
    ['semicolons.csv', 'id;title;severity\n1;Scan;high\n'],
    ['sep.csv', 'sep=;\r\nid;title;severity\r\n1;Scan;high\r\n'],
    ['tabs.tsv', 'id\ttitle\tseverity\n1\tScan\thigh\n'],
    ['no-ending', 'id,title,severity\n1,Scan,high\n'],
  ])('reads the table %s', async (name, text) => {
    expect(await read(name, text)).toEqual([alert('1')]);
  });

  it('reads UTF-16 by its mark and other encodings by their name, and names the line that is none', async () => {
    const table = 'id,title,severity\n1,Zugriff für Müller,high\n2,Scan,high\n';
    const wanted = [{ ...alert('1'), title: 'Zugriff für Müller' }, alert('2')];
    expect(await read('utf16.csv', Buffer.from(`\ufeff${table}`, 'utf16le'))).toEqual(wanted);
    expect(await read('latin.csv', Buffer.from(table, 'latin1'), 'windows-1252')).toEqual(wanted);
    expect(await read('latin.csv', Buffer.from(table, 'latin1'))).toEqual([
      { line: 2, problem: expect.stringContaining('UTF-8') },
      alert('2'),
    ]);
    await expect(read('other.csv', table, 'klingon')).rejects.toThrow('Expected an encoding');
  });

  it('says so where there is nothing', async () => {
    await expect(read('empty.json', ' \n')).rejects.toThrow('at least one line');
  });
});
