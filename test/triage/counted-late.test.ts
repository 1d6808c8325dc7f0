import { beforeEach, describe, expect, it } from 'vitest';
import { type UncountedAlert, UncountedAlerts } from '../../src/triage/uncounted-alerts.ts';
import { keyOf, sizesOf, TriageRooms } from '../support/triage-rooms.ts';

let rooms: TriageRooms;

beforeEach(() => {
  rooms = new TriageRooms();
});

describe('an alert that comes while what is remembered is loading', () => {
  it('joins the alerts after it, says what was answered, and is told to the others', async () => {
    const room = rooms.start('a');
    rooms.log.stop();
    const loading = room.share();
    const first = rooms.predict(room, rooms.onHost('0a1b', 'one'));
    expect(first.triage.problems).toMatchObject({ behavior: 'loading', correlation: 'loading' });
    expect(room.status).toBe('loading');
    rooms.log.goOn();
    await loading;
    const second = rooms.predict(room, rooms.onHost('0a1b', 'two'));
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
    expect(rooms.events).toContainEqual(['alerts_counted_late', { alerts: 1, leftOut: 0 }]);
    expect(rooms.nNoted, 'what rules found is noted once of each').toBe(2);
    await room.share();
    const other = rooms.start('b');
    await other.share();
    expect(sizesOf(other)).toEqual([2]);
    expect(other.isNew(keyOf('one'))).toBe(false);
  });

  it('counts once however often it is sent, here and elsewhere', async () => {
    const other = rooms.start('b');
    await other.share();
    rooms.predict(other, rooms.onHost('web-1', 'told'));
    await other.share();
    const room = rooms.start('a');
    rooms.log.stop();
    const loading = room.share();
    for (const id of ['told', 'own', 'own']) rooms.predict(room, rooms.onHost('web-1', id));
    expect(room.isNew(keyOf('own'))).toBe(false);
    rooms.log.goOn();
    await loading;
    rooms.predict(room, rooms.onHost('web-1', 'own'));
    expect(sizesOf(room)).toEqual([2]);
    for (const one of [room, other, room]) await one.share();
    expect(sizesOf(other)).toEqual([2]);
  });

  it('is counted here where storage is away, and told once it is back', async () => {
    const room = rooms.start('a');
    rooms.log.stop();
    rooms.log.isAway = true;
    const loading = room.share();
    rooms.predict(room, rooms.onHost('web-1', 'one'));
    rooms.log.goOn();
    await loading;
    expect(room.status).toBe('alone');
    expect(sizesOf(room)).toEqual([1]);
    // each further try to load passes over what comes meanwhile
    rooms.log.stop();
    const again = room.share();
    rooms.predict(room, rooms.onHost('web-1', 'two'));
    rooms.log.goOn();
    await again;
    expect(sizesOf(room)).toEqual([2]);
    rooms.log.isAway = false;
    await room.share();
    expect(room.status).toBe('shared');
    expect(sizesOf(room)).toEqual([2]);
    const other = rooms.start('b');
    await other.share();
    expect(sizesOf(other)).toEqual([2]);
  });

  it('is counted at once where its verdict was made before and remembered after', async () => {
    const room = rooms.start('a');
    const scored = rooms.judge(room, rooms.onHost('web-1', 'one'));
    await room.share();
    rooms.predict(room, rooms.onHost('web-1', 'two'));
    room.noteScored(scored);
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
