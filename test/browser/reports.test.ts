import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../scripts/find-browser.ts';
import { runCli } from '../cli/run-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'alertforest-reports-'));
const at = (name: string): string => join(folder, name);
const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

let browser: Browser;

beforeAll(async () => {
  const executablePath = findBrowser();
  if (executablePath === undefined)
    throw new Error('Expected a Chromium or Chrome: install one or set CHROME_PATH.');
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  const lab = gunzipSync(readFileSync(fixture('lab20/lab20_logs.csv.gz'))).toString();
  writeFileSync(at('logs.csv'), lab.split('\n').slice(0, 1201).join('\n'));
  const wazuh = fixture('wazuh178/wazuh178.jsonl.gz');
  const runs = [
    ['pipeline', at('logs.csv'), '--html', at('lab.html'), '--package', at('package')],
    ['evaluate', '--train', wazuh, '--test', wazuh, '--format', 'wazuh', '--splits', 'incident'],
  ];
  runs[1]!.push('--html', at('evaluation.html'));
  for (const args of runs) expect(await runCli(args)).toMatchObject({ code: 0 });
});
afterAll(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** How the report is read: on a screen, in the dark, on a phone. */
const READERS = {
  desktop: { viewport: { width: 1280, height: 900 }, colorScheme: 'light' },
  dark: { viewport: { width: 1280, height: 900 }, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: 'light' },
} as const;

/** Opens the file and hears of everything that goes wrong in it or leaves it. */
async function open(report: string, reader: keyof typeof READERS) {
  const context = await browser.newContext(READERS[reader]);
  // a busy machine draws late
  context.setDefaultTimeout(120_000);
  const page = await context.newPage();
  const trouble: string[] = [];
  const url = pathToFileURL(at(report)).href;
  page.on('console', (message) => trouble.push(`${message.type()}: ${message.text()}`));
  page.on('pageerror', (error) => trouble.push(String(error)));
  page.on('request', (request) => {
    if (request.url() !== url) trouble.push(`asks for ${request.url()}`);
  });
  await page.goto(url, { waitUntil: 'load' });
  return { page, trouble, close: () => context.close() };
}

/** Share of the pixels of each chart's canvas that something is drawn on, 0-1. */
const inked = (page: Page): Promise<number[]> =>
  page.$$eval('.chart canvas', (all) =>
    (all as HTMLCanvasElement[]).map((canvas) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      let drawn = 0;
      for (let alpha = 3; alpha < data.length; alpha += 4) if (data[alpha]! > 0) drawn++;
      return drawn / (data.length / 4);
    }),
  );

/** Tags, by text, of what sticks out of the page to the right, except where a table may be scrolled. */
const stickingOut = (page: Page): Promise<string[]> =>
  page.$$eval('body *', (all) =>
    all
      .filter((element) => {
        const box = element.getBoundingClientRect();
        return box.width > 0 && box.right > document.documentElement.clientWidth + 1;
      })
      .filter((element) => element.closest('.wide, pre') === null)
      .map((element) => `${element.tagName} ${element.textContent?.slice(0, 40)}`),
  );

/** Lowest contrast of a text with what lies under it, as WCAG counts it, with the text. */
const faintest = (page: Page): Promise<{ contrast: number; text: string }> =>
  page.$$eval('body *', (all) => {
    const parse = (colour: string): number[] => (colour.match(/[\d.]+/g) ?? []).map(Number);
    const luminance = (rgb: readonly number[]): number => {
      const [r = 0, g = 0, b = 0] = rgb
        .slice(0, 3)
        .map((value) => value / 255)
        .map((value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4));
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const under = (element: Element | null): number[] => {
      if (element === null) return [255, 255, 255];
      const [r = 0, g = 0, b = 0, alpha = 1] = parse(getComputedStyle(element).backgroundColor);
      if (alpha === 1) return [r, g, b];
      const below = under(element.parentElement);
      return [r, g, b].map((value, k) => alpha * value + (1 - alpha) * below[k]!);
    };
    const texts = all
      .filter((element) =>
        [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()),
      )
      .filter((element) => element.getBoundingClientRect().width > 0)
      .map((element) => {
        const [a, b] = [luminance(parse(getComputedStyle(element).color)), luminance(under(element))];
        const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
        return { contrast, text: element.textContent?.trim().slice(0, 60) ?? '' };
      });
    return texts.reduce((least, one) => (one.contrast < least.contrast ? one : least));
  });

describe.each(['lab.html', 'evaluation.html'])('%s in a browser', (report) => {
  it.each(['desktop', 'dark', 'phone'] as const)(
    'can be read on a %s, alone and without a complaint',
    async (reader) => {
      const { page, trouble, close } = await open(report, reader);
      expect(trouble).toEqual([]);
      expect((await page.title()).length).toBeGreaterThan(10);
      expect(await stickingOut(page)).toEqual([]);
      const { contrast, text } = await faintest(page);
      expect(contrast, text).toBeGreaterThan(4.5);
      const charts = await inked(page);
      expect(charts).toHaveLength(await page.$$eval('figure', (all) => all.length));
      expect(charts.length).toBeGreaterThan(0);
      for (const share of charts) expect(share).toBeGreaterThan(0.005);
      for (const link of await page.$$('nav a')) {
        const target = await link.getAttribute('href');
        expect(await page.$$(target!)).toHaveLength(1);
      }
      await close();
    },
  );

  it('draws its charts again when the window or the colours change', async () => {
    const { page, trouble, close } = await open(report, 'desktop');
    const widthOf = (): Promise<number> =>
      page.$eval('.chart canvas', (element) => element.getBoundingClientRect().width);
    const wide = await widthOf();
    await page.setViewportSize({ width: 500, height: 800 });
    await expect.poll(widthOf).toBeLessThan(wide);
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(async () => Math.min(...(await inked(page)))).toBeGreaterThan(0.005);
    expect(trouble).toEqual([]);
    await close();
  });

  it('prints whole: nothing is cut off at the right of the paper, and the charts are in it', async () => {
    const { page, trouble, close } = await open(report, 'desktop');
    await page.emulateMedia({ media: 'print' });
    // an A4 page between margins of 1 cm, in CSS pixels
    await page.setViewportSize({ width: 718, height: 1047 });
    await expect.poll(() => stickingOut(page)).toEqual([]);
    expect(
      await page.$$eval('.wide', (all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).length),
    ).toBe(0);
    for (const share of await inked(page)) expect(share).toBeGreaterThan(0.005);
    const margin = { top: '1cm', right: '1cm', bottom: '1cm', left: '1cm' };
    expect((await page.pdf({ format: 'A4', margin, printBackground: true })).length).toBeGreaterThan(20_000);
    expect(trouble).toEqual([]);
    await close();
  });
});
