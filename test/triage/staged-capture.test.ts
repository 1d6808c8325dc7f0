import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Alert } from '../../src/alert/alert.ts';
import { type Pieces, StagedCapture } from '../../src/triage/staged-capture.ts';
import { readSnapshot, snapshotOf } from '../../src/triage/state/snapshot.ts';
import { encodeState } from '../../src/triage/state/state-format.ts';
import { createTriage } from '../../src/triage/triage.ts';
import { anAlert } from '../features/alerts.ts';
import { fc } from '../support/fast-check.ts';

describe('StagedCapture', () => {
  it('holds every part as it was at the beginning, in whatever order they change meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.nat(5), { maxLength: 3 }), { maxLength: 12 }),
        async (changes) => {
          const parts = Array.from({ length: 6 }, (_, key) => ({ key, left: 0, right: 0 }));
          const capture = new StagedCapture<{ readonly left: number; readonly right: number }>();
          function* pieces(
            part: (typeof parts)[number],
          ): Pieces<{ readonly left: number; readonly right: number }> {
            yield { left: part.left };
            yield { right: part.right };
          }
          capture.begin(parts.map((part) => [part.key, pieces(part)]));
          let isDone = false;
          const finished = capture.finish().finally(() => {
            isDone = true;
          });
          for (const turn of changes) {
            for (const key of turn) {
              if (isDone) break;
              capture.before(key);
              parts[key]!.left++;
              parts[key]!.right++;
            }
            await nextTurn();
          }
          expect(await finished).toEqual(parts.map(({ key }) => [key, { left: 0, right: 0 }]));
        },
      ),
    );
  });
});

describe('a snapshot', () => {
  const KEY = new Uint8Array(32);
  const START = Date.UTC(2026, 0, 10);

  it('is of the moment it was begun, while alerts of all tenants go on coming in', async () => {
    const triage = createTriage({ key: KEY });
    let n = 0;
    const see = (): void => {
      const changes: Partial<Alert> = {
        ...{ id: String(n), tenant: `t${n % 3}`, source: 'edr', rule_id: `r${n % 11}` },
        severity: n % 2 === 0 ? 'high' : 'low',
        entities: [{ kind: 'host', value: `h${n % 7}.contoso.com` }],
        occurred_at: new Date(START + n * 1_000).toISOString(),
      };
      const alert = anAlert(changes);
      const nowMs = START + n++ * 1_000;
      triage.pipeline.run({ alert, payload: undefined, alertKey: alert.id, nowMs, observe: true });
    };
    const head = { writtenAtMs: START, applied: [] };
    for (let i = 0; i < 200; i++) see();
    const still = await encodeState(await snapshotOf(head, triage));
    const taking = snapshotOf(head, triage);
    let nSeenMeanwhile = 0;
    let isTaken = false;
    const taken = taking.finally(() => {
      isTaken = true;
    });
    while (!isTaken) {
      see();
      nSeenMeanwhile++;
      await nextTurn();
    }
    expect(nSeenMeanwhile).toBeGreaterThan(2);
    const bytes = await encodeState(await taken);
    expect(bytes.equals(still)).toBe(true);
    expect((await readSnapshot(bytes)).behavior).toHaveLength(3);
    // and what came in meanwhile is there
    expect((await encodeState(await snapshotOf(head, triage))).equals(still)).toBe(false);
  });
});
