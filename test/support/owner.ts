import type { Life, Liveness, Owner } from '../../src/store/owner.ts';

/** A process on a machine of its own. */
export const ownerOf = (instanceId: string, overrides: Partial<Owner> = {}): Owner => ({
  instanceId,
  startedAt: '2026-03-01T09:00:00.000Z',
  machine: `machine-of-${instanceId}`,
  pid: 1,
  processMark: '100',
  ...overrides,
});

/** A liveness that knows of others what `lives` says. */
export const livenessOf = (instanceId: string, lives: ReadonlyMap<string, Life>): Liveness => ({
  self: ownerOf(instanceId),
  announce: async () => {},
  lifeOf: async (owner) => lives.get(owner.instanceId) ?? 'unknown',
});
