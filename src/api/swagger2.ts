import type { JsonObject, JsonValue } from './json-document.ts';
import { besideNull, withReadableNulls } from './nullable-schemas.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

/**
 * The same API as Swagger 2.0, for tools that read nothing newer, such as custom connectors of Logic Apps.
 *
 * What 2.0 cannot say is left out rather than bent: of several forms of a body the first is described, the key in
 * the header is the only way in, `nullable` becomes `x-nullable`. Expects a document of `openApiDocument`.
 */
export function swagger2Document(openApi: JsonObject): JsonObject {
  const components = objectAt(openApi, 'components');
  const server = objectAt((openApi['servers'] as JsonValue[])[0] as JsonObject);
  const url = new URL(String(server['url']));
  const schemas = objectAt(components, 'schemas');
  const schemaOf = (schema: JsonValue): JsonValue => schemaIn(schema, schemas);
  const functionKey = objectAt(objectAt(components, 'securitySchemes'), 'functionKey');
  const paths = mapValues(objectAt(openApi, 'paths'), (path) =>
    mapValues(objectAt(path), (operation, method) =>
      METHODS.includes(method) ? operationOf(objectAt(operation), schemaOf) : operation,
    ),
  );
  return {
    swagger: '2.0',
    info: openApi['info']!,
    host: url.host,
    basePath: url.pathname,
    schemes: [url.protocol.replace(':', '')],
    consumes: ['application/json'],
    produces: ['application/json', 'application/problem+json'],
    tags: openApi['tags']!,
    securityDefinitions: { functionKey },
    security: [{ functionKey: [] }],
    paths,
    definitions: used(
      paths,
      mapValues(schemas, (schema) => schemaOf(schema)),
    ),
  };
}

type Convert = (schema: JsonValue) => JsonValue;

function operationOf(operation: JsonObject, schemaOf: Convert): JsonObject {
  const parameters: JsonObject[] = ((operation['parameters'] as JsonValue[] | undefined) ?? []).map(
    (parameter) => {
      const { schema, ...rest } = objectAt(parameter);
      return { ...rest, ...objectAt(schema), 'x-ms-summary': titleOf(String(rest['name'])) };
    },
  );
  const body = operation['requestBody'];
  if (body !== undefined) {
    const { required, description } = objectAt(body);
    const json = objectAt(objectAt(objectAt(body), 'content'), 'application/json');
    parameters.push({
      name: 'body',
      in: 'body',
      description: description ?? 'What is sent, as JSON.',
      required: required ?? false,
      schema: { ...objectAt(schemaOf(json['schema']!)), ...exampleOf(json, schemaOf) },
      'x-ms-summary': 'Body',
    });
  }
  const open = Array.isArray(operation['security']) && operation['security'].length === 0;
  return {
    operationId: operation['operationId']!,
    tags: operation['tags']!,
    summary: operation['summary']!,
    description: operation['description']!,
    'x-ms-visibility': body === undefined || parameters.length === 0 ? 'advanced' : 'important',
    ...(open ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    responses: mapValues(objectAt(operation, 'responses'), (response) => {
      const { description, content } = objectAt(response);
      if (content === undefined) return { description: description! };
      const [mediaType, media] = Object.entries(objectAt(content))[0]!;
      const example = objectAt(media)['example'];
      return {
        description: description!,
        schema: schemaOf(objectAt(media)['schema']!),
        ...(example === undefined ? {} : { examples: { [mediaType]: example } }),
      };
    }),
  };
}

/** A `$ref` may have no neighbours in 2.0, so an example is dropped beside one. */
function exampleOf(media: JsonObject, schemaOf: Convert): JsonObject {
  const schema = objectAt(schemaOf(media['schema']!));
  return media['example'] === undefined || '$ref' in schema ? {} : { example: media['example'] };
}

/** @param schemas those that references name: one that may be null is written out, since 2.0 cannot widen a reference */
function schemaIn(schema: JsonValue, schemas: JsonObject): JsonValue {
  const convert: Convert = (each) => schemaIn(each, schemas);
  if (Array.isArray(schema)) return schema.map(convert);
  if (schema === null || typeof schema !== 'object') return schema;
  const form = besideNull(schema);
  if (form !== undefined) {
    const { anyOf: _, ...rest } = schema;
    const named = objectAt(schemas, String(form['$ref']).replace('#/components/schemas/', ''));
    return convert(withReadableNulls({ ...named, ...rest, nullable: true }));
  }
  const alternatives = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(alternatives)) return convert(alternatives[0]!);
  const converted: JsonObject = {};
  for (const [name, value] of Object.entries(schema)) {
    if (name === '$ref') converted[name] = String(value).replace('#/components/schemas/', '#/definitions/');
    else if (name === 'nullable') converted['x-nullable'] = value;
    else if (name === 'properties') converted[name] = mapValues(objectAt(value), convert);
    else converted[name] = name === 'example' || name === 'enum' ? value : convert(value);
  }
  return converted;
}

/** The definitions that the paths name, and those that these name. */
function used(paths: JsonObject, definitions: JsonObject): JsonObject {
  const names = new Set<string>();
  const follow = (value: JsonValue): void => {
    for (const [, name = ''] of JSON.stringify(value).matchAll(/"#\/definitions\/([^"]+)"/g)) {
      if (names.has(name)) continue;
      names.add(name);
      follow(definitions[name]!);
    }
  };
  follow(paths);
  return Object.fromEntries(Object.entries(definitions).filter(([name]) => names.has(name)));
}

const titleOf = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

function mapValues(object: JsonObject, change: (value: JsonValue, name: string) => JsonValue): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value, name)]));
}

/** `value`, or its member `name`, which has to be an object. */
function objectAt(value: JsonValue | undefined, name?: string): JsonObject {
  const found = name === undefined ? value : objectAt(value)[name];
  if (found === null || typeof found !== 'object' || Array.isArray(found)) {
    throw new TypeError(
      `Expected an object${name === undefined ? '' : ` at \`${name}\``}, got ${typeof found}.`,
    );
  }
  return found;
}
