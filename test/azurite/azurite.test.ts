import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { describe, expect, inject, it } from 'vitest';
import { startAzurite } from '../../src/local/azurite.ts';
import { uniqueName } from '../support/storage.ts';

const containerNames = async (connectionString: string): Promise<string[]> => {
  const names: string[] = [];
  for await (const item of BlobServiceClient.fromConnectionString(connectionString).listContainers()) {
    names.push(item.name);
  }
  return names;
};

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('startAzurite', () => {
  it('keeps what was written across a stop and a start on the same location', async () => {
    const location = await mkdtemp(join(tmpdir(), 'azurite-'));
    const first = await startAzurite({ location });
    await BlobServiceClient.fromConnectionString(first.connectionString).createContainer('kept');
    await first.stop();
    await first.stop();
    expect(isAlive(first.pid)).toBe(false);
    const second = await startAzurite({ location });
    expect(await containerNames(second.connectionString)).toEqual(['kept']);
    await second.stop();
    await rm(location, { recursive: true });
  });

  it('keeps characters of several bytes wherever a body is cut on its way', async () => {
    const table = TableClient.fromConnectionString(inject('storage'), uniqueName('pieces'), {
      allowInsecureConnection: true,
    });
    await table.createTable();
    // by itself and in a transaction; the bytes before the first character shift where a piece of the body ends
    for (let shift = 0; shift < 4; shift++) {
      const texts = Object.fromEntries(
        Array.from({ length: 12 }, (_, nth) => [`text${nth}`, 'x'.repeat(shift) + '\u{1d54c}'.repeat(8_000)]),
      );
      await table.createEntity({ partitionKey: 'p', rowKey: `alone${shift}`, ...texts });
      await table.submitTransaction([
        ['create', { partitionKey: 'p', rowKey: `one${shift}`, ...texts }],
        ['create', { partitionKey: 'p', rowKey: `other${shift}`, ...texts }],
      ]);
      for (const name of ['alone', 'one', 'other']) {
        const row = await table.getEntity('p', `${name}${shift}`);
        const changed = Object.keys(texts).filter((property) => row[property] !== texts[property]);
        expect(changed, `${name}${shift}`).toEqual([]);
      }
    }
  });

  it('says why it did not start', async () => {
    const blob = Number(/BlobEndpoint=http:\/\/127\.0\.0\.1:(\d+)/.exec(inject('storage'))?.[1]);
    await expect(startAzurite({ inMemory: true, ports: { blob } })).rejects.toThrow(/EADDRINUSE/);
    await expect(startAzurite({})).rejects.toThrow('Expected either `location` or `inMemory: true`.');
  });

  it('reports an end that nobody asked for, and only that', async () => {
    const reasons: string[] = [];
    const stopped = await startAzurite({ inMemory: true, onExit: (reason) => reasons.push(reason) });
    await stopped.stop();
    expect(reasons).toEqual([]);
    const ended = Promise.withResolvers<string>();
    const killed = await startAzurite({ inMemory: true, onExit: ended.resolve });
    process.kill(killed.pid, 'SIGKILL');
    expect(await ended.promise).toMatch(/SIGKILL/);
  });

  it('saves and ends by itself when the process that started it is killed', async () => {
    const location = await mkdtemp(join(tmpdir(), 'azurite-'));
    const script = `
      const { startAzurite } = await import(${JSON.stringify(new URL('../../src/local/azurite.ts', import.meta.url).href)});
      const { BlobServiceClient } = await import(${JSON.stringify(import.meta.resolve('@azure/storage-blob'))});
      const azurite = await startAzurite({ location: ${JSON.stringify(location)} });
      await BlobServiceClient.fromConnectionString(azurite.connectionString).createContainer('kept');
      console.log(azurite.pid);
      process.kill(process.pid, 'SIGKILL');`;
    const run = promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
    const { stdout } = await run.catch((error: { stdout: string }) => error);
    const pid = Number(stdout);
    expect(pid).toBeGreaterThan(0);
    await expect.poll(() => isAlive(pid)).toBe(false);
    const next = await startAzurite({ location });
    expect(await containerNames(next.connectionString)).toEqual(['kept']);
    await next.stop();
    await rm(location, { recursive: true });
  });
});
