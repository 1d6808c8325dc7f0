import { describe, expect, it } from 'vitest';
import { json } from '../../functions/http.ts';
import { withEtag } from '../../functions/not-modified.ts';

const tagOf = (response: { headers?: unknown }): string =>
  (response.headers as Record<string, string>)['etag'] ?? '';

describe('withEtag', () => {
  it('answers 304 without a body to whoever has the answer, however the tag is written', () => {
    const first = withEtag(json({ a: 1 }), {}, null);
    expect(first).toMatchObject({ status: 200, body: '{"a":1}' });
    const tag = tagOf(first);
    expect(tag).toMatch(/^W\/"[\w-]{27}"$/);
    for (const sent of [tag, tag.slice(2), `"x", ${tag}`, '*']) {
      const again = withEtag(json({ a: 1 }), {}, sent);
      expect(again.status).toBe(304);
      expect(again).not.toHaveProperty('body');
      expect(tagOf(again)).toBe(tag);
    }
    expect(withEtag(json({ a: 2 }), {}, tag).status).toBe(200);
  });

  it('lets what is named change, and nothing below it', () => {
    const except = ['uptime_seconds'];
    const tag = tagOf(withEtag(json({ a: 1, uptime_seconds: 5 }), { except }, null));
    expect(withEtag(json({ a: 1, uptime_seconds: 6 }), { except }, tag).status).toBe(304);
    expect(withEtag(json({ a: { uptime_seconds: 6 } }), { except }, tag).status).toBe(200);
  });

  it('never hides an error behind an earlier answer', () => {
    const unhealthy = json({ a: 1 }, 503);
    expect(withEtag(unhealthy, {}, tagOf(withEtag(json({ a: 1 }), {}, null))).status).toBe(503);
  });
});
