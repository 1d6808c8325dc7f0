import { afterAll, beforeAll, expect, it } from 'vitest';
import { generateSyntheticAlerts } from '../../src/training/synthetic/synthetic-alerts.ts';
import { runCli } from '../cli/run-cli.ts';
import type { IsolatedService } from '../support/isolated-service.ts';
import {
  Caller,
  judgeAll,
  retrainNow,
  startLearningService,
  storageOf,
} from '../support/learning-service.ts';

// A version is brought back, and what learning goes on from has gone: the answer says so, and it goes on all the same.

const PER_RUN = 6;
let service: IsolatedService;
let olga: Caller;
const alerts = generateSyntheticAlerts(3 * PER_RUN, 90);

beforeAll(async () => {
  service = await startLearningService();
  olga = new Caller(service.url);
});
afterAll(() => service?.stop());

const learn = async (nth: number) => {
  const items = alerts
    .slice(nth * PER_RUN, (nth + 1) * PER_RUN)
    .map(({ alert, disposition }) => ({ alert, disposition, analyst: 'ana' }));
  expect(await judgeAll(olga, items)).toMatchObject({ accepted: PER_RUN });
  return retrainNow(olga, { force: true, why: 'a drill' });
};

it('says what the next retrain does without, and learns all the same', { timeout: 300_000 }, async () => {
  await learn(0);
  await learn(1);
  const { models, newest } = storageOf(service);
  const activate = () => olga.post('/versions/classifier/1.1.0/activate', { why: 'a drill' });
  expect((await activate()).body).toMatchObject({ after: '1.1.0', learning: [] });

  const { record } = await newest();
  await models.remove(record.dataset.path);
  const says = expect.stringMatching(/^The newest training set is lost; .*made again/);
  expect((await activate()).body).toMatchObject({ changed: false, learning: [says] });
  const { stdout } = await runCli(['activate', 'classifier', '1.1.0', '--url', service.url, '--by', 'olga']);
  expect(stdout).toContain('The newest training set is lost');

  const run = await learn(2);
  expect(run).toMatchObject({ error: null });
  expect(run.reasons.join('\n')).toContain(`made again of the ${3 * PER_RUN} judged alerts that are kept`);
  expect((await newest()).dataset.rows).toHaveLength(3 * PER_RUN);
  expect((await activate()).body).toMatchObject({ learning: [] });
});
