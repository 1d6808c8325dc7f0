import { z } from 'zod';
import { createDocument, type ZodOpenApiOperationObject } from 'zod-openapi';
import type { JsonObject } from './json-document.ts';
import { withReadableNulls } from './nullable-schemas.ts';
import { PROBLEMS, problemSchema } from './problem.ts';
import recordedExamples from './recorded-examples.json' with { type: 'json' };
import { BYTES, type Route } from './route.ts';
import { problemStatuses, ROUTES } from './routes.ts';

/** A request and the answer the running service gave to it, by function name; null where it gave none but a status. */
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

export const DEFAULT_SERVER_URL = 'https://YOUR-APP.azurewebsites.net/api/v1/ml';

/**
 * The API as an OpenAPI 3.0.3 document, generated from the schemas that the handlers use. Deterministic: the same
 * build and options give the same document.
 */
export function openApiDocument(options: OpenApiOptions = {}): JsonObject {
  const { serverUrl = DEFAULT_SERVER_URL, examples = recordedExamples as RecordedExamples } = options;
  const paths: Record<string, Record<string, ZodOpenApiOperationObject>> = {};
  for (const [name, route] of Object.entries(ROUTES)) {
    paths[route.path] = {
      ...paths[route.path],
      [route.method]: describeOperation(name, route, examples[name]),
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
      contact: { name: 'Whoever runs this deployment' },
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
  return withReadableNulls(JSON.parse(JSON.stringify(document))) as JsonObject;
}

function describeOperation(
  name: string,
  route: Route,
  recorded: RecordedExchange | undefined,
): ZodOpenApiOperationObject {
  const { success } = route;
  const guarded = route.role !== 'anonymous';
  const content =
    success.status === 204
      ? undefined
      : {
          'application/json': {
            schema: anyOf(success.schemas),
            ...(recorded === undefined ? {} : { example: recorded.response }),
          },
          ...Object.fromEntries(
            (success.forms ?? []).map((type) => [
              type,
              { schema: { type: 'string', ...(type === BYTES ? { format: 'binary' } : {}) } },
            ]),
          ),
        };
  const problem = { 'application/problem+json': { schema: problemSchema } };
  const responses: Record<string, { description: string; content?: object }> = {
    [success.status]: { description: success.description, ...(content === undefined ? {} : { content }) },
  };
  if (route.polled !== undefined) responses['304'] = { description: 'As the answer with this ETag.' };
  for (const status of problemStatuses(route)) {
    responses[status] = { description: PROBLEMS[status].description, content: problem };
  }
  for (const { status, description } of route.alsoAnswers ?? []) {
    const answer = { 'application/json': { schema: anyOf(success.schemas) } };
    responses[status] = { description, content: guarded ? { ...answer, ...problem } : answer };
  }
  const parameters = parametersOf(route);
  const body = route.payload ?? (route.body === undefined ? undefined : [route.body]);
  return {
    operationId: name,
    tags: ['ml-models'],
    summary: route.summary,
    description: guarded
      ? `${route.description}\n\nRole: ${route.role}.`
      : `${route.description}\n\nOpen to anyone.`,
    ...(guarded ? {} : { security: [] }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.stream === undefined ? {} : { requestBody: streamOf(route.stream, recorded?.request) }),
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: !(route.body?.safeParse({}).success ?? false),
            content: {
              'application/json': {
                schema: anyOf(body),
                ...(recorded?.request === undefined ? {} : { example: recorded.request }),
              },
            },
          },
        }),
    responses,
  } as ZodOpenApiOperationObject;
}

/** A body of any type: JSON for the connectors that know nothing else, and bytes. */
function streamOf(description: string, example: unknown): object {
  const content = {
    'application/json': { schema: { type: 'object' }, ...(example === undefined ? {} : { example }) },
    'application/octet-stream': { schema: { type: 'string', format: 'binary' } },
  };
  return { required: true, description, content };
}

/** Path parameters in the order of the path, then those of the query, then headers. */
function parametersOf({ params = {}, query = {}, polled }: Route): JsonObject[] {
  const inPath = Object.entries(params).map(([name, description]) => ({
    name,
    in: 'path',
    required: true,
    description,
    schema: { type: 'string' },
  }));
  const inQuery = Object.entries(query).map(([name, read]) => {
    const { description = '', ...schema } = z.toJSONSchema(read, { io: 'input', target: 'openapi-3.0' });
    return { name, in: 'query', required: false, description, schema: schema as JsonObject };
  });
  const inHeader =
    polled === undefined
      ? []
      : [
          {
            name: 'If-None-Match',
            in: 'header',
            required: false,
            description: 'ETag of an earlier answer: 304 while that holds.',
            schema: { type: 'string' },
          },
        ];
  return [...inPath, ...inQuery, ...inHeader];
}

/** One schema, or any of several. */
function anyOf(schemas: readonly z.ZodType[]): z.ZodType {
  if (schemas.length === 1) return schemas[0]!;
  return z.union(schemas as [z.ZodType, z.ZodType, ...z.ZodType[]]);
}
