import { expect, it } from 'vitest';
import { type OperationsDeps, OperationsService } from '../../src/api/operations-service.ts';
import { AlertforestError } from '../../src/errors.ts';
import type { ModelStore } from '../../src/store/model-store.ts';
import { Lineage } from '../../src/training/releases/lineage.ts';
import { retrain } from '../../src/training/runs/retrain.ts';
import { World } from '../training/world.ts';

const order = { model: 'classifier', version: '1.0.0', by: 'olga', why: 'a drill' };

it('answers an activation that is in force as that, though the instances cannot be asked', async () => {
  const world = await new World().start();
  await world.judge(60);
  await retrain(world.process(), { trigger: 'timer' });
  const process = world.process();
  const lineage = new Lineage(process.models);
  // nor can what the next retrain learns from
  const models: Pick<ModelStore, 'read'> = {
    read: async () => {
      throw new AlertforestError('STORE_UNAVAILABLE', 'Cannot read a training set.');
    },
  };
  const operations = new OperationsService({
    ...process,
    lineage,
    activation: { ...process, lineage },
    retraining: { models },
    living: async () => {
      throw new AlertforestError('STORE_UNAVAILABLE', 'Cannot read the fleet.');
    },
    elapsed: process.now,
    refresh: async () => {},
    servedHere: () => ({ classifier: '1.0.0', anomaly: '1.1.0', scorer: '1.1.0' }),
  } as unknown as OperationsDeps);
  const answer = {
    changed: true,
    after: '1.0.0',
    instances_confirmed: null,
    served_here: { classifier: '1.0.0', anomaly: '1.1.0', scorer: '1.1.0' },
    learning: ['What the next retrain learns from could not be looked at: Cannot read a training set.'],
  };
  expect(await operations.activate(order)).toMatchObject({ ...answer, before: '1.1.0' });
  expect(await operations.unpin(order)).toMatchObject({ ...answer, pinned: false });
});
