import { z } from 'zod';
import { alertSchema } from '../alert/alert.ts';
import { feedbackItemSchema } from '../alert/feedback-item.ts';
import { feedbackResultSchema } from './feedback.ts';
import {
  activationRequestSchema,
  activationSchema,
  auditSchema,
  driftSchema,
  healthDetailsSchema,
  healthSchema,
  importancesSchema,
  quarantineSchema,
  retrainAcceptedSchema,
  retrainRequestSchema,
  rulingRequestSchema,
  rulingSchema,
  runSchema,
  runsSchema,
  versionCardSchema,
  versionsSchema,
} from './operations.ts';
import { policyAnswerSchema, policyRequestSchema } from './policy.ts';
import { qualityReportSchema } from './quality.ts';
import { batchResultSchema, verdictSchema } from './verdict.ts';

/** One parameter in the query or the path. */
export interface ApiParameter {
  readonly name: string;
  readonly in: 'query' | 'path';
  readonly description: string;
  readonly type: 'string' | 'integer';
}

/** One operation as callers see it; `name` is the name of the function that answers. */
export interface ApiOperation {
  readonly name: string;
  readonly method: 'get' | 'post' | 'put';
  /** Below `/api/v1/ml`, with `{parameters}`. */
  readonly path: string;
  readonly role: 'anonymous' | 'scorer' | 'analyst' | 'operator';
  readonly summary: string;
  readonly description: string;
  readonly parameters?: readonly ApiParameter[];
  /** What the body may be. The first form is the one that a Swagger 2.0 caller sees. */
  readonly body?: readonly z.ZodType[];
  readonly bodyRequired?: boolean;
  readonly success: {
    readonly status: 200 | 202;
    readonly description: string;
    /** What the answer may be; the first form is the one that a Swagger 2.0 caller sees. */
    readonly schemas: readonly z.ZodType[];
  };
  /** Statuses of problem answers besides 401, 403, 500 and 503, which every guarded route has. */
  readonly problems?: readonly number[];
  /** Other statuses that carry the same answer as success, such as 503 of an unhealthy service. */
  readonly alsoAnswers?: readonly { readonly status: number; readonly description: string }[];
}

const jsonObject = z.record(z.string(), z.unknown());

export const alertPayloadSchema = jsonObject.meta({
  id: 'AlertPayload',
  description: 'One alert as its vendor wrote it, or in the canonical form of the schema Alert.',
});

export const alertBatchSchema = z
  .object({ alerts: z.array(jsonObject).min(1) })
  .meta({ id: 'AlertBatch', description: 'Up to MAX_BATCH_ALERTS alerts, formats mixed as they come.' });

export const closedRecordSchema = jsonObject.meta({
  id: 'ClosedRecord',
  description: 'A closed incident or alert as its vendor wrote it; its classification is the judgement.',
});

const version: ApiParameter = {
  name: 'version',
  in: 'path',
  description: 'Semver as listed by /versions',
  type: 'string',
};

const model: ApiParameter = {
  name: 'model',
  in: 'path',
  description: 'classifier, anomaly or scorer',
  type: 'string',
};

const unhealthy = { status: 503, description: 'The same report, from a service that cannot score.' };

/** Every HTTP operation of the service that is described by a schema. */
export const API_OPERATIONS: readonly ApiOperation[] = [
  {
    name: 'predict',
    method: 'post',
    path: '/predict',
    role: 'scorer',
    summary: 'Score an alert',
    description:
      'One alert gives a verdict. `{"alerts": [...]}` gives one result per alert, where a bad alert carries an ' +
      'error and leaves its neighbours alone. Scoring the same alert again is harmless.',
    parameters: [
      {
        name: 'explain',
        in: 'query',
        description: 'Adds the top N contributions to the final score; a batch explains at most 20 alerts.',
        type: 'integer',
      },
      {
        name: 'debug',
        in: 'query',
        description: '`mapping` adds where each canonical field was read from.',
        type: 'string',
      },
    ],
    body: [alertPayloadSchema, alertSchema, alertBatchSchema],
    bodyRequired: true,
    success: { status: 200, description: 'Scored.', schemas: [verdictSchema, batchResultSchema] },
    problems: [400, 413],
  },
  {
    name: 'feedback',
    method: 'post',
    path: '/feedback',
    role: 'analyst',
    summary: 'Say what an alert turned out to be',
    description:
      'Takes one judgement, an array of judgements, or a closed vendor record. Stored before the answer. The same ' +
      'judgement by the same analyst again is a duplicate and changes nothing.',
    body: [feedbackItemSchema, z.array(feedbackItemSchema), closedRecordSchema],
    bodyRequired: true,
    success: { status: 200, description: 'Stored.', schemas: [feedbackResultSchema] },
    problems: [400, 404, 409, 413, 429],
  },
  {
    name: 'health',
    method: 'get',
    path: '/health',
    role: 'anonymous',
    summary: 'Whether the service can score',
    description: 'Says nothing but the status, so that anyone may ask.',
    success: { status: 200, description: 'It scores, perhaps from a local copy.', schemas: [healthSchema] },
    alsoAnswers: [unhealthy],
  },
  {
    name: 'healthDetails',
    method: 'get',
    path: '/health/details',
    role: 'scorer',
    summary: 'Health with its reasons',
    description:
      'Models and versions loaded, latency, pending feedback, scheduler, storage, drift, instances.',
    success: { status: 200, description: 'The report.', schemas: [healthDetailsSchema] },
    alsoAnswers: [unhealthy],
  },
  {
    name: 'versions',
    method: 'get',
    path: '/versions',
    role: 'scorer',
    summary: 'Every version of every model',
    description: 'With metrics, the decision of the gate and its reasons; newest first.',
    success: { status: 200, description: 'The lineage.', schemas: [versionsSchema] },
  },
  {
    name: 'versionsOfModel',
    method: 'get',
    path: '/versions/{model}',
    role: 'scorer',
    summary: 'Every version of one model',
    description: 'As `/versions`, for one model.',
    parameters: [model],
    success: { status: 200, description: 'The lineage of this model.', schemas: [versionsSchema] },
    problems: [404],
  },
  {
    name: 'versionCard',
    method: 'get',
    path: '/versions/{model}/{version}/card',
    role: 'scorer',
    summary: 'The model card of a version',
    description:
      'What the version was made from and how good it is, as markdown, with the decision of the gate and its reasons. ' +
      'Refused versions have one as well.',
    parameters: [model, version],
    success: { status: 200, description: 'The card.', schemas: [versionCardSchema] },
    problems: [404],
  },
  {
    name: 'versionActivate',
    method: 'post',
    path: '/versions/{model}/{version}/activate',
    role: 'operator',
    summary: 'Roll a model back or forward',
    description:
      'Serves this version and pins it until it is unpinned. Feedback keeps its place in the lineage.',
    parameters: [model, version],
    body: [activationRequestSchema],
    success: { status: 200, description: 'Active.', schemas: [activationSchema] },
    problems: [400, 404, 409],
  },
  {
    name: 'versionUnpin',
    method: 'post',
    path: '/versions/{model}/unpin',
    role: 'operator',
    summary: 'Let a model move on again',
    description: 'Releases the pin; the newest promoted version serves.',
    parameters: [model],
    body: [activationRequestSchema],
    success: { status: 200, description: 'Unpinned.', schemas: [activationSchema] },
    problems: [400, 404, 409],
  },
  {
    name: 'retrain',
    method: 'post',
    path: '/retrain',
    role: 'operator',
    summary: 'Ask for a retrain',
    description: 'Queued; the answer names where to follow it.',
    body: [retrainRequestSchema],
    success: { status: 202, description: 'Queued.', schemas: [retrainAcceptedSchema] },
    problems: [400],
  },
  {
    name: 'retrainRuns',
    method: 'get',
    path: '/retrain',
    role: 'scorer',
    summary: 'The log of retrains',
    description: 'Newest first.',
    success: { status: 200, description: 'The runs.', schemas: [runsSchema] },
  },
  {
    name: 'retrainRun',
    method: 'get',
    path: '/retrain/{run}',
    role: 'scorer',
    summary: 'One retrain',
    description: 'With its stage and progress while it runs.',
    parameters: [{ name: 'run', in: 'path', description: 'Run id', type: 'string' }],
    success: { status: 200, description: 'The run.', schemas: [runSchema] },
    problems: [404],
  },
  {
    name: 'audit',
    method: 'get',
    path: '/audit',
    role: 'scorer',
    summary: 'What was committed to the lineage',
    description:
      'Every retrain, activation and unpin: by whom, why, what served before and after. Newest first.',
    parameters: [
      { name: 'limit', in: 'query', description: 'Most entries to answer.', type: 'integer' },
      { name: 'before', in: 'query', description: 'Release id to go on below.', type: 'string' },
    ],
    success: { status: 200, description: 'The entries.', schemas: [auditSchema] },
    problems: [400, 404],
  },
  {
    name: 'importances',
    method: 'get',
    path: '/importances',
    role: 'scorer',
    summary: 'What the serving models look at',
    description: 'Importance of each column, by model.',
    success: { status: 200, description: 'The importances.', schemas: [importancesSchema] },
  },
  {
    name: 'drift',
    method: 'get',
    path: '/drift',
    role: 'scorer',
    summary: 'Whether alerts still look like those learned from',
    description: 'Compares what is scored now with what was scored before, per column and output.',
    success: { status: 200, description: 'The comparison.', schemas: [driftSchema] },
  },
  {
    name: 'quality',
    method: 'post',
    path: '/quality',
    role: 'scorer',
    summary: 'How good the data of many alerts is',
    description: 'Reads alerts as predict would, scores nothing, stores nothing.',
    body: [alertBatchSchema, z.array(jsonObject), alertPayloadSchema],
    bodyRequired: true,
    success: { status: 200, description: 'The report.', schemas: [qualityReportSchema] },
    problems: [400, 413],
  },
  {
    name: 'policy',
    method: 'get',
    path: '/policy',
    role: 'operator',
    summary: 'The policy in force',
    description: 'Costs, error rate of the conformal sets, audit share, critical cases.',
    success: { status: 200, description: 'The policy.', schemas: [policyAnswerSchema] },
  },
  {
    name: 'policyPut',
    method: 'put',
    path: '/policy',
    role: 'operator',
    summary: 'Change the policy, or try a change',
    description:
      'With `dry_run` nothing is stored and the answer shows what would change on held-out alerts.',
    parameters: [{ name: 'dry_run', in: 'query', description: 'Present: only preview.', type: 'string' }],
    body: [policyRequestSchema],
    bodyRequired: true,
    success: { status: 200, description: 'Stored, or previewed.', schemas: [policyAnswerSchema] },
    problems: [400, 409, 413],
  },
  {
    name: 'quarantine',
    method: 'get',
    path: '/quarantine',
    role: 'operator',
    summary: 'Judgements that the guards hold back',
    description: 'They are consumed but left out of the fit until an operator has confirmed them.',
    success: { status: 200, description: 'What is held.', schemas: [quarantineSchema] },
  },
  {
    name: 'quarantineRule',
    method: 'post',
    path: '/quarantine/{alertKey}',
    role: 'operator',
    summary: 'Confirm or reject a judgement held back',
    description: 'Counts at the next retrain.',
    parameters: [{ name: 'alertKey', in: 'path', description: '32 hex digits', type: 'string' }],
    body: [rulingRequestSchema],
    bodyRequired: true,
    success: { status: 200, description: 'Ruled.', schemas: [rulingSchema] },
    problems: [400, 404, 409],
  },
];
