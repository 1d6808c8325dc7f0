import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../scripts/find-browser.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { violations } from '../support/axe.ts';
import { type LocalTestService, startLocalService } from '../support/local-service.ts';
import { ownAccount } from '../support/own-account.ts';

let browser: Browser;
let service: LocalTestService;

beforeAll(async () => {
  const executablePath = findBrowser();
  if (executablePath === undefined)
    throw new Error('Expected a Chromium or Chrome: install one or set CHROME_PATH.');
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  // the pages say nothing of models
  service = await startLocalService({
    connectionString: ownAccount(),
    env: { SYNTHETIC_ALERTS: '300', TOURNAMENT: 'random_forest' },
    waitForModels: false,
  });
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

const READERS = {
  desktop: { viewport: { width: 1300, height: 900 }, colorScheme: 'light' },
  phone: { viewport: { width: 380, height: 780 }, colorScheme: 'dark' },
} as const satisfies Record<string, BrowserContextOptions>;

/** Opens a page and collects everything it complains of, and every request that leaves its service. */
async function open(url: string, options: BrowserContextOptions) {
  const context = await browser.newContext(options);
  // a busy machine draws late
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  const trouble: string[] = [];
  page.on('console', (message) => trouble.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => trouble.push(String(error)));
  page.on('request', (request) => {
    if (!request.url().startsWith(service.url)) trouble.push(`asks for ${request.url()}`);
  });
  await page.goto(url);
  return { page, trouble, close: () => context.close() };
}

const tooWide = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

describe('the first page', () => {
  it.each(Object.entries(READERS))('is where / leads, and is read on a %s', async (_, options) => {
    const { page, trouble, close } = await open(service.url, options);
    expect(page.url()).toBe(service.api);
    await page.getByRole('heading', { name: 'Alertforest' }).waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await tooWide(page)).toBeLessThan(1);
    expect(trouble).toEqual([]);
    await close();
  });

  it('links to what answers, with or without a slash at its end', async () => {
    for (const url of [service.api, `${service.api}/`]) {
      const { page, trouble, close } = await open(url, READERS.desktop);
      const links = await page.$$eval('a', (all) => all.map(({ href }) => href));
      expect(links.map((link) => link.replace(service.api, ''))).toEqual(
        ['dashboard', 'reference', 'openapi.json', 'openapi-2.0.json', 'health', 'versions'].map(
          (name) => `/${name}`,
        ),
      );
      for (const link of links) {
        // health is 503 until the models are loaded
        expect([200, 503], link).toContain((await fetch(link)).status);
      }
      expect(trouble).toEqual([]);
      await close();
    }
  });
});

describe('the API reference', () => {
  it.each(Object.entries(READERS))('is read on a %s, without a complaint', async (_, options) => {
    const { page, trouble, close } = await open(`${service.api}/reference`, options);
    const operations = page.locator('.opblock-summary-control');
    await operations.first().waitFor();
    expect(await operations.count()).toBe(Object.keys(ROUTES).length);
    await operations.first().click();
    await page.getByText('Adds the top N contributions').waitFor();
    await operations.nth(6).click();
    await page.getByRole('tab', { name: 'Schema' }).first().click();
    await page.locator('.model-box').first().waitFor();
    expect(await violations(page)).toEqual([]);
    expect(await tooWide(page)).toBeLessThan(1);
    expect(trouble).toEqual([]);
    await close();
  });

  it('goes back to the first page, and asks for no key', async () => {
    const { page, trouble, close } = await open(`${service.api}/reference`, READERS.desktop);
    await page.locator('.opblock-summary-control').first().waitFor();
    expect(await page.locator('input, select[disabled], textarea').count()).toBe(0);
    await page.getByRole('link', { name: 'First page' }).click();
    await page.getByRole('heading', { name: 'Alertforest', exact: true }).waitFor();
    expect(page.url()).toBe(service.api);
    expect(trouble).toEqual([]);
    await close();
  });

  it('comes with the policy of the dashboard, kept for good by a browser', async () => {
    const response = await fetch(`${service.api}/reference`);
    const dashboard = await fetch(`${service.api}/dashboard`);
    const policy = response.headers.get('content-security-policy');
    expect(policy).toBe(dashboard.headers.get('content-security-policy'));
    expect(policy).toMatch(/default-src 'none'; script-src 'self'; style-src 'self';/);
    const paths = [...(await response.text()).matchAll(/(?:src|href)="(reference\/[^"]+)"/g)];
    expect(paths).toHaveLength(3);
    for (const [, path] of paths) {
      const file = await fetch(`${service.api}/${path}`);
      expect(file.headers.get('cache-control')).toContain('immutable');
    }
  });
});
