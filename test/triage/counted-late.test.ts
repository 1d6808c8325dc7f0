import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../src/alert/alert.ts';
import { MemoryBehaviorLog } from '../../src/store/memory/memory-behavior-log.ts';
import { MemoryModelStore } from '../../src/store/memory/memory-model-store.ts';
import type { RuleEngine } from '../../src/triage/rules/rule-engine.ts';
import { TriageRoom } from '../../src/triage/triage-room.ts';
import { type UncountedAlert, UncountedAlerts } from '../../src/triage/uncounted-alerts.ts';
import { anAlert } from '../features/alerts.ts';

const PATHS = { snapshot: 'snapshot', before: 'before', key: 'key', lock: 'lock' };
const START = Date.UTC(2026, 0, 10);
const NO_RULES: RuleEngine = { id: 'none', evaluate: () => ({ score: null, matches: [] }) };

/** Storage whose deltas are read when it is told to go on, or never. */
class SlowLog extends MemoryBehaviorLog {
  #gate = Promise.resolve();
  #open = (): void => {};
  isAway = false;

  stop(): void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  goOn(): void {
    this.#open();
  }

  override async read(bucket: number) {
    await this.#gate;
    if (this.isAway) throw new Error('storage is away');
    return super.read(bucket);
  }
}

let nowMs: number;
let log: SlowLog;
let blobs: MemoryModelStore;
let events: [string, Readonly<Record<string, unknown>>][];
let nNoted: number;

beforeEach(() => {
  nowMs = START;
  log = new SlowLog();
  blobs = new MemoryModelStore(() => nowMs);
  events = [];
  nNoted = 0;
});

function newRoom(instanceId: string): TriageRoom {
  return new TriageRoom({
    ...{ log, blobs, paths: PATHS, instanceId, now: () => nowMs },
    ...{ withEntities: true, withBehavior: true, withCorrelation: true, withNames: true, withTitles: true },
    rules: {
      engine: () => NO_RULES,
      note: () => {
        nNoted++;
      },
    },
    onEvent: (event, details) => events.push([event, details]),
  });
}

const onHost = (host: string, id: string): Alert =>
  anAlert({
    ...{ id, tenant: 'acme', source: 'edr', rule_id: `rule ${id}`, severity: 'high', tactics: [] },
    entities: [{ kind: 'host', value: host }],
    occurred_at: new Date(nowMs).toISOString(),
  });

const keyOf = (id: string): string => createHash('md5').update(id).digest('hex');

/** Judges and remembers it as a request does. */
function predict(room: TriageRoom, alert: Alert): UncountedAlert {
  const triage = room.pipeline.run({
    ...{ alert, payload: {}, alertKey: keyOf(alert.id), nowMs, observe: room.isNew(keyOf(alert.id)) },
  });
  const scored = {
    verdictId: `verdict of ${alert.id}`,
    normalized: { alert, opened: {}, report: { fields: { occurred_at: 'time' } } },
    snapshot: { alertKey: keyOf(alert.id) },
    verdict: { disposition: 'suspicious', finalScore: 70 },
    decision: { decision: 'analyst' },
    triage,
    scoredAt: new Date(nowMs).toISOString(),
  } as unknown as UncountedAlert;
  room.noteScored(scored);
  return scored;
}

const sizesOf = (room: TriageRoom): number[] => [...room.incidents('acme')].map(({ group }) => group.nAlerts);

describe('an alert that comes while what is remembered is loading', () => {
  it('joins the alerts after it, says what was answered, and is told to the others', async () => {
    const room = newRoom('a');
    log.stop();
    const loading = room.share();
    const first = predict(room, onHost('0a1b', 'one'));
    expect(first.triage.problems).toMatchObject({ behavior: 'loading', correlation: 'loading' });
    expect(room.status).toBe('loading');
    log.goOn();
    await loading;
    const second = predict(room, onHost('0a1b', 'two'));
    expect(second.triage.facts.incident!.incident).toMatchObject({ nAlerts: 2, nRules: 2 });
    const members = [...room.incidents('acme')].flatMap(({ group }) => group.shown());
    expect(members).toHaveLength(2);
    for (const id of ['one', 'two'])
      expect(members).toContainEqual(
        expect.objectContaining({
          alertKey: keyOf(id),
          answer: expect.objectContaining({ verdictId: `verdict of ${id}` }),
        }),
      );
    expect(events).toContainEqual(['alerts_counted_late', { alerts: 1, leftOut: 0 }]);
    expect(nNoted, 'what rules found is noted once of each').toBe(2);
    await room.share();
    const other = newRoom('b');
    await other.share();
    expect(sizesOf(other)).toEqual([2]);
    expect(other.isNew(keyOf('one'))).toBe(false);
  });

  it('counts once however often it is sent, here and elsewhere', async () => {
    const other = newRoom('b');
    await other.share();
    predict(other, onHost('web-1', 'told'));
    await other.share();
    const room = newRoom('a');
    log.stop();
    const loading = room.share();
    for (const id of ['told', 'own', 'own']) predict(room, onHost('web-1', id));
    expect(room.isNew(keyOf('own'))).toBe(false);
    log.goOn();
    await loading;
    predict(room, onHost('web-1', 'own'));
    expect(sizesOf(room)).toEqual([2]);
    for (const one of [room, other, room]) await one.share();
    expect(sizesOf(other)).toEqual([2]);
  });

  it('is counted here where storage is away, and told once it is back', async () => {
    const room = newRoom('a');
    log.stop();
    log.isAway = true;
    const loading = room.share();
    predict(room, onHost('web-1', 'one'));
    log.goOn();
    await loading;
    expect(room.status).toBe('alone');
    expect(sizesOf(room)).toEqual([1]);
    // each further try to load passes over what comes meanwhile
    log.stop();
    const again = room.share();
    predict(room, onHost('web-1', 'two'));
    log.goOn();
    await again;
    expect(sizesOf(room)).toEqual([2]);
    log.isAway = false;
    await room.share();
    expect(room.status).toBe('shared');
    expect(sizesOf(room)).toEqual([2]);
    const other = newRoom('b');
    await other.share();
    expect(sizesOf(other)).toEqual([2]);
  });

  it('is counted at once where its verdict was made before and remembered after', async () => {
    const room = newRoom('a');
    const alert = onHost('web-1', 'one');
    const triage = room.pipeline.run({
      ...{ alert, payload: {}, alertKey: keyOf('one'), nowMs, observe: true },
    });
    await room.share();
    const scored = predict(room, onHost('web-1', 'two'));
    room.noteScored({
      ...scored,
      triage,
      normalized: { ...scored.normalized, alert },
      snapshot: { ...scored.snapshot, alertKey: keyOf('one') },
    });
    expect(sizesOf(room)).toEqual([2]);
  });
});

describe('UncountedAlerts', () => {
  const ofSize = (alertKey: string, opened: object): UncountedAlert =>
    ({ snapshot: { alertKey }, normalized: { opened } }) as unknown as UncountedAlert;

  it('holds each alert once, so many at most and so large, and says how many it left out', () => {
    const few = new UncountedAlerts(2, 100);
    for (const key of ['a', 'a', 'b', 'c']) few.hold(ofSize(key, {}));
    expect(few.has('b')).toBe(true);
    expect(few.has('c')).toBe(false);
    const { alerts, nLeftOut } = few.take();
    expect(alerts.map(({ snapshot }) => snapshot.alertKey)).toEqual(['a', 'b']);
    expect(nLeftOut).toBe(1);
    expect(few.take()).toEqual({ alerts: [], nLeftOut: 0 });
    few.hold(ofSize('large', { text: 'x'.repeat(95) }));
    few.hold(ofSize('small', {}));
    expect(few.take()).toMatchObject({ alerts: [{ snapshot: { alertKey: 'small' } }], nLeftOut: 1 });
  });
});
