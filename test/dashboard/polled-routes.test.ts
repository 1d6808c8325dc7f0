import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ROUTES } from '../../src/api/routes.ts';

const dashboard = fileURLToPath(new URL('../../src/dashboard', import.meta.url));

it('what the page asks again and again is answered with an ETag', () => {
  const asked = readdirSync(dashboard, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.tsx'))
    .flatMap((path) => [
      ...readFileSync(join(dashboard, path), 'utf8').matchAll(/useResource<\w+>\(\s*['`]([\w/-]+)/g),
    ])
    .map(([, path]) => path!);
  expect(asked.length).toBeGreaterThan(12);
  for (const path of new Set(asked)) {
    const route = Object.values(ROUTES).find(
      (one) => one.method === 'get' && one.path.startsWith(`/${path.replace(/\/$/, '')}`),
    );
    expect({ path, polled: route?.polled }).toEqual({ path, polled: expect.anything() });
  }
});
