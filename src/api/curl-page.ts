import { exampleCall, type PlayedCall } from './example-call.ts';
import type { RecordedExamples } from './openapi.ts';
import type { Answers, Route, RouteGroup } from './route.ts';

const KEYS = { scorer: 'SCORER_KEY', analyst: 'ANALYST_KEY', operator: 'OPERATOR_KEY' } as const;

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** A call as one command of a POSIX shell, with the key of the role that the route asks for. */
export function curlCommand({ role }: Route, { method, path, body }: PlayedCall): string {
  return [
    `curl -sS ${method === 'GET' ? '' : `-X ${method} `}"$BASE${path}"`,
    ...(role === 'anonymous' ? [] : [`-H "x-functions-key: $${KEYS[role]}"`]),
    ...(body === undefined
      ? []
      : ["-H 'content-type: application/json'", `--data ${quoted(JSON.stringify(body))}`]),
  ].join(' \\\n  ');
}

/** A command for every route and, apart from it, what the running service answered. */
export function curlPage(routes: RouteGroup, examples: RecordedExamples): string {
  const answers: Answers = Object.fromEntries(
    Object.entries(examples).map(([name, { response }]) => [name, response]),
  );
  return [
    '# Every route with curl',
    '',
    'Generated from the records of the routes by `npm run openapi`; the answers are recordings, with long lists cut. First:',
    '',
    '```sh',
    'BASE=https://func-alertforest-abc.azurewebsites.net/api/v1/ml',
    ...Object.entries(KEYS).map(([role, name]) => `${name}='the key of the role ${role}'`),
    '```',
    '',
    'With Entra, `-H "authorization: Bearer $TOKEN"` takes the place of the key. `{"code": ...}` with another status is a problem',
    'document: it says what was expected. Keys are one value per role where `npm run caller-keys` made them.',
    '',
    ...Object.entries(routes).flatMap(([name, route]) => [
      `## ${route.summary}`,
      '',
      `\`${route.method.toUpperCase()} ${route.path}\`, function \`${name}\`, role ${route.role}`,
      '',
      '```sh',
      curlCommand(route, exampleCall(route, answers)),
      '```',
      '',
      ...answerOf(route, examples[name]?.response),
    ]),
  ].join('\n');
}

function answerOf({ success }: Route, response: unknown): string[] {
  if (success.status === 204) return [`Answers ${success.status} without a body.`, ''];
  return [`Answers ${success.status}:`, '', '```json', JSON.stringify(response, null, 2), '```', ''];
}
