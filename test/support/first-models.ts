import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { inject } from 'vitest';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { MODEL_CONTAINER, RUNS_TABLE } from '../../src/store/names.ts';
import { ownAccount } from './own-account.ts';

/** The settings that decide what a service makes when it finds no models. */
const DECIDING = ['SYNTHETIC_ALERTS', 'SYNTHETIC_SEED', 'TOURNAMENT', 'RULES'] as const;

const CLAIM_MS = 240_000;

/**
 * Starts a service on an account of its own. The first one of a run with these settings makes its models, and leaves a
 * copy of them; those after it start from the copy, as a service does on the storage of one that was before it.
 */
export async function startFromFirstModels<T>(
  env: Readonly<Record<string, string>>,
  start: (connectionString: string) => Promise<T>,
): Promise<T> {
  const settings = JSON.stringify(DECIDING.map((name) => env[name]));
  const place = `first-${createHash('sha256').update(settings).digest('hex').slice(0, 16)}`;
  const written = join(inject('accounts').taken, `${place}.txt`);
  const claim = join(inject('accounts').taken, place);
  const own = ownAccount();
  if (await existsOrClaimed(written, claim)) {
    await copyModels(readFileSync(written, 'utf8'), own);
    return start(own);
  }
  try {
    const started = await start(own);
    const kept = ownAccount();
    await copyModels(own, kept);
    writeFileSync(`${written}.new`, kept);
    renameSync(`${written}.new`, written);
    return started;
  } finally {
    rmdirSync(claim);
  }
}

/** True once the models are there; false where it falls to the caller to make them. */
async function existsOrClaimed(written: string, claim: string): Promise<boolean> {
  const untilMs = performance.now() + CLAIM_MS;
  for (;;) {
    if (existsSync(written)) return true;
    try {
      mkdirSync(claim);
      return false;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (performance.now() > untilMs) throw new Error(`Expected first models within ${CLAIM_MS} ms.`);
    await delay(50);
  }
}

/** Copies the models and the run that made them, and nothing of the instance that did. */
async function copyModels(from: string, to: string): Promise<void> {
  const source = createStorageClients({ connectionString: from });
  const target = createStorageClients({ connectionString: to });
  const container = target.container(MODEL_CONTAINER);
  await container.create();
  for await (const { name, properties } of source.container(MODEL_CONTAINER).listBlobsFlat()) {
    const bytes = await source.container(MODEL_CONTAINER).getBlobClient(name).downloadToBuffer();
    const blobHTTPHeaders = { blobContentType: properties.contentType ?? 'application/octet-stream' };
    await container.getBlockBlobClient(name).upload(bytes, bytes.length, { blobHTTPHeaders });
  }
  const runs = target.table(RUNS_TABLE);
  await runs.createTable();
  for await (const row of source.table(RUNS_TABLE).listEntities()) {
    const { etag, timestamp, ...properties } = row;
    await runs.createEntity(properties as { partitionKey: string; rowKey: string });
  }
}
