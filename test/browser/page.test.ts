import { get as httpGet, type IncomingHttpHeaders } from 'node:http';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser } from '../../scripts/find-browser.ts';
import examples from '../../src/api/recorded-examples.json' with { type: 'json' };
import { playDemo } from '../../src/cli/demo/play-demo.ts';
import { makeDemoStory } from '../../src/evaluation/story/demo-story.ts';
import { readLocalSettings } from '../../src/local/local-settings.ts';
import { violations } from '../support/axe.ts';
import { type LocalTestService, startLocalService } from '../support/local-service.ts';
import { ownAccount } from '../support/own-account.ts';

/** What a page that trusted a payload would run, in every field that a reader sees. */
const HOSTILE = '<img src=x onerror="document.title=\'run\'"><script>document.title="run"</script>';
const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** One learner, few synthetic alerts: a retrain takes a second or two. */
const QUICK = { TOURNAMENT: 'random_forest', SYNTHETIC_ALERTS: '300' };

let browser: Browser;
let service: LocalTestService;
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
  const storage = ownAccount();
  const { values } = readLocalSettings(ROOT, ['local.settings.sample.json']);
  // a morning of the demo, told the way `npm run demo` tells its three days; the pictures are of all three
  const length = process.env['PAGE_PICTURES'] === undefined ? { hours: 8, volume: 0.4 } : {};
  const story = makeDemoStory({ seed: 7, endMs: Date.now(), ...length });
  const played = await playDemo(story, {
    settings: {
      ...values,
      ...QUICK,
      STORAGE_TIMEOUT_SECONDS: '60',
      AzureWebJobsStorage: storage,
    },
  });
  expect(played.judgements).toBe(story.judged);
  expect(played.retrains.length).toBeGreaterThan(1);
  service = await startLocalService({
    connectionString: storage,
    env: { ...QUICK, RETRAIN_AFTER: '100000' },
  });
  api = service.api;
  await post('predict', { alerts: story.last });
}, 480_000);
afterAll(async () => {
  await browser?.close();
  await service?.stop();
});

/** How the page is looked at. */
const READERS = {
  desktop: { viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  dark: { viewport: { width: 1440, height: 900 }, colorScheme: 'dark' },
  tablet: { viewport: { width: 760, height: 900 }, colorScheme: 'light' },
  laptop: { viewport: { width: 1180, height: 800 }, colorScheme: 'dark' },
  // a browser at 200 % has half the pixels to lay out in, and twice as many to draw with
  enlarged: {
    viewport: { width: 720, height: 450 },
    deviceScaleFactor: 2,
    colorScheme: 'light',
    forcedColors: 'active',
  },
  phone: { viewport: { width: 380, height: 780 }, colorScheme: 'dark' },
  wall: { viewport: { width: 2560, height: 1300 }, colorScheme: 'dark' },
} as const satisfies Record<string, BrowserContextOptions>;

interface Opened {
  readonly page: Page;
  /** Everything the page complained of, and every request that left its service. */
  readonly trouble: string[];
  close(): Promise<void>;
}

/** A page that waits for as long as a busy machine needs. */
async function newPage(options: BrowserContextOptions) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(120_000);
  return { context, page: await context.newPage() };
}

/** Both keys at once: on a busy machine the second would else come when the page no longer waits for it. */
const goToSection = (page: Page, key: string): Promise<unknown> =>
  Promise.all(['g', key].map((each) => page.keyboard.press(each)));

async function open(options: BrowserContextOptions = READERS.desktop, hash = ''): Promise<Opened> {
  const { context, page } = await newPage(options);
  const trouble: string[] = [];
  page.on('console', (message) =>
    trouble.push(`${message.type()}: ${message.text()} ${message.location().url}`),
  );
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

/** Text that is drawn smaller than 12 px, that of charts among it: they must not shrink it with their card. */
const smallText = (page: Page): Promise<string[]> =>
  page.$$eval('body *', (all) =>
    all
      .filter((element) =>
        [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()),
      )
      .filter((element) => element.closest('style, script, title') === null)
      .flatMap((element) => {
        const scale =
          element instanceof SVGElement ? ((element as SVGGraphicsElement).getScreenCTM?.()?.a ?? 1) : 1;
        const size = Number.parseFloat(getComputedStyle(element).fontSize) * scale;
        return size < 11.9 ? [`${size.toFixed(1)} px: ${element.textContent?.slice(0, 30)}`] : [];
      }),
  );

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

/** When the page first showed something, in ms after it was asked for; undefined before that. */
const firstPaint = (page: Page): Promise<number | undefined> =>
  page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime);

/** With PAGE_PICTURES set, the pictures in docs/ are taken anew, and the figure of docs/page.md is told. */
async function picture(page: Page, reader: string): Promise<void> {
  if (process.env['PAGE_PICTURES'] === undefined || !['desktop', 'dark'].includes(reader)) return;
  await page.evaluate(() => scrollTo(0, 0));
  console.log(`first draw after ${Math.round((await firstPaint(page)) ?? Number.NaN)} ms`);
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
    expect(await smallText(page)).toEqual([]);
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
    // what the models say is a sum on the way, not a step
    const points = shown
      .filter((row) => !row.startsWith('models say'))
      .map((row) => Number((row.split('\t').at(-1) as string).replace('−', '-').replace('+', '')));
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
    // the first is chosen when the page opens
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
    await goToSection(page, 'r');
    await expect.poll(() => page.url()).toMatch(/#rules$/);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect.poll(() => page.locator('dialog').count()).toBe(0);
    expect(trouble).toEqual([]);
    await close();
  });

  it('leaves the focus to who went to a section and a key further before the section was drawn anew', async () => {
    const { page, close } = await open();
    const focused = await page.evaluate(async () => {
      location.hash = 'try';
      document.getElementById('alert-text')?.focus();
      // what the page does about another place, it does within some frames of hearing of it
      await new Promise((heard) => addEventListener('hashchange', heard, { once: true }));
      await new Promise((done) => setTimeout(done, 500));
      return document.activeElement?.id;
    });
    expect(focused).toBe('alert-text');
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
    await page.getByText('No word from the service.').waitFor();
    await page.locator('.as-of').first().waitFor();
    expect(await page.locator('#incidents .row').count()).toBeGreaterThan(0);
    await page.unroute('**/api/v1/ml/**');
    await page.getByRole('button', { name: 'Ask again' }).first().click();
    await page.getByText(/All well|Worth a look/).waitFor();
    await close();
  });

  it('lets the cut be dragged along the curve, by pointer and by arrows, and says what it would do', async () => {
    const { page, trouble, close } = await open();
    const handle = page.getByRole('slider', { name: 'Where the cut lies' });
    await handle.waitFor();
    const first = Number(await handle.getAttribute('aria-valuenow'));
    await handle.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => handle.getAttribute('aria-valuenow')).toBe('1');
    expect(await handle.getAttribute('aria-valuetext')).toMatch(
      /^closing below .* of alerts closed, .* of attacks missed$/,
    );
    expect(await page.locator('#cost').innerText()).toContain('With this');
    // what still loads would move it from under the pointer
    await expect.poll(() => page.locator('.skel').count()).toBe(0);
    await handle.scrollIntoViewIfNeeded();
    const box = (await handle.locator('.grip').boundingBox())!;
    await page.mouse.move(box.x + box.width / 2, box.y + 40);
    await page.mouse.down();
    await page.mouse.move(box.x + 140, box.y + 40, { steps: 4 });
    await page.mouse.up();
    await expect.poll(async () => Number(await handle.getAttribute('aria-valuenow'))).toBeGreaterThan(1);
    await page.getByRole('button', { name: 'Store this cut' }).click();
    await page.getByRole('dialog', { name: /^Close everything below/ }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Back to what is in force' }).click();
    await expect.poll(() => handle.getAttribute('aria-valuenow')).toBe(String(first));
    expect(trouble).toEqual([]);
    await close();
  });

  // last: it changes what serves, and a version of the first start has no curve
  it('goes the whole round by keyboard: predict, judge, retrain, a new version, and back', async () => {
    const { page, trouble, close } = await open();
    const serving = async (): Promise<string> =>
      ((await (await fetch(`${api}/versions`)).json()) as { serving: { classifier: string } }).serving
        .classifier;
    const before = await serving();
    // a version that was refused has its number too
    const listed = (await (await fetch(`${api}/versions/classifier`)).json()) as {
      versions: { version: string }[];
    };
    const newest = listed.versions[0]!.version;
    const reach = async (name: string, key = 'Tab'): Promise<void> => {
      for (let i = 0; i < 80; i++) {
        await page.keyboard.press(key);
        const label = await page.evaluate(
          () =>
            document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '',
        );
        if (label.trim().startsWith(name)) return;
      }
      throw new Error(`Tab never reached ${name}.`);
    };
    /** Goes to a section and waits until it has the focus: what is pressed next belongs to it. */
    const goTo = async (key: string, id: string): Promise<void> => {
      await goToSection(page, key);
      await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe(id);
    };
    // predict
    await goTo('p', 'try');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await page.keyboard.insertText(
      JSON.stringify({
        id: 'round',
        title: 'Encoded PowerShell',
        severity: 'high',
        source: 'edr',
        host: 'ws-9',
      }),
    );
    await page.keyboard.press('Control+Enter');
    await page.locator('.outcome').waitFor();
    // judge: true positive is chosen already
    await page.locator('#feedback input.mono').press('Enter');
    await page.getByText(/What teaches of it/).waitFor();
    // retrain
    await page.locator('#feedback').press('Escape');
    await goTo('t', 'training');
    await reach('Retrain now');
    await page.keyboard.press('Enter');
    const sheet = page.getByRole('dialog');
    await sheet.waitFor();
    await sheet.getByLabel('Who decides').press('Tab');
    await page.keyboard.insertText('The round of a test.');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await expect.poll(() => sheet.count()).toBe(0);
    // a new version: promoted or refused, it is there
    const [, minor = '0'] = newest.split('.');
    const made = `1.${Number(minor) + 1}.0`;
    await page.locator('#history tbody').getByText(`Classifier ${made}`).first().waitFor();
    await expect.poll(async () => (await page.locator('#training .running').count()) === 0).toBe(true);
    // and back to the one before
    const back = (await serving()) === before ? '1.0.0' : before;
    const row = page.locator('#history tbody tr').filter({ hasText: `Classifier ${back}` });
    if ((await row.count()) === 0)
      await page
        .locator('#history')
        .getByText(/^show \d+ more/)
        .press('Enter');
    await row.getByRole('button', { name: 'activate' }).press('Enter');
    await sheet.waitFor();
    await sheet.getByLabel('Who decides').press('Tab');
    await page.keyboard.insertText('Back to what was.');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await row.getByText('pinned').waitFor();
    expect(await serving()).toBe(back);
    // what follows for learning is the service's own sentence, said as it stands
    const follows = 'What was learned from has gone: <b>it is made again</b>.';
    await page.route('**/unpin', async (route) => {
      const answer = await route.fetch();
      await route.fulfill({ response: answer, json: { ...(await answer.json()), learning: [follows] } });
    });
    await row.getByRole('button', { name: 'unpin' }).press('Enter');
    await sheet.waitFor();
    expect(await sheet.innerText()).toMatch(
      new RegExp(`Unpin Classifier ${back}\\?[^]*The next version that proves better takes its place`),
    );
    await sheet.getByLabel('Who decides').press('Tab');
    await page.keyboard.insertText('The round is over.');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByText(`Unpinned. ${follows}`, { exact: true }).waitFor();
    await expect.poll(() => row.getByText('pinned').count()).toBe(0);
    expect(trouble).toEqual([]);
    await close();
  });
});

/** Cards that ask the service, each with the words of its empty state. */
const EMPTY: Readonly<Record<string, RegExp>> = {
  incidents: /No open incident/,
  incident: /None chosen/,
  workload: /Not known yet/,
  'added-up': /No alert tried yet/,
  training: /No retrain yet/,
  rules: /No rule has hit yet/,
  calibration: /Not known yet/,
  drift: /Not known yet/,
  cost: /Nothing to measure it on yet/,
  quarantine: /Nothing is held back/,
  'critical-cases': /No critical case/,
  quality: /No file read yet/,
  log: /No retrain yet/,
};
/** Those of them that ask as soon as the page opens. */
const ASKING = [
  'incidents',
  'workload',
  'training',
  'rules',
  'models',
  'drift',
  'cost',
  'quarantine',
  'critical-cases',
  'history',
  'log',
  'health',
];

/** What a fresh service answers, as recorded for the API's documents. */
const FRESH: Readonly<Record<string, unknown>> = {
  'health/details': examples.healthDetails.response,
  versions: examples.versions.response,
  importances: examples.importances.response,
  drift: examples.drift.response,
  policy: examples.policy.response,
  workload: examples.workload.response,
  rules: examples.rules.response,
  quarantine: { held: [], total: 0, next_offset: null, release: 'none' },
  incidents: { incidents: [], roll_ups: [], total: 0, next_offset: null, state: 'shared' },
  retrain: { runs: [] },
  audit: { entries: [] },
  'critical-cases': { cases: [], missed: { serving: 0, refused: 0 } },
};

type Answer = { readonly status: number; readonly json?: unknown; readonly text?: string } | 'never';

describe('the states of its panels', () => {
  const openWith = async (
    answer: (path: string) => Answer,
    options: BrowserContextOptions = READERS.desktop,
  ) => {
    const { context, page } = await newPage(options);
    await page.route('**/api/v1/ml/**', (route) => {
      const path = new URL(route.request().url()).pathname.replace(/^.*\/ml\//, '');
      if (path.startsWith('dashboard')) return route.continue();
      const said = answer(path);
      if (said === 'never') return undefined;
      return said.json === undefined
        ? route.fulfill({ status: said.status, ...(said.text === undefined ? {} : { body: said.text }) })
        : route.fulfill({ status: said.status, json: said.json });
    });
    await page.goto(`${api}/dashboard`);
    return { page, close: () => context.close() };
  };
  const fresh = (path: string): Answer =>
    path.startsWith('me/') ? { status: 204 } : { status: 200, json: FRESH[path] };

  it('say why there is nothing and what to do', async () => {
    const { page, close } = await openWith(fresh);
    for (const [id, words] of Object.entries(EMPTY))
      await page.locator(`#${id}`).getByText(words).first().waitFor();
    expect(await page.locator('.state.bad').count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    await close();
  });

  it('keep the layout while they load', async () => {
    const { page, close } = await openWith((path) => (path.startsWith('me/') ? { status: 204 } : 'never'));
    for (const id of ASKING) await page.locator(`#${id} .skel`).first().waitFor({ state: 'attached' });
    await expect.poll(() => page.locator('.skel').first().isVisible()).toBe(true);
    // it shows itself before anything is answered
    await expect.poll(() => firstPaint(page)).toBeGreaterThan(0);
    expect(await stickingOut(page)).toEqual([]);
    expect(await violations(page)).toEqual([]);
    await close();
  });

  it('say what went wrong and ask again', async () => {
    let isAway = true;
    const problem = {
      code: 'STORE_UNAVAILABLE',
      title: 'Storage is away',
      detail: 'Storage does not answer.',
    };
    const { page, close } = await openWith((path) =>
      path.startsWith('me/') || !isAway ? fresh(path) : { status: 503, json: problem },
    );
    for (const id of ASKING) {
      await page.locator(`#${id}`).getByText('Storage does not answer.').first().waitFor();
    }
    expect(await violations(page)).toEqual([]);
    isAway = false;
    await page.locator('#rules').getByRole('button', { name: 'Ask again' }).click();
    await page
      .locator('#rules')
      .getByText(/No rule has hit yet/)
      .waitFor();
    await close();
  });

  it('find out what a key opens once the service answers, and ask for none because it does not', async () => {
    let answered: Answer = { status: 429 };
    const { page, close } = await openWith((path) => (path.startsWith('me/') ? answered : fresh(path)));
    const retrain = page.getByRole('button', { name: 'Retrain now' });
    await page.locator('#rules').waitFor();
    expect([await page.getByLabel('Key', { exact: true }).count(), await retrain.count()]).toEqual([0, 0]);
    answered = { status: 204 };
    await retrain.waitFor();
    await close();
  });

  it('say in plain words that something else answered in the place of the service', async () => {
    const { page, close } = await openWith((path) =>
      path === 'rules' ? { status: 200, text: '<html>Please sign in to the network</html>' } : fresh(path),
    );
    await page
      .locator('#rules')
      .getByText(/answered in its place: a proxy/)
      .waitFor();
    expect(await page.locator('#rules').innerText()).not.toContain('SyntaxError');
    await close();
  });

  it('do not pass old data off as new when a connection has died without a word', async () => {
    const { context, page } = await newPage(READERS.desktop);
    await page.clock.install();
    await page.goto(`${api}/dashboard`);
    await page.getByText(/All well|Worth a look/).waitFor();
    await page.route('**/api/v1/ml/**', () => undefined);
    await expect
      .poll(async () => {
        await page.clock.runFor(30_000);
        return page.getByText('No word from the service.').count();
      })
      .toBe(1);
    await page.locator('.as-of').first().waitFor();
    await context.close();
  });

  it('say what a key does not open, and show a scorer no button that is not theirs', async () => {
    const { page, close } = await openWith((path) => {
      if (path === 'me/scorer') return { status: 204 };
      if (path.startsWith('me/') || path === 'quarantine') return { status: 403 };
      return fresh(path);
    });
    await page
      .locator('#quarantine')
      .getByText(/Your key does not open/)
      .waitFor();
    await page
      .locator('#rules')
      .getByText(/No rule has hit yet/)
      .waitFor();
    for (const name of ['Retrain now', 'activate', 'switch off', 'Store these costs']) {
      const button = page.getByRole('button', { name });
      expect((await button.count()) === 0 || (await button.isDisabled()), name).toBe(true);
    }
    await close();
  });

  it('ask for a key where none opens anything, and for a sign-in where the directory says who calls', async () => {
    const keys = await openWith(() => ({ status: 401 }));
    await keys.page.getByLabel('Key').waitFor();
    expect(await violations(keys.page)).toEqual([]);
    await keys.close();
    const entra = await openWith(() => ({
      status: 401,
      json: { code: 'UNAUTHENTICATED', title: 'Who calls?' },
    }));
    const link = entra.page.getByRole('link', { name: 'Sign in' });
    expect(await link.getAttribute('href')).toMatch(/^\/\.auth\/login\/aad\?post_login_redirect_uri=/);
    await entra.close();
  });

  it('say first what is wrong where the service is degraded', async () => {
    const reasons = ['storage answers slowly since 03:04'];
    const details = { ...examples.healthDetails.response, status: 'degraded', reasons };
    const { page, close } = await openWith((path) =>
      path === 'health/details' ? { status: 200, json: details } : fresh(path),
    );
    await page.getByText('Worth a look.').waitFor();
    expect(await page.locator('.health').innerText()).toContain('storage answers slowly since 03:04.');
    await close();
  });
});
