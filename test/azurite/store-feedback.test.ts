import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { createStorageClients } from '../../src/store/azure/storage-clients.ts';
import { TableFeedbackStore } from '../../src/store/azure/table-feedback-store.ts';
import { MAX_VOTES_PER_ALERT } from '../../src/store/feedback-change.ts';
import { feedbackStoreContract } from '../support/feedback-store-contract.ts';
import { guessingStore } from '../support/guessing-store.ts';
import { minute, snapshotOf, voteOf } from '../support/judged-alerts.ts';
import { type Fault, type FaultyStorage, startFaultyStorage, uniqueName } from '../support/storage.ts';

const PATIENT = { timeoutMs: 60_000, tries: 3, retryDelayMs: 5 };
/** Where nothing answers in any case, and waiting longer would tell no more. */
const SHORT = { timeoutMs: 300, tries: 2, retryDelayMs: 5 };

const open = (connectionString: string, table: string): TableFeedbackStore =>
  new TableFeedbackStore(createStorageClients({ connectionString }).table(table));

feedbackStoreContract('TableFeedbackStore', {
  open: async () => {
    const table = uniqueName('feedback');
    return { store: open(inject('storage'), table), other: open(inject('storage'), table) };
  },
});

feedbackStoreContract('TableFeedbackStore that takes every alert for a new one', {
  open: async () => {
    const table = uniqueName('feedback');
    const opened = () => guessingStore(() => open(inject('storage'), table));
    return { store: opened(), other: opened() };
  },
});

describe('TableFeedbackStore', () => {
  it('does not report an alert whose first vote went no further than its reference', async () => {
    const faulty = await startFaultyStorage(inject('storage'));
    const table = uniqueName('feedback');
    const broken = new TableFeedbackStore(
      createStorageClients({ connectionString: faulty.connectionString }).table(table),
      PATIENT,
    );
    await broken.submit(snapshotOf('other'), voteOf('ana', 0));
    faulty.decide = (_nth, _method, url) => (url.includes('$batch') ? 'lose-request' : 'pass');
    await expect(broken.submit(snapshotOf('half'), voteOf('ana', 0))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    const store = open(inject('storage'), table);
    expect(await store.findByAlertId('half')).toEqual([]);
    expect(await store.submit(snapshotOf('half'), voteOf('ana', 0))).toMatchObject({ status: 'accepted' });
    expect(await store.findByAlertId('half')).toHaveLength(1);
    await faulty.close();
  });

  it('holds the longest votes it promises to hold', async () => {
    const store = open(inject('storage'), uniqueName('feedback'));
    const snapshot = snapshotOf('x'.repeat(1024), { tenant: 't'.repeat(1024) });
    const name = (i: number): string => `${i}`.padStart(256, '𝔸'.slice(0, 2));
    for (let i = 0; i < MAX_VOTES_PER_ALERT; i++) {
      await store.submit(
        snapshot,
        voteOf(name(i), i, { comment: '𝔘'.repeat(2048), at: minute(i), risk_score: 1 / 3 }),
      );
    }
    const sample = await store.get(snapshot.alertKey);
    expect(sample?.votes).toHaveLength(MAX_VOTES_PER_ALERT);
    expect(sample?.votes.every(({ comment }) => comment === '𝔘'.repeat(2048))).toBe(true);
  });

  it('holds ends of lines that JSON has as they are, in ids, names and comments', async () => {
    const store = open(inject('storage'), uniqueName('feedback'));
    const text = 'two\u2028lines\u2029and a paragraph';
    const snapshot = snapshotOf(text, { tenant: text, source: text });
    await store.submit(snapshot, voteOf(text, 0, { comment: text }));
    await store.submit(snapshot, voteOf('bo', 1, { comment: 'one line', at: minute(1) }));
    const sample = await store.get(snapshot.alertKey);
    expect(sample?.votes.map(({ analyst, comment }) => [analyst, comment])).toEqual([
      [text, text],
      ['bo', 'one line'],
    ]);
    expect(await store.findByAlertId(text)).toMatchObject([{ alertId: text, tenant: text, source: text }]);
  });

  it('refuses a row beyond the limit of Table Storage instead of losing it', async () => {
    const store = open(inject('storage'), uniqueName('feedback'));
    const snapshot = snapshotOf('a-1');
    const submit = async (): Promise<void> => {
      for (let i = 0; i < MAX_VOTES_PER_ALERT; i++) {
        // Each of these characters takes six in JSON.
        await store.submit(
          snapshot,
          voteOf(`analyst ${i}`, 0, { comment: '\u0001'.repeat(4096), at: minute(i) }),
        );
      }
    };
    await expect(submit()).rejects.toMatchObject({ code: 'FEEDBACK_INVALID' });
    expect((await store.get(snapshot.alertKey))?.votes.length).toBeGreaterThan(10);
    await expect(
      store.submit(snapshotOf('wide', { columns: new Float32Array(6_200) }), voteOf('ana', 0)),
    ).rejects.toThrow('Expected at most 32768 characters in `columns`');
  });

  it('counts, lists and consumes more markers than a page or a transaction holds', async () => {
    const store = open(inject('storage'), uniqueName('feedback'));
    // One shard: keys that start with the same digit.
    const keys = Array.from({ length: 1_100 }, (_, i) => `a${String(i).padStart(31, '0')}`);
    for (let start = 0; start < keys.length; start += 50) {
      await Promise.all(
        keys
          .slice(start, start + 50)
          .map((alertKey) =>
            store.submit(snapshotOf(alertKey, { alertKey, columns: new Float32Array(4) }), voteOf('ana', 0)),
          ),
      );
    }
    expect(await store.countPending()).toBe(1_100);
    const pending = await store.listPending();
    // Some have gone already: their transactions fail as a whole and are finished row by row.
    await store.consume(pending.slice(0, 1_000).filter((_, i) => i % 97 === 0));
    await store.consume(pending.slice(0, 1_000));
    expect(await store.countPending()).toBe(100);
  });
});

describe('TableFeedbackStore over an outage', () => {
  let faulty: FaultyStorage;
  let store: TableFeedbackStore;
  let hurried: TableFeedbackStore;
  let direct: TableFeedbackStore;
  beforeAll(async () => {
    faulty = await startFaultyStorage(inject('storage'));
    const table = uniqueName('feedback');
    direct = open(inject('storage'), table);
    const clients = createStorageClients({ connectionString: faulty.connectionString });
    store = new TableFeedbackStore(clients.table(table), PATIENT);
    hurried = new TableFeedbackStore(clients.table(table), SHORT);
    await store.submit(snapshotOf('judged'), voteOf('ana', 0));
  });
  afterEach(() => {
    faulty.decide = () => 'pass';
  });
  afterAll(() => faulty.close());

  const faults: Record<string, Fault> = {
    '403': { status: 403, code: 'AuthorizationFailure' },
    '503': { status: 503, code: 'ServerBusy' },
    'a broken connection': 'lose-request',
    silence: 'hang',
  };
  for (const [fault, behaviour] of Object.entries(faults)) {
    it(`throws STORE_UNAVAILABLE from every method on ${fault}`, async () => {
      faulty.decide = () => behaviour;
      const { alertKey } = snapshotOf('judged');
      const of = behaviour === 'hang' ? hurried : store;
      const calls = [
        of.submit(snapshotOf('new'), voteOf('ana', 0)),
        of.rule(alertKey, { action: 'confirm', by: 'op', why: undefined, at: minute(1) }),
        of.get(alertKey),
        of.findByAlertId('judged'),
        of.countPending(),
        of.listPending(),
        of.samples()[Symbol.asyncIterator]().next(),
        of.consume([{ alertKey, rev: 1 }]),
        of.history(alertKey),
      ];
      const outcomes = await Promise.allSettled(calls);
      expect(outcomes.map((outcome) => outcome.status === 'rejected' && outcome.reason.code)).toEqual(
        calls.map(() => 'STORE_UNAVAILABLE'),
      );
    });
  }

  it('neither loses nor doubles a vote whose answers are lost, wherever that happens', async () => {
    for (const [round, fault] of (['lose-request', 'lose-response'] as const).entries()) {
      for (let broken = 0; broken < 4; broken++) {
        const snapshot = snapshotOf(`lost-${round}-${broken}`);
        faulty.decide = (nth) => (nth === broken ? fault : 'pass');
        expect(await store.submit(snapshot, voteOf('ana', 0))).toMatchObject({ status: 'accepted', rev: 1 });
        faulty.decide = (nth) => (nth === broken ? fault : 'pass');
        expect(await store.submit(snapshot, voteOf('ana', 1, { at: minute(1) }))).toMatchObject({
          status: 'revised',
          rev: 2,
        });
        expect(await direct.history(snapshot.alertKey)).toHaveLength(2);
        expect(await direct.get(snapshot.alertKey)).toMatchObject({
          rev: 2,
          votes: [{ disposition: 'false_positive' }],
        });
        expect(await direct.findByAlertId(snapshot.alertId)).toHaveLength(1);
      }
    }
  });

  it('takes a repeated call as a duplicate when the first one failed after it had been written', async () => {
    const snapshot = snapshotOf('written-but-unanswered');
    faulty.decide = (_nth, method, url) =>
      method === 'POST' && url.includes('$batch') ? 'lose-response' : 'pass';
    await expect(store.submit(snapshot, voteOf('ana', 0))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    faulty.decide = () => 'pass';
    expect(await store.submit(snapshot, voteOf('ana', 0))).toMatchObject({ status: 'duplicate', rev: 1 });
    expect(await direct.history(snapshot.alertKey)).toHaveLength(1);
  });

  it('finishes a consumption that broke half way', async () => {
    const table = uniqueName('feedback');
    const through = new TableFeedbackStore(
      createStorageClients({ connectionString: faulty.connectionString }).table(table),
      PATIENT,
    );
    for (let i = 0; i < 40; i++) await through.submit(snapshotOf(`c-${i}`), voteOf('ana', 0));
    const pending = await through.listPending();
    let batches = 0;
    faulty.decide = (_nth, _method, url) =>
      url.includes('$batch') && batches++ > 5 ? 'lose-response' : 'pass';
    await expect(through.consume(pending)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    faulty.decide = () => 'pass';
    await through.consume(pending);
    expect(await through.countPending()).toBe(0);
  });
});
