import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject } from 'zod-openapi';
import { API_OPERATIONS, type ApiOperation } from './api-operations.ts';
import recordedExamples from './recorded-examples.json' with { type: 'json' };
import { problemSchema } from './verdict.ts';

/** A request and the answer the running service gave to it, by function name. */
export interface RecordedExchange {
  readonly request?: unknown;
  readonly response: unknown;
}
export type RecordedExamples = Readonly<Record<string, RecordedExchange>>;

export interface OpenApiOptions {
  /** Address of the service up to and with `/api/v1/ml`. @default an app name to be replaced */
  readonly serverUrl?: string;
  /** Only ever what the running service answered; an operation without a recording shows none. @default the recordings of this build */
  readonly examples?: RecordedExamples;
}

export type JsonValue = null | boolean | number | string | JsonValue[] | { [name: string]: JsonValue };
export type JsonObject = { [name: string]: JsonValue };

export const DEFAULT_SERVER_URL = 'https://YOUR-APP.azurewebsites.net/api/v1/ml';

const PROBLEM_TITLES: Readonly<Record<number, string>> = {
  400: 'The input does not fit; `issues` names the paths.',
  401: 'No key, or nobody signed in.',
  403: 'Signed in, but without the app role of this route.',
  404: 'Not known here.',
  409: 'The request does not fit the state of the service; the problem says how.',
  413: 'More bytes or alerts than the settings allow.',
  429: 'Too many judgements a minute; see Retry-After.',
  500: 'The service failed; its log has the request id.',
  503: 'Storage or models are away; see Retry-After.',
};

/**
 * The API as an OpenAPI 3.0.3 document, generated from the schemas that the handlers use. Deterministic: the same
 * build and options give the same document.
 */
export function openApiDocument(options: OpenApiOptions = {}): JsonObject {
  const { serverUrl = DEFAULT_SERVER_URL, examples = recordedExamples as RecordedExamples } = options;
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const operation of API_OPERATIONS) {
    paths[operation.path] = {
      ...paths[operation.path],
      [operation.method]: describeOperation(operation, examples[operation.name]),
    };
  }
  const document = createDocument({
    openapi: '3.0.3',
    info: {
      title: 'Alertforest',
      version: '1.0.0',
      description:
        'Scores security alerts with three forests that learn from analysts. Errors are ' +
        'application/problem+json with a code; every answer carries x-request-id.',
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    servers: [{ url: serverUrl }],
    tags: [{ name: 'ml-models', description: 'Scoring, feedback and the life of the models.' }],
    security: [{ functionKey: [] }, { entra: [] }],
    paths,
    components: {
      securitySchemes: {
        functionKey: {
          type: 'apiKey',
          in: 'header',
          name: 'x-functions-key',
          description: 'Key of this caller on this function, where AUTH_MODE is key.',
        },
        entra: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Entra access token with the app role of the route, where AUTH_MODE is entra.',
        },
      },
    },
  });
  return JSON.parse(JSON.stringify(document)) as JsonObject;
}

function describeOperation(
  operation: ApiOperation,
  recorded: RecordedExchange | undefined,
): ZodOpenApiOperationObject {
  const { success } = operation;
  const guarded = operation.role !== 'anonymous';
  const content = {
    'application/json': {
      schema: anyOf(success.schemas),
      ...(recorded === undefined ? {} : { example: recorded.response }),
    },
  };
  const problem = { 'application/problem+json': { schema: problemSchema } };
  const responses: Record<string, { description: string; content: object }> = {
    [success.status]: { description: success.description, content },
  };
  for (const status of [...(operation.problems ?? []), ...(guarded ? [401, 403, 500, 503] : [])]) {
    responses[status] = { description: PROBLEM_TITLES[status] ?? 'Problem.', content: problem };
  }
  for (const { status, description } of operation.alsoAnswers ?? []) {
    const answer = { 'application/json': { schema: anyOf(success.schemas) } };
    responses[status] = { description, content: guarded ? { ...answer, ...problem } : answer };
  }
  return {
    operationId: operation.name,
    tags: ['ml-models'],
    summary: operation.summary,
    description: guarded
      ? `${operation.description}\n\nRole: ${operation.role}.`
      : `${operation.description}\n\nOpen to anyone.`,
    ...(guarded ? {} : { security: [] }),
    ...(operation.parameters === undefined
      ? {}
      : {
          parameters: operation.parameters.map((parameter) => ({
            name: parameter.name,
            in: parameter.in,
            required: parameter.in === 'path',
            description: parameter.description,
            schema: { type: parameter.type },
          })),
        }),
    ...(operation.body === undefined
      ? {}
      : {
          requestBody: {
            required: operation.bodyRequired ?? false,
            content: {
              'application/json': {
                schema: anyOf(operation.body),
                ...(recorded?.request === undefined ? {} : { example: recorded.request }),
              },
            },
          },
        }),
    responses,
  } as ZodOpenApiOperationObject;
}

/** One schema, or any of several. */
function anyOf(schemas: readonly z.ZodType[]): z.ZodType {
  if (schemas.length === 1) return schemas[0]!;
  return z.union(schemas as [z.ZodType, z.ZodType, ...z.ZodType[]]);
}
