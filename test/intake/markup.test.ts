import { describe, expect, it } from 'vitest';
import { parseBody } from '../../src/intake/body/parse-body.ts';
import { readPayload } from '../../src/intake/read-payload.ts';
import { Unread } from '../../src/intake/unread.ts';
import { payloadLimits } from '../../src/reading/json-limits.ts';

const alert = (id: string): string =>
  `<alert><id>${id}</id><title>Beacon</title><severity>high</severity></alert>`;

describe('XML', () => {
  it('gives a record for each document, over lines and on one', () => {
    const text = `<?xml version="1.0"?>\n${alert('a')}\n<alert>\n  <id>b</id>\n  <title>Scan</title>\n</alert>\n`;
    expect(parseBody(text)).toEqual([
      { id: 'a', title: 'Beacon', severity: 'high' },
      { id: 'b', title: 'Scan' },
    ]);
  });

  it('takes no neighbour along with a document that is cut off, or a line that is none', () => {
    const values = parseBody(`${alert('a')}\n<alert><id>b</id>\n${alert('c')}\nnot a record\n${alert('d')}`);
    expect(values).toMatchObject([
      { id: 'a' },
      expect.any(Unread),
      { id: 'c' },
      expect.any(Unread),
      { id: 'd' },
    ]);
  });

  it('replaces no entity that a document declares', () => {
    const bomb = `<!DOCTYPE a [<!ENTITY x "xxxxxxxxxx"><!ENTITY y "&x;&x;&x;">]>`;
    const value = JSON.stringify(parseBody(`<alert><id>e</id><title>&y; &lt;b&gt; &#65;</title></alert>`));
    expect(value).toContain('&y; <b> A');
    let said: unknown;
    try {
      said = parseBody(`${bomb}<alert><id>e</id><title>&y;</title></alert>`);
    } catch (error) {
      said = String(error);
    }
    expect(JSON.stringify(said)).not.toContain('xxxxxxxxxx');
  });

  it('is bounded in depth and number', () => {
    const deep = `<alert>${'<a>'.repeat(500)}x${'</a>'.repeat(500)}</alert>`;
    const many = `<alert>${'<a>1</a>'.repeat(60_000)}</alert>`;
    for (const text of [deep, many]) expect(() => parseBody(text)).toThrow('Nothing of the text');
  });

  it('reaches no prototype', () => {
    const value = parseBody(
      '<alert><id>p</id><__proto__><polluted>1</polluted></__proto__><title>T</title></alert>',
    );
    expect(value).toEqual({ id: 'p', title: 'T' });
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('reads many documents of a long body', async () => {
    const ids = Array.from({ length: 1_000 }, (_, n) => `x-${n}`);
    const bytes = Buffer.from(ids.map(alert).join('\n'));
    const { value } = await readPayload({ bytes, contentType: 'text/xml' }, payloadLimits(2_000, 1_048_576));
    expect((value as { id: string }[]).map(({ id }) => id)).toEqual(ids);
  });
});

describe('HTML', () => {
  it('reads rows under a header, and pairs', () => {
    const table =
      '<!DOCTYPE html><html><body><table><tr><th>Alert</th><th>Severity</th><th>Host</th></tr>' +
      '<tr><td>Beacon</td><td>High</td><td>ws-1</td></tr><tr><td>Scan</td><td>Low</td><td>ws-2</td></tr></table></body></html>';
    expect(parseBody(table)).toEqual([
      { Alert: 'Beacon', Severity: 'High', Host: 'ws-1' },
      { Alert: 'Scan', Severity: 'Low', Host: 'ws-2' },
    ]);
    const lines = '<html><body><h1>Alert</h1><p>Severity: High<br>Host: ws-1</p></body></html>';
    expect(parseBody(lines)).toMatchObject({ heading: 'Alert', Severity: 'High', Host: 'ws-1' });
  });

  it('takes a page that says nothing for no record', () => {
    expect(() => parseBody('<html><body><p>Bad gateway</p></body></html>')).toThrow('Nothing of the text');
  });
});

describe('INI', () => {
  it('reads fields, and sections as objects', () => {
    expect(parseBody('; remark\nid = i-1\ntitle="Odd login"\n[Host]\nname = ws-1\nip=192.0.2.4\n')).toEqual({
      id: 'i-1',
      title: 'Odd login',
      Host: { name: 'ws-1', ip: '192.0.2.4' },
    });
  });

  it('leaves lines of several pairs to their own reader', () => {
    const lines = 'id=1 title=a severity=high\nid=2 title=b severity=low\n';
    expect(parseBody(lines)).toMatchObject([{ id: '1' }, { id: '2' }]);
  });
});
