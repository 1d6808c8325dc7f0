import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, inject, it } from 'vitest';
import { countingInstance } from '../support/counting-instance.ts';
import type { CountingCommand, CountingStart } from '../support/counting-process-main.ts';
import { drawSeed } from '../support/seed.ts';
import { uniqueName } from '../support/storage.ts';

// Instances that are killed while alerts stream in: what they had told is there, what is lost is what waited to be told.

const MAIN = fileURLToPath(new URL('../support/counting-process-main.ts', import.meta.url));
const TICK_MS = 30_000;
const TICKS = 60;
const ALERTS_PER_TICK = 10;

const { uniform } = drawSeed('killed-instances', 1);
const names = { table: uniqueName('behavior'), container: uniqueName('state') };
const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});

let nowMs = Date.UTC(2026, 0, 10);
let nStarted = 0;

/** One instance after another in the same place; each is started when the one before was killed. */
class Place {
  #child: ChildProcess | undefined;
  /** Told since the last tick that was answered. */
  waiting = 0;

  async start(): Promise<void> {
    this.#child = fork(MAIN, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    children.add(this.#child);
    const instanceId = `instance-${nStarted++}`;
    await this.#ask({ connectionString: inject('storage'), ...names, instanceId });
    await this.#ask({ nowMs, tick: true });
  }

  async see(n: number): Promise<void> {
    this.waiting += n;
    await this.#ask({ nowMs, see: n });
  }

  async tick(): Promise<void> {
    await this.#ask({ nowMs, tick: true });
    this.waiting = 0;
  }

  /** In the middle of a tick, or before it. @returns alerts of which nobody knows whether they were told */
  async kill(): Promise<number> {
    const child = this.#child as ChildProcess;
    if (uniform() < 0.8) child.send({ nowMs, tick: true } satisfies CountingCommand);
    await new Promise((resolve) => setTimeout(resolve, 40 * uniform()));
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    const unsure = this.waiting;
    this.waiting = 0;
    return unsure;
  }

  async #ask(message: CountingStart | CountingCommand): Promise<void> {
    const child = this.#child as ChildProcess;
    const answered = once(child, 'message');
    child.send(message);
    const [{ problem }] = (await answered) as [{ problem: string | undefined }];
    if (problem !== undefined) throw new Error(problem);
  }
}

it('loses at most what one tick holds when every instance is killed, and goes on', async () => {
  const places = [new Place(), new Place()];
  await Promise.all(places.map((place) => place.start()));
  const killedAt = places.map(() => 5 + Math.floor(uniform() * (TICKS - 10)));
  let nSent = 0;
  let unsure = 0;
  for (let tick = 0; tick < TICKS; tick++) {
    nowMs += TICK_MS;
    for (const [at, place] of places.entries()) {
      await place.see(ALERTS_PER_TICK);
      nSent += ALERTS_PER_TICK;
      if (tick === killedAt[at]) {
        unsure += await place.kill();
        await place.start();
      } else await place.tick();
    }
  }
  const later = countingInstance({
    ...{ connectionString: inject('storage'), ...names, instanceId: 'later', now: () => nowMs },
  });
  await later.shared.tick();
  const { routine, joined } = later.counts();
  expect(later.events.filter((event) => !event.startsWith('behavior_loaded'))).toEqual([]);
  expect(routine + joined).toBeLessThanOrEqual(nSent);
  expect(routine + joined).toBeGreaterThanOrEqual(nSent - unsure);
  expect(unsure / nSent).toBeLessThanOrEqual(0.02);
  expect(joined).toBeGreaterThan(0);
});
