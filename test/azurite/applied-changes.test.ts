import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { CRITICAL_CASES_BLOB, HEAD_BLOB, POLICY_POINTER_BLOB } from '../../src/store/names.ts';
import { FaultyInstance } from '../support/faults/instance.ts';
import { Ledger } from '../support/faults/ledger.ts';
import { OPERATIONS, tell } from '../support/faults/operations.ts';
import { ownAccount } from '../support/own-account.ts';

// A change is one conditional write. Once storage has done it, the caller is told so, whatever fails from then on; where
// nobody can say whether it was done, asking again says it, and makes no second version.

/** Operation -> the blob whose move is the change. */
const COMMITS = {
  policy: POLICY_POINTER_BLOB,
  cases: CRITICAL_CASES_BLOB,
  activate: HEAD_BLOB,
  unpin: HEAD_BLOB,
} as const;
const OPERATION_NAMES = Object.keys(COMMITS) as (keyof typeof COMMITS)[];

let instance: FaultyInstance;
let ledger: Ledger;

beforeAll(async () => {
  const storage = ownAccount();
  ledger = new Ledger(storage);
  // what fails here answers at once: a busy machine is no outage
  instance = await FaultyInstance.start(storage, { env: { STORAGE_TIMEOUT_SECONDS: '20' } });
  for (const name of ['first start', 'retrain', 'policy', 'cases'] as const)
    await (await OPERATIONS[name](instance, ledger)).ask(instance);
});
afterAll(async () => {
  await instance?.stop();
});

const isCommit = (operation: keyof typeof COMMITS) => (method: string, path: string) =>
  method === 'PUT' && path.includes(`/${COMMITS[operation]}`);

/** Storage is away for everything from a moment on, until it is mended. */
function outage(): { begin: () => void; mend: () => void } {
  let isAway = false;
  const end = instance.proxy.break({
    matches: () => isAway,
    times: Number.POSITIVE_INFINITY,
    fault: { kind: 'status', status: 503, code: 'ServerBusy' },
  });
  onTestFinished(() => void end());
  return {
    begin: () => {
      isAway = true;
    },
    mend: () => {
      isAway = false;
    },
  };
}

/** How many versions of everything there are. */
async function versionsOf(): Promise<{ policy: number; cases: number; releases: number }> {
  const { app } = instance;
  const { document, critical_cases } = await app.policy.document();
  const { entries } = await app.operations.audit(200, undefined);
  return { policy: document.seq, cases: critical_cases?.seq ?? 0, releases: entries.length };
}

const OF: Readonly<Record<keyof typeof COMMITS, keyof Awaited<ReturnType<typeof versionsOf>>>> = {
  policy: 'policy',
  cases: 'cases',
  activate: 'releases',
  unpin: 'releases',
};

describe.each(OPERATION_NAMES)('%s', (name) => {
  /** One more version than before of what it changes, and of nothing else. */
  const oneMore = (before: Awaited<ReturnType<typeof versionsOf>>) => ({
    ...before,
    [OF[name]]: before[OF[name]] + 1,
  });

  it('is answered as done where the answer of storage was lost', async () => {
    const request = await OPERATIONS[name](instance, ledger);
    const before = await versionsOf();
    const end = instance.proxy.break({ matches: isCommit(name), fault: { kind: 'lost-answer' } });
    onTestFinished(() => void end());
    expect(await tell(request, instance)).toMatchObject({ status: 200 });
    expect(await versionsOf()).toEqual(oneMore(before));
    expect(await ledger.broken()).toEqual([]);
  });

  it('is answered as done where nothing can be read or written after it', async () => {
    const request = await OPERATIONS[name](instance, ledger);
    const before = await versionsOf();
    const { begin, mend } = outage();
    const end = instance.proxy.break({
      matches: isCommit(name),
      fault: { kind: 'act', when: 'after', act: begin },
    });
    onTestFinished(() => void end());
    expect(await tell(request, instance)).toMatchObject({ status: 200 });
    mend();
    expect(await versionsOf()).toEqual(oneMore(before));
    expect(await ledger.broken()).toEqual([]);
  });

  it('is done once where nobody could say whether it was, and it is asked for again', async () => {
    const request = await OPERATIONS[name](instance, ledger);
    const before = await versionsOf();
    const { begin, mend } = outage();
    // done, and neither the answer nor anything after it arrives
    let nSeen = 0;
    const ends = [
      instance.proxy.break({
        matches: (method, path) => {
          if (!isCommit(name)(method, path)) return false;
          if (nSeen++ === 0) setImmediate(begin);
          return true;
        },
        fault: { kind: 'lost-answer' },
      }),
    ];
    onTestFinished(() => {
      for (const end of ends) end();
    });
    expect(await tell(request, instance)).toMatchObject({ status: 503 });
    mend();
    expect(await tell(request, instance)).toMatchObject({ status: 200 });
    expect(await versionsOf()).toEqual(oneMore(before));
    expect(await ledger.broken()).toEqual([]);
  });
});
