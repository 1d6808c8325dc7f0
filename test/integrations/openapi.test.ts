import { readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { JsonObject } from '../../src/api/json-document.ts';
import { DEFAULT_SERVER_URL, openApiDocument } from '../../src/api/openapi.ts';
import recordedExamples from '../../src/api/recorded-examples.json' with { type: 'json' };
import { ALL_ROUTES, ROUTES } from '../../src/api/routes.ts';
import { swagger2Document } from '../../src/api/swagger2.ts';
import { captureRegistrations, type Registrations } from '../infra/registrations.ts';

const committed = (name: string): JsonObject =>
  JSON.parse(readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8')) as JsonObject;

const validate = async (document: JsonObject) => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document));
  return { version: validator.version, valid, errors };
};

/** Every object inside `value`, itself included. */
function* objectsIn(value: unknown): Generator<Record<string, unknown>> {
  if (value === null || typeof value !== 'object') return;
  if (!Array.isArray(value)) yield value as Record<string, unknown>;
  for (const child of Object.values(value)) yield* objectsIn(child);
}

describe('the OpenAPI document', () => {
  const document = openApiDocument();

  it('is valid OpenAPI 3.0', async () => {
    expect(await validate(document)).toMatchObject({ version: '3.0', valid: true });
  });

  it('is refused by the validator once it is broken', async () => {
    const broken = structuredClone(document) as { paths: Record<string, { post: { responses: unknown } }> };
    broken.paths['/predict']!.post.responses = 'none';
    expect((await validate(broken as unknown as JsonObject)).valid).toBe(false);
  });

  it('equals the committed file', () => {
    expect(committed('openapi.json')).toEqual(document);
  });

  it('gives every operation a unique id, a summary and a description of each answer', () => {
    const ids = Object.values(ROUTES).map(({ method, path }) => `${method} ${path}`);
    expect(new Set(ids).size).toBe(ids.length);
    for (const path of Object.values(document['paths'] as Record<string, Record<string, JsonObject>>)) {
      for (const operation of Object.values(path)) {
        expect(operation['summary']).toMatch(/\w/);
        for (const response of Object.values(operation['responses'] as Record<string, JsonObject>)) {
          expect(response['description']).toMatch(/\w/);
        }
      }
    }
  });

  it('takes the server address it is told', () => {
    expect(openApiDocument({ serverUrl: 'https://api.example/api/v1/ml' })['servers']).toEqual([
      { url: 'https://api.example/api/v1/ml' },
    ]);
  });

  it('resolves every reference', () => {
    const schemas = (document['components'] as { schemas: Record<string, unknown> }).schemas;
    const references = [...objectsIn(document)].flatMap((each) =>
      typeof each['$ref'] === 'string' ? [each['$ref'].replace('#/components/schemas/', '')] : [],
    );
    expect(references.length).toBeGreaterThan(20);
    expect(references.filter((name) => !(name in schemas))).toEqual([]);
  });

  it('shows an example only where the service has given that answer', () => {
    const given = { predict: { request: { id: 'a' }, response: { alert_id: 'a' } } };
    const withExamples = openApiDocument({ examples: given });
    const examples = [...objectsIn(withExamples)].flatMap((each) =>
      'example' in each ? [each['example']] : [],
    );
    expect(examples).toEqual([given.predict.request, given.predict.response]);
    expect([...objectsIn(openApiDocument({ examples: {} }))].some((each) => 'example' in each)).toBe(false);
  });
});

describe('the examples', () => {
  const recorded = recordedExamples as Record<string, { request?: unknown; response: unknown }>;

  it('are recorded for every operation and fit its schemas', () => {
    expect(Object.keys(recorded).sort()).toEqual(Object.keys(ROUTES).sort());
    for (const [name, { body, payload, stream, success }] of Object.entries(ROUTES)) {
      const { request, response } = recorded[name]!;
      const answers = success.status === 204 ? [z.null()] : success.schemas;
      expect(answers.some((schema) => schema.safeParse(response).success)).toBe(true);
      const forms = payload ?? [stream === undefined ? (body ?? z.undefined()) : z.unknown()];
      expect(forms.some((schema) => schema.safeParse(request).success)).toBe(true);
    }
  });

  it('stand in the document that is served', () => {
    const shown = [...objectsIn(openApiDocument())].filter((each) => 'example' in each);
    const requests = Object.values(recorded).filter(({ request }) => request !== undefined);
    const answers = Object.values(recorded).filter(({ response }) => response !== null);
    expect(shown.length).toBe(answers.length + requests.length);
  });
});

describe('the Swagger 2.0 document', () => {
  const openApi = openApiDocument();
  const document = swagger2Document(openApi);

  it('is valid Swagger 2.0, below the 1 MB that a custom connector takes', async () => {
    expect(await validate(document)).toMatchObject({ version: '2.0', valid: true });
    expect(JSON.stringify(document).length).toBeLessThan(1_000_000);
  });

  it('equals the committed file', () => {
    expect(committed('openapi-2.0.json')).toEqual(document);
  });

  it('holds nothing that 2.0 does not know', () => {
    for (const each of objectsIn(document['definitions'])) {
      expect(Object.keys(each)).not.toContain('nullable');
      expect(Object.keys(each)).not.toContain('anyOf');
      expect(Object.keys(each)).not.toContain('oneOf');
      expect(Array.isArray(each['type'])).toBe(false);
    }
    expect(JSON.stringify(document)).not.toContain('#/components/');
  });

  it('has the same operations as the 3.0 document', () => {
    const ids = (of: JsonObject): string[] =>
      [...objectsIn(of['paths'])].flatMap((each) =>
        typeof each['operationId'] === 'string' ? [each['operationId']] : [],
      );
    expect(ids(document)).toEqual(ids(openApi));
  });

  it('splits the address into host and base path', () => {
    const url = new URL(DEFAULT_SERVER_URL);
    expect([document['host'], document['basePath'], document['schemes']]).toEqual([
      url.host,
      '/api/v1/ml',
      ['https'],
    ]);
  });

  it('keeps a recorded answer as the example of its media type', () => {
    const given = { health: { response: { status: 'ok' } } };
    const converted = swagger2Document(openApiDocument({ examples: given })) as unknown as {
      paths: Record<string, { get: { responses: Record<string, { examples?: unknown }> } }>;
    };
    expect(converted.paths['/health']!.get.responses['200']!.examples).toEqual({
      'application/json': { status: 'ok' },
    });
  });
});

describe('the operations', () => {
  let registered: Registrations;
  beforeAll(async () => {
    registered = await captureRegistrations();
  });

  it('are exactly the HTTP functions that are registered, with their methods and paths', () => {
    const fromCode = registered.routes.flatMap(({ name, methods, path }) =>
      // every GET answers HEAD as well, which the documents leave out
      methods
        .filter((method) => method !== 'HEAD')
        .map((method) => `${name} ${method.toLowerCase()} ${path === '' ? '' : `/${path}`}`),
    );
    const declared = Object.entries(ALL_ROUTES).map(
      ([name, { method, path }]) => `${name} ${method} ${path}`,
    );
    expect(declared.sort()).toEqual(fromCode.sort());
  });

  it('say what stands in each parameter of their path', () => {
    for (const { path, params = {} } of Object.values(ALL_ROUTES)) {
      expect([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)).toEqual(Object.keys(params));
    }
  });
});
