import { describe, expect, inject, it } from 'vitest';
import { pseudonymOf } from '../../src/alert/pseudonym.ts';
import { countingInstance } from '../support/counting-instance.ts';
import { uniqueName } from '../support/storage.ts';

const MINUTE = 60_000;

/** Three instances over storage of their own, which have told each other of judged incidents. */
async function judgedFleet() {
  const clock = { nowMs: Date.UTC(2026, 0, 10) };
  const connectionString = inject('storage');
  const names = { table: uniqueName('behavior'), container: uniqueName('state') };
  const start = (instanceId: string) =>
    countingInstance({ connectionString, ...names, instanceId, now: () => clock.nowMs });
  const [a, b, cli] = [start('a'), start('b'), start('cli')];
  for (const one of [a, b]) await one.shared.tick();
  a.see(60);
  a.judge('ana@example.org');
  a.judge('ben');
  clock.nowMs += 11 * MINUTE;
  for (const one of [a, b, a]) await one.shared.tick();
  return { a, b, cli, clock, start };
}
const forgetAna = (instance: ReturnType<typeof countingInstance>, nowMs: number) =>
  instance.shared.forget({
    pseudonym: pseudonymOf('ana@example.org'),
    at: new Date(nowMs).toISOString(),
  });

describe('an analyst who is forgotten', () => {
  it('leaves the judgements of incidents on every instance, and what a later start reads', async () => {
    const { a, b, cli, clock, start } = await judgedFleet();
    expect(b.judges()).toEqual(['ana@example.org', 'ben']);
    expect(await forgetAna(cli, clock.nowMs)).toBeGreaterThan(0);
    for (const one of [a, b]) await one.shared.tick();
    for (const one of [a, b, cli]) expect(one.judges()).toEqual(['ben']);
    // no instance has run for a day: the deltas of that hour are not read any more
    clock.nowMs += 24 * 60 * MINUTE;
    const later = start('later');
    await later.shared.tick();
    expect(later.judges()).toEqual(['ben']);
    expect(later.counts().joined).toBe(a.counts().joined);
  });

  it('does not come back by a judgement that an instance tells late, or twice', async () => {
    const { a, b, cli, clock } = await judgedFleet();
    b.judge('ana@example.org');
    clock.nowMs += 1000;
    await forgetAna(cli, clock.nowMs);
    await b.shared.tick();
    await a.shared.tick();
    await cli.shared.tick();
    for (const one of [a, b, cli]) expect(one.judges()).toEqual(['ben']);
  });

  it('may judge again afterwards', async () => {
    const { a, b, cli, clock } = await judgedFleet();
    await forgetAna(cli, clock.nowMs);
    await a.shared.tick();
    clock.nowMs += 1000;
    a.judge('ana@example.org');
    await a.shared.tick();
    await b.shared.tick();
    expect(b.judges()).toEqual(['ana@example.org', 'ben']);
  });
});
