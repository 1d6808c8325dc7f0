import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const DEMO = fileURLToPath(new URL('../../scripts/demo.ts', import.meta.url));
const other = createServer();
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'alertforest-demo-'));
  writeFileSync(join(folder, 'file'), '');
  mkdirSync(join(folder, 'letters'));
  writeFileSync(join(folder, 'letters', 'one'), 'dear');
  other.listen(0, '127.0.0.1');
  await once(other, 'listening');
});
afterAll(() => {
  other.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What the demo says until it ends; one that begins to tell is stopped. */
async function said(env: Readonly<Record<string, string>>): Promise<string> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', DEMO], {
    env: { ...process.env, PORT: '0', DEMO_DIR: join(folder, 'new'), DEMO_VOLUME: '0.01', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  const onText = (piece: Buffer): void => {
    text += piece;
    if (text.includes('Telling')) child.kill('SIGKILL');
  };
  child.stdout.on('data', onText);
  child.stderr.on('data', onText);
  const [code] = (await once(child, 'close')) as [number | null];
  return `${text.trim()} (${code})`;
}

describe('npm run demo, before it tells anything', () => {
  it('names a port that is none or is taken, and a setting that cannot be used', async () => {
    const { port } = other.address() as AddressInfo;
    expect(await said({ PORT: '99999' })).toMatch(/PORT.*99999.* \(1\)$/s);
    expect(await said({ PORT: String(port) })).toBe(
      `Port ${port} is in use. Stop what uses it, or choose another: PORT=${port + 1} npm run demo (1)`,
    );
    expect(await said({ RETRAIN_AFTER: 'many' })).toMatch(/RETRAIN_AFTER.*many.* \(1\)$/s);
  });

  it('names a folder that cannot be written, and leaves alone what no demo made', async () => {
    expect(await said({ DEMO_DIR: join(folder, 'file', 'new') })).toMatch(
      /^Cannot keep data in .*file\/new \(DEMO_DIR\): .* \(1\)$/,
    );
    expect(await said({ DEMO_DIR: join(folder, 'letters') })).toMatch(
      /holds something that no demo made\. .* \(1\)$/,
    );
    expect(readdirSync(join(folder, 'letters'))).toEqual(['one']);
  });
});
