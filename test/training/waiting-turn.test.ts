import { describe, expect, it } from 'vitest';
import { type OperationsDeps, OperationsService } from '../../src/api/operations-service.ts';
import { RETRAIN_LOCK_BLOB } from '../../src/store/names.ts';
import type { RetrainRequest } from '../../src/store/retrain-queue.ts';
import { Lineage } from '../../src/training/releases/lineage.ts';
import { WaitingTurn } from '../../src/training/runs/waiting-turn.ts';
import { World } from './world.ts';

const MINUTE_MS = 60_000;

/** The queue of a service of several instances, with delays by the clock of the world. */
class Queue {
  messages: RetrainRequest[] = [];
  readonly world: World;

  constructor(world: World) {
    this.world = world;
  }

  instance(): OperationsService {
    const process = this.world.process();
    return new OperationsService({
      ...process,
      retraining: process,
      lineage: new Lineage(process.models),
      queue: { send: async (request: RetrainRequest) => void this.messages.push(request) },
      turn: new WaitingTurn(process),
      refresh: async () => {},
    } as unknown as OperationsDeps);
  }

  request(): RetrainRequest {
    return { reason: 'enough', at: new Date(this.world.nowMs).toISOString() };
  }

  /** Every message that waits is taken by an instance of its own, half a minute later. */
  async turn(): Promise<unknown[]> {
    this.world.nowMs += MINUTE_MS / 2;
    const taken = this.messages;
    this.messages = [];
    const states: unknown[] = [];
    for (const message of taken) states.push((await this.instance().retrainRequested(message))['state']);
    return states;
  }
}

describe('requests that ask for the same retrain', () => {
  it('are one that waits, while another retrain is under way, and one is done', async () => {
    const world = await new World().start();
    await world.judge(120);
    const queue = new Queue(world);
    let lease = await world.stores.models.acquireLease(RETRAIN_LOCK_BLOB, 60);
    for (let n = 0; n < 20; n++) {
      // each of three instances asks again twice a minute
      for (let instance = 0; instance < 3; instance++) queue.messages.push(queue.request());
      expect(new Set(await queue.turn())).toEqual(new Set(['busy']));
      expect(queue.messages).toHaveLength(1);
      expect(await lease!.renew()).toBe(true);
    }
    await lease!.release();
    expect(await queue.turn()).toEqual(['promoted']);
    expect(queue.messages).toEqual([]);
    // the next one that meets a retrain waits again
    lease = await world.stores.models.acquireLease(RETRAIN_LOCK_BLOB, 60);
    queue.messages.push(queue.request());
    await queue.turn();
    expect(queue.messages).toHaveLength(1);
    await lease!.release();
  });

  it('are not lost with the message of the one that waited for them', async () => {
    const world = await new World().start();
    const queue = new Queue(world);
    const lease = await world.stores.models.acquireLease(RETRAIN_LOCK_BLOB, 60);
    queue.messages.push(queue.request());
    await queue.turn();
    queue.messages = [];
    for (let n = 0; n < 11; n++) {
      expect(await lease!.renew()).toBe(true);
      queue.messages.push(queue.request());
      await queue.turn();
    }
    expect(queue.messages).toHaveLength(1);
  });

  it('are each done where an operator waits for its outcome', async () => {
    const world = await new World().start();
    const queue = new Queue(world);
    const lease = await world.stores.models.acquireLease(RETRAIN_LOCK_BLOB, 60);
    queue.messages.push({ ...queue.request(), runId: 'a' }, { ...queue.request(), runId: 'b' });
    await queue.turn();
    expect(queue.messages.map(({ runId }) => runId)).toEqual(['a', 'b']);
    await lease!.release();
    await world.judge(3);
    expect(await queue.turn()).toEqual(['promoted', 'below']);
  });
});
