import { describe, expect, it } from 'vitest';
import type { FunctionMetadata } from '../../src/local/functions-core.ts';
import { HttpRoutes } from '../../src/local/http-routes.ts';

function httpFunction(
  name: string,
  route?: string,
  methods = ['GET'],
  authLevel = 'anonymous',
): FunctionMetadata {
  const trigger = { type: 'httpTrigger', direction: 'in' as const, methods, authLevel };
  return {
    name,
    bindings: {
      trigger: route === undefined ? trigger : { ...trigger, route },
      $return: { type: 'http', direction: 'out' },
    },
  };
}

describe('HttpRoutes', () => {
  it('puts the prefix before each route and uses the name where no route is given', () => {
    const routes = new HttpRoutes([httpFunction('Plain'), httpFunction('other', 'a/b')], 'api');
    expect(routes.match('GET', '/api/plain')?.route.name).toBe('Plain');
    expect(routes.match('GET', '/API/a/b/')?.route.name).toBe('other');
    expect(routes.match('GET', '/a/b')).toBeUndefined();
  });

  it('serves from the root when the prefix is empty', () => {
    expect(new HttpRoutes([httpFunction('x', 'a')], '').match('GET', '/a')?.route.name).toBe('x');
  });

  it('tries functions by name, so that the first of two matching routes wins', () => {
    const routes = new HttpRoutes(
      [httpFunction('searchItems', 'items/search'), httpFunction('getItem', 'items/{id}')],
      'api',
    );
    expect(routes.match('GET', '/api/items/search')?.route.name).toBe('getItem');
    const constrained = new HttpRoutes(
      [httpFunction('searchItems', 'items/search'), httpFunction('getItem', 'items/{id:int}')],
      'api',
    );
    expect(constrained.match('GET', '/api/items/search')?.route.name).toBe('searchItems');
  });

  it('finds no function for a wrong method and goes on to the next route', () => {
    const routes = new HttpRoutes(
      [httpFunction('read', 'things', ['GET']), httpFunction('write', 'things', ['POST'])],
      'api',
    );
    expect(routes.match('POST', '/api/things')?.route.name).toBe('write');
    expect(routes.match('PUT', '/api/things')).toBeUndefined();
    expect(routes.match('HEAD', '/api/things')).toBeUndefined();
  });

  it.each([
    ['a leading slash', '/things'],
    ['the admin space', 'admin/things'],
    ['the admin space in any case', 'Administrators'],
    ['the runtime space', 'runtime/things'],
  ])('refuses a route with %s', (_, route) => {
    expect(() => new HttpRoutes([httpFunction('bad', route)], 'api')).toThrow('function `bad`');
  });

  it('refuses one route and method claimed by two functions', () => {
    const functions = [httpFunction('a', 'things/{x}'), httpFunction('b', 'Things/{X}')];
    expect(() => new HttpRoutes(functions, 'api')).toThrow('got `a` and `b`');
  });

  it('refuses an unknown authLevel', () => {
    expect(() => new HttpRoutes([httpFunction('a', 'a', ['GET'], 'root')], 'api')).toThrow('authLevel');
  });
});
