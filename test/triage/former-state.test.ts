import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Alert, alertKey } from '../../src/alert/alert.ts';
import { MemoryBehaviorLog } from '../../src/store/memory/memory-behavior-log.ts';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import { TriageRoom, type TriageRoomOptions } from '../../src/triage/triage-room.ts';

/**
 * The state that the build of the morning of 30 November 2026 (52b027e, snapshots of version 1) wrote after three days of
 * the story in two tenants, hosts of one by their full names: key, snapshot, deltas of the last hour; and what it then said
 * of twelve alerts, one of an announced rule and one of an unknown one among them.
 */
interface Stored {
  readonly written_at_ms: number;
  readonly paths: TriageRoomOptions['paths'];
  readonly blobs: Readonly<Record<string, string>>;
  readonly deltas: readonly {
    readonly bucket: number;
    readonly instance: string;
    readonly seq: number;
    readonly bytes: string;
  }[];
  readonly probes: readonly {
    readonly alert: Alert;
    /** An infinity is written as null. */
    readonly behavior: Readonly<Record<string, number | null>>;
    readonly notable: boolean;
  }[];
  readonly incidents: readonly {
    readonly tenant: string;
    readonly id: string;
    readonly nAlerts: number;
    readonly rules: number;
    readonly rawScore: number;
    readonly judged: string | null;
    readonly members: number;
  }[];
}

const file = new URL('../fixtures/storage/state-of-november.json.gz', import.meta.url);
const stored: Stored = JSON.parse(gunzipSync(readFileSync(file)).toString());
// The former build kept one snapshot.
const PATHS = { ...stored.paths, before: 'behavior/snapshot-before.bin' };
const MINUTE_MS = 60_000;

describe('what a former build remembered', () => {
  let nowMs = stored.written_at_ms + MINUTE_MS;
  let log = new MemoryBehaviorLog();
  let blobs = new MemoryModelStore(() => nowMs);
  let events: string[] = [];

  beforeEach(async () => {
    nowMs = stored.written_at_ms + MINUTE_MS;
    log = new MemoryBehaviorLog();
    blobs = new MemoryModelStore(() => nowMs);
    events = [];
    for (const [path, bytes] of Object.entries(stored.blobs))
      await blobs.create(path, Uint8Array.from(Buffer.from(bytes, 'base64')));
    for (const { bucket, instance, seq, bytes } of stored.deltas)
      await log.append(bucket, { instance, seq, bytes: Buffer.from(bytes, 'base64') });
  });

  async function started(instanceId: string): Promise<TriageRoom> {
    const room = new TriageRoom({
      ...{ log, blobs, paths: PATHS, rules: undefined, instanceId, now: () => nowMs },
      ...{ withEntities: true, withBehavior: true, withCorrelation: true, withNames: true, withTitles: true },
      onEvent: (event) => events.push(event),
    });
    await room.share();
    return room;
  }

  const factsOf = (room: TriageRoom, alert: Alert, observe: boolean) => {
    const atMs = Date.parse(alert.occurred_at);
    return room.pipeline.run({ alert, payload: undefined, alertKey: alertKey(alert), nowMs: atMs, observe })
      .facts;
  };
  const incidentsOf = (room: TriageRoom): unknown[] =>
    ['acme', 'north']
      .flatMap((tenant) =>
        [...room.incidents(tenant)].map(({ group }) => ({
          tenant,
          id: group.id,
          nAlerts: group.nAlerts,
          rules: group.rules.size,
          rawScore: group.rawScore(),
          judged: group.judged?.disposition ?? null,
          members: group.shown().length,
        })),
      )
      .sort((a, b) => (a.id < b.id ? -1 : 1));

  function expectTakenOver(room: TriageRoom): void {
    expect(room.status).toBe('shared');
    expect(events).toEqual(events.map(() => 'behavior_loaded'));
    expect(stored.probes).toHaveLength(12);
    for (const { alert, behavior, notable } of stored.probes) {
      const facts = factsOf(room, alert, false);
      for (const [name, value] of Object.entries(behavior)) {
        const now = facts.behavior![name as keyof typeof facts.behavior] as number;
        expect(Number.isFinite(now) ? now : null, `${name} of ${alert.id}`).toEqual(
          value === null ? null : expect.closeTo(value, 6),
        );
      }
      expect(facts.incident!.notable).toBe(notable);
    }
    expect(incidentsOf(room)).toEqual(
      stored.incidents.map((one) => ({ ...one, rawScore: expect.closeTo(one.rawScore, 9) })),
    );
  }

  it('is taken over: counts, announcements, incidents and their judgements, with what was told since', async () => {
    expect(stored.incidents.some(({ judged }) => judged === 'true_positive')).toBe(true);
    expect(stored.deltas.length).toBeGreaterThan(2);
    expectTakenOver(await started('new'));
  });

  it('is written down in the form of this build, and restored from it with what came in meanwhile', async () => {
    const room = await started('new');
    const [{ alert }] = stored.probes as [Stored['probes'][number]];
    for (let n = 0; n < 3; n++) factsOf(room, { ...alert, id: `since-${n}`, severity: 'high' }, true);
    nowMs += 11 * MINUTE_MS;
    await room.share();
    const former = stored.blobs[stored.paths.snapshot]!;
    const { bytes } = (await blobs.read(stored.paths.snapshot))!;
    expect(Buffer.from(bytes).toString('base64')).not.toBe(former);
    const next = await started('next');
    expect(incidentsOf(next)).toEqual(incidentsOf(room));
    const seen = (of: TriageRoom) => {
      const { behavior, profile, incident } = factsOf(of, alert, false);
      return { behavior, profile, incident };
    };
    expect(seen(next)).toEqual(seen(room));
    // what the former build did not keep begins with this one
    const counted = (of: TriageRoom) => [...of.rollUps(undefined)].map((item) => item.nAlerts);
    expect(counted(next)).toEqual(counted(room));
  });
});
