import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCli } from '../../scripts/build-cli.ts';
import { call } from '../support/call-service.ts';
import { type IsolatedService, startIsolatedService } from '../support/isolated-service.ts';

const run = promisify(execFile);
const readText = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the training image', () => {
  const dockerfile = readText('Dockerfile');
  let folder: string;
  let service: IsolatedService;

  beforeAll(async () => {
    // Outside the project, as in the image: nothing can be found in node_modules.
    folder = mkdtempSync(join(tmpdir(), 'alertforest-image-'));
    await buildCli({ outdir: folder });
    service = await startIsolatedService();
  });
  afterAll(async () => {
    await service?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const alertforest = async (...args: string[]): Promise<Record<string, unknown>> => {
    const { PATH = '', HOME = '' } = process.env;
    const { stdout } = await run(process.execPath, [join(folder, 'alertforest.mjs'), ...args], {
      cwd: folder,
      env: {
        PATH,
        HOME,
        AzureWebJobsStorage: service.connectionString,
        ALERTFOREST_CACHE_DIR: join(folder, 'cache'),
      },
    });
    return JSON.parse(stdout) as Record<string, unknown>;
  };

  it('copies what exists and starts what it has built', () => {
    for (const [, names = ''] of dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)) {
      for (const name of names.split(' '))
        expect(existsSync(new URL(`../../${name}`, import.meta.url))).toBe(true);
    }
    for (const [, name = ''] of dockerfile.matchAll(/\/build\/out\/([\w.-]+)/g))
      expect(existsSync(join(folder, name))).toBe(true);
    expect(dockerfile).toContain('ENTRYPOINT ["node", "alertforest.mjs"]');
    expect(dockerfile).toContain('CMD ["train"]');
    expect(dockerfile).toContain('USER node');
    expect(dockerfile).toContain('scripts/build-cli.ts /build/out');
  });

  it('keeps everything out of the image that it does not copy', () => {
    const allowed = readText('.dockerignore').trim().split('\n');
    expect(allowed[0]).toBe('*');
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
      names.split(' '),
    );
    expect(allowed.slice(1).sort()).toEqual([...new Set(copied)].map((name) => `!${name}`).sort());
  });

  it('works on the storage of the running service, by the same rules', async () => {
    const versions = await alertforest('versions', '--json');
    const { body } = await call(service.url, 'GET', '/versions');
    expect(versions['serving']).toEqual(body.serving);

    // Nothing is judged yet, so there is nothing to learn: the run says so and both see it in the log of runs.
    const run = await alertforest('train', '--why', 'first run of the job', '--by', 'job', '--json');
    expect(run).toMatchObject({ state: 'below', trigger: 'manual' });
    const { body: log } = await call(service.url, 'GET', '/retrain');
    const ids = log.runs.map((each: { run_id: string }) => each.run_id);
    expect(ids).toContain(run['run_id'] ?? run['runId']);
  });
});
