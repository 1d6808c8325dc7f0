import { readFileSync } from 'node:fs';
import { get as httpGet, type IncomingHttpHeaders } from 'node:http';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../scripts/find-browser.ts';
import { makeStory } from '../../src/evaluation/story/story.ts';
import { type IsolatedService, startIsolatedService } from '../support/isolated-service.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** What a page that trusted a payload would run, in every field that a reader sees. */
const HOSTILE = '<img src=x onerror="document.title=\'run\'"><script>document.title="run"</script>';
const DAY_MS = 86_400_000;

let browser: Browser;
let isolated: IsolatedService;
let api: string;

const post = async (path: string, body: unknown): Promise<Response> => {
  const response = await fetch(`${api}/${path}`, { method: 'POST', body: JSON.stringify(body) });
  expect(response.status, await response.clone().text()).toBeLessThan(300);
  return response;
};

beforeAll(async () => {
  const executablePath = findBrowser();
  if (executablePath === undefined)
    throw new Error('Expected a Chromium or Chrome: install one or set CHROME_PATH.');
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  isolated = await startIsolatedService({ env: { RETRAIN_AFTER: '100000' } });
  api = isolated.service.api;
  const startMs = Date.now() - 2 * DAY_MS;
  const story = makeStory({ seed: 4, startMs, days: 2, hosts: 8, attackAtMs: startMs + 1.85 * DAY_MS });
  const alerts = story.map(({ alert }) => alert);
  for (let i = 0; i < alerts.length; i += 1000) await post('predict', { alerts: alerts.slice(i, i + 1000) });
}, 240_000);
afterAll(async () => {
  await browser?.close();
  await isolated?.stop();
});

/** How the page is looked at. */
const READERS = {
  desktop: { viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  dark: { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' },
  tablet: { viewport: { width: 1000, height: 800 }, colorScheme: 'light' },
  phone: { viewport: { width: 380, height: 780 }, colorScheme: 'dark' },
  wall: { viewport: { width: 2560, height: 1300 }, colorScheme: 'dark' },
} as const satisfies Record<string, BrowserContextOptions>;

interface Opened {
  readonly page: Page;
  /** Everything the page complained of, and every request that left its service. */
  readonly trouble: string[];
  close(): Promise<void>;
}

async function open(options: BrowserContextOptions = READERS.desktop, hash = ''): Promise<Opened> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const trouble: string[] = [];
  page.on('console', (message) => trouble.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => trouble.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(api)) trouble.push(`asks for ${request.url()}`);
  });
  await page.goto(`${api}/dashboard${hash}`);
  await page.getByText(/All well|Worth a look/).waitFor();
  await page.locator('#incidents .row').first().waitFor();
  return { page, trouble, close: () => context.close() };
}

/** What sticks out of the page to the right, except where a table or the rail may be scrolled. */
const stickingOut = (page: Page): Promise<string[]> =>
  page.$$eval('body *', (all) =>
    all
      .filter((element) => {
        const box = element.getBoundingClientRect();
        return box.width > 1 && box.right > document.documentElement.clientWidth + 1;
      })
      .filter((element) => element.closest('.wide, nav, .vh, .title, .entities') === null)
      .map((element) => `${element.tagName} ${element.className} ${element.textContent?.slice(0, 40)}`),
  );

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** What axe-core finds against WCAG 2.2 A and AA and its best practices. */
async function violations(page: Page): Promise<string[]> {
  // the page's own policy lets no script in; axe comes in through the debugger, not through the page
  const found = (await page.evaluate(`${AXE}; axe.run(document, { resultTypes: ['violations'] })`)) as {
    violations: Violation[];
  };
  return found.violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}: ${nodes
        .slice(0, 3)
        .map((node) => node.html)
        .join(' | ')}`,
  );
}

/** Bytes as they come over the wire: `fetch` would unpack them. */
const get = (
  url: string,
): Promise<{
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly size: number;
}> =>
  new Promise((resolve, reject) => {
    httpGet(url, { headers: { 'accept-encoding': 'gzip' } }, (response) => {
      let size = 0;
      response.on('data', (piece: Buffer) => {
        size += piece.length;
      });
      response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, size }));
    }).on('error', reject);
  });

/** With PAGE_PICTURES set, the pictures in docs/ are taken anew. */
async function picture(page: Page, reader: string): Promise<void> {
  if (process.env['PAGE_PICTURES'] === undefined || !['desktop', 'dark'].includes(reader)) return;
  await page.evaluate(() => scrollTo(0, 0));
  const path = fileURLToPath(
    new URL(`../../docs/page-${reader === 'dark' ? 'dark' : 'light'}.png`, import.meta.url),
  );
  await page.screenshot({ path });
}

describe('the page', () => {
  it.each(Object.entries(READERS))('can be read on a %s, without a complaint', async (name, options) => {
    const { page, trouble, close } = await open(options);
    await page.locator('#incidents .row').first().click();
    await page.getByRole('heading', { name: 'Why it is on top' }).waitFor();
    await page.locator('#models .kv').first().waitFor();
    expect(await stickingOut(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThan(
      1,
    );
    expect(await violations(page)).toEqual([]);
    expect(trouble).toEqual([]);
    await picture(page, name);
    await close();
  });

  it('is small, loads nothing from elsewhere and lets nothing in', async () => {
    const response = await fetch(`${api}/dashboard`);
    expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'.*script-src 'self'/);
    const html = await response.text();
    const paths = [...html.matchAll(/(?:src|href)="(dashboard\/[^"]+)"/g)].map((match) => match[1] as string);
    expect(paths).toHaveLength(3);
    let bytes = html.length;
    for (const path of paths) {
      const { status, headers, size } = await get(`${api}/${path}`);
      expect(status).toBe(200);
      expect(headers['cache-control']).toContain('immutable');
      expect(headers['content-encoding']).toBe('gzip');
      bytes += size;
    }
    expect(bytes).toBeLessThan(60_000);
  });

  it('shows what a payload holds as text, whatever it holds', async () => {
    const hostile = {
      id: 'hostile',
      title: HOSTILE,
      rule_name: HOSTILE,
      source: HOSTILE,
      severity: 'critical',
      occurred_at: new Date().toISOString(),
      tactics: ['TA0001', 'TA0008'],
      entities: [
        { kind: 'host', value: HOSTILE },
        { kind: 'user', value: HOSTILE },
      ],
    };
    await post('predict', hostile);
    const { page, trouble, close } = await open();
    await page.getByPlaceholder('Search incidents and rules').fill('onerror');
    await page.locator('#incidents .row').first().click();
    await page.getByRole('heading', { name: 'Why it is on top' }).waitFor();
    expect(await page.locator('#incident').innerText()).toContain('<img src=x');
    await page
      .locator('#alert-text')
      .fill(JSON.stringify({ title: HOSTILE, severity: 'high', host: HOSTILE }));
    await page.getByRole('button', { name: 'Score it' }).click();
    await page.locator('.outcome').waitFor();
    expect(await page.title()).toBe('Alertforest: operations');
    expect(await page.locator('main img, main script').count()).toBe(0);
    expect(trouble).toEqual([]);
    await close();
  });

  it('scores a pasted alert, adds its number up, says what would change it, and takes the judgement', async () => {
    const { page, trouble, close } = await open();
    await page.locator('#try select').selectOption({ index: 1 });
    await page.getByRole('button', { name: 'Score it' }).click();
    await page.locator('.outcome').waitFor();
    const shown = await page.locator('#added-up table tbody tr').allInnerTexts();
    const points = shown.map((row) =>
      Number((row.split('\t').at(-1) as string).replace('−', '-').replace('+', '')),
    );
    const final = points.at(-1) as number;
    expect(points.slice(0, -1).reduce((sum, value) => sum + value, 0)).toBeCloseTo(final, 6);
    expect(await page.locator('.outcome .lead .score').innerText()).toBe(final.toFixed(1));
    await page.getByRole('button', { name: 'What would change it?' }).click();
    await page.getByRole('cell', { name: 'severity informational' }).waitFor();
    expect(await page.locator('#feedback input.mono').inputValue()).toMatch(/^[0-9a-f]{32}$/);
    await page.getByLabel('Analyst').fill('ana');
    await page.getByLabel(/false positive/).check();
    await page.getByRole('button', { name: 'Store the judgement' }).click();
    await page.getByText(/What teaches of it/).waitFor();
    expect(await page.locator('#feedback').innerText()).toContain('Stored.');
    expect(trouble).toEqual([]);
    await close();
  });

  it('is used by keyboard alone: choose, judge, take back, search, go to a section, hear the keys', async () => {
    const { page, trouble, close } = await open();
    await page.keyboard.press('j');
    await page.getByRole('heading', { name: 'Why it is on top' }).waitFor();
    const first = await page.locator('#incident .mono').first().innerText();
    await page.keyboard.press('j');
    await expect.poll(() => page.locator('#incident .mono').first().innerText()).not.toBe(first);
    await page.keyboard.press('k');
    await expect.poll(() => page.locator('#incident .mono').first().innerText()).toBe(first);
    await page.keyboard.press('t');
    await page.getByText(/wait for the next retrain\. Undo/).waitFor();
    await page.keyboard.press('u');
    await expect.poll(() => page.locator('#live').innerText()).toBe('Taken back.');
    await page.keyboard.press('/');
    await page.keyboard.type('nothing is called so');
    await page.getByText('Nothing matches').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#incidents .row').first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await expect.poll(() => page.url()).toMatch(/#rules$/);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('dialog').count()).toBe(0);
    expect(trouble).toEqual([]);
    await close();
  });

  it('asks who and why before what concerns everyone: switch a rule off and on, activate and unpin', async () => {
    const { page, trouble, close } = await open();
    await page.getByRole('button', { name: 'switch off' }).first().click();
    const sheet = page.getByRole('dialog');
    await sheet.getByRole('button', { name: 'Switch it off' }).click();
    // nothing happens without a reason
    expect(await sheet.count()).toBe(1);
    await sheet.getByLabel('Who decides').fill('lead');
    await sheet.getByLabel(/Why/).fill('Our updater raises it all day.');
    await sheet.getByRole('button', { name: 'Switch it off' }).click();
    await page.getByRole('button', { name: 'switch on' }).first().waitFor();
    expect(trouble).toEqual([]);
    await close();
  });

  it('keeps what it knew when the service goes, says since when, and finds back', async () => {
    const { page, close } = await open();
    await page.route('**/api/v1/ml/**', (route) => route.abort());
    await page.getByText('No word from the service.').waitFor({ timeout: 30_000 });
    await page.locator('.as-of').first().waitFor();
    expect(await page.locator('#incidents .row').count()).toBeGreaterThan(0);
    await page.unroute('**/api/v1/ml/**');
    await page.getByRole('button', { name: 'Ask again' }).first().click();
    await page.getByText(/All well|Worth a look/).waitFor({ timeout: 60_000 });
    await close();
  });
});
