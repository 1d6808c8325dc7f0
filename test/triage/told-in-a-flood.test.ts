import { beforeEach, describe, expect, it } from 'vitest';
import { seededUniform } from '../support/seeded-uniform.ts';
import { sizesOf, TriageRooms } from '../support/triage-rooms.ts';

let rooms: TriageRooms;

beforeEach(() => {
  rooms = new TriageRooms();
});

const eventNames = (): string[] => rooms.events.map(([event]) => event);

describe('what one instance has counted in a flood', () => {
  it('is known to the others whole, however much there was between two ticks', async () => {
    const [one, other] = [rooms.start('a'), rooms.start('b')];
    for (const room of [one, other]) await room.share();
    const n = 6_000;
    for (let nth = 0; nth < n; nth++) rooms.predict(one, rooms.onHost('web-1', `flood ${nth}`));
    expect(sizesOf(one)).toEqual([n]);
    for (const room of [one, other]) await room.share();
    expect(sizesOf(other)).toEqual([n]);
    expect(other.isNew('0'.repeat(32))).toBe(true);
  });

  it('is kept over an outage, however long', async () => {
    const one = rooms.start('a');
    rooms.log.isAway = true;
    for (let tick = 0; tick < 3; tick++) {
      await one.share();
      expect(one.status).toBe('alone');
      for (let nth = 0; nth < 2_000; nth++) rooms.predict(one, rooms.onHost('web-1', `${tick} ${nth}`));
    }
    rooms.log.isAway = false;
    await one.share();
    expect(one.status).toBe('shared');
    expect(sizesOf(one)).toEqual([6_000]);
    const other = rooms.start('b');
    await other.share();
    expect(sizesOf(other)).toEqual([6_000]);
  });

  it('reaches them where alerts with long names stand among small ones', async () => {
    const [one, other] = [rooms.start('a'), rooms.start('b')];
    for (const room of [one, other]) await room.share();
    const uniform = seededUniform(7);
    const longName = (): string =>
      Array.from({ length: 4_000 }, () => String.fromCharCode(0x4e00 + 20_000 * uniform())).join('');
    for (let nth = 0; nth < 80; nth++) {
      const entities = Array.from({ length: 11 }, () => ({
        kind: 'cloud_resource' as const,
        value: longName(),
      }));
      rooms.predict(
        one,
        rooms.onHost('web-1', `wide ${nth}`, { entities: [{ kind: 'host', value: 'web-1' }, ...entities] }),
      );
    }
    for (let nth = 0; nth < 100; nth++) rooms.predict(one, rooms.onHost('web-1', `small ${nth}`));
    for (const room of [one, other]) await room.share();
    expect(eventNames()).not.toContain('behavior_not_shared');
    expect(sizesOf(other)).toEqual([180]);
    for (const { group } of other.incidents('acme'))
      for (const name of group.entityNames) expect(name.length).toBeLessThanOrEqual(1_024);
  });
});
