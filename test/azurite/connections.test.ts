import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '../support/call-service.ts';
import { type LocalTestService, startLocalService } from '../support/local-service.ts';
import {
  descriptors,
  openWild,
  residentMb,
  WILD_KINDS,
  type WildSocket,
} from '../support/wild-connections.ts';

// Many connections that do nothing, or nothing good: what they may cost, and that nothing of them is left. The bench
// `connections` opens twenty times as many.

const alert = readFileSync(new URL('../../src/api/sample-alert.json', import.meta.url));
const N_IDLE = 500;
const N = 50;
/** Two descriptors a connection: the caller's, and the one from host to functions. */
const DESCRIPTORS_EACH = 2;
/** Kept connections from host to functions, both ends; storage; files. */
const KEPT_DESCRIPTORS = 64;
/** 20 KB are usual for a connection that waits; the rest is for the heap, which grows in steps. */
const MEMORY_MB = 150;

let service: LocalTestService;
const open: WildSocket[] = [];

beforeAll(async () => {
  service = await startLocalService({
    connectionString: inject('storage'),
    env: { REQUEST_DEADLINE_SECONDS: '8', PREDICTION_LOG: 'off', HEAD_POLL_SECONDS: '3600' },
    listen: false,
  });
});
afterEach(() => {
  for (const { socket } of open.splice(0)) socket.destroy();
});
afterAll(async () => {
  await service.stop();
});

const port = (): number => Number(new URL(service.url).port);
const pid = (): number => service.pid as number;
async function openMany(kind: keyof typeof WILD_KINDS, n: number): Promise<WildSocket[]> {
  const sockets = await openWild(port(), WILD_KINDS[kind], n);
  open.push(...sockets);
  return sockets;
}
async function predictBeside(): Promise<void> {
  for (let n = 0; n < 10; n++) {
    const response = await fetch(`${service.api}/predict`, { method: 'POST', body: alert });
    expect(response.status, await response.text()).toBe(200);
  }
}

describe('connections that do nothing good', () => {
  it('cost a bounded amount of memory and descriptors, are ended, and leave nothing behind', async () => {
    await predictBeside();
    const [firstPid, before] = [pid(), { mb: residentMb(pid()), fds: descriptors(pid()) }];
    const idle = await openMany('idle', N_IDLE);
    const slow = [...(await openMany('slow', N)), ...(await openMany('endless', N))];
    const gone = [...(await openMany('aborted', N)), ...(await openMany('halfBody', N))];
    gone.push(...(await openMany('halfHead', N)), ...(await openMany('halfWhole', N)));

    await predictBeside();
    const nOpen = idle.length + slow.length + gone.length;
    expect(descriptors(pid()) - before.fds).toBeLessThan(DESCRIPTORS_EACH * nOpen + KEPT_DESCRIPTORS);
    expect(residentMb(pid()) - before.mb).toBeLessThan(MEMORY_MB);

    // what comes too slowly is answered when its time is up, and its connection is cut though the caller holds on
    await eventually('the slow ones to be ended', async () => slow.every(({ isOver }) => isOver()));
    expect(new Set(slow.map(({ answer }) => answer()))).toEqual(
      new Set(['HTTP/1.1 503 Service Unavailable']),
    );
    // whoever has half gone is let go
    await eventually('the half closed to be ended', async () => gone.every(({ isOver }) => isOver()));
    // whoever only waits is welcome
    expect(idle.filter(({ isOver }) => isOver())).toEqual([]);
    await predictBeside();

    for (const { socket } of open) socket.destroy();
    await eventually(
      'the descriptors to be given back',
      async () => descriptors(pid()) - before.fds < KEPT_DESCRIPTORS,
    );
    expect(pid()).toBe(firstPid);
  });
});
