import { describe, expect, it } from 'vitest';
import type { AlertSnapshot } from '../../src/alert/snapshot.ts';
import type { FeedbackSample, FeedbackStore, QuarantineRuling } from '../../src/store/feedback-store.ts';
import { minute, snapshotOf, voteOf } from './judged-alerts.ts';

export interface FeedbackStoreHarness {
  /** A store over an empty place of its own, and a second client of the same place. */
  open(): Promise<{ store: FeedbackStore; other: FeedbackStore }>;
}

const confirm: QuarantineRuling = { action: 'confirm', by: 'operator', why: 'checked', at: minute(9) };

async function samplesOf(store: FeedbackStore): Promise<FeedbackSample[]> {
  const samples: FeedbackSample[] = [];
  for await (const sample of store.samples()) samples.push(sample);
  return samples;
}

const byKey = (a: { alertKey: string }, b: { alertKey: string }): number =>
  a.alertKey < b.alertKey ? -1 : 1;

/** What every {@link FeedbackStore} does. */
export function feedbackStoreContract(name: string, { open }: FeedbackStoreHarness): void {
  describe(`${name} as a feedback store`, () => {
    it('is empty before the first vote', async () => {
      const { store } = await open();
      const { alertKey } = snapshotOf('a-1');
      expect(await store.get(alertKey)).toBeUndefined();
      expect(await store.findByAlertId('a-1')).toEqual([]);
      expect(await store.countPending()).toBe(0);
      expect(await store.listPending()).toEqual([]);
      expect(await samplesOf(store)).toEqual([]);
      expect(await store.history(alertKey)).toEqual([]);
      expect(await store.rule(alertKey, confirm)).toBeUndefined();
      await store.consume([{ alertKey, rev: 3 }]);
    });

    it('gives the judged alerts by key, and from any key on', async () => {
      const { store, other } = await open();
      const snapshots = Array.from({ length: 40 }, (_, i) => snapshotOf(`o-${i}`));
      for (const snapshot of snapshots) await store.submit(snapshot, voteOf('ana', 'benign'));
      const keys = snapshots.map(({ alertKey }) => alertKey).sort();
      for (const at of [-1, 0, 7, 39]) {
        const found: string[] = [];
        for await (const { snapshot } of other.samples(keys[at])) found.push(snapshot.alertKey);
        expect(found).toEqual(keys.slice(at + 1));
      }
    });

    it('forgets an analyst: nothing of theirs teaches, and a pseudonym stands in the history', async () => {
      const { store, other } = await open();
      const [alone, shared, record] = ['f-1', 'f-2', 'f-3'].map((id) => snapshotOf(id)) as [
        AlertSnapshot,
        AlertSnapshot,
        AlertSnapshot,
      ];
      await store.submit(alone, voteOf('ana', 'benign', { comment: 'known job of Ana' }));
      await store.submit(shared, voteOf('ana', 'benign'));
      await store.submit(shared, voteOf('ben', 'suspicious', { at: minute(1) }));
      const closed = {
        state: {
          id: record.alertKey,
          of: 'alert' as const,
          at: minute(0),
          isClosed: true,
          disposition: 'benign' as const,
          analyst: 'ana',
          verified: false,
          receivedAt: minute(1),
        },
        isDated: true,
      };
      await store.take(record.alertKey, closed, async () => ({ snapshot: record, seen: { choice: 'sent' } }));
      await store.consume(await store.listPending());
      const incident = snapshotOf('f-4').alertKey;
      const group = incident;
      const judged = {
        id: incident,
        group,
        state: { ...closed.state, id: incident },
        members: [alone.alertKey],
      };
      await store.noteIncident({ ...judged, absorbed: [], owners: ['ana', 'ben'] });

      expect(await store.forget('ana', 'forgotten-1')).toBe(3);
      // an alert that turns out to belong to the incident must not take its judgement back
      const kept = await other.incident(incident);
      expect(kept).toMatchObject({ state: { analyst: 'forgotten-1' }, owners: ['ben', 'forgotten-1'] });
      expect(kept?.state?.disposition).toBeUndefined();
      expect(await other.get(alone.alertKey)).toBeUndefined();
      expect(await other.get(record.alertKey)).toBeUndefined();
      expect((await other.get(shared.alertKey))?.votes.map(({ analyst }) => analyst)).toEqual(['ben']);
      // what a release has learned is pending again, so that the next one is without it
      expect((await other.listPending()).map(({ alertKey }) => alertKey).sort()).toEqual(
        [alone, shared, record].map(({ alertKey }) => alertKey).sort(),
      );
      for (const { alertKey } of [alone, shared, record]) {
        const text = JSON.stringify([await other.history(alertKey), await other.standing(alertKey)]);
        expect(text).toContain('forgotten-1');
        expect(text).not.toMatch(/"ana"|of Ana/);
      }
      expect(await store.forget('ana', 'forgotten-1')).toBe(0);
    });

    it('takes back the vote of an analyst alone, with an entry in the history', async () => {
      const { store, other } = await open();
      const snapshot = snapshotOf('w-1');
      const { alertKey } = snapshot;
      const withdrawal = { analyst: 'ana', verified: false, at: minute(2) };
      expect(await store.withdraw(alertKey, withdrawal)).toBeUndefined();
      await store.submit(snapshot, voteOf('ana', 'benign'));
      await store.submit(snapshot, voteOf('ben', 'true_positive', { at: minute(1), verified: true }));
      await store.consume(await store.listPending());

      expect(await store.withdraw(alertKey, withdrawal)).toMatchObject({ status: 'withdrawn' });
      expect((await other.get(alertKey))?.votes.map(({ analyst }) => analyst)).toEqual(['ben']);
      expect((await other.history(alertKey)).at(-1)).toMatchObject({ entry: 3, vote: undefined, withdrawal });
      expect(await other.withdraw(alertKey, withdrawal)).toMatchObject({ status: 'duplicate' });
      // a claimed name takes back nothing that was proven
      const claimed = { ...withdrawal, analyst: 'ben' };
      expect(await store.withdraw(alertKey, claimed)).toMatchObject({ status: 'duplicate', pending: false });

      const proven = await store.withdraw(alertKey, { ...claimed, verified: true });
      expect(proven).toMatchObject({ status: 'withdrawn', pending: true });
      expect(await other.get(alertKey)).toBeUndefined();
      expect((await other.listPending()).map((marker) => marker.alertKey)).toEqual([alertKey]);
      await store.forget('ben', 'forgotten-1');
      expect(JSON.stringify(await other.history(alertKey))).not.toContain('"ben"');
    });

    it('keeps snapshot and vote exactly', async () => {
      const { store, other } = await open();
      const ruleHits = [{ id: 'cr-"quoted"' }, { id: 'lo', half: true } as const];
      const snapshot = snapshotOf('a-1', { tenant: "O'Brien & Söhne", ruleHits });
      const vote = voteOf('ana', 'true_positive', {
        risk_score: 87.5,
        comment: '𝔘nicode ✓ "quoted"',
        verified: true,
      });
      expect(await store.submit(snapshot, vote)).toEqual({
        status: 'accepted',
        alertKey: snapshot.alertKey,
        rev: 1,
        pending: true,
      });
      const sample = await other.get(snapshot.alertKey);
      expect(sample).toEqual({
        snapshot,
        seen: { choice: 'sent' },
        votes: [vote],
        effective: { disposition: 'true_positive', riskScore: 87.5, agreement: 1, judgedAt: minute(0) },
        rev: 1,
        ruling: undefined,
      });
      expect(sample?.snapshot.columns[3]).toBeNaN();
      expect(await samplesOf(other)).toEqual([sample]);
    });

    it('writes nothing for the same word of the same analyst, whatever its time and comment', async () => {
      const { store, other } = await open();
      const snapshot = snapshotOf('a-1');
      await store.submit(snapshot, voteOf('ana', 'benign', { risk_score: 5 }));
      const again = voteOf('ana', 'benign', { risk_score: 5, at: minute(5), comment: 'as I said' });
      expect(await other.submit(snapshot, again)).toEqual({
        status: 'duplicate',
        alertKey: snapshot.alertKey,
        rev: 1,
        pending: false,
      });
      expect((await store.get(snapshot.alertKey))?.votes).toEqual([
        voteOf('ana', 'benign', { risk_score: 5 }),
      ]);
      expect(await store.history(snapshot.alertKey)).toHaveLength(1);
    });

    it('counts a changed vote as revised, with a new marker and the older word in the history', async () => {
      const { store } = await open();
      const snapshot = snapshotOf('a-1');
      const first = voteOf('ana', 'benign');
      const second = voteOf('ana', 'true_positive', { at: minute(1) });
      await store.submit(snapshot, first);
      expect(await store.submit(snapshot, second)).toMatchObject({
        status: 'revised',
        rev: 2,
        pending: true,
      });
      expect((await store.get(snapshot.alertKey))?.votes).toEqual([second]);
      expect(await store.countPending()).toBe(1);
      expect(await store.listPending()).toEqual([{ alertKey: snapshot.alertKey, rev: 2 }]);
      expect(await store.history(snapshot.alertKey)).toEqual([
        { alertKey: snapshot.alertKey, entry: 1, at: minute(0), vote: first, ruling: undefined },
        { alertKey: snapshot.alertKey, entry: 2, at: minute(1), vote: second, ruling: undefined },
      ]);
    });

    it('counts the alerts that follow the judgement of one incident as one, until one is judged alone', async () => {
      const { store } = await open();
      const ids = ['a-1', 'a-2', 'a-3', 'a-4'];
      for (const id of ids) await store.submit(snapshotOf(id), voteOf('ana', 'benign', { whole: 'g-1' }));
      await store.submit(snapshotOf('b-1'), voteOf('ana', 'benign', { whole: 'g-2' }));
      await store.submit(snapshotOf('c-1'), voteOf('ana', 'benign'));
      expect(await store.countPending()).toBe(3);
      expect(await store.summarizePending()).toMatchObject({ count: 3 });
      expect(await store.listPending()).toHaveLength(6);
      await store.submit(snapshotOf('a-4'), voteOf('ben', 'true_positive', { at: minute(1) }));
      expect(await store.countPending()).toBe(4);
      await store.consume(await store.listPending());
      expect(await store.countPending()).toBe(0);
      for (const id of ids.slice(0, 3)) {
        const withdrawal = { analyst: 'ana', verified: false, at: minute(2) };
        expect(await store.withdraw(snapshotOf(id).alertKey, withdrawal)).toMatchObject({ pending: true });
      }
      expect(await store.countPending()).toBe(1);
    });

    it('leaves no marker for a vote that changes neither label nor weight, but remembers it', async () => {
      const { store } = await open();
      const snapshot = snapshotOf('a-1');
      await store.submit(snapshot, voteOf('ana', 'benign'));
      await store.consume(await store.listPending());
      expect(await store.submit(snapshot, voteOf('ben', 'benign', { at: minute(1) }))).toMatchObject({
        status: 'accepted',
        rev: 1,
        pending: false,
      });
      expect(await store.countPending()).toBe(0);
      expect(await store.history(snapshot.alertKey)).toHaveLength(2);
      expect(await store.submit(snapshot, voteOf('cem', 'suspicious', { at: minute(2) }))).toMatchObject({
        status: 'accepted',
        rev: 2,
        pending: true,
      });
      expect((await store.get(snapshot.alertKey))?.effective).toMatchObject({
        disposition: 'benign',
        agreement: 2 / 3,
      });
      expect(
        await store.submit(snapshot, voteOf('dee', 'benign', { at: minute(3), risk_score: 9 })),
      ).toMatchObject({
        status: 'accepted',
        rev: 3,
        pending: true,
      });
    });

    it('orders votes by their time and gives a tie to the latest', async () => {
      const { store } = await open();
      const snapshot = snapshotOf('a-1');
      await store.submit(snapshot, voteOf('late', 'suspicious', { at: minute(8) }));
      await store.submit(snapshot, voteOf('early', 'benign', { at: minute(2) }));
      const sample = await store.get(snapshot.alertKey);
      expect(sample?.votes.map(({ analyst }) => analyst)).toEqual(['early', 'late']);
      expect(sample?.effective.disposition).toBe('suspicious');
    });

    it('keeps the snapshot and the group of the first write', async () => {
      const { store } = await open();
      const snapshot = snapshotOf('a-1');
      await store.submit(snapshot, voteOf('ana', 'benign'));
      const moved = snapshotOf('a-1', { group: 'f'.repeat(32), columns: new Float32Array(90) });
      await store.submit(moved, voteOf('ben', 'true_positive', { at: minute(1) }));
      expect((await store.get(snapshot.alertKey))?.snapshot).toEqual(snapshot);
    });

    it('moves what was said under the key of an earlier build, once, and takes what is sent there', async () => {
      const { store, other } = await open();
      const former = snapshotOf('m-1', { source: 'old' });
      const to = {
        alertKey: snapshotOf('m-1', { source: 'new' }).alertKey,
        alertId: 'm-1',
        source: 'new',
        tenant: undefined,
      };
      expect(await store.move(former.alertKey, to, minute(1))).toBe(false);
      await store.submit(former, voteOf('ana', 'benign'));
      await store.rule(former.alertKey, confirm);
      await store.consume(await store.listPending());

      const moves = [store.move(former.alertKey, to, minute(2)), other.move(former.alertKey, to, minute(2))];
      expect(await Promise.all(moves)).toEqual([true, true]);
      expect(await other.move(former.alertKey, to, minute(3))).toBe(true);
      const [only, ...rest] = await samplesOf(other);
      expect(rest).toEqual([]);
      expect(only).toMatchObject({
        snapshot: { alertKey: to.alertKey, source: 'new', formerKey: former.alertKey, group: former.group },
        votes: [{ analyst: 'ana', disposition: 'benign' }],
        ruling: confirm,
      });
      // the next training set has to hold it under the new key
      expect((await store.listPending()).map(({ alertKey }) => alertKey)).toEqual([to.alertKey]);
      expect(await store.get(former.alertKey)).toEqual(only);
      expect(await store.findByAlertId('m-1')).toEqual([
        {
          alertKey: to.alertKey,
          alertId: 'm-1',
          source: 'new',
          tenant: undefined,
          formerKey: former.alertKey,
        },
      ]);
      expect(await other.submit(former, voteOf('ben', 'benign', { at: minute(4) }))).toMatchObject({
        status: 'accepted',
        alertKey: to.alertKey,
      });
      expect((await store.get(to.alertKey))?.votes).toHaveLength(2);
      expect((await store.history(to.alertKey)).map(({ moved }) => moved)).toEqual([
        { from: former.alertKey },
        undefined,
      ]);
      expect((await store.history(former.alertKey)).at(-1)?.moved).toEqual({ to: to.alertKey });
    });

    it('joins what was said under both keys: the later vote of each analyst', async () => {
      const { store, other } = await open();
      const former = snapshotOf('j-1', { source: 'old' });
      const now = snapshotOf('j-1', { source: 'new' });
      await store.submit(former, voteOf('ana', 'benign'));
      await store.submit(former, voteOf('ben', 'benign', { at: minute(5) }));
      await store.submit(now, voteOf('ana', 'suspicious', { at: minute(1) }));
      await store.submit(now, voteOf('ben', 'suspicious', { at: minute(2) }));
      expect(await store.move(former.alertKey, now, minute(6))).toBe(true);
      const samples = await samplesOf(other);
      expect(samples).toHaveLength(1);
      expect(samples[0]?.votes.map(({ analyst, disposition }) => `${analyst} ${disposition}`)).toEqual([
        'ana suspicious',
        'ben benign',
      ]);
    });

    it('finds alerts by the id of the vendor, across tenants and sources', async () => {
      const { store } = await open();
      const here = snapshotOf('1', { tenant: 'north' });
      const there = snapshotOf('1', { tenant: 'south' });
      const elsewhere = snapshotOf('1', { source: 'wazuh' });
      for (const snapshot of [here, there, elsewhere, snapshotOf('12'), snapshotOf("1' or 1 eq 1")]) {
        await store.submit(snapshot, voteOf('ana', 'benign'));
      }
      const expected = [here, there, elsewhere].map(({ alertKey, alertId, tenant, source }) => ({
        alertKey,
        alertId,
        tenant,
        source,
      }));
      expect([...(await store.findByAlertId('1'))].sort(byKey)).toEqual(expected.sort(byKey));
      expect(await store.findByAlertId("1' or 1 eq 1")).toHaveLength(1);
      expect(await store.findByAlertId('2')).toEqual([]);
    });

    it('records rulings with a marker, and the same ruling once', async () => {
      const { store } = await open();
      const snapshot = snapshotOf('a-1');
      await store.submit(snapshot, voteOf('ana', 'benign'));
      expect(await store.rule(snapshot.alertKey, confirm)).toMatchObject({
        status: 'accepted',
        rev: 2,
        pending: true,
      });
      expect(await store.rule(snapshot.alertKey, { ...confirm, at: minute(10) })).toMatchObject({
        status: 'duplicate',
        rev: 2,
        pending: false,
      });
      const reject: QuarantineRuling = { action: 'reject', by: 'operator', why: undefined, at: minute(11) };
      expect(await store.rule(snapshot.alertKey, reject)).toMatchObject({
        status: 'revised',
        rev: 3,
        pending: true,
      });
      expect((await store.get(snapshot.alertKey))?.ruling).toEqual(reject);
      await store.submit(snapshot, voteOf('ben', 'true_positive', { at: minute(12) }));
      expect((await store.get(snapshot.alertKey))?.ruling).toEqual(reject);
      expect((await store.history(snapshot.alertKey)).map(({ ruling }) => ruling)).toEqual([
        undefined,
        confirm,
        reject,
        undefined,
      ]);
    });

    it('says since when the oldest judgement waits', async () => {
      const { store, other } = await open();
      expect(await store.summarizePending()).toEqual({ count: 0, oldestAt: undefined });
      const startedAtMs = Date.now();
      // Table Storage keeps times to 100 ns, this clock to a millisecond.
      const [first, second] = [snapshotOf('a-1'), snapshotOf('a-2')];
      await store.submit(first, voteOf('ana', 'benign'));
      await new Promise((resolve) => setTimeout(resolve, 20));
      const secondAtMs = Date.now();
      await store.submit(second, voteOf('ana', 'benign'));
      await store.submit(first, voteOf('ana', 'suspicious'));
      const both = await other.summarizePending();
      expect(both.count).toBe(2);
      expect(Date.parse(both.oldestAt ?? '')).toBeGreaterThanOrEqual(startedAtMs - 1);
      expect(Date.parse(both.oldestAt ?? '')).toBeLessThan(secondAtMs);
      await store.consume([{ alertKey: first.alertKey, rev: 2 }]);
      const left = await other.summarizePending();
      expect(left.count).toBe(1);
      expect(Date.parse(left.oldestAt ?? '')).toBeGreaterThanOrEqual(secondAtMs - 1);
    });

    it('consumes markers up to a revision and leaves newer ones', async () => {
      const { store, other } = await open();
      const snapshot = snapshotOf('a-1');
      await store.submit(snapshot, voteOf('ana', 0));
      await store.submit(snapshot, voteOf('ana', 1, { at: minute(1) }));
      const seen = await store.listPending();
      await other.submit(snapshot, voteOf('ana', 2, { at: minute(2) }));
      await store.consume(seen);
      await store.consume(seen);
      expect(await store.listPending()).toEqual([{ alertKey: snapshot.alertKey, rev: 3 }]);
      await other.consume([
        { alertKey: snapshot.alertKey, rev: 1 },
        { alertKey: snapshot.alertKey, rev: 9 },
      ]);
      expect(await store.countPending()).toBe(0);
    });

    it('gives one acceptance to 16 callers with the same vote, and exact counts to 16 with their own', async () => {
      const { store, other } = await open();
      const snapshot = snapshotOf('a-1');
      const same = await Promise.all(
        Array.from({ length: 16 }, (_, i) =>
          (i % 2 ? store : other).submit(snapshot, voteOf('ana', 'benign')),
        ),
      );
      expect(same.filter(({ status }) => status === 'accepted')).toHaveLength(1);
      expect(same.filter(({ status }) => status === 'duplicate')).toHaveLength(15);
      const own = await Promise.all(
        Array.from({ length: 16 }, (_, i) =>
          (i % 2 ? store : other).submit(snapshot, voteOf(`analyst ${i}`, i, { at: minute(i) })),
        ),
      );
      expect(own.every(({ status }) => status === 'accepted')).toBe(true);
      const sample = await store.get(snapshot.alertKey);
      expect(sample?.votes).toHaveLength(17);
      expect(await store.history(snapshot.alertKey)).toHaveLength(17);
      expect(await store.listPending()).toEqual([{ alertKey: snapshot.alertKey, rev: sample?.rev }]);
    });

    it('says clearly when an alert can hold no more votes, and still takes revisions', async () => {
      const { store } = await open();
      const snapshot = snapshotOf('a-1');
      for (let i = 0; i < 100; i++)
        await store.submit(snapshot, voteOf(`analyst ${i}`, 0, { at: minute(i) }));
      await expect(store.submit(snapshot, voteOf('one more', 0))).rejects.toMatchObject({
        code: 'FEEDBACK_INVALID',
        message: expect.stringContaining('most votes it can hold (100'),
      });
      expect(await store.submit(snapshot, voteOf('analyst 7', 1, { at: minute(200) }))).toMatchObject({
        status: 'revised',
      });
      expect((await store.get(snapshot.alertKey))?.votes).toHaveLength(100);
    });

    it('refuses a key that is no key', async () => {
      const { store } = await open();
      await expect(store.get('../x')).rejects.toThrow('Expected `alertKey` to be 32 hex digits');
      await expect(store.submit(snapshotOf('a', { alertKey: 'ABC' }), voteOf('ana', 0))).rejects.toThrow(
        'Expected `alertKey`',
      );
    });
  });
}
