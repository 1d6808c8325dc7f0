import type { Role, RouteGroup } from './route.ts';

/** Function names by the role their route asks for, as infra/caller-keys.bicep hands out keys. */
export function functionsByRole(routes: RouteGroup): Record<Exclude<Role, 'anonymous'>, string[]> {
  const ofRole = (role: Role): string[] =>
    Object.entries(routes)
      .flatMap(([name, route]) => (route.role === role ? [name] : []))
      .sort();
  return { scorer: ofRole('scorer'), analyst: ofRole('analyst'), operator: ofRole('operator') };
}

/** The routes as a page of the documents. */
export function routesPage(routes: RouteGroup): string {
  const rows = Object.entries(routes).map(([name, { method, path, role, query = {}, summary }]) => {
    const parameters = Object.keys(query).map((parameter) => `\`${parameter}\``);
    return `| \`${method.toUpperCase()} ${path || '/'}\` | ${role} | \`${name}\` | ${parameters.join(', ')} | ${summary} |`;
  });
  return [
    '# Routes',
    '',
    'Generated from the records of the routes by `npm run openapi`. Paths are below `/api/v1/ml`; a key opens the',
    'function of its row. An operator may call every route, scorer and analyst stand side by side. Parameters and',
    'body keys that a route does not know are refused by name; payloads of vendors are taken as they come.',
    '',
    '| route | role | function | query | what |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
