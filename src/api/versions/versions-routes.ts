import { integer, text } from '../parameters.ts';
import { BYTES, defineRoutes } from '../route.ts';
import { auditSchema, importancesSchema } from './audit.ts';
import {
  replayRequestSchema,
  retrainAcceptedSchema,
  retrainRequestSchema,
  runSchema,
  runsSchema,
} from './retrain.ts';
import {
  activationRequestSchema,
  activationSchema,
  artefactSchema,
  versionCardSchema,
  versionsSchema,
} from './versions.ts';

const model = 'classifier, anomaly or scorer';
const version = 'Semver as listed by /versions';

export const VERSIONS_ROUTES = defineRoutes({
  versions: {
    method: 'get',
    path: '/versions',
    role: 'scorer',
    summary: 'Every version of every model',
    description: 'With metrics, the decision of the gate and its reasons; newest first.',
    polled: {},
    success: { status: 200, description: 'The lineage.', schemas: [versionsSchema] },
    example: () => ({}),
  },
  versionsOfModel: {
    method: 'get',
    path: '/versions/{model}',
    role: 'scorer',
    summary: 'Every version of one model',
    description: 'As `/versions`, for one model.',
    params: { model },
    polled: {},
    success: { status: 200, description: 'The lineage of this model.', schemas: [versionsSchema] },
    problems: [404],
    example: () => ({ params: { model: 'classifier' } }),
  },
  versionCard: {
    method: 'get',
    path: '/versions/{model}/{version}/card',
    role: 'scorer',
    summary: 'The model card of a version',
    description:
      'What the version was made from and how good it is, with the decision of the gate and its reasons; as JSON with the ' +
      'card in markdown, or as a text or a page to read, whichever `Accept` likes best. Refused versions have one as well.',
    params: { model, version },
    polled: {},
    success: {
      status: 200,
      description: 'The card.',
      schemas: [versionCardSchema],
      forms: ['text/markdown', 'text/html'],
    },
    problems: [404],
    example: ({ versions }) => ({
      params: { model: 'classifier', version: versions.serving.classifier },
    }),
  },
  versionArtefact: {
    method: 'get',
    path: '/versions/{model}/{version}/artefact',
    role: 'operator',
    summary: 'The model itself',
    description:
      'The bytes that serve, as docs/model-format.md describes them, held against their digest; in base64, or as they are where ' +
      '`Accept` likes `application/octet-stream` best. Versions that nothing can bring back any more have none.',
    params: { model, version },
    polled: {},
    success: { status: 200, description: 'The bytes.', schemas: [artefactSchema], forms: [BYTES] },
    problems: [404],
    example: ({ versions }) => ({
      params: { model: 'anomaly', version: versions.serving.anomaly },
    }),
  },
  versionActivate: {
    method: 'post',
    path: '/versions/{model}/{version}/activate',
    role: 'operator',
    summary: 'Roll a model back or forward',
    description:
      'Serves this version and pins it: retrains go on, but none replaces it until `POST /versions/{model}/unpin`. ' +
      'Feedback keeps its place in the lineage.',
    params: { model, version },
    body: activationRequestSchema,
    success: { status: 200, description: 'Active.', schemas: [activationSchema] },
    problems: [404, 409],
    example: ({ versions }) => ({
      params: { model: 'classifier', version: versions.serving.classifier },
      body: { by: 'oncall', why: 'Hold it while the new log source settles.' },
    }),
  },
  versionUnpin: {
    method: 'post',
    path: '/versions/{model}/unpin',
    role: 'operator',
    summary: 'Let a model move on again',
    description: 'Releases the pin; the version goes on serving until a retrain brings a better one.',
    params: { model },
    body: activationRequestSchema,
    success: { status: 200, description: 'Unpinned.', schemas: [activationSchema] },
    problems: [404, 409],
    example: () => ({
      params: { model: 'classifier' },
      body: { by: 'oncall', why: 'The log source has settled.' },
    }),
  },
});

export const RETRAIN_ROUTES = defineRoutes({
  retrain: {
    method: 'post',
    path: '/retrain',
    role: 'operator',
    summary: 'Ask for a retrain',
    description: 'Queued; the answer names where to follow it.',
    body: retrainRequestSchema,
    success: { status: 202, description: 'Queued.', schemas: [retrainAcceptedSchema] },
    example: () => ({ body: { why: 'A new playbook is live.', by: 'oncall' } }),
  },
  retrainRuns: {
    method: 'get',
    path: '/retrain',
    role: 'scorer',
    summary: 'The log of retrains',
    description: 'Newest first.',
    polled: {},
    success: { status: 200, description: 'The runs.', schemas: [runsSchema] },
    example: () => ({}),
  },
  retrainRun: {
    method: 'get',
    path: '/retrain/{run}',
    role: 'scorer',
    summary: 'One retrain',
    description: 'With its stage and progress while it runs.',
    params: { run: 'Run id' },
    polled: {},
    success: { status: 200, description: 'The run.', schemas: [runSchema] },
    problems: [404],
    example: ({ retrain }) => ({ params: { run: retrain.run_id } }),
  },
});

/** Apart, since its example needs a judgement that stands. */
export const REPLAY_ROUTES = defineRoutes({
  retrainReplay: {
    method: 'post',
    path: '/replay',
    role: 'operator',
    summary: 'Learn again without an analyst',
    description:
      'Leaves the votes of an analyst out of this and every later training set, or lets them in again: queued as a retrain ' +
      'is, and the gate decides as always whether the result serves.',
    body: replayRequestSchema,
    success: { status: 202, description: 'Queued.', schemas: [retrainAcceptedSchema] },
    example: () => ({ body: { without: 'ana', why: 'The account was taken over.', by: 'oncall' } }),
  },
});

export const AUDIT_ROUTES = defineRoutes({
  audit: {
    method: 'get',
    path: '/audit',
    role: 'scorer',
    summary: 'What was committed to the lineage',
    description:
      'Every retrain, activation and unpin: by whom, why, what served before and after. Newest first.',
    query: {
      limit: integer(1, 200, 'Most entries to answer.', 50),
      before: text(256, 'Release id to go on below.'),
    },
    polled: {},
    success: { status: 200, description: 'The entries.', schemas: [auditSchema] },
    problems: [404],
    example: () => ({ query: { limit: '5' } }),
  },
  importances: {
    method: 'get',
    path: '/importances',
    role: 'scorer',
    summary: 'What the serving models look at',
    description: 'Importance of each column, by model.',
    polled: {},
    success: { status: 200, description: 'The importances.', schemas: [importancesSchema] },
    example: () => ({}),
  },
});
