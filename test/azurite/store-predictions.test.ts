import { randomBytes } from 'node:crypto';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { TablePredictionLog } from '../../src/store/azure/table-prediction-log.ts';
import { snapshotOf } from '../support/judged-alerts.ts';
import { entryOf, NOW_MS, predictionLogContract } from '../support/prediction-log-contract.ts';
import { type FaultyStorage, startFaultyStorage } from '../support/storage.ts';

// Letters only: behind the prefix come six digits.
const newPrefix = (): string =>
  `predictions${[...randomBytes(10)].map((byte) => String.fromCharCode(97 + (byte % 26))).join('')}`;

predictionLogContract('TablePredictionLog', {
  open: async (mode, nowMs) => {
    const tablePrefix = newPrefix();
    const log = (): TablePredictionLog =>
      new TablePredictionLog(createStorageClients({ connectionString: inject('storage') }), {
        mode,
        now: () => nowMs,
        tablePrefix,
      });
    return { log: log(), other: log() };
  },
});

describe('TablePredictionLog', () => {
  const opened: FaultyStorage[] = [];
  const open = async (
    settings: ConstructorParameters<typeof TablePredictionLog>[1] = {},
  ): Promise<{ log: TablePredictionLog; faulty: FaultyStorage; clock: { nowMs: number } }> => {
    const faulty = await startFaultyStorage(inject('storage'));
    opened.push(faulty);
    const clock = { nowMs: NOW_MS };
    const clients = createStorageClients({ connectionString: faulty.connectionString });
    const log = new TablePredictionLog(clients, {
      timeoutMs: 60_000,
      tries: 2,
      retryDelayMs: 5,
      now: () => clock.nowMs,
      tablePrefix: newPrefix(),
      flushEveryMs: 60_000,
      ...settings,
    });
    return { log, faulty, clock };
  };
  afterAll(async () => {
    await Promise.all(opened.map((faulty) => faulty.close()));
  });

  it('takes one transaction for one alert and few for many', async () => {
    const { log, faulty } = await open();
    await log.append([entryOf('first')]);
    await log.flush();
    const before = faulty.requests.length;
    await log.append([entryOf('one')]);
    await log.flush();
    expect(faulty.requests.length - before).toBe(1);
    await log.append(Array.from({ length: 250 }, (_, i) => entryOf(`n${i}`)));
    await log.flush();
    expect(faulty.requests.length - before - 1).toBeLessThanOrEqual(4 + 250 / 50);
    await log.close();
  });

  for (const mode of ['behind', 'wait'] as const) {
    it(`never fails an append in ${mode} mode, and writes the rows when storage is back`, async () => {
      const { log, faulty, clock } = await open({ mode });
      faulty.decide = () => ({ status: 503, code: 'ServerBusy' });
      await log.append([entryOf('a')]);
      await log.flush();
      await log.append([entryOf('b')]);
      const during = faulty.requests.length;
      await log.flush();
      expect(faulty.requests.length).toBe(during);
      expect(log.stats()).toEqual({ mode, queued: 2, written: 0, dropped: 0, failed: 0 });
      faulty.decide = () => 'pass';
      clock.nowMs += 5_000;
      await log.flush();
      expect(log.stats()).toMatchObject({ queued: 0, written: 2 });
      expect(await log.find(snapshotOf('a').alertKey)).toBeDefined();
      await log.close();
    });
  }

  it('throws STORE_UNAVAILABLE from every lookup during an outage', async () => {
    const { log, faulty } = await open();
    faulty.decide = () => 'lose-request';
    for (const call of [
      () => log.find(snapshotOf('a').alertKey),
      () => log.findByAlertId('a'),
      () => log.findByGroup(snapshotOf('a').group),
      () => log.entriesSince(0)[Symbol.asyncIterator]().next(),
      () => log.dropTablesOlderThan(1),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    }
    faulty.decide = () => 'pass';
    expect(await log.find(snapshotOf('a').alertKey)).toBeUndefined();
    await log.close();
  });

  it('gives up what storage will never take, without its neighbours', async () => {
    const { log } = await open();
    const wide = entryOf('wide', { snapshot: snapshotOf('wide', { columns: new Float32Array(6_200) }) });
    const timeless = entryOf('timeless', { scoredAt: 'yesterday' });
    await log.append([entryOf('a'), wide, timeless, entryOf('b')]);
    await log.flush();
    expect(log.stats()).toMatchObject({ queued: 0, written: 2, failed: 2 });
    expect(await log.findByAlertId('b')).toHaveLength(1);
    await log.close();
  });

  it('writes whatever characters a vendor may name, and the rows beside them', async () => {
    const { log } = await open();
    const names = ["o'id", 'a|b"\\', 'ü\u{1f600}', 'two\u2028lines', 'two\u2029paragraphs', 'x\r\ny'];
    const entries = names.map((id) => entryOf(id, { snapshot: snapshotOf(id, { tenant: id, source: id }) }));
    await log.append([...entries, entryOf('plain')]);
    await log.flush();
    expect(log.stats()).toMatchObject({ queued: 0, written: names.length + 1, failed: 0 });
    for (const entry of entries) expect(await log.find(entry.snapshot.alertKey)).toEqual(entry);
    await log.close();
  });

  it('drops and counts what does not fit the queue', async () => {
    const { log, faulty } = await open({ maxQueued: 5 });
    faulty.decide = () => ({ status: 503, code: 'ServerBusy' });
    await log.append(Array.from({ length: 8 }, (_, i) => entryOf(`n${i}`)));
    expect(log.stats()).toMatchObject({ queued: 5, dropped: 3 });
    faulty.decide = () => 'pass';
    await log.close();
    expect(log.stats()).toMatchObject({ queued: 0, written: 5, dropped: 3 });
  });
});
