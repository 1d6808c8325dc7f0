import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually } from '../support/call-service.ts';
import type { IsolatedService } from '../support/isolated-service.ts';
import { Caller, judgeAll, startLearningService } from '../support/learning-service.ts';

const N = 500;

let service: IsolatedService;
let soc: Caller;

beforeAll(async () => {
  service = await startLearningService({ RETRAIN_AFTER: '100' });
  soc = new Caller(service.url);
});
afterAll(() => service?.stop());

/** A Defender alert that an analyst closed, every third of them as an attack. */
const closing = (i: number) => ({
  '@odata.type': '#microsoft.graph.security.alert',
  id: `da${String(i).padStart(36, '0')}_1`,
  title: `Encoded command line on host ${i % 40}`,
  severity: i % 3 === 0 ? 'high' : 'low',
  serviceSource: 'microsoftDefenderForEndpoint',
  detectorId: `rule-${i % 12}`,
  createdDateTime: `2026-03-${String(1 + (i % 28)).padStart(2, '0')}T10:00:00Z`,
  lastUpdateDateTime: '2026-03-29T10:00:00Z',
  status: 'resolved',
  assignedTo: 'ana@soc.example',
  classification: i % 3 === 0 ? 'truePositive' : 'falsePositive',
  determination: i % 3 === 0 ? 'malware' : 'clean',
  incidentId: String(1000 + i),
});

it('500 closings at once are stored first, start one retrain, and are all learned by it', async () => {
  const { accepted, results } = await judgeAll(
    soc,
    Array.from({ length: N }, (_, i) => closing(i)),
  );
  expect(results.filter(({ status }) => status !== 'accepted')).toEqual([]);
  expect(accepted).toBe(N);
  const runsOf = async () =>
    (await soc.get('/retrain')).body.runs.filter((run: { trigger: string }) => run.trigger !== 'bootstrap');
  await eventually(
    'the retrain that the closings start',
    async () => {
      const runs = await runsOf();
      const { pending_feedback } = (await soc.get('/health/details')).body;
      return runs.length > 0 && runs.every((run: { finished_at: string | null }) => run.finished_at !== null)
        ? pending_feedback === 0 || undefined
        : undefined;
    },
    280_000,
  );
  const runs = await runsOf();
  expect(runs).toHaveLength(1);
  expect(runs[0].error).toBeNull();
  expect(runs[0].pending).toBe(N);
});
