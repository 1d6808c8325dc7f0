import { type FunctionMetadata, triggerOf } from './functions-core.ts';
import { compileRouteTemplate, type RouteTemplate } from './route-template.ts';

export type AuthLevel = 'anonymous' | 'function' | 'admin';

/** An HTTP function with its compiled route. `methods` are upper case; `route` includes the prefix. */
export interface HttpRoute {
  readonly metadata: FunctionMetadata;
  readonly name: string;
  readonly route: string;
  readonly methods: readonly string[];
  readonly authLevel: AuthLevel;
  readonly template: RouteTemplate;
}

export interface RouteMatch {
  readonly route: HttpRoute;
  readonly params: Readonly<Record<string, string>>;
}

const AUTH_LEVELS: readonly AuthLevel[] = ['anonymous', 'function', 'admin'];

const byName = (a: { name: string }, b: { name: string }): number => {
  const left = a.name.toLowerCase();
  const right = b.name.toLowerCase();
  return left < right ? -1 : left > right ? 1 : 0;
};

function toHttpRoute(metadata: FunctionMetadata, routePrefix: string): HttpRoute {
  const { name } = metadata;
  const { binding } = triggerOf(metadata);
  const own = binding.route === undefined || binding.route === '' ? name : binding.route;
  if (own.startsWith('/')) {
    throw new Error(`Expected the route of function \`${name}\` not to start with \`/\`, got \`${own}\`.`);
  }
  if (/^(admin|runtime)/i.test(own)) {
    throw new Error(
      `Expected the route of function \`${name}\` not to start with \`admin\` or \`runtime\`, got \`${own}\`.`,
    );
  }
  const authLevel = (binding.authLevel ?? 'anonymous').toLowerCase() as AuthLevel;
  if (!AUTH_LEVELS.includes(authLevel)) {
    throw new Error(
      `Expected \`authLevel\` of function \`${name}\` in ${AUTH_LEVELS.join(', ')}, got ${authLevel}.`,
    );
  }
  const route = [routePrefix.replaceAll(/^\/+|\/+$/g, ''), own.replace(/\/+$/, '')].filter(Boolean).join('/');
  return {
    metadata,
    name,
    route,
    methods: (binding.methods ?? ['GET', 'POST']).map((method) => method.toUpperCase()),
    authLevel,
    template: compileRouteTemplate(route),
  };
}

/**
 * The HTTP functions of an app in the order in which they are tried: by function name, the first match wins.
 *
 * Throws for what makes Azure's host refuse to start: a leading `/`, a route in the host's own space, a malformed
 * template, and one route with one method claimed by two functions.
 */
export class HttpRoutes {
  readonly routes: readonly HttpRoute[];

  constructor(functions: readonly FunctionMetadata[], routePrefix: string) {
    this.routes = functions
      .filter((metadata) => triggerOf(metadata).binding.type.toLowerCase() === 'httptrigger')
      .map((metadata) => toHttpRoute(metadata, routePrefix))
      .sort(byName);
    const claimed = new Map<string, string>();
    for (const { name, route, methods } of this.routes) {
      for (const method of methods) {
        const claim = `${method} ${route.toLowerCase()}`;
        const other = claimed.get(claim);
        if (other !== undefined) {
          throw new Error(`Expected one function for ${claim}, got \`${other}\` and \`${name}\`.`);
        }
        claimed.set(claim, name);
      }
    }
  }

  /**
   * The function for a method and a path (with its leading `/`, without the query). A wrong method is no match:
   * Azure answers 404, not 405.
   */
  match(method: string, path: string): RouteMatch | undefined {
    const end = path.length > 1 && path.endsWith('/') ? path.length - 1 : path.length;
    const bare = path.slice(1, end);
    for (const route of this.routes) {
      if (!route.methods.includes(method)) continue;
      const params = route.template.match(bare);
      if (params !== undefined) return { route, params };
    }
    return undefined;
  }
}
