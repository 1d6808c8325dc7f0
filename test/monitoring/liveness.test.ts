import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { healthStatus } from '../../src/api/health/health-report.ts';
import { AlertforestError } from '../../src/errors.ts';
import type { ServingModels } from '../../src/models/serving-models.ts';
import { commandId, FleetHeartbeat } from '../../src/monitoring/fleet-heartbeat.ts';
import { FleetLiveness } from '../../src/monitoring/liveness.ts';
import { isRunning, machineId, processMark } from '../../src/monitoring/process-identity.ts';
import { MemoryFleetStore } from '../../src/store/memory/memory-fleet-store.ts';
import { ownerOf } from '../support/owner.ts';

const BEAT_MS = 30_000;

/** A fleet on one storage with a clock, whose instances may think that it is any time. */
class Fleet {
  storageMs = Date.UTC(2026, 2, 1);
  /** How far the clocks of all instances were set ahead since, or back. */
  setAheadMs = 0;
  readonly store = new MemoryFleetStore(() => this.storageMs);

  instance(instanceId: string, clockAheadMs = 0) {
    const startedAt = new Date(this.storageMs + clockAheadMs).toISOString();
    const heartbeat = new FleetHeartbeat({
      fleet: this.store,
      instanceId,
      startedAt,
      now: () => this.storageMs + this.setAheadMs + clockAheadMs,
      elapsed: () => this.storageMs,
      everyMs: BEAT_MS,
    });
    const liveness = new FleetLiveness({
      heartbeat,
      instanceId,
      startedAt,
      process: { machine: `machine-of-${instanceId}`, pid: 7 },
    });
    return { heartbeat, liveness };
  }
}

describe('FleetLiveness', () => {
  it('takes an instance elsewhere for dead after three beats of silence by the clock of storage', async () => {
    for (const clockAheadMs of [0, 86_400_000, -86_400_000]) {
      const fleet = new Fleet();
      const [asking, asked] = [fleet.instance('a', clockAheadMs), fleet.instance('b', -clockAheadMs)];
      await asked.liveness.announce();
      expect(await asking.liveness.lifeOf(asked.liveness.self)).toBe('alive');
      fleet.storageMs += 3 * BEAT_MS;
      expect(await asking.liveness.lifeOf(asked.liveness.self)).toBe('alive');
      fleet.storageMs += 1;
      expect(await asking.liveness.lifeOf(asked.liveness.self)).toBe('dead');
      await asked.heartbeat.beat({ release: 'r', versions: {} });
      expect(await asking.liveness.lifeOf(asked.liveness.self)).toBe('alive');
    }
  });

  it('takes an instance for dead that has withdrawn, or has started anew under its name', async () => {
    const fleet = new Fleet();
    const [asking, asked] = [fleet.instance('a'), fleet.instance('b')];
    await asked.liveness.announce();
    await asked.heartbeat.withdraw();
    expect(await asking.liveness.lifeOf(asked.liveness.self)).toBe('dead');
    // a beat that was under way does not bring it back
    await asked.heartbeat.beat({ release: 'r', versions: {} });
    expect(await asking.liveness.lifeOf(asked.liveness.self)).toBe('dead');
    fleet.storageMs += 1_000;
    const again = fleet.instance('b');
    await again.liveness.announce();
    expect(await asking.liveness.lifeOf(asked.liveness.self)).toBe('dead');
    expect(await asking.liveness.lifeOf(again.liveness.self)).toBe('alive');
  });

  it('knows nothing while the fleet cannot be asked', async () => {
    const away = new AlertforestError('STORE_UNAVAILABLE', 'away');
    const liveness = new FleetLiveness({
      heartbeat: { announce: async () => {}, living: () => Promise.reject(away) },
      instanceId: 'a',
      startedAt: '2026-03-01T09:00:00.000Z',
    });
    expect(await liveness.lifeOf(ownerOf('b'))).toBe('unknown');
  });

  it('asks the system for a process of its own machine, at once and whatever its last beat was', async () => {
    const fleet = new Fleet();
    const { heartbeat } = fleet.instance('a');
    const liveness = new FleetLiveness({ heartbeat, instanceId: 'a', startedAt: '2026-03-01T09:00:00.000Z' });
    expect(liveness.self).toMatchObject({ machine: machineId(), pid: process.pid });
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const owner = ownerOf('b', {
      machine: machineId(),
      pid: child.pid!,
      processMark: processMark(child.pid!),
    });
    expect(await liveness.lifeOf(owner)).toBe('alive');
    // the same id, another start: the process that is meant is gone
    expect(await liveness.lifeOf({ ...owner, processMark: '1' })).toBe(
      processMark(child.pid!) === undefined ? 'alive' : 'dead',
    );
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await liveness.lifeOf(owner)).toBe('dead');
    expect(isRunning(process.pid, processMark(process.pid))).toBe(true);
  });
});

describe('FleetHeartbeat', () => {
  it.each([
    ['ten minutes', 600_000],
    ['a day', 86_400_000],
  ])('goes on when the clock is set back by %s', async (_, backMs) => {
    const fleet = new Fleet();
    const { heartbeat } = fleet.instance('a');
    const state = { release: 'r', versions: { classifier: '1.0.0' } };
    await heartbeat.beat(state);
    fleet.setAheadMs = -backMs;
    for (let n = 0; n < 4; n++) {
      fleet.storageMs += BEAT_MS;
      await heartbeat.beat(state);
      expect((await heartbeat.living()).map(({ ageMs }) => ageMs)).toEqual([0]);
    }
  });

  it('knows a command that holds a lease, and never counts it among the instances', async () => {
    const fleet = new Fleet();
    const [instance, command] = [fleet.instance('a'), fleet.instance(commandId('b'))];
    const state = { release: 'r', versions: {} };
    await instance.heartbeat.beat(state);
    await command.heartbeat.beat({ ...state, release: 'other' });
    expect((await instance.heartbeat.living()).map(({ instanceId }) => instanceId)).toEqual(['a']);
    await command.liveness.announce();
    expect(await instance.heartbeat.living()).toHaveLength(2);
    expect(await instance.liveness.lifeOf(command.liveness.self)).toBe('alive');
    expect(await instance.heartbeat.agreement()).toMatchObject({
      instances: [{ instanceId: 'a' }],
      agree: true,
    });
  });

  it('does not skip a beat when its timer fires a moment early', async () => {
    const fleet = new Fleet();
    const { heartbeat } = fleet.instance('a');
    const state = { release: 'r', versions: { classifier: '1.0.0' } };
    await heartbeat.beat(state);
    fleet.storageMs += BEAT_MS - 20;
    await heartbeat.beat(state);
    expect((await heartbeat.living())[0]?.ageMs).toBe(0);
  });

  it('says that all agree while an instance has loaded nothing yet', async () => {
    const fleet = new Fleet();
    const [serving, loading] = [fleet.instance('a'), fleet.instance('b')];
    await serving.heartbeat.beat({ release: 'r', versions: { classifier: '1.0.0' } });
    await loading.liveness.announce();
    expect(await serving.heartbeat.agreement()).toMatchObject({ agree: true });
    await loading.heartbeat.beat({ release: 'q', versions: { classifier: '1.1.0' } });
    expect(await serving.heartbeat.agreement()).toMatchObject({ agree: false });
  });

  it('names instances whose clock is more than a minute off that of storage, in health', async () => {
    const fleet = new Fleet();
    const state = { release: 'r', versions: { classifier: '1.0.0' } };
    const instances = Object.entries({ right: 59_000, ahead: 600_000, behind: -86_400_000 });
    const beaten = instances.map(([name, aheadMs]) => fleet.instance(name, aheadMs).heartbeat);
    for (const heartbeat of beaten) await heartbeat.beat(state);
    const agreement = await beaten[0]!.agreement();
    const models = { source: 'storage' } as ServingModels;
    expect(healthStatus({ models, problem: undefined, policyProblem: undefined, fleet: agreement })).toEqual({
      status: 'degraded',
      reasons: [
        'the clock of instance ahead is 600 s ahead of that of storage',
        'the clock of instance behind is 86400 s behind that of storage',
      ],
    });
  });
});
