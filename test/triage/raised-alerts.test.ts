import { beforeEach, expect, it } from 'vitest';
import type { TriageRoom } from '../../src/triage/triage-room.ts';
import { sizesOf, TriageRooms } from '../support/triage-rooms.ts';

let rooms: TriageRooms;

beforeEach(() => {
  rooms = new TriageRooms();
});

it('an alert whose severity the vendor raises joins an incident when it stands out, once, on every instance', async () => {
  const [one, other] = [rooms.start('a'), rooms.start('b')];
  for (const room of [one, other]) await room.share();
  const sent = (severity: 'low' | 'high') => rooms.onHost('web-1', 'raised', { severity });
  expect(rooms.predict(one, sent('low')).triage.facts.incident).toMatchObject({ notable: false });
  expect(sizesOf(one)).toEqual([]);
  for (let time = 0; time < 2; time++) {
    const { incident } = rooms.predict(one, sent('high')).triage.facts;
    expect(incident).toMatchObject({ notable: true, incident: { nAlerts: 1 } });
  }
  expect(sizesOf(one)).toEqual([1]);
  for (const room of [one, other]) await room.share();
  expect(sizesOf(other)).toEqual([1]);
  // counted there too: nothing of it is new
  rooms.predict(other, sent('high'));
  for (const room of [other, one]) await room.share();
  for (const room of [one, other]) expect(sizesOf(room)).toEqual([1]);
  const { incident } = rooms.predict(one, rooms.onHost('web-1', 'another')).triage.facts;
  expect(incident).toMatchObject({ incident: { nAlerts: 2 } });
});

it('an alert of an incident that is sent again says more by its new entities and severity, and counts once', async () => {
  const [one, other] = [rooms.start('a'), rooms.start('b')];
  for (const room of [one, other]) await room.share();
  const [web, db] = ['web-1', 'db-1'].map((value) => ({ kind: 'host' as const, value }));
  rooms.predict(one, rooms.onHost('web-1', 'grows', { severity: 'medium' }));
  const scoreOf = (room: TriageRoom): number[] =>
    [...room.incidents('acme')].map(({ group }) => group.rawScore());
  const [before] = scoreOf(one);
  await one.share();
  const grown = rooms.onHost('web-1', 'grows', {
    severity: 'critical',
    entities: [web!, db!],
    tactics: ['TA0008'],
  });
  for (let time = 0; time < 3; time++) rooms.predict(one, grown);
  expect(sizesOf(one)).toEqual([1]);
  expect(scoreOf(one)[0]).toBeGreaterThan(before!);
  for (const room of [one, other]) await room.share();
  expect(sizesOf(other)).toEqual([1]);
  expect(scoreOf(other)).toEqual(scoreOf(one));
  // an alert on what it named later alone is of the same incident
  const { incident } = rooms.predict(other, rooms.onHost('db-1', 'on the other')).triage.facts;
  expect(incident).toMatchObject({ incident: { nAlerts: 2, tactics: ['TA0008'] } });
});

it('an alert of a large incident that is sent again does not count again, shown or not', async () => {
  const room = rooms.start('a');
  await room.share();
  const n = 400;
  for (let time = 0; time < 2; time++)
    for (let nth = 0; nth < n; nth++) rooms.predict(room, rooms.onHost('web-1', `one of many ${nth}`));
  expect(sizesOf(room)).toEqual([n]);
});
